"""Leases with fencing and the ownership epoch of conversations, in Redis."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from assistant.adapters.redis_client import (
    FENCE_TTL_S,
    PART,
    PREFIX,
    Script,
    fence_key,
    thread_key,
    translated,
    version_of,
)
from assistant.values import Lease, Part

# The clock is a floor under the counter: a server that lost the last grants in a failover still never repeats one.
ACQUIRE = Script(
    """
local lease, counter = KEYS[1], KEYS[2]
if redis.call('EXISTS', lease) == 1 then return false end
local time = redis.call('TIME')
local fence = math.max((tonumber(redis.call('GET', counter)) or 0) + 1, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', counter, string.format('%d', fence), 'EX', ARGV[3])
redis.call('SET', lease, string.format('%d', fence) .. ' ' .. ARGV[1], 'PX', ARGV[2])
return fence
""",
    repeatable=False,
)

RENEW = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
""")

RELEASE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")


class RedisLive:
    """`ports.Live` on any Redis from 6.2. `where` is what `assistant doctor` prints, without a password."""

    def __init__(self, redis: Redis, *, where: str, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._where = where
        self._prefix = prefix

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float) -> Lease | None:
        """Grant the conversation's turn, or None while anyone, this holder too, has it."""
        keys = [self._lease_key(thread_id), fence_key(self._prefix, thread_id)]
        fence = await ACQUIRE.run(self._redis, keys, holder, _milliseconds(ttl_s), FENCE_TTL_S)
        return None if fence is None else Lease(thread_id, holder, int(fence), ttl_s)

    async def renew(self, lease: Lease) -> bool:
        """Start its time anew. False when it has run out or passed on."""
        keys = [self._lease_key(lease.thread_id)]
        return bool(await RENEW.run(self._redis, keys, _value(lease), _milliseconds(lease.ttl_s)))

    async def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it has passed on."""
        await RELEASE.run(self._redis, [self._lease_key(lease.thread_id)], _value(lease))

    async def epoch(self, thread_id: str) -> int:
        """How many times the conversation has changed hands."""
        with translated():
            return int(await self._redis.get(self._epoch_key(thread_id)) or 0)

    async def advance_epoch(self, thread_id: str) -> int:
        """Note that the conversation changes hands: what was begun under an older epoch is no longer delivered."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incr(self._epoch_key(thread_id))
                pipe.expire(self._epoch_key(thread_id), FENCE_TTL_S)
                return int((await pipe.execute())[0])

    async def health(self) -> Part:
        """How the server is, with what would lose conversations: eviction, or no append-only file."""
        try:
            info = await self._redis.info()
        except RedisError as exc:
            return Part(PART, self._where, "unknown", well=False, detail=str(exc))
        risks = []
        if str(info.get("maxmemory_policy", "noeviction")) != "noeviction":
            risks.append(f"evicts keys when full ({info['maxmemory_policy']})")
        if not info.get("aof_enabled"):
            risks.append("no append-only file: a crash loses conversations under way")
        elif info.get("aof_last_write_status") != "ok":
            return Part(PART, self._where, version_of(info), well=False, detail="can't write its append-only file")
        return Part(PART, self._where, version_of(info), well=True, detail="; ".join(risks))

    def _lease_key(self, thread_id: str) -> str:
        return thread_key(self._prefix, thread_id, "lease")

    def _epoch_key(self, thread_id: str) -> str:
        return thread_key(self._prefix, thread_id, "epoch")


def _value(lease: Lease) -> str:
    return f"{lease.fence} {lease.holder}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
