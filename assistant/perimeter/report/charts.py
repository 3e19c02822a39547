"""The charts of a report, as inline SVG with a name, a description and a tip on every mark."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from assistant.perimeter.report.curves import Bin, Point
from assistant.perimeter.report.measuring import Rate
from assistant.perimeter.report.svg import chart, element, frame, path, percent, x_of, y_of

_STEPS = (0.05, 0.1, 0.2, 0.5, 1.0)
_STRIP = 96


def risk_coverage_chart(points: Sequence[Point], operating: tuple[float, float]) -> Markup:
    """Risk against coverage, with a ring at the point at which the policy works."""
    most = next(step for step in _STEPS if max((p.risk for p in points), default=0.0) <= step)
    line = [(x_of(p.coverage), y_of(p.risk, most)) for p in points]
    marks = [path(line, "curve")] if line else []
    coverage, risk = operating
    here = f"The policy answers {percent(coverage)} of the cases; of these, {percent(risk)} were not to be answered."
    at = {"cx": x_of(coverage), "cy": y_of(min(risk, most), most)}
    marks.append(element("circle", element("title", here), **at, r=6, class_="here"))
    names = frame("answered, of all cases", "wrongly, of those answered", y_most=most)
    return chart("risk-coverage", "Risk against coverage", here, *names, *marks)


def reliability_chart(bins: Sequence[Bin], error: float) -> Markup:
    """What was said against what was seen: on the diagonal, 80 % means 80 %. Bars are Wilson's 95 % intervals."""
    marks = [path([(x_of(0), y_of(0)), (x_of(1), y_of(1))], "diagonal")]
    largest = max((each.observed.total for each in bins), default=1)
    for each in bins:
        low, high = each.observed.interval
        x, rate = x_of(each.mean), each.observed
        tip = f"said {percent(each.mean)}, seen {percent(rate.value)} ({rate.count} of {rate.total})"
        marks += [
            element("line", x1=x, x2=x, y1=y_of(low), y2=y_of(high), class_="whisker"),
            element(
                "circle",
                element("title", tip),
                cx=x,
                cy=y_of(rate.value),
                r=3.5 + 5 * (rate.total / largest) ** 0.5,
                class_="dot",
            ),
        ]
    told = f"Expected calibration error {error:.3f} over {sum(each.observed.total for each in bins)} cases."
    names = frame("said: to be answered", "seen: was to be answered")
    return chart("reliability", "Reliability of the probabilities", told, *names, *marks)


def strip(rate: Rate) -> Markup:
    """A rate on a line from 0 to 100 % with its interval, for a cell of a table; it repeats what stands beside it."""
    low, high = rate.interval
    inner = _STRIP - 8

    def at(share: float) -> float:
        return 4 + inner * share

    marks = [
        element("line", x1=at(0), x2=at(1), y1=6, y2=6, class_="rail"),
        element("line", x1=at(low), x2=at(high), y1=6, y2=6, class_="span"),
        element("circle", cx=at(rate.value), cy=6, r=3.5, class_="dot"),
    ]
    return element("svg", *marks, viewBox=f"0 0 {_STRIP} 12", class_="strip", aria_hidden="true")
