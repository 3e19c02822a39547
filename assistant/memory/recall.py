"""Recall: turns that left the window, found again when the question is about them (BM25 with a pull to the recent)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.memory.contents import WindowTurn

_WORD = re.compile(r"\w{3,}")
_COMMON = frozenset(
    "about again and are can could did does for from had has have how into its just many me much not now "
    "our please said say tell than that the their them then there these they this those was were what when "
    "where which who why will with would you your".split()
)


@dataclass(frozen=True, slots=True)
class RecallPolicy:
    """At most `limit` turns, each sharing at least `floor` of the question's distinguishing terms (0 to 1)."""

    limit: int = 2
    floor: float = 0.34
    k1: float = 1.2
    b: float = 0.75
    recency: float = 0.1


def recall(question: str, turns: Sequence[WindowTurn], policy: RecallPolicy) -> list[WindowTurn]:
    """The past turns (oldest first in, oldest first out) that the question's terms point to; [] when none does."""
    wanted = _terms(question)
    bags = [Counter(_words(f"{turn['user']} {turn['assistant']}")) for turn in turns]
    if not wanted or not bags:
        return []
    scored = [
        (_score(wanted, bag, bags, policy) * (1 + policy.recency * place / len(bags)), place)
        for place, bag in enumerate(bags)
        if sum(1 for term in wanted if term in bag) / len(wanted) >= policy.floor
    ]
    best = sorted(scored, reverse=True)[: policy.limit]
    return [turns[place] for _, place in sorted(best, key=lambda item: item[1])]


def _score(wanted: set[str], bag: Counter[str], bags: Sequence[Counter[str]], policy: RecallPolicy) -> float:
    """Okapi BM25 (Robertson and Zaragoza, 2009) of one turn."""
    mean = sum(sum(other.values()) for other in bags) / len(bags) or 1.0
    length = 1 - policy.b + policy.b * sum(bag.values()) / mean
    total = 0.0
    for term in wanted & bag.keys():
        holding = sum(1 for other in bags if term in other)
        idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
        total += idf * bag[term] * (policy.k1 + 1) / (bag[term] + policy.k1 * length)
    return total


def _terms(text: str) -> set[str]:
    return {word for word in _words(text) if word not in _COMMON}


def _words(text: str) -> list[str]:
    return [word.rstrip("s") if len(word) > 4 else word for word in _WORD.findall(text.lower())]
