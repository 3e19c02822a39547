"""SVG made by hand: elements with escaped attributes and texts, and the frame that every chart shares."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from assistant.perimeter.report.measuring import Rate

WIDTH, HEIGHT = 400, 300
LEFT, RIGHT, TOP, BOTTOM = 66, 14, 14, 44
_TICKS = 5
_UNIT = "\u00a0%"


def element(name: str, *children: str, **attributes: object) -> Markup:
    """An element; plain texts among `children` are escaped. `class_` is written `class`, `_` in names `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"' for key, value in attributes.items()
    )
    inner = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>")  # noqa: S704 - every part was escaped above


def chart(name: str, title: str, description: str, *children: Markup) -> Markup:
    """A whole chart with its accessible name and description; `name` makes their ids unique in a page."""
    named = (element("title", title, id=f"{name}-title"), element("desc", description, id=f"{name}-desc"))
    labels = f"{name}-title {name}-desc"
    box = f"0 0 {WIDTH} {HEIGHT}"
    return element("svg", *named, *children, viewBox=box, role="img", aria_labelledby=labels, class_="chart")


def x_of(share: float, most: float = 1.0) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share / most


def y_of(share: float, most: float = 1.0) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share / most


def frame(x_name: str, y_name: str, *, y_most: float = 1.0) -> list[Markup]:
    """Grid lines, ticks in per cent and the names of the axes; x runs from 0 to 1, y from 0 to `y_most`."""
    parts: list[Markup] = []
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        x, y = x_of(share), y_of(share)
        parts += [
            element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"),
            element("text", percent(share * y_most), x=LEFT - 6, y=y + 4, class_="tick", text_anchor="end"),
            element("text", percent(share), x=x, y=HEIGHT - BOTTOM + 17, class_="tick", text_anchor="middle"),
        ]
    middle = (HEIGHT - TOP - BOTTOM) / 2 + TOP
    turned = f"rotate(-90 12 {middle:g})"
    return [
        *parts,
        element("text", x_name, x=x_of(0.5), y=HEIGHT - 6, class_="axis", text_anchor="middle"),
        element("text", y_name, x=12, y=middle, class_="axis", text_anchor="middle", transform=turned),
    ]


def path(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """A line through points."""
    steps = " ".join(f"{'M' if n == 0 else 'L'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))
    return element("path", d=steps, class_=class_)


def percent(share: float) -> str:
    """A share as per cent, with a digit after the point where it needs one."""
    text = f"{share * 100:.1f}"
    return text.removesuffix(".0") + _UNIT


def between(rate: Rate) -> str:
    """A rate's interval in per cent."""
    low, high = rate.interval
    return f"{percent(low).removesuffix(_UNIT)} to {percent(high)}"


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
