"""The verdict on a turn: answer, clarify, refuse or hand off. Pure rules in a fixed order over plain values.

The first rule that speaks decides; its name goes into the record. Rules of the message need no evidence and can be
asked before retrieval (`judge_message`); rules of the evidence come after. Whatever could not be checked goes to a
person, never to an answer.

Where the default thresholds come from: see `Thresholds` in policy.py.
"""

from __future__ import annotations

from assistant.perimeter.deciding import first
from assistant.perimeter.policy import Policy
from assistant.perimeter.rules_of_evidence import EVIDENCE_RULES, supported
from assistant.perimeter.rules_of_message import MESSAGE_RULES
from assistant.perimeter.signals import Signals
from assistant.values import Verdict


def judge(signals: Signals, policy: Policy) -> Verdict:
    """The verdict on a turn whose evidence is at hand."""
    return judge_message(signals, policy) or first(EVIDENCE_RULES, signals, policy) or supported(signals, policy)


def judge_message(signals: Signals, policy: Policy) -> Verdict | None:
    """The verdict where the message alone decides, before anything is retrieved; None where evidence is needed."""
    return first(MESSAGE_RULES, signals, policy)


def in_band(signals: Signals, policy: Policy) -> bool:
    """Whether the evidence is neither plainly enough nor plainly too little: what a model may be asked about."""
    low, high = policy.limits.support_floor / 2, (1 + policy.limits.support_answer) / 2
    return low <= signals.support.score < high
