"""The perimeter's policy: what the organisation answers, refuses and hands to people, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.privacy import PersonalKind

TopicAction = Literal["answer", "approve", "refuse", "handoff"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject and what to do about it. `examples` are questions as users ask them."""

    name: str
    description: str
    action: TopicAction = "answer"
    reason: str = ""
    alternatives: tuple[str, ...] = ()
    queue: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensitiveTopic:
    """Words that go to people at once, whatever the evidence; how `phrases` match: `wording.phrase_pattern`."""

    name: str
    phrases: tuple[str, ...]
    queue: str
    message: str


@dataclass(frozen=True, slots=True)
class Starter:
    """A suggestion on the empty chat: what the button says and the message it sends."""

    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the decisions turn; all but the `max_*` run from 0 to 1.

    `topic` and `near_topic` are calibrated probabilities that a question is of topics that are refused, handed over or
    answered by approval: from the first on (`handoff` for those handed over) it is treated so before anything is
    looked up, from the second on a refusal gives that topic's reason. `support_floor` is what the evidence must reach
    for a question that is likely ours, `support_answer` for others.
    Chosen on the demo's golden questions; another embedder or knowledge base may want its own, in the file.
    """

    support_floor: float = 0.25
    support_answer: float = 0.42
    topic: float = 0.45
    handoff: float = 0.45
    near_topic: float = 0.30
    injection: float = 0.70
    language_confidence: float = 0.70
    max_clarifications: int = 2
    max_repeats: int = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """What a mistake costs, in any unit: only the ratios count. The scope's zones and `Policy.limits` follow."""

    wrong_answer: float = 10.0
    needless_refusal: float = 2.0
    needless_handoff: float = 4.0

    @property
    def refusal_odds(self) -> float:
        """How much a wrong answer weighs against a needless refusal, relative to the default."""
        return (self.wrong_answer / self.needless_refusal) / (10.0 / 2.0)

    @property
    def handoff_odds(self) -> float:
        """How much a wrong answer weighs against a needless handoff, relative to the default."""
        return (self.wrong_answer / self.needless_handoff) / (10.0 / 4.0)


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy. `fingerprint` changes whenever the file does; `hosts` are those answers may link to.

    `mask` are the kinds of personal data that are masked before anything else sees a message, `to_people` those whose
    messages go to people. Where every document behind an answer is older than `max_age_days` (0 for no limit), a
    person answers. `max_false_answers` is the bound (0 to 1) that a fitted scope holds on the share of out-of-scope
    questions it takes for its own.

    A file that lists no hosts gets the domain of its contact address and what is below it.
    """

    organisation: str = ""
    about: str = ""
    languages: tuple[str, ...] = ("en",)
    contact: str = ""
    topics: tuple[Topic, ...] = ()
    sensitive: tuple[SensitiveTopic, ...] = ()
    starters: tuple[Starter, ...] = ()
    hosts: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    costs: Costs = field(default_factory=Costs)
    mask: tuple[PersonalKind, ...] = ("credit_card", "iban", "ssn")
    to_people: tuple[PersonalKind, ...] = ()
    max_age_days: int = 0
    max_false_answers: float = 0.05
    max_chars: int = 8_000
    version: int = 1
    fingerprint: str = ""

    @property
    def limits(self) -> Thresholds:
        """The thresholds at these costs: they are probabilities that hold at the default ratio, and other costs move
        their odds as they move those of the cheapest decision.
        """
        at, odds = self.thresholds, self.costs.refusal_odds
        return replace(
            at,
            support_floor=_moved(at.support_floor, odds),
            support_answer=_moved(at.support_answer, odds),
            topic=_moved(at.topic, 1 / odds),
            handoff=_moved(at.handoff, 1 / self.costs.handoff_odds),
        )

    def topic(self, name: str) -> Topic | None:
        """The topic of that name."""
        return next((topic for topic in self.topics if topic.name == name), None)

    def answered(self) -> tuple[Topic, ...]:
        """The topics it answers, in the order of the file."""
        return tuple(topic for topic in self.topics if topic.action == "answer")


def default_policy() -> Policy:
    """The policy of an organisation that wrote none: the scope is whatever its documents answer."""
    return Policy(fingerprint="default")


def _moved(probability: float, odds: float) -> float:
    """The probability whose odds are `odds` times as high."""
    moved = probability * odds
    return moved / (moved + 1 - probability)
