"""The order of a conversation's turns, what overlapping messages do, and what becomes of turns that were cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from assistant.bootstrap.sweeping import sweeping
from assistant.conversation import Conversations, TurnPolicy
from assistant.conversation.callers import caller_of, callers_among
from assistant.errors import BusyError, StaleLeaseError, UnavailableError
from assistant.graph.context import Policies
from assistant.memory.window import WindowPolicy
from assistant.ports import ModelChunk
from assistant.testing.models import ScriptedModel
from assistant.values import Caller, Event, Finished, Record, Started, Turn
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
    """Answers nothing until its gate is open, and notes that it was asked and that it was stopped."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, messages: Any, *, tools: Any = ()) -> AsyncIterator[ModelChunk]:
        self.asked.set()
        try:
            await self.gate.wait()
        finally:
            self.stopped.set()
        yield ModelChunk("- [facts] User: wants to return a lamp {t1 t2 t3}")


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

    earlier, later = await world.stores.records.of_thread("t1")
    assert later.message_id == "m1"
    assert later.created_at >= earlier.created_at


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


async def test_a_fold_gives_way_to_the_next_turn_and_is_made_after_a_later_one() -> None:
    summariser = HangingSummariser()
    policies = Policies(window=WindowPolicy(high_tokens=40, low_tokens=20, summary_tokens=200))
    model = ScriptedModel([ANSWER] * 4)
    world = await make_world(models={"generate": model, "summarise": summariser}, policies=policies)
    for number in range(2):
        await finished(world.conversations, turn(number))
    async with asyncio.timeout(2):
        await summariser.asked.wait()
        await finished(world.conversations, turn(2))
    assert summariser.stopped.is_set()
    assert (await world.graph.memory("t1")).get("folded", 0) == 0

    summariser.gate.set()
    await finished(world.conversations, turn(3))
    await world.settled()
    memory = await world.graph.memory("t1")
    assert memory["folded"] > 0
    assert memory["folded"] + len(memory["window"]) == 4


async def test_a_fold_gives_way_to_a_turn_of_another_worker() -> None:
    summariser = HangingSummariser()
    policies = Policies(window=WindowPolicy(high_tokens=40, low_tokens=20, summary_tokens=200))
    model = ScriptedModel([ANSWER] * 3)
    policy = TurnPolicy(wait_s=5, watch_s=0.05)
    models = {"generate": model, "summarise": summariser}
    world = await make_world(models=models, policies=policies, turn_policy=policy)
    for number in range(2):
        await finished(world.conversations, turn(number))
    async with asyncio.timeout(2):
        await summariser.asked.wait()
        await finished(another_worker(world), turn(2))
    assert summariser.stopped.is_set()


async def test_no_fold_is_begun_while_somebody_waits() -> None:
    model, summariser = GatedModel(), HangingSummariser()
    policies = Policies(window=WindowPolicy(high_tokens=10, low_tokens=5, summary_tokens=200))
    world = await make_world(models={"generate": model, "summarise": summariser}, policies=policies)
    await finished_through(model, world, 0)
    turns = [asyncio.create_task(finished(world.conversations, turn(number))) for number in (1, 2)]
    while not world.live._lines["t1"]:
        await asyncio.sleep(0)
    model.gate.set()
    await turns[0]

    assert not summariser.asked.is_set()
    await turns[1]


async def test_an_abandoned_turn_is_finished_under_its_old_record_when_its_user_comes_back() -> None:
    world = await make_world()
    lost = await begun(world, turn(0))
    events = await all_of(world.conversations.finish_abandoned(GUEST, "t1"))

    assert events[0] == Started(lost.trace_id, lost.answer_id)
    (record,) = await world.stores.records.of_thread("t1")
    assert (record.trace_id, record.answer_id, record.status) == (lost.trace_id, lost.answer_id, "delivered")
    assert "within 30 days" in record.answer


