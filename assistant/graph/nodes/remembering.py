"""Memory before a turn and after it: restore, recall, and, once the reply is delivered, fold."""

from __future__ import annotations

import asyncio

from assistant.graph import operations
from assistant.graph.context import TurnContext
from assistant.graph.restoring import restored
from assistant.graph.state import State, as_update, memory_of
from assistant.memory.contents import Memory
from assistant.memory.intake import folded, with_told_pins
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
    if plan is None:
        return State()
    if plan.by_rules or "summarise" not in context.can.models:
        lines = memory.get("summary", [])
        made = await asyncio.to_thread(summarise, lines, plan.leaving, context.can.policies.window)
        return as_update(folded(memory, plan, made))
    return await _folded_by_model(memory, plan, context)


async def _folded_by_model(memory: Memory, plan: Fold, context: TurnContext) -> State:
    """What the model made of it, as far as it holds; when it failed, summary and window stay and are tried again."""
    can, lines = context.can, memory.get("summary", [])
    reply = await operations.summarise(can, told(lines), told_turns(plan.leaving))
    if reply is None:
        return State()
    memory = with_told_pins(memory, reply, plan.leaving, can.policies.pins)
    pins = memory.get("pins", [])
    made = await asyncio.to_thread(summarise_from_model, reply, lines, plan.leaving, pins, can.policies.window)
    return State() if made is None else as_update(folded(memory, plan, made))
