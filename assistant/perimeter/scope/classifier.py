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
    last; row i of `vectors` is example i's, `counts` says how many each topic has.
    """

    model: ScopeModel
    actions: Mapping[str, TopicAction]
    examples: tuple[Example, ...]
    vectors: Floats
    counts: NDArray[np.int64]
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
        shown = np.argsort(-cosines, kind="stable")[:_SHOWN]
        return ScopeReading(
            topics=self._scores(dict(zip(self.model.topics, topics.tolist(), strict=True)), cosines),
            in_scope=float(inside),
            zone=self.model.zones.zone(float(inside)),
            nearest=tuple(
                NearExample(self.examples[at].text, self.examples[at].label, float(cosines[at])) for at in shown
            ),
        )

    def _scores(self, probability: Mapping[str, float], cosines: Floats) -> tuple[TopicScore, ...]:
        """As `nearest.Scope.scores` has it: the two nearest examples, and the share among the five nearest of all."""
        ends = np.cumsum(self.counts)
        leading = np.argsort(-cosines[: ends[-1]], kind="stable")[:_NEAREST]
        found = []
        for (name, action), start, end in zip(self.actions.items(), ends - self.counts, ends, strict=True):
            if start == end:
                continue
            own = cosines[start:end]
            first = int(own.argmax())
            two = np.partition(own, -2)[-2:] if len(own) > 1 else own
            share = int(((leading >= start) & (leading < end)).sum()) / min(_NEAREST, len(own))
            found.append(
                TopicScore(
                    name=name,
                    action=action,
                    score=float(two.mean()),
                    nearest=float(own[first]),
                    agreement=min(1.0, share),
                    example=self.examples[start + first].text,
                    probability=probability.get(name, 0.0),
                )
            )
        return tuple(sorted(found, key=lambda topic: topic.score, reverse=True))


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
    return ScopeClassifier(
        model=model,
        actions=actions,
        examples=tuple(examples[at] for at in rows),
        vectors=np.ascontiguousarray(vectors[rows]),
        counts=np.array([len(own) for own in by_topic], np.int64),
        extra=extra,
    )
