"""BM25 over what was said, where an utterance is also about what was said just before and after it."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.memory.recall_words import terms

Scores = NDArray[np.float32]
Places = NDArray[np.integer[Any]]

K1, B = 1.2, 0.75  # as Robertson and Zaragoza (2009) give them
SPREAD: Mapping[int, float] = {0: 1.0, 1: 0.5, -1: 0.5, 2: 0.25, -2: 0.25, 3: 0.125, -3: 0.125}
EXPANSION_TERMS = 20

_OFFSETS = np.array(list(SPREAD), np.int64)
_SHARES = np.array(list(SPREAD.values()), np.float32)


class LexicalIndex:
    """Postings of a conversation. Grows at its end, at a cost that depends on what is added only."""

    def __init__(self) -> None:
        self._postings: dict[str, tuple[array[int], array[float]]] = {}
        self._lengths: list[int] = []
        self._sessions: list[int] = []
        self._prepared: tuple[Scores, Places] | None = None

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def sessions(self) -> Places:
        """The session of each utterance."""
        return self._prepare()[1]

    def add(self, text: str, *, session: int) -> None:
        """Append an utterance. It lends its words to its neighbours of the same session."""
        words = terms(text)
        for term, times in Counter(words).items():
            places, counts = self._postings.setdefault(term, (array("i"), array("f")))
            places.append(len(self))
            counts.append(times)
        self._lengths.append(len(words))
        self._sessions.append(session)
        self._prepared = None

    def search(self, wanted: Mapping[str, float]) -> Scores:
        """BM25 of every utterance; `wanted` says how much each term counts."""
        score = np.zeros(len(self), np.float32)
        lengths, _ = self._prepare()
        for term, weight in wanted.items():
            if term in self._postings:
                times = self._times(term)
                score += weight * self._rarity(term) * times * (K1 + 1) / (times + lengths)
        return score

    def coverage(self, wanted: Iterable[str]) -> Scores:
        """The share of the terms, by their rarity, that stand in an utterance or next to it (0 to 1)."""
        found, total = np.zeros(len(self), np.float32), 0.0
        for term in wanted:
            total += self._rarity(term)
            if term in self._postings:
                found += self._rarity(term) * (self._times(term) > 0)
        return found / total if total else found

    def telling(self, texts: Sequence[str]) -> dict[str, float]:
        """The terms that set these texts apart from the rest, with weights that add up to 1."""
        often: dict[str, float] = {}
        for words in map(terms, texts):
            for term, times in Counter(words).items():
                often[term] = often.get(term, 0.0) + times / len(words) * self._rarity(term)
        best = sorted(often, key=lambda term: -often[term])[:EXPANSION_TERMS]
        total = sum(often[term] for term in best)
        return {term: often[term] / total for term in best} if total else {}

    def _rarity(self, term: str) -> float:
        holding = len(self._postings[term][0]) if term in self._postings else 1
        return math.log(1 + (len(self) - holding + 0.5) / (holding + 0.5))

    def _times(self, term: str) -> Scores:
        places, counts = self._postings[term]
        return spread(np.frombuffer(places, np.int32), np.frombuffer(counts, np.float32), self.sessions)

    def _prepare(self) -> tuple[Scores, Places]:
        if self._prepared is None:
            sessions = np.array(self._sessions, np.int64)
            lengths = spread(np.arange(len(self)), np.array(self._lengths, np.float32), sessions)
            mean = float(lengths.mean()) if len(self) else 0.0
            self._prepared = ((K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32), sessions)
        return self._prepared


def spread(places: Places, amounts: Scores, sessions: Places) -> Scores:
    """The amounts at their places, and half, a quarter, an eighth of them at the neighbours of the same session."""
    there = places[:, None] + _OFFSETS
    inside = (there >= 0) & (there < len(sessions))
    inside &= sessions[np.where(inside, there, 0)] == sessions[places][:, None]
    shared = amounts[:, None] * _SHARES
    return np.bincount(there[inside], shared[inside], minlength=len(sessions)).astype(np.float32)
