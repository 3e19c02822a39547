"""Reads questions against a fitted scope: light enough for every turn, and nothing but arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.policy import TopicAction
from assistant.perimeter.scope.evidence import Floats, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.heads import KEPT
from assistant.perimeter.scope.nearness import Nearness, places_of
from assistant.perimeter.scope.quick import ScopeModel
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.ports import Vector
from assistant.values import NearExample

_SHOWN = 3
_OUTSIDE_KEPT = 200


class HeadReader(Protocol):
    """One more head of the stack, such as a fine-tuned encoder's."""

    async def read(self, texts: Sequence[str]) -> HeadEvidence: ...


@dataclass(frozen=True, slots=True)
class ScopeClassifier:
    """A fitted scope under a policy; made by `open_classifier`.

    `actions` are its topics; `examples` are those the heads compare with, and some out of scope last, whose vectors are
    the columns of `outside`. `counts[k]` examples are of the model's topic k, and example i is of topic `owners[i]`.
    """

    model: ScopeModel
    actions: Mapping[str, TopicAction]
    examples: tuple[Example, ...]
    outside: Floats
    counts: NDArray[np.int64]
    owners: NDArray[np.int64]
    extra: tuple[HeadReader, ...] = ()

    async def read(self, texts: Sequence[str], vectors: Sequence[Vector]) -> list[ScopeReading]:
        """Where each of the texts stands, given their unit vectors."""
        if not texts:
            return []
        if self.model.heads is None:
            return [ScopeReading() for _ in texts]
        rows = np.asarray(vectors, np.float32)
        more = [await head.read(texts) for head in self.extra]
        near = self.model.heads.nearness(rows)
        topics, inside = self.model.read(texts, rows, more, near)
        aside = rows @ self.outside
        return [self._reading(topics[at], float(inside[at]), near, at, aside[at]) for at in range(len(texts))]

    def _reading(self, topics: Floats, inside: float, near: Nearness, at: int, aside: Floats) -> ScopeReading:
        return ScopeReading(
            topics=self._scores(topics, near, at),
            in_scope=inside,
            zone=self.model.zones.zone(inside),
            nearest=self._shown(near, at, aside),
        )

    def _shown(self, near: Nearness, at: int, aside: Floats) -> tuple[NearExample, ...]:
        """The nearest examples of all, the nearest first; of equal ones the earlier first."""
        places = np.concatenate([np.sort(near.five[at]), len(self.owners) + np.arange(len(aside))])
        cosines = np.concatenate([near.cosines[at], aside])[places]
        first = np.argsort(-cosines, kind="stable")[:_SHOWN]
        found = zip(places[first].tolist(), cosines[first].tolist(), strict=True)
        return tuple(NearExample(self.examples[own].text, self.examples[own].label, cosine) for own, cosine in found)

    def _scores(self, probability: Floats, near: Nearness, at: int) -> tuple[TopicScore, ...]:
        """Of each topic the two nearest examples, and the share among the five nearest of all."""
        by_topic = near.by_topic[at].copy()
        every = np.arange(len(by_topic))
        first = by_topic.argmax(axis=1)
        best = by_topic[every, first]
        by_topic[every, first] = -np.inf
        score = np.where(self.counts > 1, (best + by_topic.max(axis=1)) / 2, best)
        agreed = np.bincount(self.owners[near.five[at]], minlength=len(every)) / np.minimum(
            self.counts, near.five[at].size
        )
        nearest = np.cumsum(self.counts) - self.counts + first
        order = np.argsort(-score, kind="stable")
        columns = (order, score[order], best[order], np.minimum(agreed, 1.0)[order], nearest[order], probability[order])
        names, examples = self.model.topics, self.examples
        return tuple(
            TopicScore(names[topic], self.actions[names[topic]], mean, top, share, examples[own].text, probable)
            for topic, mean, top, share, own, probable in zip(*(column.tolist() for column in columns), strict=True)
        )


def open_classifier(
    model: ScopeModel,
    actions: Mapping[str, TopicAction],
    examples: Sequence[Example],
    vectors: Floats,
    extra: tuple[HeadReader, ...] = (),
) -> ScopeClassifier:
    """A classifier of the scope that was fitted on these examples with these vectors."""
    at_of = {topic: at for at, topic in enumerate(model.topics)}
    numbers = np.array([at_of.get(example.label, -1) for example in examples], np.int64)
    rows, places = places_of(numbers, len(model.topics), KEPT)
    outside = [at for at, example in enumerate(examples) if example.label == OOS][:_OUTSIDE_KEPT]
    return ScopeClassifier(
        model=model,
        actions=actions,
        examples=tuple(examples[at] for at in (*rows, *outside)),
        outside=np.ascontiguousarray(vectors[outside].T),
        counts=(places >= 0).sum(axis=1),
        owners=numbers[rows],
        extra=extra,
    )
