"""A conversation prepared for recall: its words and vectors, held in memory, growing at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.memory.contents import Utterance
from assistant.memory.recall_lexical import LexicalIndex, Scores, spread
from assistant.memory.recall_packing import day
from assistant.memory.recall_words import stem, terms
from assistant.ports import Vector

BLOCK = 512  # vectors widened at a time: what stays in the processor's cache is widened fast
PAUSE = timedelta(hours=1)  # after such a silence another session begins

_MEANT_BY: Mapping[str, frozenset[str]] = {
    "user": frozenset({"i", "me", "my", "mine"}),
    "assistant": frozenset({"you", "your", "yours"}),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a question's meaning is to what was said. `cosines` has a value a part, `parts` each utterance's."""

    cosines: Scores
    parts: Sequence[tuple[int, int]]

    def best(self) -> Scores:
        """Of each utterance's nearest part; NaN where it has none."""
        spans = np.array(self.parts).reshape(-1, 2)
        best = np.full(len(spans), np.nan, np.float32)
        held = spans[:, 1] > spans[:, 0]
        if held.any():
            best[held] = np.maximum.reduceat(self.cosines, spans[held, 0])
        return best

    def of(self, place: int) -> Scores:
        """Of an utterance's parts, in the order of its text."""
        start, end = self.parts[place]
        return self.cosines[start:end]


class RecallIndex:
    """What was said, in order of time, by turn and speaker. Vectors are kept as float16."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.words = LexicalIndex()
        self._session = 0
        self._speakers: dict[str, list[int]] = {}
        self._parts: list[tuple[int, int]] = []  # of each utterance, the first of its parts and the one after its last
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
            else:
                end = self._parts[-1][1] if self._parts else 0
                self._parts.append((end, end))

    def likeness(self, vector: Vector) -> Likeness:
        """The cosines of the parts to a question's vector."""
        used = self._parts[-1][1] if self._parts else 0
        asked = np.asarray(vector, np.float32)
        blocks = [self._vectors[at : min(at + BLOCK, used)].astype(np.float32) @ asked for at in range(0, used, BLOCK)]
        return Likeness(np.concatenate(blocks) if blocks else np.zeros(0, np.float32), self._parts)

    def nearby(self, values: Scores) -> Scores:
        """The mean of each utterance's value and its neighbours', the nearer the more; NaN counts as nothing."""
        known = np.flatnonzero(~np.isnan(values))
        if not len(known):
            return values
        sums = spread(known, values[known], self.words.sessions)
        shares = spread(known, np.ones(len(known), np.float32), self.words.sessions)
        return np.where(shares > 0, sums / np.maximum(shares, 1e-6), np.nan).astype(np.float32)

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
        used = self._parts[-1][1] if self._parts else 0
        end = used + len(found)
        if end > len(self._vectors):
            grown = np.zeros((max(64, 3 * end // 2), found.shape[1]), np.float16)
            if used:
                grown[:used] = self._vectors[:used]
            self._vectors = grown
        self._vectors[used:end] = found
        self._parts.append((used, end))


def _names(speaker: str) -> frozenset[str]:
    return frozenset() if speaker in _MEANT_BY else frozenset(stem(word) for word in speaker.lower().split())
