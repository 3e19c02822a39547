"""Recall: what was said before the window, found again by its words, its meaning and who said it.

Three measures of unlike scales are added as standard scores: BM25 of an utterance and its neighbours, expanded by the
terms of what was found first (Rocchio 1971; the third of the weight that RM3 and its kin give is usual); the cosine
of its best part together with the mean of its neighbourhood's; and a bonus for the speaker the question names.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.memory.contents import Utterance
from assistant.memory.recall_index import Likeness, RecallIndex
from assistant.memory.recall_lexical import Scores
from assistant.memory.recall_packing import pack, parts, render, rendered_tokens
from assistant.memory.recall_words import is_small_talk, terms, topic_terms
from assistant.memory.tokens import count
from assistant.ports import Vector

__all__ = ["RecallIndex", "RecallPolicy", "parts", "ranked", "recall", "render", "rendered_tokens"]

FEEDBACK = 5  # utterances found first, whose terms expand the question


@dataclass(frozen=True, slots=True)
class RecallPolicy:
    """At most `limit_tokens` as rendered; of an utterance above `whole_tokens` only the parts that fit in so many.

    Some utterance must hold `word_floor` of the question's terms, by their rarity, or be as near as `meaning_floor` in
    meaning (0 to 1; 0 and -1: no floor); then those that reach half of either are recalled. In standard deviations:
    `named` and `meant` are added to what was said by a speaker whom the question names, or means by a pronoun, and
    `recency` to the newest. `expansion` is the weight of the terms of what was found first, the question's being 1.
    """

    limit_tokens: int = 800
    whole_tokens: int = 160
    word_floor: float = 0.5
    meaning_floor: float = 0.45
    named: float = 3.0
    meant: float = 0.5
    recency: float = 0.1
    expansion: float = 0.33

    @property
    def has_floor(self) -> bool:
        return self.word_floor > 0 or self.meaning_floor > -1


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
    likeness, wanted = index.likeness(vector), topic_terms(question)
    order = [
        place
        for place in ranked(index, question, likeness, policy=policy)
        if index.said[place].turn not in exclude and _before(index.said[place], now)
    ]

    @cache
    def shown(place: int) -> Utterance:
        return _excerpt(index.said[place], likeness.of(place), wanted, policy.whole_tokens)

    return list(pack(order, shown, budget_tokens=policy.limit_tokens).values())


def ranked(index: RecallIndex, question: str, likeness: Likeness, *, policy: RecallPolicy) -> list[int]:
    """The places in `index.said` that reach a floor, those that bear on the question most first."""
    if not len(index) or (policy.has_floor and is_small_talk(question)):
        return []
    wanted, meaning = topic_terms(question), likeness.best()
    score = _scored(index, question, wanted, meaning, policy)
    score[~_near(index, wanted, meaning, policy)] = -np.inf
    order = np.argsort(-score, kind="stable")
    return [int(place) for place in order[: np.count_nonzero(score > -np.inf)]]


def _scored(index: RecallIndex, question: str, wanted: Sequence[str], meaning: Scores, policy: RecallPolicy) -> Scores:
    """Standard scores added up, after a first look that tells which terms expand the question."""
    plain = index.words.search(dict.fromkeys(wanted, 1.0 / max(1, len(wanted))))
    rest = _standard(_standard(meaning) + _standard(index.nearby(meaning)))
    rest += index.spoken_by(question, named=policy.named, meant=policy.meant)
    rest += policy.recency * np.arange(1, len(index) + 1, dtype=np.float32) / len(index)
    first = np.argsort(-(_standard(plain) + rest), kind="stable")[:FEEDBACK]
    telling = index.words.telling([index.said[place].text for place in first])
    expanded: Scores = plain + policy.expansion * index.words.search(telling)
    return _standard(expanded) + rest


def _near(index: RecallIndex, wanted: Sequence[str], meaning: Scores, policy: RecallPolicy) -> NDArray[np.bool_]:
    if not policy.has_floor:
        return np.ones(len(index), bool)
    words, near = index.words.coverage(wanted), np.nan_to_num(meaning, nan=-1.0)
    if not ((words >= policy.word_floor) | (near >= policy.meaning_floor)).any():
        return np.zeros(len(index), bool)
    return (words >= policy.word_floor / 2) | (near >= policy.meaning_floor / 2)


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


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of an utterance, its tokens and its terms."""

    text: str
    tokens: int
    terms: frozenset[str]


@lru_cache(maxsize=2_048)
def _pieces(text: str) -> tuple[_Piece, ...]:
    return tuple(_Piece(part, count(part), frozenset(terms(part))) for part in parts(text))


def _excerpt(said: Utterance, likeness: Scores, wanted: Sequence[str], limit: int) -> Utterance:
    """The utterance whole if it is short, else its best part and those after and before it that fit the limit."""
    if count(said.text) <= limit:
        return said
    pieces = _pieces(said.text)
    near = likeness if len(likeness) == len(pieces) else np.zeros(len(pieces), np.float32)
    shared = [len(piece.terms.intersection(wanted)) / max(1, len(wanted)) for piece in pieces]
    best = int(np.argmax(near + np.array(shared, np.float32)))
    start = end = best
    room = limit - pieces[best].tokens
    for place in [*range(best + 1, len(pieces)), *range(best - 1, -1, -1)]:
        room -= pieces[place].tokens
        if room < 0 or place not in (start - 1, end + 1):
            continue
        start, end = min(start, place), max(end, place)
    text = " ".join(piece.text for piece in pieces[start : end + 1])
    return replace(said, text=f"{'… ' if start else ''}{text}{' …' if end + 1 < len(pieces) else ''}")
