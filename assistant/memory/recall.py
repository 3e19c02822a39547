"""Recall: what was said before the window, found again by its words, its meaning and who said it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assistant.memory.contents import Utterance
from assistant.memory.recall_index import RecallIndex
from assistant.memory.recall_lexical import Scores, topic_terms
from assistant.memory.recall_packing import pack, parts, render
from assistant.ports import Vector

__all__ = ["RecallIndex", "RecallPolicy", "parts", "recall", "render"]


@dataclass(frozen=True, slots=True)
class RecallPolicy:
    """At most `limit_tokens` as rendered. An utterance must hold `word_floor` of the question's weight in words, or be
    as near as `meaning_floor` in meaning (0 to 1). `recency` is what being the newest adds, in standard deviations.
    """

    limit_tokens: int = 800
    word_floor: float = 0.5
    meaning_floor: float = 0.4
    recency: float = 0.1


def recall(
    index: RecallIndex,
    question: str,
    vector: Vector,
    *,
    policy: RecallPolicy,
    exclude: Set[str] = frozenset(),
    now: datetime | None = None,
) -> list[Utterance]:
    """What bears on the question, oldest first, within the policy's tokens; [] when nothing does.

    `vector` is that of `index.topic(question)`. Turns in `exclude` are left out, and so is what was said after `now`.
    """
    wanted = topic_terms(question)
    if not len(index) or not wanted:
        return []
    words, share = index.words.search(wanted)
    meaning = index.likeness(vector)
    score = _standard(words) + _standard(meaning) + index.spoken_by_named(question)
    score += policy.recency * np.arange(1, len(index) + 1, dtype=np.float32) / len(index)
    fits = (share >= policy.word_floor) | (np.nan_to_num(meaning, nan=-1.0) >= policy.meaning_floor)
    order = [
        int(place)
        for place in np.argsort(-score, kind="stable")
        if fits[place] and index.said[place].turn not in exclude and _before(index.said[place], now)
    ]
    kept = pack(order, index.said, index.cost, budget_tokens=policy.limit_tokens)
    return [index.said[place] for place in kept]


def _standard(values: Scores) -> Scores:
    """Standard scores, so that unlike measures add up; 0 where a value is missing or all are alike."""
    known = values[~np.isnan(values)]
    spread = float(known.std()) if len(known) else 0.0
    if spread < 1e-6:
        return np.zeros_like(values)
    standard: Scores = np.nan_to_num((values - known.mean()) / spread, nan=0.0)
    return standard


def _before(said: Utterance, now: datetime | None) -> bool:
    return now is None or said.at is None or said.at <= now
