"""Where a question stands among the policy's topics, by the calibrated probabilities of its reading. Pure."""

from __future__ import annotations

from assistant.perimeter.policy import Policy, Topic, TopicAction
from assistant.perimeter.scope.reading import TopicScore
from assistant.perimeter.signals import Signals


def likely(signals: Signals, action: TopicAction) -> float:
    """The probability, 0 to 1, that the question is of a topic treated so."""
    if signals.reading is None:
        return 0.0
    return signals.reading.in_scope * sum(topic.probability for topic in signals.topics if topic.action == action)


def clear_topic(signals: Signals, policy: Policy) -> Topic | None:
    """The topic that is not simply answered and to which the question clearly belongs.

    A topic that a model named decides. Else topics treated alike count together, and the likeliest of them is named.
    """
    if named := policy.topic(signals.classified):
        return named if named.action != "answer" else None
    others: tuple[TopicAction, ...] = ("handoff", "refuse", "approve")
    action = max(others, key=lambda each: likely(signals, each))
    least = policy.limits.handoff if action == "handoff" else policy.limits.topic
    return _likeliest(signals, policy, action) if likely(signals, action) >= least else None


def near_refusal(signals: Signals, policy: Policy) -> Topic | None:
    """The refused topic whose reason fits best, for a question that nothing was found for."""
    if signals.reading is None or signals.reading.zone == "out":
        return None
    near = likely(signals, "refuse") >= policy.thresholds.near_topic
    return _likeliest(signals, policy, "refuse") if near else None


def is_foreign(signals: Signals, policy: Policy) -> bool:
    """Whether the question is surely out of scope: so says the fitted scope, or the model that was asked."""
    if not policy.topics:
        return False
    return signals.classified == "none" or (signals.reading is not None and signals.reading.zone == "out")


def is_ours(signals: Signals, policy: Policy) -> bool:
    """Whether the question more likely than not belongs to a topic that is answered."""
    if named := policy.topic(signals.classified):
        return named.action == "answer"
    return not is_foreign(signals, policy) and likely(signals, "answer") + likely(signals, "approve") >= 0.5


def is_surely_ours(signals: Signals, policy: Policy) -> bool:
    """Whether it is ours by a model's word or above the fitted threshold that `max_false_answers` bounds."""
    named = policy.topic(signals.classified) is not None
    return is_ours(signals, policy) and (named or (signals.reading is not None and signals.reading.zone == "in"))


def likeliest(signals: Signals, action: TopicAction) -> tuple[TopicScore, ...]:
    """The topics treated so, the likeliest first."""
    own = [topic for topic in signals.topics if topic.action == action]
    return tuple(sorted(own, key=lambda topic: topic.probability, reverse=True))


def _likeliest(signals: Signals, policy: Policy, action: TopicAction) -> Topic | None:
    own = likeliest(signals, action)
    return policy.topic(own[0].name) if own else None
