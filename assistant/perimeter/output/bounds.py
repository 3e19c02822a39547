"""Comparisons that turn a figure round: at least against at most, before against after; and opposites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.perimeter.output.figures import figures
from assistant.perimeter.wording import fold

_LOWER = (
    r"at least|a minimum of|minimum|no less than|not less than|no fewer than|more than|over|above|longer than|after|"
    r"from"
)
_UPPER = (
    r"at most|a maximum of|maximum|up to|no more than|not more than|at the latest|less than|fewer than|under|below|"
    r"within|before|until|by|no later than"
)
_BOUND = re.compile(
    rf"\b(?:(?P<lower>{_LOWER})|(?P<upper>{_UPPER}))\s+(?:the |a |an )?(?:[€£$]\s?)?(?P<figure>\d[\w.,:]*)"
    r"|(?P<behind>\d[\w.,:]*)(?:\s+[^\W\d]+){0,3}?\s+(?:or (?P<more>more|longer|above|later|over)|"
    r"or (?P<less>less|fewer|below|earlier|under))\b"
)
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("included include includes", "excluded exclude excludes"),
        ("sealed unopened", "opened"),
        ("allowed permitted", "forbidden prohibited banned"),
        ("compulsory mandatory obligatory required", "optional voluntary"),
        ("cheapest lowest", "dearest highest"),
        ("earliest", "latest"),
        ("increase increases rises", "decrease decreases falls"),
        ("always", "never"),
        ("accept accepts accepted", "refuse reject refused rejected"),
    )
)

Bound = tuple[str, str]


@lru_cache(maxsize=1_024)
def bounds(text: str) -> frozenset[Bound]:
    """Each bounded figure with the side it is bounded on."""
    return frozenset(_bounds(fold(text)))


def _bounds(plain: str) -> Iterator[Bound]:
    for match in _BOUND.finditer(plain):
        lower = match["lower"] or match["more"]
        for figure in figures(match["figure"] or match["behind"]):
            yield ("lower" if lower else "upper"), figure


def turned(sentence: str, statement: str) -> str:
    """What the sentence bounds on the other side than the statement, "" when nothing."""
    said, known = bounds(sentence), bounds(statement)
    for side, figure in said:
        other = "upper" if side == "lower" else "lower"
        if (other, figure) in known and (side, figure) not in known:
            return f"{side} bound of {figure}"
    return ""


def opposed(sentence: str, statement: str) -> str:
    """A word of the sentence for whose opposite the statement stands, "" when there is none."""
    said, known = _spaced(sentence), _words(statement)
    for one, other in _OPPOSITES:
        for mine, theirs in ((one, other), (other, one)):
            if mine & said and theirs & known and not mine & known and not theirs & said:
                return sorted(mine & said)[0]
    return ""


@lru_cache(maxsize=1_024)
def _spaced(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


@lru_cache(maxsize=1_024)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(text)))
