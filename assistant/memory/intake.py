"""Taking turns into memory: what of a stored turn is remembered, and what a memory becomes by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from assistant.memory.contents import Memory, WindowTurn
from assistant.memory.forgetting import redact
from assistant.values import Record

UNANSWERED = "(This was not answered.)"
STOPPED = "(This answer was stopped before its first word.)"


def turn_of(record: Record) -> WindowTurn:
    """A turn that is over, as the next one remembers it. One that failed keeps the question, not the excuse."""
    said = UNANSWERED if record.status == "failed" else record.answer or STOPPED
    return WindowTurn(
        turn=record.trace_id,
        at=record.created_at.isoformat(),
        user=redact(record.question, record.forgotten),
        assistant=redact(said, record.forgotten),
        documents={citation.document_id: citation.version for citation in record.citations},
        titles=list(dict.fromkeys(citation.title for citation in record.citations)),
    )


def take_in(memory: Memory, turns: Sequence[WindowTurn]) -> Memory:
    """The memory with these turns, oldest first, at the end of its window, and what they pin.

    A turn that is there already changes nothing.
    """
    held = {turn["turn"] for turn in memory.get("window", [])}
    fresh = [turn for turn in turns if turn["turn"] not in held]
    if not fresh:
        return memory
    taken = {**memory, "window": [*memory.get("window", []), *fresh], "upto": fresh[-1]["turn"]}
    return cast("Memory", taken)
