"""Checks a sentence's figures against the evidence it cites: numbers, identifiers, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.perimeter.wording import fold

_FIGURE = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|(?<![\w.])[a-z]{0,6}-?\d[\w]*(?:[.,:/\-]\d\w*)*")
_MARKER = re.compile(r"\[\d{1,3}\]")
_LIST_NUMBER = re.compile(
    r"^\s*(?:>\s*)*(?:[-*+]\s+)?(?:\*\*)?(?:(?:step|schritt) )?\d{1,3}[.):](?=\s|\*)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d)[,'\u00a0\u202f ](?=\d{3}(?!\d))")
_ORDINAL_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")


def figures(text: str) -> frozenset[str]:
    """The numbers, identifiers and e-mail addresses of a text, in one normal form."""
    plain = _THOUSANDS.sub("", fold(_MARKER.sub(" ", _LIST_NUMBER.sub("", text))))
    return frozenset(part for match in _FIGURE.finditer(plain) for part in _parts(match.group()))


def unsupported(sentence: str, evidence: Iterable[str]) -> frozenset[str]:
    """The figures of a sentence that occur nowhere in the evidence."""
    claimed = figures(sentence)
    if not claimed:
        return claimed
    known = frozenset().union(*(figures(text) | _digits(text) for text in evidence))
    return frozenset(figure for figure in claimed if figure not in known and _without_unit(figure) not in known)


def _digits(text: str) -> frozenset[str]:
    """Bare numbers also out of what they are written together with (30-day, 24h, 9:00-17:00, v2.1)."""
    plain = _THOUSANDS.sub("", fold(text))
    return frozenset(part for match in re.findall(r"\d+(?:[.,:/\-]\d+)*", plain) for part in _parts(match))


def _parts(figure: str) -> list[str]:
    """Ranges and dates count by their numbers: 1-2 is supported by "1 to 2"."""
    if re.fullmatch(r"\d+(?:[.,]\d+)?(?:[\-/]\d+(?:[.,]\d+)?)+", figure):
        return [_normal(part) for part in re.split(r"[\-/]", figure)]
    return [_normal(figure)]


def _without_unit(figure: str) -> str:
    """The number of a figure written together with its unit (10cm)."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)[a-z]{1,4}", figure)
    return _normal(found.group(1)) if found else figure


def _normal(figure: str) -> str:
    figure = _ORDINAL_ENDING.sub("", figure.strip(".,:;-/"))
    if re.fullmatch(r"\d+[.,]\d+", figure):
        figure = figure.replace(",", ".").rstrip("0").rstrip(".")
    return figure.lstrip("0") or "0" if figure.isdigit() else figure
