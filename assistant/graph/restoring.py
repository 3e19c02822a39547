"""Memory as it must be before it is used: every turn that is over is in it, and nothing that is no longer so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from assistant.graph.context import Capabilities
from assistant.memory.contents import Memory, WindowTurn
from assistant.memory.intake import folded, said_in, take_in, turn_of
from assistant.memory.pins import PinPolicy
from assistant.memory.summary import summarise
from assistant.memory.taint import cleanse, holds, outdated, sources
from assistant.memory.window import WindowPolicy, plan_fold
from assistant.values import Caller

RESTORED_FROM = 500  # turns; a memory that was lost is made anew from so many


async def restored(can: Capabilities, caller: Caller, thread_id: str, known: Memory) -> Memory:
    """Take in the turns it missed; drop what rests on documents that changed, went, or are not for this caller.

    A turn is missed when it was stopped, when a worker died before its checkpoint, or when Redis lost its data.
    """
    said = await can.stores.transcripts.of_thread(
        caller.id, thread_id, after=known.get("upto", ""), limit=RESTORED_FROM
    )
    missed = [turn_of(each) for each in said if each.status != "running"]
    policies, plan = can.policies, plan_fold(known.get("window", []), can.policies.window)
    memory = known
    if not known.get("upto"):  # made anew: never taken for one that fewer deletions have been through
        memory = Memory(deletions=sum(len(each.forgotten) for each in said))
    if missed or (plan and plan.by_rules):
        memory = await asyncio.to_thread(_with, memory, missed, policies.pins, policies.window)
    ids = sources(memory)
    if not ids:
        return memory
    cleansing = cleanse(memory, await can.stores.documents.current(ids, caller.groups))
    if not cleansing.bereft:
        return cleansing.memory
    told_anew = await _bereft(can, caller, cleansing.bereft)
    summary = await asyncio.to_thread(summarise, cleansing.memory.get("summary", []), told_anew, can.policies.window)
    return cast("Memory", {**cleansing.memory, "summary": summary})


def _with(known: Memory, missed: Sequence[WindowTurn], pins: PinPolicy, policy: WindowPolicy) -> Memory:
    """Above its hard mark a window is folded by rules at once: it was lost, or found no time to be folded."""
    memory = take_in(known, missed, pins)
    while (plan := plan_fold(memory.get("window", []), policy)) and plan.by_rules:
        memory = folded(memory, plan, summarise(memory.get("summary", []), plan.leaving, policy))
    return memory


async def _bereft(can: Capabilities, caller: Caller, turns: Sequence[str]) -> list[WindowTurn]:
    """The turns whose lines were dropped, with what in them still holds."""
    found = [await can.stores.records.get(turn) for turn in turns]
    records = sorted((record for record in found if record is not None), key=lambda record: record.created_at)
    kept = [turn_of(said_in(record)) for record in records if record.user_id == caller.id]
    ids = {document for turn in kept for document in turn["documents"]}
    current = await can.stores.documents.current(ids, caller.groups)
    return [turn if holds(turn["documents"], current) else outdated(turn) for turn in kept]
