"""What `ports.Live` promises, asked of the twin in memory and of both Redis versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.testing.live import MemoryLive
from assistant.values import Lease
from tests.servers.redis import redis_6, redis_7

Implementation = RedisLive | MemoryLive


@pytest.fixture(scope="module", params=[None, redis_7, redis_6], ids=["memory", "redis-7", "redis-6.2"])
def url(request: pytest.FixtureRequest) -> Any:
    if request.param is None:
        yield None
        return
    server: AbstractContextManager[str] = request.param()
    with server as url:
        yield url


@pytest.fixture
async def live(url: str | None) -> AsyncIterator[Implementation]:
    if url is None:
        yield MemoryLive()
        return
    async with connect(url) as redis:
        await redis.flushall()
        yield RedisLive(redis, where=url)


async def expired(live: Implementation, thread_id: str, holder: str) -> Lease:
    """Ask until the lease of another has run out."""
    async with asyncio.timeout(5):
        while True:
            if lease := await live.acquire(thread_id, holder, ttl_s=30):
                return lease
            await asyncio.sleep(0.005)


async def test_a_lease_is_held_by_one(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)

    assert lease
    assert (lease.thread_id, lease.holder, lease.ttl_s) == ("t", "a", 30)
    assert await live.acquire("t", "b", ttl_s=30) is None
    assert await live.acquire("other", "b", ttl_s=30)


async def test_a_lease_is_not_reentrant(live: Implementation) -> None:
    assert await live.acquire("t", "a", ttl_s=30)
    assert await live.acquire("t", "a", ttl_s=30) is None


async def test_of_two_workers_one_gets_the_lease(live: Implementation) -> None:
    for number in range(100):
        leases = await asyncio.gather(*(live.acquire(f"t{number}", holder, ttl_s=30) for holder in ("a", "b")))
        assert sum(lease is not None for lease in leases) == 1


async def test_the_fence_rises_with_every_grant(live: Implementation) -> None:
    fences = []
    for holder in "abcabc":
        lease = await live.acquire("t", holder, ttl_s=30)
        assert lease
        fences.append(lease.fence)
        await live.release(lease)

    assert fences == sorted(set(fences))


async def test_an_expired_lease_passes_to_another_and_the_fence_rises(live: Implementation) -> None:
    old = await live.acquire("t", "a", ttl_s=0.02)
    assert old

    new = await expired(live, "t", "b")

    assert new.fence > old.fence
    assert not await live.renew(old)


async def test_a_renewed_lease_outlives_its_first_term(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=0.5)
    assert lease
    until = asyncio.get_running_loop().time() + 0.8
    while asyncio.get_running_loop().time() < until:
        assert await live.renew(lease)
        assert await live.acquire("t", "b", ttl_s=30) is None
        await asyncio.sleep(0.02)


async def test_only_the_holder_releases(live: Implementation) -> None:
    old = await live.acquire("t", "a", ttl_s=0.02)
    assert old
    new = await expired(live, "t", "b")

    await live.release(old)

    assert await live.acquire("t", "c", ttl_s=30) is None
    await live.release(new)
    assert await live.acquire("t", "c", ttl_s=30)


async def test_the_same_holder_under_an_older_fence_is_a_stranger(live: Implementation) -> None:
    old = await live.acquire("t", "a", ttl_s=0.02)
    assert old
    await expired(live, "t", "a")

    await live.release(old)

    assert not await live.renew(old)
    assert await live.acquire("t", "b", ttl_s=30) is None


async def test_the_epoch_starts_at_zero_and_rises_when_a_conversation_changes_hands(live: Implementation) -> None:
    assert await live.epoch("t") == 0
    assert await live.advance_epoch("t") == 1
    assert await live.epoch("t") == 1
    assert await live.epoch("other") == 0


async def test_it_says_that_it_is_well(live: Implementation) -> None:
    part = await live.health()

    assert (part.name, part.well) == ("redis", True)
    assert part.version
    assert part.where


async def test_a_forgotten_counter_never_repeats_a_fence(live: Implementation) -> None:
    old = await live.acquire("t", "a", ttl_s=30)
    assert old
    await live.release(old)
    if isinstance(live, RedisLive):
        await asyncio.sleep(0.002)  # the server's clock must tick
        await live._redis.flushall()  # a failover to a replica that had none of it

    new = await live.acquire("t", "b", ttl_s=30)

    assert new
    assert new.fence > old.fence
