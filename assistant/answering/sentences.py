"""Splits running text into sentences with exact character spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    "approx appt art bzw ca cf co corp dept dr e.g ed eg esp est etc ext fig figs i.e ie inc incl jan feb mar apr jun "
    "jul aug sep sept oct nov dec jr ltd max min misc mr mrs ms nr no nos p para pp prof resp rev sec sr st tel temp "
    "u.k u.s v ver vol vs z.b".split()
)
_NEEDS_NUMBER = frozenset(
    "no nos fig figs art sec p pp para ver v vol max min ext approx ca jan feb mar apr jun".split()
)
_BOUNDARY = re.compile(r"[.!?…]+[\"'”’)\]*_`]*(?=\s)")
_INITIAL = re.compile(r"[A-Z]")
_BEFORE_INITIAL = re.compile(r"(^|\b[A-Z]\.|\b(Mr|Ms|Mrs|Dr|Prof)\.?)\s*$")
_LAST_WORD = re.compile(r"[\w.]+$")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the spans (start, end) of the sentences in `text[start:end]`, in order, without outer whitespace."""
    end = len(text) if end is None else end
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if _ends_sentence(text, match, begin, end):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    last = start + len(piece.rstrip())
    if first < last:
        yield first, last


def _ends_sentence(text: str, match: re.Match[str], begin: int, end: int) -> bool:
    following = text[match.end() : end].lstrip()
    if not following:
        return True
    if following[0].islower() and not match.group().startswith(("!", "?")):
        return False
    if not match.group().startswith(".") or match.group().startswith(".."):
        return True
    word = _LAST_WORD.search(text[begin : match.start()])
    if word is None:
        return True
    last = word.group().lower()
    if last in _NEEDS_NUMBER:
        return not following[0].isdigit()
    if last in _ABBREVIATIONS:
        return False
    return not (_INITIAL.fullmatch(word.group()) and _BEFORE_INITIAL.search(text[begin : begin + word.start()]))
