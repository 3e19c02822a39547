"""How a rule gives its verdict: with the numbers and the nearest examples of what it was made of."""

from __future__ import annotations

from collections.abc import Callable

from assistant.perimeter.policy import Policy
from assistant.perimeter.signals import Signals
from assistant.phrases import say
from assistant.values import Decision, TicketReason, Verdict

Rule = Callable[[Signals, Policy], Verdict | None]


def first(rules: tuple[Rule, ...], signals: Signals, policy: Policy) -> Verdict | None:
    """What the first rule says that speaks; None where all are silent."""
    return next((verdict for rule in rules if (verdict := rule(signals, policy)) is not None), None)


def clarify(
    signals: Signals, policy: Policy, rule: str, reason: str, message: str, choices: tuple[str, ...]
) -> Verdict:
    """A question back; a person, where the user was asked back often enough."""
    if signals.clarifications >= policy.thresholds.max_clarifications:
        stuck = f"{reason} It was asked back {signals.clarifications} times in a row already."
        return handoff(signals, "clarified-enough", stuck, say("handoff_stuck", signals.speaks), "low_confidence")
    return decided(signals, "clarify", rule, reason, message=message, choices=choices)


def handoff(
    signals: Signals, rule: str, reason: str, message: str, ticket_reason: TicketReason, *, queue: str = ""
) -> Verdict:
    """A person takes over."""
    return decided(signals, "handoff", rule, reason, message=message, queue=queue, ticket_reason=ticket_reason)


def decided(
    signals: Signals,
    decision: Decision,
    rule: str,
    reason: str,
    *,
    message: str = "",
    choices: tuple[str, ...] = (),
    queue: str = "",
    ticket_reason: TicketReason | None = None,
) -> Verdict:
    """The verdict of a rule, with the numbers and the nearest examples of the question."""
    return Verdict(
        decision=decision,
        rule=rule,
        reason=reason,
        scores=signals.scores(),
        choices=choices,
        message=message,
        queue=queue,
        ticket_reason=ticket_reason,
        nearest=signals.reading.nearest if signals.reading is not None else (),
    )
