"""A scope without a fit: probabilities from the cosines to the policy's examples, without a band. For tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from assistant.perimeter.policy import Policy, TopicAction
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.ports import Embedder, Vector
from assistant.values import NearExample

_SURE = 0.6  # a cosine that leaves no doubt
_SHARPNESS = 14.0


@dataclass(frozen=True, slots=True)
class NearestScope:
    """`ports`-like twin of a fitted scope: the policy's examples with their unit vectors."""

    topics: tuple[tuple[str, TopicAction], ...] = ()
    examples: tuple[tuple[int, str, tuple[float, ...]], ...] = ()

    async def read(self, texts: Sequence[str], vectors: Sequence[Vector]) -> list[ScopeReading]:
        """A reading for each text."""
        return [self._reading(vector) for _, vector in zip(texts, vectors, strict=True)]

    def _reading(self, vector: Vector) -> ScopeReading:
        near = sorted(((sum(map(mul, vector, own)), topic, text) for topic, text, own in self.examples), reverse=True)
        if not near:
            return ScopeReading()
        best = {number: next(c for c, topic, _ in near if topic == number) for number in {n for _, n, _ in near}}
        total = sum(math.exp(_SHARPNESS * cosine) for cosine in best.values())
        scores = [self._score(number, cosine, math.exp(_SHARPNESS * cosine) / total) for number, cosine in best.items()]
        inside = min(1.0, max(0.0, near[0][0] / _SURE))
        return ScopeReading(
            topics=tuple(sorted(scores, key=lambda score: score.score, reverse=True)),
            in_scope=inside,
            zone="in",
            nearest=tuple(NearExample(text, self.topics[topic][0], cosine) for cosine, topic, text in near[:3]),
        )

    def _score(self, number: int, cosine: float, probability: float) -> TopicScore:
        name, action = self.topics[number]
        return TopicScore(name, action, cosine, cosine, 1.0, probability=probability)


async def nearest_scope(policy: Policy, embedder: Embedder) -> NearestScope:
    """Embed the examples of every topic."""
    rows = [(number, text) for number, topic in enumerate(policy.topics) for text in topic.examples]
    vectors = await embedder.encode([text for _, text in rows]) if rows else []
    return NearestScope(
        topics=tuple((topic.name, topic.action) for topic in policy.topics),
        examples=tuple((n, text, tuple(map(float, v))) for (n, text), v in zip(rows, vectors, strict=True)),
    )
