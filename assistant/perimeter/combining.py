"""One verdict for a message with several questions, from a verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.values import Decision, PartVerdict, Verdict

_MOST_CHOICES = 4
_FIRST: tuple[Decision, ...] = ("handoff", "answer", "clarify", "refuse")


def combine(judged: Sequence[tuple[str, Verdict]]) -> Verdict:
    """The verdict on the whole message; `judged` are its questions, standing alone, each with its own verdict.

    A part for a person takes the message to a person, and nothing is lost: the packet has the other parts. What can be
    answered is answered, and what of the rest can't be is said with it. Of one question its verdict is the whole.
    """
    if len(judged) == 1:
        return judged[0][1]
    leading = min((verdict for _, verdict in judged), key=_rank)
    parts = tuple(PartVerdict(question, v.decision, v.rule, v.reason, refusal(v)) for question, v in judged)
    alike = [verdict for _, verdict in judged if verdict.decision == leading.decision]
    if leading.decision == "answer" and not leading.message and len(alike) == len(judged):
        return replace(leading, parts=parts)
    whole = replace(leading, parts=parts)
    if len(alike) == len(judged):
        return replace(
            whole, message="\n\n".join(dict.fromkeys(filter(None, map(refusal, alike)))), choices=_shared(alike)
        )
    if leading.decision == "answer":
        answered = f"{len(alike)} of {len(judged)} questions can be answered."
        return replace(whole, rule="answered-in-part", reason=f"{answered} {leading.reason}")
    return whole


def _rank(verdict: Verdict) -> tuple[int, bool]:
    """What leads: a person before an answer, an answer from evidence before one that is a sentence of ours."""
    return _FIRST.index(verdict.decision), bool(verdict.message)


def refusal(verdict: Verdict) -> str:
    """What is said of a verdict that has no buttons of its own: with its choices, a line each."""
    near = verdict.choices if verdict.decision in ("refuse", "clarify") else ()
    return "\n".join([verdict.message, *([""] if near else []), *(f"- {choice}" for choice in near)])


def _shared(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """The choices of questions back, as buttons: of refusals they stand in the text already."""
    asked = [choice for verdict in verdicts if verdict.decision == "clarify" for choice in verdict.choices]
    return tuple(dict.fromkeys(asked))[:_MOST_CHOICES]
