"""The line before each conversation, leases with fencing, requests to stop and ownership epochs, in Redis.

Keys of a conversation (one hash slot; every one expires):
    lease       "fence holder" of the turn under way; expires with the lease
    granted     the place in line that got it
    fence       the highest fence granted; checkpoint writes obey it (see redis_checkpoint_scripts)
    line, seen  ZSET  place -> its number, and -> when it last asked, in milliseconds
    stop        the trace id of a turn that is asked to stop
    attempts    how often a turn was begun again after its worker was lost
    epoch       how many times the conversation has changed hands
"""

from __future__ import annotations

from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from assistant.adapters.redis_client import (
    FENCE_TTL_S,
    PART,
    PREFIX,
    Script,
    thread_key,
    translated,
    version_of,
)
from assistant.ports import QUEUE_TTL_S, Hold
from assistant.values import Lease, Part

STOP_TTL_S = 15.0
ATTEMPTS_TTL_S = 86_400

# A full Redis refuses a script at its first write, if that write needs room: no lease is granted then, but those that
# are held can be renewed and given back.

# A lost reply costs nothing: a place that was granted is told its fence again. The clock is a floor under the counter:
# a server that lost the last grants in a failover still never repeats one.
ACQUIRE = Script("""
local lease, counter, granted, line, seen = unpack(KEYS)
local holder, ttl, place, waits, patience, keep = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('GET', lease)
if held and redis.call('GET', granted) == place then return tonumber(string.match(held, '^%d+')) end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - patience)) do
  redis.call('ZREM', line, dead)
  redis.call('ZREM', seen, dead)
end
if waits == '1' then
  if not redis.call('ZSCORE', line, place) then
    local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')
    redis.call('ZADD', line, (tonumber(last[2]) or 0) + 1, place)
  end
  redis.call('ZADD', seen, now, place)
  redis.call('PEXPIRE', line, patience)
  redis.call('PEXPIRE', seen, patience)
end
local first = redis.call('ZRANGE', line, 0, 0)[1]
if held or (first and first ~= place) then return false end
local fence = math.max((tonumber(redis.call('GET', counter)) or 0) + 1, now)
redis.call('SET', counter, string.format('%d', fence), 'EX', keep)
redis.call('SET', lease, string.format('%d', fence) .. ' ' .. holder, 'PX', ttl)
redis.call('SET', granted, place, 'PX', ttl)
redis.call('ZREM', line, place)
redis.call('ZREM', seen, place)
return fence
""")

# One that is gone while its fence is still the highest ran out, or was lost with a server: nobody else was granted it.
RENEW = Script("""
local lease, counter, granted, seen, stop = unpack(KEYS)
local value, fence, ttl, patience, keep = unpack(ARGV)
local held = redis.call('GET', lease)
if not held and (tonumber(redis.call('GET', counter)) or 0) <= tonumber(fence) then
  redis.call('SET', counter, fence, 'EX', keep)
  redis.call('SET', lease, value, 'PX', ttl)
  held = value
end
if held ~= value then return false end
redis.call('PEXPIRE', lease, ttl)
redis.call('PEXPIRE', granted, ttl)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {redis.call('ZCOUNT', seen, now - patience, '+inf'), redis.call('GET', stop) or ''}
""")

# The fence closes behind it, so that neither a late write nor a late renewal brings the lease back.
RELEASE = Script("""
local lease, counter, granted = unpack(KEYS)
if redis.call('GET', lease) ~= ARGV[1] then return 0 end
redis.call('DEL', lease, granted)
redis.call('SET', counter, string.format('%d', tonumber(ARGV[2]) + 1), 'EX', ARGV[3])
return 1
""")

LEAVE = Script("""
local lease, granted, line, seen = unpack(KEYS)
redis.call('ZREM', line, ARGV[1])
redis.call('ZREM', seen, ARGV[1])
if redis.call('GET', granted) == ARGV[1] then redis.call('DEL', lease, granted) end
return 1
""")

COUNT = Script("""
local count = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return count
""")

PUT = Script("return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])")
READ = Script("return redis.call('GET', KEYS[1])")


class RedisLive:
    """`ports.Live` on any Redis from 6.2. `where` is what `assistant doctor` prints, without a password."""

    def __init__(self, redis: Redis, *, where: str, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._where = where
        self._prefix = prefix

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float, place: str = "") -> Lease | None:
        """Grant the conversation's turn, or None while anyone, this holder too, has it or stands before this place."""
        keys = self._keys(thread_id, "lease", "fence", "granted", "line", "seen")
        waits, name = ("1", place) if place else ("", uuid4().hex)
        limits = (_milliseconds(QUEUE_TTL_S), FENCE_TTL_S)
        fence = await ACQUIRE.run(self._redis, keys, holder, _milliseconds(ttl_s), name, waits, *limits)
        return None if fence is None else Lease(thread_id, holder, int(fence), ttl_s)

    async def leave(self, thread_id: str, place: str) -> None:
        """Give up a place in line, and the lease if it was granted unheard."""
        await LEAVE.run(self._redis, self._keys(thread_id, "lease", "granted", "line", "seen"), place)

    async def renew(self, lease: Lease) -> Hold | None:
        """Start its time anew. None when it has passed on."""
        keys = self._keys(lease.thread_id, "lease", "fence", "granted", "seen", "stop")
        limits = (_milliseconds(lease.ttl_s), _milliseconds(QUEUE_TTL_S), FENCE_TTL_S)
        reply = await RENEW.run(self._redis, keys, _value(lease), lease.fence, *limits)
        return None if reply is None else Hold(wanted=bool(reply[0]), stop=reply[1].decode())

    async def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it has passed on."""
        keys = self._keys(lease.thread_id, "lease", "fence", "granted")
        await RELEASE.run(self._redis, keys, _value(lease), lease.fence, FENCE_TTL_S)

    async def stop(self, thread_id: str, trace_id: str) -> None:
        """Ask the worker that runs this turn to stop it."""
        await PUT.run(self._redis, self._keys(thread_id, "stop"), trace_id, _milliseconds(STOP_TTL_S))

    async def attempt(self, thread_id: str, trace_id: str) -> int:
        """Count that a turn is begun again, and say the how manieth time that is."""
        return int(await COUNT.run(self._redis, self._keys(thread_id, f"attempts:{trace_id}"), ATTEMPTS_TTL_S))

    async def epoch(self, thread_id: str) -> int:
        """How many times the conversation has changed hands."""
        return int(await READ.run(self._redis, self._keys(thread_id, "epoch")) or 0)

    async def advance_epoch(self, thread_id: str) -> int:
        """Note that the conversation changes hands: what was begun under an older epoch is no longer delivered."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                (epoch,) = self._keys(thread_id, "epoch")
                pipe.incr(epoch)
                pipe.expire(epoch, FENCE_TTL_S)
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

    def _keys(self, thread_id: str, *kinds: str) -> list[str]:
        return [thread_key(self._prefix, thread_id, kind) for kind in kinds]


def _value(lease: Lease) -> str:
    return f"{lease.fence} {lease.holder}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
