"""A conversation prepared for recall: its words and vectors, held in memory, growing at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.memory.contents import Utterance
from assistant.memory.recall_lexical import LexicalIndex, Places, Scores, spread
from assistant.memory.recall_packing import day
from assistant.memory.recall_words import stem, terms
from assistant.ports import Vector

PAUSE = timedelta(hours=1)  # after such a silence another session begins

_MEANT_BY: Mapping[str, frozenset[str]] = {
    "user": frozenset({"i", "me", "my", "mine"}),
    "assistant": frozenset({"you", "your", "yours"}),
}


class RecallIndex:
    """What was said, in order of time, by turn and speaker. Vectors are kept as float16."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.words = LexicalIndex()
        self._session = 0
        self._speakers: dict[str, list[int]] = {}
        self._owners: list[int] = []
        self._vectors: NDArray[np.float16] = np.zeros((0, 0), np.float16)

    def __len__(self) -> int:
        return len(self.said)

    def extend(
        self, utterances: Sequence[Utterance], vectors: Sequence[Sequence[Vector] | NDArray[np.float32] | None]
    ) -> None:
        """Append utterances with the vectors of their `parts`. One without vectors is found by its words only."""
        for utterance, found in zip(utterances, vectors, strict=True):
            self._add(utterance)
            if found is not None and len(found):
                self._keep(np.asarray(found, np.float16))

    def likeness(self, vector: Vector) -> tuple[Scores, Scores]:
        """The cosine of each part to a question's vector, and of each utterance's best part; NaN where it has none."""
        best = np.full(len(self), -np.inf, np.float32)
        if not self._owners:
            return np.zeros(0, np.float32), np.full_like(best, np.nan)
        parts = self._vectors[: len(self._owners)].astype(np.float32) @ np.asarray(vector, np.float32)
        np.maximum.at(best, np.array(self._owners), parts)
        best[np.isinf(best)] = np.nan
        return parts, best

    def nearby(self, values: Scores) -> Scores:
        """The mean of each utterance's value and its neighbours', the nearer the more; NaN counts as nothing."""
        known = np.flatnonzero(~np.isnan(values))
        if not len(known):
            return values
        sums = spread(known, values[known], self.words.sessions)
        shares = spread(known, np.ones(len(known), np.float32), self.words.sessions)
        return np.where(shares > 0, sums / np.maximum(shares, 1e-6), np.nan).astype(np.float32)

    def parts_of(self, place: int) -> Places:
        """Which parts are those of an utterance, in the order of its text."""
        return np.flatnonzero(np.array(self._owners) == place)

    def spoken_by(self, question: str, *, named: float, meant: float) -> Scores:
        """`named` for what was said by a speaker whom the question names, `meant` where a pronoun means the speaker."""
        asked = set(terms(question))
        found = np.zeros(len(self), np.float32)
        for speaker, places in self._speakers.items():
            if asked & _MEANT_BY.get(speaker, frozenset()):
                found[places] += meant
            elif asked & _names(speaker):
                found[places] += named
        return found

    def topic(self, question: str) -> str:
        """The question without the speakers' names: what to embed, for who spoke is looked at apart."""
        names = {name for speaker in self._speakers for name in _names(speaker)}
        kept = [word for word in question.split() if not terms(word) or not set(terms(word)) <= names]
        return " ".join(kept) or question

    def _add(self, utterance: Utterance) -> None:
        before = self.said[-1].at if self.said else None
        if before and utterance.at and not timedelta() <= utterance.at - before <= PAUSE:
            self._session += 1
        self._speakers.setdefault(utterance.speaker, []).append(len(self))
        self.words.add(f"{utterance.speaker} {day(utterance.at)} {utterance.text}", session=self._session)
        self.said.append(utterance)

    def _keep(self, found: NDArray[np.float16]) -> None:
        used = len(self._owners)
        if used + len(found) > len(self._vectors):
            grown = np.zeros((max(64, 3 * (used + len(found)) // 2), found.shape[1]), np.float16)
            if used:
                grown[:used] = self._vectors[:used]
            self._vectors = grown
        self._vectors[used : used + len(found)] = found
        self._owners += [len(self) - 1] * len(found)


def _names(speaker: str) -> frozenset[str]:
    return frozenset() if speaker in _MEANT_BY else frozenset(stem(word) for word in speaker.lower().split())
