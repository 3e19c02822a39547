"""A Redis that is gone when a turn comes: said at once, nothing kept, and the same message answered when it is back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.conversation import TurnPolicy
from assistant.errors import UnavailableError
from assistant.testing.workers import QUESTION, open_worker
from assistant.values import Caller, Finished, Turn
from tests.servers.redis import system_binary, throwaway_redis


async def test_a_turn_that_finds_redis_down_says_so_and_is_answered_once_it_is_back(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'assistant.db'}"
    with throwaway_redis(system_binary()) as server:
        async with open_worker(redis_url=server.url, database_url=database_url, policy=TurnPolicy()) as worker:
            turn = Turn("t1", "m1", QUESTION.format(number=1), Caller(id="guest:1"), worker.can.clock())
            server.kill()
            async with asyncio.timeout(5):
                with pytest.raises(UnavailableError, match="redis"):
                    await anext(aiter(worker.conversations.take(turn)))
            kept = await worker.can.stores.records.of_thread("t1")
            await asyncio.to_thread(server.start)
            events = [event async for event in worker.conversations.take(turn)]

            assert kept == []
            assert isinstance(events[-1], Finished)
            assert (events[-1].record.status, events[-1].replayed) == ("delivered", False)
            assert len(await worker.can.stores.records.of_thread("t1")) == 1
