"""One verdict for a message with several questions, from a verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.values import Decision, PartVerdict, Verdict

_FIRST: tuple[Decision, ...] = ("handoff", "answer", "clarify", "refuse")


def combine(judged: Sequence[tuple[str, Verdict]]) -> Verdict:
    """The verdict on the whole message; `judged` are its questions, standing alone, each with its own verdict.

    A part for a person takes the message to a person, and nothing is lost: the packet has the other parts. What can be
    answered is answered, and what of the rest can't be is said with it. Of one question its verdict is the whole.
    """
    if len(judged) == 1:
        return judged[0][1]
    leading = min((verdict for _, verdict in judged), key=lambda verdict: _FIRST.index(verdict.decision))
    parts = tuple(PartVerdict(question, v.decision, v.rule, v.reason, v.message) for question, v in judged)
    alike = [verdict for _, verdict in judged if verdict.decision == leading.decision]
    whole = replace(leading, parts=parts)
    if len(alike) == len(judged):
        return replace(whole, message=_joined(alike))
    if leading.decision == "answer":
        answered = f"{len(alike)} of {len(judged)} questions can be answered."
        return replace(whole, rule="answered-in-part", reason=f"{answered} {leading.reason}")
    return whole


def _joined(verdicts: Sequence[Verdict]) -> str:
    return "\n\n".join(dict.fromkeys(verdict.message for verdict in verdicts if verdict.message))
