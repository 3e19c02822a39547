"""How near a question stands to each topic of the policy: cosine to the topic's examples, by more than one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from assistant.perimeter.policy import Policy, TopicAction
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.ports import Embedder, Vector

_NEAREST = 5
_AGREEING = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """The policy's examples with their unit vectors, embedded once."""

    topics: tuple[tuple[str, TopicAction], ...] = ()
    examples: tuple[tuple[int, str, tuple[float, ...]], ...] = ()

    async def read(self, texts: Sequence[str], vectors: Sequence[Vector]) -> list[ScopeReading]:
        """Readings without a fitted classifier: the cosines alone, no probability, and nothing sure."""
        return [ScopeReading(topics=self.scores(vector)) for _, vector in zip(texts, vectors, strict=True)]

    def scores(self, vector: Vector) -> tuple[TopicScore, ...]:
        """Every topic's score for a question's unit vector, best first."""
        near = sorted(((_cosine(vector, v), topic, text) for topic, text, v in self.examples), reverse=True)
        leaders = [topic for _, topic, _ in near[:_NEAREST]]
        found = []
        for number, (name, action) in enumerate(self.topics):
            own = [(cosine, text) for cosine, topic, text in near if topic == number][:_AGREEING]
            if own:
                agreement = leaders.count(number) / min(_NEAREST, sum(1 for _, t, _ in near if t == number))
                mean = sum(cosine for cosine, _ in own) / len(own)
                found.append(TopicScore(name, action, mean, own[0][0], min(1.0, agreement), own[0][1]))
        return tuple(sorted(found, key=lambda topic: topic.score, reverse=True))


async def build_scope(policy: Policy, embedder: Embedder) -> Scope:
    """Embed the examples (and the description, as one more) of every topic."""
    rows = [
        (number, text)
        for number, topic in enumerate(policy.topics)
        for text in (*topic.examples, *((topic.description,) if topic.description else ()))
    ]
    if not rows:
        return Scope()
    vectors = await embedder.encode([text for _, text in rows])
    return Scope(
        topics=tuple((topic.name, topic.action) for topic in policy.topics),
        examples=tuple((n, text, tuple(map(float, v))) for (n, text), v in zip(rows, vectors, strict=True)),
    )


def _cosine(left: Sequence[float], right: Sequence[float]) -> float:
    return float(sum(map(mul, left, right)))
