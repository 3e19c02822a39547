"""Memory before a turn and after it: restore, and, once the reply is delivered, fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from assistant.graph import operations
from assistant.graph.context import TurnContext
from assistant.graph.state import State, as_update, memory_of
from assistant.memory.contents import Memory, SummaryLine, WindowTurn
from assistant.memory.intake import take_in, turn_of
from assistant.memory.summary import summarise, summarise_from_model
from assistant.memory.summary_rendering import told, told_turns
from assistant.memory.taint import cleanse, holds, outdated, sources
from assistant.memory.window import Fold, plan_fold

RESTORED_FROM = 1_000  # turns; a memory that was lost is made anew from so many


async def restore(state: State, context: TurnContext) -> State:
    """Bring memory up to date: take in turns it missed, drop what rests on documents that are no longer so.

    A turn is missed when it was stopped, when a worker died before its checkpoint, or when Redis lost its data.
    """
    can, turn = context.can, context.turn
    known = memory_of(state)
    records = await can.stores.records.of_thread(turn.thread_id, after=known.get("upto", ""), limit=RESTORED_FROM)
    missed = [turn_of(record) for record in records if record.status != "running"]
    memory = take_in(known, missed)
    cleansing = cleanse(memory, await can.stores.documents.current(sources(memory), turn.caller.groups))
    memory = cleansing.memory
    if cleansing.bereft:
        summary = summarise(memory["summary"], await _bereft(cleansing.bereft, context), can.policies.window)
        memory = cast("Memory", {**memory, "summary": summary})
    return as_update(memory)


async def fold(state: State, context: TurnContext) -> State:
    """Take the oldest turns of a full window into the summary; after the reply, so that nobody waits for it."""
    policy = context.can.policies.window
    memory = memory_of(state)
    plan = plan_fold(memory.get("window", []), policy)
    if plan is None:
        return State()
    return State(
        window=list(plan.staying),
        summary=await _summary(memory, plan, context),
        folded=memory.get("folded", 0) + len(plan.leaving),
    )


async def _summary(memory: Memory, plan: Fold, context: TurnContext) -> list[SummaryLine]:
    policy, summary = context.can.policies.window, memory.get("summary", [])
    asked = (told(summary), told_turns(plan.leaving))
    reply = await operations.summarise(context.can, *asked) if "summarise" in context.can.models else None
    made = summarise_from_model(reply, summary, plan.leaving, memory.get("pins", []), policy) if reply else None
    return made if made is not None else summarise(summary, plan.leaving, policy)


async def _bereft(turns: Sequence[str], context: TurnContext) -> list[WindowTurn]:
    """The turns whose lines were dropped, with what in them still holds."""
    can = context.can
    records = [await can.stores.records.get(turn) for turn in turns]
    kept = [turn_of(record) for record in records if record is not None]
    ids = {document for turn in kept for document in turn["documents"]}
    current = await can.stores.documents.current(ids, context.turn.caller.groups)
    return [turn if holds(turn["documents"], current) else outdated(turn) for turn in kept]
