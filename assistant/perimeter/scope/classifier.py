"""Reads questions against a fitted scope: light enough for every turn, and nothing but arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.policy import TopicAction
from assistant.perimeter.scope.evidence import Floats, HeadEvidence
from assistant.perimeter.scope.examples import Example
from assistant.perimeter.scope.heads import largest
from assistant.perimeter.scope.quick import ScopeModel
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.ports import Vector
from assistant.values import NearExample

_NEAREST = 5
_SHOWN = 3
_KEPT = 40


class HeadReader(Protocol):
    """One more head of the stack, such as a fine-tuned encoder's."""

    async def read(self, texts: Sequence[str]) -> HeadEvidence: ...


@dataclass(frozen=True, slots=True)
class ScopeClassifier:
    """A fitted scope under a policy; made by `open_classifier`.

    `actions` are its topics in the policy's order; `examples` are those compared with, by topic, and those out of scope
    last; row i of `vectors` is example i's. Topic k has `counts[k]` examples, at `places[k]` (-1 for none); `owners[i]`
    is the topic of example i.
    """

    model: ScopeModel
    actions: Mapping[str, TopicAction]
    examples: tuple[Example, ...]
    vectors: Floats
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
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
        topics, inside = self.model.read(texts, rows, more)
        cosines = rows @ self.vectors.T
        return [self._reading(*said) for said in zip(topics, inside, cosines, strict=True)]

    def _reading(self, topics: Floats, inside: float, cosines: Floats) -> ScopeReading:
        shown = _first(cosines, _SHOWN)
        return ScopeReading(
            topics=self._scores(dict(zip(self.model.topics, topics.tolist(), strict=True)), cosines),
            in_scope=float(inside),
            zone=self.model.zones.zone(float(inside)),
            nearest=tuple(
                NearExample(self.examples[at].text, self.examples[at].label, float(cosines[at])) for at in shown
            ),
        )

    def _scores(self, probability: Mapping[str, float], cosines: Floats) -> tuple[TopicScore, ...]:
        """Of each topic the two nearest examples, and the share among the five nearest of all."""
        by_topic = np.append(cosines, np.float32(-np.inf))[self.places]
        first = by_topic.argmax(axis=1)
        second, best = np.sort(largest(by_topic, 2), axis=1).T
        score = np.where(self.counts > 1, (best + second) / 2, best)
        inside = int(self.counts.sum())
        leading = self.owners[_first(cosines[:inside], _NEAREST)]
        share = np.bincount(leading, minlength=len(self.counts)) / np.clip(self.counts, 1, _NEAREST)
        nearest = self.places[np.arange(len(first)), first]
        rows = zip(
            self.actions.items(), score.tolist(), best.tolist(), share.tolist(), nearest.tolist(), strict=True
        )  # fmt: skip
        found = [
            TopicScore(name, action, mean, top, min(1.0, agreed), self.examples[at].text, probability.get(name, 0.0))
            for (name, action), mean, top, agreed, at in rows
            if at >= 0
        ]
        return tuple(sorted(found, key=lambda topic: topic.score, reverse=True))


def _first(values: Floats, count: int) -> NDArray[np.intp]:
    """Where the largest values are, the largest first; of equal ones the earlier first."""
    least = largest(values, count).min(initial=np.inf)
    among = np.flatnonzero(values >= least)
    return among[np.argsort(-values[among], kind="stable")[:count]]


def open_classifier(
    model: ScopeModel,
    actions: Mapping[str, TopicAction],
    examples: Sequence[Example],
    vectors: Floats,
    extra: tuple[HeadReader, ...] = (),
) -> ScopeClassifier:
    """A classifier that compares with the first examples of each topic, and with some out of scope."""
    by_topic = [[at for at, example in enumerate(examples) if example.label == name][:_KEPT] for name in actions]
    outside = [at for at, example in enumerate(examples) if example.label not in actions][: 5 * _KEPT]
    rows = [at for own in (*by_topic, outside) for at in own]
    counts = np.array([len(own) for own in by_topic], np.int64)
    owners = np.repeat(np.arange(len(counts)), counts)
    places = np.full((len(counts), _KEPT), -1, np.int64)
    places[owners, np.concatenate([np.arange(count) for count in (0, *counts)])] = np.arange(len(owners))
    return ScopeClassifier(
        model=model,
        actions=actions,
        examples=tuple(examples[at] for at in rows),
        vectors=np.ascontiguousarray(vectors[rows]),
        counts=counts,
        places=places,
        owners=owners,
        extra=extra,
    )
