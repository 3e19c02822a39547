"""How often one question was asked in other words: the mark of a user who is going round in circles.

Nearness of meaning alone takes "battery of the valve?" for "battery of the sensor?", and word overlap alone finds no
rephrasing at all; so what must agree (names, opposites, what is asked for) is looked at first. Errs towards "another
question": a repetition that goes unnoticed costs a turn, a false one sends a user away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt

from assistant.perimeter.wording import content_terms, fold, stem, words
from assistant.ports import Vector

# Fitted on one half of tests/data/rephrasings.jsonl, with all-MiniLM-L6-v2.
_SAME = 0.83
_NEAR = 0.76  # where one of the two has no word of its own but everyday ones

_EVERYDAY = frozenset(
    stem(word)
    for word in """send work works show mean take find run need want tell please again help make try happen possible
    come written say thing question problem money do""".split()
)
_OPPOSITES = tuple(
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        ("on", "off"), ("add", "remove delete"), ("install fit mount", "remove uninstall"), ("pair", "unpair"),
        ("start begin", "end stop cancel"), ("enable activate", "disable deactivate"), ("open", "close"),
        ("connect", "disconnect"), ("with", "without"), ("lock", "unlock"), ("before", "after"), ("up", "down"),
        ("more", "less"), ("buy", "sell return"), ("send", "receive"), ("increase raise", "lower reduce"),
    )
)  # fmt: skip
_ASKED = (
    ("money", re.compile(r"\bhow much|\bcosts?\b|\bprices?\b|\bexpensive\b|\bcheap")),
    ("time", re.compile(r"\bhow (?:long|soon|quick|fast)|\bwhen\b|\bwhat time|\bhow many (?:days|weeks|months)")),
    ("place", re.compile(r"\bwhere\b")),
    ("person", re.compile(r"\bwho\b")),
    ("reason", re.compile(r"\bwhy\b")),
    ("number", re.compile(r"\bhow many\b")),
    ("means", re.compile(r"\bhow (?:do|can|to|does|should)\b")),
)
_NAME = re.compile(r"\b(?:[A-Z]{2,4}|\w*\d\w*)\b")

_READ_CHARS = 500  # of a question, for comparing it


def times_asked(question: str, vector: Vector, earlier: Sequence[tuple[str, Vector | None]]) -> int:
    """How often the question was asked, this time included. `earlier` holds questions that stand alone.

    What resembles an earlier wording that resembles this one counts too.
    """
    group: list[tuple[str, Vector | None]] = [(question, vector)]
    left = list(earlier)
    for one, own in group:  # grows while it is walked
        still: list[tuple[str, Vector | None]] = []
        for text, known in left:
            (group if same_question(one, own, text, known) else still).append((text, known))
        left = still
    return len(group)


def same_question(one: str, vector: Vector | None, other: str, known: Vector | None) -> bool:
    """Whether two questions ask the same in other words. Without a vector, only the same words do."""
    one, other = one[:_READ_CHARS], other[:_READ_CHARS]
    if fold(one) == fold(other):
        return True
    if _names_differ(one, other) or _opposed(one, other) or _ask_differently(one, other):
        return False
    own, others = content_terms(one), content_terms(other)
    if vector is None or known is None:
        return bool(own) and own == others
    alike = _cosine(vector, known)
    plain = bool(own & others) and not (own - others - _EVERYDAY and others - own - _EVERYDAY)
    return alike >= (_NEAR if plain else _SAME)


def _names_differ(one: str, other: str) -> bool:
    """Both name something by a code (S1, E4, EU), and not the same."""
    names, others = _names(one), _names(other)
    return bool(names and others) and names != others


def _names(text: str) -> frozenset[str]:
    return frozenset() if text.isupper() else frozenset(name.lower() for name in _NAME.findall(text))


def _opposed(one: str, other: str) -> bool:
    own, others = frozenset(map(stem, words(one))), frozenset(map(stem, words(other)))
    return any(
        bool(own & a and others & b and not own & b) or bool(own & b and others & a and not others & b)
        for a, b in _OPPOSITES
    )


def _ask_differently(one: str, other: str) -> bool:
    own, others = _asked(one), _asked(other)
    return bool(own and others) and not own & others


def _asked(text: str) -> frozenset[str]:
    folded = fold(text)
    return frozenset(kind for kind, pattern in _ASKED if pattern.search(folded))


def _cosine(one: Vector, other: Vector) -> float:
    if len(one) != len(other):
        return 0.0
    dot, own, others = (
        sum(x * y for x, y in zip(a, b, strict=True)) for a, b in ((one, other), (one, one), (other, other))
    )
    return dot / sqrt(own * others) if own and others else 0.0
