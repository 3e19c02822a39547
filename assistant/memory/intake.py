"""Taking turns into memory and folding them: what of a stored turn is remembered, what a memory becomes by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from assistant.memory.contents import (
    DECLINED,
    NOTES,
    PASSED_ON,
    REMOVED,
    STOPPED,
    UNANSWERED,
    Memory,
    Pin,
    SummaryLine,
    Utterance,
    WindowTurn,
)
from assistant.memory.forgetting import redact
from assistant.memory.pin_supersession import normal
from assistant.memory.pins import PinPolicy, find_pins, merge_pins, pins_from_model
from assistant.memory.summary_reply import pinned
from assistant.memory.window import Fold
from assistant.values import Record, Said


def said_in(record: Record) -> Said:
    """What was said in a turn, of all that its record holds."""
    return Said(
        trace_id=record.trace_id,
        thread_id=record.thread_id,
        question=record.question,
        answer=record.answer,
        status=record.status,
        created_at=record.created_at,
        documents=record.rests_on or {each.document_id: each.version for each in record.citations},
        titles=tuple(dict.fromkeys(citation.title for citation in record.citations)),
        forgotten=record.forgotten,
        decision=record.verdict.decision if record.verdict else None,
    )


def turn_of(said: Said) -> WindowTurn:
    """A turn that is over, as the next one remembers it: of a failure or a refusal the question, not the excuse.

    The words that decline or hand over stay out, so that no later answer is modelled on them.
    """
    return WindowTurn(
        turn=said.trace_id,
        at=said.created_at.isoformat(),
        user=redact(said.question, said.forgotten),
        assistant=redact(_answer(said), said.forgotten),
        documents=dict(said.documents),
        titles=list(said.titles),
    )


def utterances_of(said: Said) -> list[Utterance]:
    """What the two said in a turn that is over, as recall finds it. Nothing of what went unanswered or was deleted."""
    turn, at = turn_of(said), said.created_at
    user = Utterance(turn["turn"], "user", turn["user"], at)
    answer = Utterance(turn["turn"], "assistant", turn["assistant"], at, turn["documents"])
    return [each for each in (user, answer) if each.text not in NOTES]


def take_in(memory: Memory, turns: Sequence[WindowTurn], policy: PinPolicy) -> Memory:
    """The memory with these turns, oldest first, at the end of its window, and with what they pin.

    A turn that is there already changes nothing.
    """
    window = list(memory.get("window", []))
    held = {turn["turn"] for turn in window}
    pins: list[Pin] = list(memory.get("pins", []))
    fresh = [turn for turn in turns if turn["turn"] not in held]
    if not fresh:
        return memory
    for turn in fresh:
        found = find_pins(turn, before=window[-1] if window else None, policy=policy)
        pins = merge_pins(pins, [pin for pin in found if REMOVED not in pin["text"]], policy)
        window.append(turn)
    return cast("Memory", {**memory, "window": window, "pins": pins, "upto": fresh[-1]["turn"]})


def with_told_pins(memory: Memory, reply: str, leaving: Sequence[WindowTurn], policy: PinPolicy) -> Memory:
    """The memory with the pins that a folding model named in its reply and the rules had missed, as the oldest ones.

    They correct nothing: what was said after them is known already.
    """
    pins = list(memory.get("pins", []))
    known = {normal(pin["kind"], pin["text"]) for pin in pins}
    for number, lines in pinned(reply).items():
        turn = leaving[number - 1] if 0 < number <= len(leaving) else None
        told = (pins_from_model(lines, turn) or []) if turn else []
        new = (pin for pin in told if normal(pin["kind"], pin["text"]) not in known)
        pins.extend(pin for pin in new if REMOVED not in pin["text"])
    return cast("Memory", {**memory, "pins": pins[: policy.kept]})


def folded(memory: Memory, plan: Fold, summary: list[SummaryLine]) -> Memory:
    """The memory once the plan's turns are in the summary."""
    count = memory.get("folded", 0) + len(plan.leaving)
    return cast("Memory", {**memory, "window": list(plan.staying), "summary": summary, "folded": count})


def _answer(said: Said) -> str:
    if said.status == "failed":
        return UNANSWERED
    if said.status == "delivered" and said.decision in ("refuse", "handoff"):
        return PASSED_ON if said.decision == "handoff" else DECLINED
    return said.answer or STOPPED
