"""Memory before a turn and after it: restore, recall, and, once the reply is delivered, fold."""

from __future__ import annotations

import asyncio

from assistant.graph import operations
from assistant.graph.context import TurnContext
from assistant.graph.restoring import restored
from assistant.graph.state import State, as_update, memory_of
from assistant.memory.contents import Memory, SummaryLine
from assistant.memory.intake import folded
from assistant.memory.summary import summarise, summarise_from_model
from assistant.memory.summary_rendering import told, told_turns
from assistant.memory.window import Fold, plan_fold


async def restore(state: State, context: TurnContext) -> State:
    """Bring memory up to date."""
    turn = context.turn
    return as_update(await restored(context.can, turn.caller, turn.thread_id, memory_of(state)))


async def recall(state: State, context: TurnContext) -> State:
    """Find what was said before the window and bears on the question."""
    can = context.can
    found = await can.recollection.find(
        context.turn,
        state["question"],
        state["vector"],
        memory=memory_of(state),
        policy=can.policies.recall,
    )
    return State(recalled=found)


async def fold(state: State, context: TurnContext) -> State:
    """Take the oldest turns of a full window into the summary; after the reply, so that nobody waits for it."""
    memory = memory_of(state)
    plan = plan_fold(memory.get("window", []), context.can.policies.window)
    summary = await _summary(memory, plan, context) if plan else None
    if plan is None or summary is None:
        return State()
    return as_update(folded(memory, plan, summary))


async def _summary(memory: Memory, plan: Fold, context: TurnContext) -> list[SummaryLine] | None:
    """The summary with the leaving turns; None when the model failed: summary and window stay, and are tried again."""
    can, policy, summary = context.can, context.can.policies.window, memory.get("summary", [])
    if plan.by_rules or "summarise" not in can.models:
        return await asyncio.to_thread(summarise, summary, plan.leaving, policy)
    reply = await operations.summarise(can, told(summary), told_turns(plan.leaving))
    if reply is None:
        return None
    pins = memory.get("pins", [])
    return await asyncio.to_thread(summarise_from_model, reply, summary, plan.leaving, pins, policy)
