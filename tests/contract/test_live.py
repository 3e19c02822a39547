"""What `ports.Live` promises, asked of the twin in memory and of both Redis versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.ports import QUEUE_TTL_S, Hold
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


async def test_twenty_waiters_are_granted_in_the_order_they_came(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    places = [f"p{number}" for number in range(20)]
    for place in places:
        assert await live.acquire("t", "a", ttl_s=30, place=place) is None

    granted = []
    while lease:
        await live.release(lease)
        asked = {place: await live.acquire("t", "a", ttl_s=30, place=place) for place in reversed(places)}
        winners = [place for place, won in asked.items() if won]
        granted += winners
        places = [place for place in places if place not in winners]
        lease = next((won for won in asked.values() if won), None)

    assert granted == [f"p{number}" for number in range(20)]


async def test_a_place_is_granted_once_and_told_the_same_lease_again(live: Implementation) -> None:
    first = await live.acquire("t", "a", ttl_s=30, place="p")
    again = await live.acquire("t", "a", ttl_s=30, place="p")

    assert first
    assert again == first
    assert await live.acquire("t", "a", ttl_s=30, place="other") is None


async def test_who_does_not_stand_in_line_does_not_jump_it(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    await live.acquire("t", "b", ttl_s=30, place="p")
    await live.release(lease)

    assert await live.acquire("t", "c", ttl_s=30) is None
    assert await live.acquire("t", "b", ttl_s=30, place="p")


async def test_who_leaves_is_not_waited_for(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    for place in ("gone", "next"):
        await live.acquire("t", "b", ttl_s=30, place=place)
    await live.leave("t", "gone")
    await live.release(lease)

    assert await live.acquire("t", "b", ttl_s=30, place="next")


async def test_leaving_gives_back_a_lease_that_was_granted_unheard(live: Implementation) -> None:
    await live.acquire("t", "a", ttl_s=30, place="p")

    await live.leave("t", "p")

    assert await live.acquire("t", "b", ttl_s=30)


async def test_leaving_after_another_was_granted_takes_nothing_from_it(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30, place="p")
    assert lease
    await live.acquire("t", "b", ttl_s=30, place="q")

    await live.leave("t", "q")

    assert await live.renew(lease)


async def test_a_waiter_that_no_longer_asks_is_struck_from_the_line(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    await live.acquire("t", "b", ttl_s=30, place="dead")
    await live.acquire("t", "c", ttl_s=30, place="alive")
    await live.release(lease)

    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(QUEUE_TTL_S + 2):
        while not await live.acquire("t", "c", ttl_s=30, place="alive"):
            await asyncio.sleep(0.05)

    assert asyncio.get_running_loop().time() - began > QUEUE_TTL_S / 2


async def test_of_many_waiters_asking_at_once_one_is_granted(live: Implementation) -> None:
    places = [f"p{number}" for number in range(20)]
    leases = await asyncio.gather(*(live.acquire("t", place, ttl_s=30, place=place) for place in places))

    assert sum(lease is not None for lease in leases) == 1


async def test_renewing_tells_whether_somebody_waits(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    assert await live.renew(lease) == Hold()

    await live.acquire("t", "b", ttl_s=30, place="p")
    assert await live.renew(lease) == Hold(wanted=True)

    await live.leave("t", "p")
    assert await live.renew(lease) == Hold()


async def test_renewing_tells_which_turn_is_asked_to_stop(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease

    await live.stop("t", "trace")

    assert await live.renew(lease) == Hold(stop="trace")


async def test_a_lease_that_ran_out_and_was_granted_to_nobody_comes_back(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=0.02)
    assert lease
    await asyncio.sleep(0.05)

    assert await live.renew(replace(lease, ttl_s=30))
    assert await live.acquire("t", "b", ttl_s=30) is None


async def test_a_lease_that_was_given_back_does_not_come_back(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    await live.release(lease)

    assert await live.renew(lease) is None
    assert await live.acquire("t", "b", ttl_s=30)


async def test_a_lease_that_a_server_forgot_comes_back(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    if isinstance(live, RedisLive):
        await live._redis.flushall()

    assert await live.renew(lease)
    assert await live.acquire("t", "b", ttl_s=30) is None


async def test_attempts_are_counted_for_each_turn(live: Implementation) -> None:
    assert [await live.attempt("t", "one") for _ in range(3)] == [1, 2, 3]
    assert await live.attempt("t", "other") == 1


async def test_nothing_of_a_conversation_stays_for_ever(live: Implementation) -> None:
    if not isinstance(live, RedisLive):
        return
    lease = await live.acquire("t", "a", ttl_s=30, place="p")
    assert lease
    await live.acquire("t", "a", ttl_s=30, place="q")
    await live.renew(lease)
    await live.stop("t", "trace")
    await live.attempt("t", "trace")
    await live.advance_epoch("t")

    keys = await live._redis.keys("*")
    assert len(keys) == 8
    assert all(b"{t}" in key for key in keys)
    assert [await live._redis.ttl(key) for key in keys if await live._redis.ttl(key) <= 0] == []


async def test_a_call_that_is_cancelled_under_way_is_cancelled(live: Implementation) -> None:
    lease = await live.acquire("t", "a", ttl_s=30)
    assert lease
    for steps in (1, 2, 3):
        call = asyncio.create_task(live.renew(lease))
        for _ in range(steps):
            await asyncio.sleep(0)
        under_way = not call.done()
        call.cancel()
        await asyncio.wait({call})
        assert call.cancelled() == under_way