async def test_an_abandoned_turn_is_finished_once_by_two_workers_and_a_sweep_at_once() -> None:
    model = ScriptedModel([ANSWER])
    world = await make_world(models={"generate": model})
    await begun(world, turn(0))
    other = another_worker(world)
    first, second, _ = await asyncio.gather(
        all_of(world.conversations.finish_abandoned(GUEST, "t1")),
        all_of(other.finish_abandoned(GUEST, "t1")),
        other.sweep(everybody),
    )

    assert len(model.calls) == 1
    assert first[-1].record == second[-1].record  # type: ignore[union-attr]
    assert len(await world.stores.records.of_thread("t1")) == 1


async def test_a_turn_that_is_over_is_not_begun_again() -> None:
    model = ScriptedModel([ANSWER])
    world = await make_world(models={"generate": model})
    await finished(world.conversations, turn(0))
    later(world, seconds=60)

    assert await all_of(world.conversations.finish_abandoned(GUEST, "t1")) == []
    await world.conversations.sweep(everybody)
    assert len(model.calls) == 1


async def test_another_users_abandoned_turn_is_not_finished_for_me() -> None:
    world = await make_world()
    await begun(world, turn(0))

    assert await all_of(world.conversations.finish_abandoned(replace(GUEST, id="guest:2"), "t1")) == []


async def test_a_sweep_finishes_a_turn_whose_lease_ran_out_and_nobody_came_back() -> None:
    world = await make_world()
    await begun(world, turn(0))
    later(world, seconds=60)
    await world.conversations.sweep(everybody)

    (record,) = await world.stores.records.of_thread("t1")
    assert record.status == "delivered"


async def test_a_sweep_leaves_a_turn_alone_that_is_young_or_leased() -> None:
    world = await make_world()
    await begun(world, turn(0))
    await world.conversations.sweep(everybody)
    (young,) = await world.stores.records.of_thread("t1")
    await world.live.acquire("t1", "another worker", ttl_s=60)
    later(world, seconds=60)
    await world.conversations.sweep(everybody)
    (leased,) = await world.stores.records.of_thread("t1")

    assert (young.status, leased.status) == ("running", "running")


async def test_a_sweep_answers_with_the_rights_an_account_has_now() -> None:
    question = "What is the goodwill credit limit for a late lamp?"
    world = await make_world()
    users = world.stores.users
    account = await users.add("ann@acme.example", "a-long-enough-password", "staff", frozenset())
    await users.change("ann@acme.example", role="member")
    await begun(world, turn(0, question, caller=caller_of(account)))
    later(world, seconds=60)
    await world.conversations.sweep(callers_among(users, guests=True))

    (record,) = await world.stores.records.of_thread("t1")
    assert record.status == "delivered"
    assert "45" not in record.answer


@pytest.mark.parametrize("owner", ["deactivated", "unknown", "guest"])
async def test_a_sweep_closes_the_turn_of_an_account_that_may_no_longer_ask(owner: str) -> None:
    world = await make_world()
    users = world.stores.users
    account = await users.add("ann@acme.example", "a-long-enough-password", "staff", frozenset())
    await users.change("ann@acme.example", active=False)
    ids = {"deactivated": account.id, "unknown": "nobody", "guest": GUEST.id}
    lost = await begun(world, turn(0, caller=Caller(id=ids[owner])))
    later(world, seconds=60)
    await world.conversations.sweep(callers_among(users, guests=False))

    (record,) = await world.stores.records.of_thread("t1")
    assert record.status == "failed"
    assert lost.trace_id[:8].upper() in record.answer
    assert "30 days" not in record.answer


async def test_a_turn_that_costs_every_worker_its_life_is_given_up_with_a_reference() -> None:
    world = await make_world()
    lost = await begun(world, turn(0))
    for _ in range(2):
        await world.live.attempt("t1", lost.trace_id)
    events = await all_of(world.conversations.finish_abandoned(GUEST, "t1"))

    (record,) = await world.stores.records.of_thread("t1")
    assert events[-1] == Finished(record, replayed=True)
    assert record.status == "failed"
    assert lost.trace_id[:8].upper() in record.answer


