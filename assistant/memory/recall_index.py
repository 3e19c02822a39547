"""A conversation prepared for recall: its words and vectors, held in memory, growing at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.memory.contents import Utterance
from assistant.memory.recall_lexical import LexicalIndex, Scores, stem, terms
from assistant.memory.recall_packing import day, line
from assistant.memory.tokens import count
from assistant.ports import Vector

PAUSE = timedelta(hours=1)  # after such a silence another session begins

_MEANT_BY: Mapping[str, frozenset[str]] = {
    "user": frozenset({"i", "me", "my", "mine", "user"}),
    "assistant": frozenset({"you", "your", "yours", "assistant"}),
}


class RecallIndex:
    """What was said, in order of time, by turn and speaker. Vectors are kept as float16."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.words = LexicalIndex()
        self._session = 0
        self._speakers: dict[str, list[int]] = {}
        self._costs: dict[int, int] = {}
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

    def cost(self, place: int) -> int:
        """Tokens of an utterance as a line of its own."""
        if place not in self._costs:
            self._costs[place] = count(line(self.said[place]) + "\n")
        return self._costs[place]

    def likeness(self, vector: Vector) -> Scores:
        """The cosine of each utterance's best part to a question's vector; NaN where there is none."""
        best = np.full(len(self), -np.inf, np.float32)
        if self._owners:
            mine = self._vectors[: len(self._owners)].astype(np.float32)
            np.maximum.at(best, np.array(self._owners), mine @ np.asarray(vector, np.float32))
        best[np.isinf(best)] = np.nan
        return best

    def spoken_by_named(self, question: str) -> Scores:
        """1 for what was said by a speaker whom the question names, by name or by a pronoun; else 0."""
        asked = set(terms(question))
        by_named = np.zeros(len(self), np.float32)
        for speaker, places in self._speakers.items():
            if asked & _names(speaker):
                by_named[places] = 1.0
        return by_named

    def topic(self, question: str) -> str:
        """The question without the speakers' names: what to embed, for who spoke is looked at apart."""
        names = {name for speaker in self._speakers if speaker not in _MEANT_BY for name in _names(speaker)}
        kept = [word for word in question.split() if not set(terms(word)) or not set(terms(word)) <= names]
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
            grown = np.zeros((max(64, 2 * (used + len(found))), found.shape[1]), np.float16)
            grown[:used] = self._vectors[:used] if used else grown[:used]
            self._vectors = grown
        self._vectors[used : used + len(found)] = found
        self._owners += [len(self) - 1] * len(found)


def _names(speaker: str) -> frozenset[str]:
    return _MEANT_BY.get(speaker) or frozenset(stem(word) for word in speaker.lower().split())
