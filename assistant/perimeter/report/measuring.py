"""How a policy decides on cases whose right treatment is known: mistakes by kind, with intervals. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from assistant.errors import ConfigurationError
from assistant.perimeter.intervals import wilson
from assistant.perimeter.policy import Policy, TopicAction
from assistant.perimeter.scope.reading import ScopeReading
from assistant.values import PUBLIC, Caller, Decision, Evidence, Verdict

OOS = "oos"
OOS_NAME = "out of scope"
Mistake = Literal["", "false_answer", "false_refusal", "needless_handoff", "missed_handoff", "needless_question"]
MISTAKES: tuple[Mistake, ...] = (
    "false_answer", "false_refusal", "needless_handoff", "missed_handoff", "needless_question",
)  # fmt: skip
_DECISIONS: tuple[Decision, ...] = get_args(Decision)
_TREATMENT: Mapping[TopicAction, Decision] = {
    "answer": "answer", "approve": "handoff", "refuse": "refuse", "handoff": "handoff",
}  # fmt: skip


class Considered(Protocol):
    """What came of considering a question, without delivering or recording anything.

    `question` stands alone, as it was judged; `timings` are milliseconds by stage.
    """

    @property
    def question(self) -> str: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def evidence(self) -> Evidence: ...
    @property
    def reading(self) -> ScopeReading | None: ...
    @property
    def timings(self) -> Mapping[str, float]: ...


class Considers(Protocol):
    """Judges a question as a turn would be; `history` are the user's earlier messages, oldest first."""

    async def consider(self, question: str, caller: Caller, *, history: Sequence[str] = ()) -> Considered: ...


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what it must come to: `expected` is a topic of the policy, `oos`, or a decision.

    `kind` is the row it counts under where `expected` is a decision. `place` says where the case stands.
    """

    id: str
    text: str
    expected: str
    groups: frozenset[str] = frozenset({PUBLIC})
    history: tuple[str, ...] = ()
    kind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with what was decided. `likeliest` is the topic it was taken for.

    `answerable` (0 to 1) says how surely the question is one to be answered: the probability of the answered topics
    where a scope is fitted (`calibrated`), else the support of the evidence. `confidence` takes both together.
    """

    case: Case
    row: str
    expected: Decision
    verdict: Verdict
    likeliest: str = ""
    answerable: float = 0.0
    confidence: float = 0.0
    calibrated: bool = False
    asked_model: bool = False

    @property
    def mistake(self) -> Mistake:
        return mistake_of(self.expected, self.verdict.decision)


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `total`, with Wilson's 95 % interval."""

    count: int
    total: int

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Tally:
    """The mistakes among some cases. Each rate is over the cases in which that mistake could be made."""

    cases: int
    right: Rate
    rates: Mapping[Mistake, Rate]


def expected_decision(case: Case, policy: Policy) -> Decision:
    """What must be decided on a case.

    Raises:
        ConfigurationError: it expects neither a topic of the policy, nor `oos`, nor a decision.
    """
    topic = policy.topic(case.expected)
    if topic is not None:
        return _TREATMENT[topic.action]
    if case.expected == OOS:
        return "refuse"
    for decision in _DECISIONS:
        if case.expected == decision:
            return decision
    known = ", ".join((*(topic.name for topic in policy.topics), OOS, *_DECISIONS))
    raise ConfigurationError(f"{case.place}: {case.expected!r} is no topic of the policy. Known: {known}.")


def mistake_of(expected: Decision, decided: Decision) -> Mistake:
    """The one name of what went wrong, "" where nothing did."""
    if decided == expected:
        return ""
    if decided == "answer":
        return "false_answer"
    if expected == "handoff":
        return "missed_handoff"
    if decided == "refuse":
        return "false_refusal"
    return "needless_handoff" if decided == "handoff" else "needless_question"


_POSSIBLE: Mapping[Mistake, frozenset[Decision]] = {
    "false_answer": frozenset({"clarify", "refuse", "handoff"}),
    "false_refusal": frozenset({"answer", "clarify"}),
    "needless_handoff": frozenset({"answer", "clarify", "refuse"}),
    "missed_handoff": frozenset({"handoff"}),
    "needless_question": frozenset({"answer", "refuse"}),
}


def outcome_of(case: Case, considered: Considered, policy: Policy) -> Outcome:
    """A case with what was decided on it."""
    reading, verdict = considered.reading or ScopeReading(), considered.verdict
    support = verdict.scores.get("support", 0.0)
    calibrated = any(topic.probability > 0 for topic in reading.topics)
    ours = sum(topic.probability for topic in reading.topics if topic.action == "answer")
    answerable = reading.in_scope * min(1.0, ours) if calibrated else support
    best = max(reading.topics, key=lambda topic: topic.probability, default=None)
    taken = best.name if best is not None and reading.zone != "out" else OOS_NAME
    return Outcome(
        case=case,
        row=_row(case, policy),
        expected=expected_decision(case, policy),
        verdict=verdict,
        likeliest=taken,
        answerable=answerable,
        confidence=answerable * support if calibrated else support,
        calibrated=calibrated,
        asked_model=verdict.scores.get("asked_model", 0.0) > 0,
    )


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """The mistakes among these outcomes, by kind."""
    found = list(outcomes)
    made = Counter(outcome.mistake for outcome in found)
    expected = Counter(outcome.expected for outcome in found)
    rates = {
        mistake: Rate(made[mistake], sum(expected[decision] for decision in _POSSIBLE[mistake])) for mistake in MISTAKES
    }
    return Tally(len(found), Rate(made[""], len(found)), rates)


def by_row(outcomes: Sequence[Outcome]) -> dict[str, Tally]:
    """A tally for each topic (or kind, or decision) in the order of first appearance."""
    rows = dict.fromkeys(outcome.row for outcome in outcomes)
    return {row: tally(outcome for outcome in outcomes if outcome.row == row) for row in rows}


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one kind of mistake: `strict` holds Wilson's upper bound to it, else the share itself."""

    mistake: Mistake
    at_most: float
    strict: bool = False

    def measured(self, total: Tally) -> float:
        rate = total.rates[self.mistake]
        return rate.interval[1] if self.strict else rate.value

    def holds(self, total: Tally) -> bool:
        return self.measured(total) <= self.at_most


async def measure(
    cases: Sequence[Case],
    assistant: Considers,
    policy: Policy,
    *,
    caller_of: Callable[[Case], Caller],
    step: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Consider every case, in order; `step` is called after each.

    Raises:
        ConfigurationError: a case expects what the policy doesn't know; before the first is considered.
    """
    for case in cases:
        expected_decision(case, policy)
    outcomes = []
    for case in cases:
        considered = await assistant.consider(case.text, caller_of(case), history=case.history)
        outcomes.append(outcome_of(case, considered, policy))
        step()
    return outcomes


def _row(case: Case, policy: Policy) -> str:
    if policy.topic(case.expected) is not None:
        return case.expected
    return OOS_NAME if case.expected == OOS else case.kind or f"to {case.expected}"
