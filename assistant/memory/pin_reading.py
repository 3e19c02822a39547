"""A text as the rules for pins read it, and the way back to its own letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.memory.contents import PinKind

PIECE_CHARACTERS = 20_000  # of a longer text the beginning and the end are read: what is between is pasted, not said

_UNSEEN = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_LOOKS_LIKE = {
    **dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212, 0xFE63, 0xFF0D], "-"),
    **dict.fromkeys([0x2018, 0x2019, 0x02BC, 0xFF07], "'"),
    **dict.fromkeys([0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029], "\n"),
    **{0xFF10 + n: str(n) for n in range(10)},
    0xFF1A: ":",
    0xFF20: "@",
}
_PLAIN = {**_UNSEEN, **_LOOKS_LIKE}


@dataclass(frozen=True, slots=True)
class Span:
    """Where a fact stands in the plain text; `label` says what it is of."""

    kind: PinKind
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`plain` has ordinary spaces, dashes, apostrophes and digits and nothing invisible; `places` leads back."""

    source: str
    plain: str
    places: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """The source's own letters between two places of the plain text."""
        if start >= end:
            return ""
        return self.source[self.places[start] : self.places[end - 1] + 1]


def readings(text: str) -> Iterator[Reading]:
    """One reading of a text, two (its beginning and its end) of one that is very long."""
    if len(text) <= 2 * PIECE_CHARACTERS:
        yield _read(text)
    else:
        yield _read(text[:PIECE_CHARACTERS])
        yield _read(text[-PIECE_CHARACTERS:])


def joined(pattern: str) -> str:
    """A pattern written over several lines as the one line that is meant."""
    return re.sub(r"\n\s*", "", pattern)


def overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch touches one of the spans."""
    return any(start < there_end and there_start < end for there_start, there_end in spans)


def clause_before(plain: str, start: int, *, characters: int = 80) -> str:
    """What stands before a place in the same sentence, at most that many characters."""
    before = plain[max(0, start - characters) : start]
    for end in reversed([match.start() for match in _CLAUSE_END.finditer(before, 1)]):
        heading = before[end] == "\n" and before[:end].rstrip()[-1:] == ":"
        abbreviation = before[end] == " " and before[end - 1] == "." and _abbreviated(before[:end])
        if not (heading or abbreviation):
            return before[end + 1 :]
    return before


_CLAUSE_END = re.compile(r"\n|(?<=[.!?;]) ")


def _abbreviated(text: str) -> bool:
    word = text[:-1].rpartition(" ")[2].lower()
    return word in _ABBREVIATIONS or len(word) == 1


_ABBREVIATIONS = frozenset(
    "no nr ref tel dr mr mrs ms st apt ave rd num inv acct av str ext art approx bzw ca prof".split()
)


def plain_text(text: str) -> str:
    """The text with ordinary spaces, dashes, apostrophes and digits, and nothing invisible."""
    return text.translate(_PLAIN)


def _read(text: str) -> Reading:
    places = tuple(place for place, letter in enumerate(text) if ord(letter) not in _UNSEEN)
    return Reading(text, plain_text(text), places)
