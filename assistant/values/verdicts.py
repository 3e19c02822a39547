"""What the perimeter decides, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Decision = Literal["answer", "clarify", "refuse", "handoff"]

TicketReason = Literal[
    "asked_for", "out_of_scope", "low_confidence", "sensitive_topic", "unhappy_user", "tool_failed", "assistant_failed"
]


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What was decided on one question of a message with several; `message` is what is said where it isn't answered."""

    question: str
    decision: Decision
    rule: str
    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class NearExample:
    """A labelled example of the policy and its cosine to a question."""

    text: str
    label: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The perimeter's decision for a turn: what to do, the rule that decided, the reason, and the numbers.

    `nearest` are the examples of the policy that stand nearest to the question; `parts` the verdicts on the questions
    of a message with several.
    """

    decision: Decision
    rule: str
    reason: str
    scores: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    message: str = ""
    queue: str = ""
    ticket_reason: TicketReason | None = None
    nearest: tuple[NearExample, ...] = ()
    parts: tuple[PartVerdict, ...] = ()
