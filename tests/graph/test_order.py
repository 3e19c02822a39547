"""The order of a conversation's turns, what overlapping messages do, and what becomes of turns that were cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from assistant.conversation import Conversations, TurnPolicy
from assistant.errors import BusyError
from assistant.ports import ModelChunk
from assistant.testing.models import ScriptedModel
from assistant.values import Caller, Event, Finished, Record, Turn
from tests.graph.world import GUEST, NOW, World, make_world

RETURN = "How many days do I have to return a lamp?"
ANSWER = "You can return a lamp within 30 days [1]."


@dataclass
class GatedModel(ScriptedModel):
    """Says one sentence, then waits at the gate, then says another. `speaking` is set while it waits."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    speaking: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Sequence[Any]] = field(default_factory=list)

    async def stream(self, messages: Any, *, tools: Any = ()) -> AsyncIterator[ModelChunk]:
        self.asked.append(messages)
        yield ModelChunk(f"{ANSWER} Also ")
        self.speaking.set()
        await self.gate.wait()
        yield ModelChunk("lamps with cut cables cannot be returned [1].")


@dataclass
class HangingSummariser(ScriptedModel):
    """Never answers, and notes that it was asked and that it was stopped."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, messages: Any, *, tools: Any = ()) -> AsyncIterator[ModelChunk]:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()
        yield ModelChunk("")


def turn(number: int, text: str = RETURN, *, caller: Caller = GUEST, thread: str = "t1") -> Turn:
    return Turn(thread, f"m{number}", f"{text} ({number})" if number else text, caller, NOW + timedelta(seconds=number))


async def finished(conversations: Conversations, taken: Turn) -> Finished:
    last = [event async for event in conversations.take(taken)][-1]
    assert isinstance(last, Finished)
    return last


async def all_of(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


def another_worker(world: World, *, policy: TurnPolicy | None = None) -> Conversations:
    """A second process: the same Redis, database and checkpoints, nothing else in common."""
    return Conversations(
        graph=world.graph, can=world.can, policy=policy or TurnPolicy(wait_s=5), check_space=lambda: None
    )


async def begun(world: World, record_of: Turn) -> Record:
    """A turn whose worker was lost right after it was taken in."""
    await world.stores.threads.ensure(record_of.thread_id, record_of.caller.id, "name", NOW)
    return await world.stores.records.begin(
        Record(
            trace_id="f" * 32,
            thread_id=record_of.thread_id,
            message_id=record_of.message_id,
            answer_id="a" * 32,
            user_id=record_of.caller.id,
            question=record_of.text,
            status="running",
            created_at=record_of.received_at,
        )
    )


async def test_turns_of_two_workers_run_in_the_order_they_came() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model})
    workers = [world.conversations, another_worker(world)]
    first = asyncio.create_task(finished(workers[0], turn(0)))
    await model.speaking.wait()
    waiting = []
    for number in range(1, 9):
        waiting.append(asyncio.create_task(finished(workers[number % 2], turn(number))))
        while len(world.live._lines["t1"]) < number:
            await asyncio.sleep(0)
    model.gate.set()
    await asyncio.gather(first, *waiting)

    records = await world.stores.records.of_thread("t1")
    assert [record.message_id for record in records] == [f"m{number}" for number in range(9)]


async def test_a_message_that_waited_longer_is_recorded_after_the_one_it_waited_for() -> None:
    world = await make_world()
    await world.say(RETURN)
    late = replace(turn(1), received_at=NOW - timedelta(minutes=1))
    await finished(world.conversations, late)

    records = await world.stores.records.of_thread("t1")
    assert [record.message_id for record in records][-1] == "m1"


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model})
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    impatient = asyncio.create_task(finished(world.conversations, turn(1)))
    patient = asyncio.create_task(finished(world.conversations, turn(2)))
    while len(world.live._lines["t1"]) < 2:
        await asyncio.sleep(0)
    impatient.cancel()
    with suppress(asyncio.CancelledError):
        await impatient
    model.gate.set()
    async with asyncio.timeout(2):
        await asyncio.gather(first, patient)

    assert [record.message_id for record in await world.stores.records.of_thread("t1")] == ["m0", "m2"]


async def test_a_message_interrupts_the_turn_under_way_and_its_partial_answer_is_kept() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(wait_s=5, overlap="interrupt"))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    second = asyncio.create_task(finished(world.conversations, turn(1)))

    stopped = (await first).record
    assert (stopped.status, stopped.answer.strip()) == ("interrupted", ANSWER)
    model.gate.set()
    assert (await second).record.status == "delivered"


async def test_a_message_interrupts_a_turn_of_another_worker() -> None:
    model = GatedModel()
    policy = TurnPolicy(wait_s=5, overlap="interrupt", watch_s=0.05)
    world = await make_world(models={"generate": model}, turn_policy=policy)
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    second = asyncio.create_task(finished(another_worker(world, policy=policy), turn(1)))

    assert (await first).record.status == "interrupted"
    model.gate.set()
    assert (await second).record.status == "delivered"


async def test_a_message_sent_again_does_not_interrupt_itself() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(wait_s=5, overlap="interrupt"))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    again = asyncio.create_task(finished(world.conversations, turn(0)))
    while not world.live._lines["t1"]:
        await asyncio.sleep(0)
    model.gate.set()

    assert (await first).record.status == "delivered"
    assert (await again).replayed


async def test_a_message_is_refused_while_another_is_answered() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(wait_s=5, overlap="refuse"))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    for worker in (world.conversations, another_worker(world, policy=TurnPolicy(wait_s=5, overlap="refuse"))):
        async with asyncio.timeout(1):
            with pytest.raises(BusyError, match="busy") as refused:
                await finished(worker, turn(1))
        assert "still working" in refused.value.user_message
    model.gate.set()

    assert (await first).record.status == "delivered"
    assert len(await world.stores.records.of_thread("t1")) == 1