async def test_the_message_of_an_abandoned_turn_sent_again_runs_again_under_its_record() -> None:
    world = await make_world()
    lost = await begun(world, turn(0))
    last = await finished(world.conversations, turn(0))

    assert (last.record.trace_id, last.record.status, last.replayed) == (lost.trace_id, "delivered", False)


async def test_a_turn_that_lost_its_worker_is_finished_before_the_next_one_begins() -> None:
    world = await make_world()
    await begun(world, turn(0))
    await finished(world.conversations, turn(1))

    records = await world.stores.records.of_thread("t1")
    assert [record.status for record in records] == ["delivered", "delivered"]


async def test_a_worker_that_lost_its_lease_leaves_its_turn_to_the_one_that_has_it() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(lease_ttl_s=0.3))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    del world.live._held["t1"]
    await world.live.acquire("t1", "another worker", ttl_s=60)
    with pytest.raises(StaleLeaseError):
        await first

    (record,) = await world.stores.records.of_thread("t1")
    assert record.status == "running"


async def test_a_turn_outlives_a_server_that_forgot_its_lease() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(lease_ttl_s=0.3))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    del world.live._held["t1"]
    while "t1" not in world.live._held:
        await asyncio.sleep(0.01)
    model.gate.set()

    assert (await first).record.status == "delivered"


@pytest.mark.parametrize("how", ["stop", "fail", "abandon"])
async def test_after_a_turn_was_cut_off_the_next_prompt_alternates(how: str) -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model})
    await CUT_OFF[how](world, model)
    model.gate.set()
    await finished(world.conversations, turn(9))

    roles = [message.type for message in model.asked[-1] if message.type != "system"]
    assert roles == ["human", "ai"] * (len(roles) // 2) + ["human"]
    assert len(roles) == 3


async def _stopped(world: World, model: GatedModel) -> None:
    taking = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    taking.cancel()
    with suppress(asyncio.CancelledError):
        await taking


async def _failed(world: World, model: GatedModel) -> None:
    await world.stores.records.finish(replace(await begun(world, turn(0)), status="failed", answer="Sorry."))


async def _abandoned(world: World, model: GatedModel) -> None:
    await begun(world, turn(0))


CUT_OFF = {"stop": _stopped, "fail": _failed, "abandon": _abandoned}


async def finished_through(model: GatedModel, world: World, number: int) -> None:
    """One turn, with the gate opened for it and shut behind it."""
    taking = asyncio.create_task(finished(world.conversations, turn(number)))
    await model.speaking.wait()
    model.gate.set()
    await taking
    model.gate.clear()
    model.speaking.clear()


async def everybody(user_id: str) -> Caller | None:
    return Caller(id=user_id)


def later(world: World, *, seconds: float) -> None:
    """Turn the clock of the first worker on."""
    world.conversations._can = replace(world.can, clock=lambda: NOW + timedelta(seconds=seconds))


async def test_no_more_turns_are_worked_on_at_once_than_is_set() -> None:
    model = GatedModel()
    world = await make_world(models={"generate": model}, turn_policy=TurnPolicy(at_once=1))
    first = asyncio.create_task(finished(world.conversations, turn(0)))
    await model.speaking.wait()
    second = asyncio.create_task(finished(world.conversations, turn(1, thread="t2")))
    while not await world.stores.records.of_thread("t2"):
        await asyncio.sleep(0)
    assert len(model.asked) == 1
    model.gate.set()

    assert [ended.record.status for ended in await asyncio.gather(first, second)] == ["delivered", "delivered"]
    assert len(model.asked) == 2


async def test_a_server_sweeps_at_once_and_goes_on_after_an_error() -> None:
    @dataclass
    class Broken:
        rounds: int = 0
        enough: asyncio.Event = field(default_factory=asyncio.Event)

        async def sweep(self, callers: Any) -> None:
            self.rounds += 1
            if self.rounds == 3:
                self.enough.set()
            raise UnavailableError("database", "gone")

    broken: Any = Broken()
    async with sweeping(broken, everybody, every_s=0.001), asyncio.timeout(2):
        await broken.enough.wait()
    rounds = broken.rounds
    await asyncio.sleep(0.01)
    assert broken.rounds == rounds
