"""What the scope classifier says of a question, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.perimeter.policy import TopicAction
from assistant.ports import Vector
from assistant.values import NearExample

Zone = Literal["in", "band", "out"]


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic's nearness. `score` is the mean cosine of its two nearest examples, `nearest` of the nearest alone;
    `agreement` the share of the five nearest examples of all topics that are this topic's; `probability` the calibrated
    probability that the question is of this topic, given that it is of any (0 where no classifier was fitted)."""

    name: str
    action: TopicAction
    score: float
    nearest: float
    agreement: float
    example: str = ""
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class ScopeReading:
    """Where a question stands.

    `in_scope` is the calibrated probability (0 to 1) that it belongs to a topic of the policy at all, refused and
    handed ones included; `topics` come best first. `zone` says whether the thresholds decide: `in` and `out` are sure,
    `band` is for a model to be asked, or for the evidence to decide. `nearest` are the three nearest examples, for the
    explanation.
    """

    topics: tuple[TopicScore, ...] = ()
    in_scope: float = 0.0
    zone: Zone = "band"
    nearest: tuple[NearExample, ...] = ()


class ScopeReader(Protocol):
    """Says where questions stand."""

    async def read(self, texts: Sequence[str], vectors: Sequence[Vector]) -> list[ScopeReading]:
        """A reading for each text; `vectors` are the texts' unit vectors by the assistant's embedder."""
        ...
