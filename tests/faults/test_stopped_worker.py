"""Workers that freeze past their lease, or die, with real processes, a real Redis and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from assistant.conversation import TurnPolicy
from assistant.testing.worker_process import worker_process
from assistant.testing.workers import QUESTION, Worker, open_worker
from assistant.values import Caller, Finished, Turn
from tests.servers.postgres import new_database, shared_postgres
from tests.servers.redis import redis_7

TTL_S = 0.6
OPTIONS = ("--lease-ttl-s", str(TTL_S))
USER = "guest:1"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_7() as url:
        yield url


@pytest.fixture
async def database_url() -> str:
    return await new_database(shared_postgres())


@asynccontextmanager
async def this_worker(redis_url: str, database_url: str) -> AsyncIterator[Worker]:
    policy = TurnPolicy(lease_ttl_s=TTL_S, grace_s=0.0)
    async with open_worker(redis_url=redis_url, database_url=database_url, policy=policy) as worker:
        yield worker


async def answered(worker: Worker, number: int, thread: str) -> Finished:
    """Take a turn in this process."""
    text = QUESTION.format(number=number)
    turn = Turn(thread, f"m{number}", text, Caller(id=USER), worker.can.clock())
    last = [event async for event in worker.conversations.take(turn)][-1]
    assert isinstance(last, Finished)
    return last


def told(number: int, thread: str) -> dict[str, str]:
    return {"thread": thread, "message": f"m{number}", "text": QUESTION.format(number=number), "user": USER}


async def expired(worker: Worker, thread: str) -> None:
    """Wait until nobody holds the conversation."""
    async with asyncio.timeout(10):
        while (lease := await worker.can.live.acquire(thread, "watcher", ttl_s=TTL_S)) is None:
            await asyncio.sleep(0.02)
    await worker.can.live.release(lease)


async def test_the_checkpoint_of_a_worker_that_froze_past_its_lease_is_refused(
    redis_url: str, database_url: str
) -> None:
    async with (
        this_worker(redis_url, database_url) as ours,
        worker_process(redis_url, database_url, *OPTIONS, "--trap", "checkpoint") as theirs,
    ):
        theirs.tell("take", **told(1, "frozen"))
        await theirs.stopped()
        second = await answered(ours, 2, "frozen")
        await ours.conversations.drain(timeout_s=10)
        theirs.resume()
        await theirs.says("over")
        theirs.tell("drain")
        await theirs.says("drained")

        config = {"configurable": {"thread_id": "frozen"}}
        assert len([each async for each in ours.saver.alist(config)]) == 1  # type: ignore[arg-type]
        records = await ours.can.stores.records.of_thread("frozen")
        assert [(record.message_id, record.status) for record in records] == [("m1", "delivered"), ("m2", "delivered")]
        window = (await ours.graph.memory("frozen"))["window"]
        assert [turn["turn"] for turn in window] == [record.trace_id for record in records]
        assert window[-1]["turn"] == second.record.trace_id


async def test_a_worker_that_froze_in_mid_answer_says_nothing_twice(redis_url: str, database_url: str) -> None:
    async with (
        this_worker(redis_url, database_url) as ours,
        worker_process(redis_url, database_url, *OPTIONS, "--trap", "model") as theirs,
    ):
        theirs.tell("take", **told(1, "mid"))
        await theirs.stopped()
        await answered(ours, 2, "mid")
        theirs.resume()
        said = await theirs.says("finished")

        assert said["status"] == "delivered"  # by the worker that took the conversation over
        records = await ours.can.stores.records.of_thread("mid")
        assert [(record.message_id, record.status) for record in records] == [
            ("m1", "delivered"),
            ("m2", "delivered"),
        ]


async def test_a_turn_is_finished_once_by_the_workers_that_find_its_own_dead(redis_url: str, database_url: str) -> None:
    async with (
        this_worker(redis_url, database_url) as ours,
        worker_process(redis_url, database_url, *OPTIONS) as second,
        worker_process(redis_url, database_url, *OPTIONS, "--trap", "model", "--deadly") as dying,
    ):
        dying.tell("take", **told(1, "dead"))
        trace_id = (await dying.says("started"))["trace"]
        await asyncio.wait_for(dying.process.wait(), timeout=30)
        await expired(ours, "dead")
        second.tell("sweep")
        second.tell("finish", thread="dead", user=USER)
        events = [event async for event in ours.conversations.finish_abandoned(Caller(id=USER), "dead")]
        await second.says("swept")
        await second.says("over")

        (record,) = await ours.can.stores.records.of_thread("dead")
        assert (record.trace_id, record.status) == (trace_id, "delivered")
        assert not events or (isinstance(events[-1], Finished) and events[-1].record == record)
        began = [each for each in second.events if each["event"] == "finished" and not each["replayed"]]
        ended = [each for each in events if isinstance(each, Finished) and not each.replayed]
        assert len(began) + len(ended) <= 1
