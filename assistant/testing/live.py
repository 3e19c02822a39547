"""`ports.Live` in memory, for tests of what is built on it. One process only."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

from assistant.ports import QUEUE_TTL_S, Hold
from assistant.values import Lease, Part


class MemoryLive:
    """Behaves as `RedisLive` does, by the same contract suite. `clock` returns seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[Lease, float, str]] = {}
        self._fences: defaultdict[str, int] = defaultdict(int)
        self._lines: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._stops: dict[str, str] = {}
        self._attempts: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._epochs: defaultdict[str, int] = defaultdict(int)

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float, place: str = "") -> Lease | None:
        """Grant the conversation's turn, or None while anyone, this holder too, has it or stands before this place."""
        current, line = self._current(thread_id), self._alive(thread_id)
        if current and self._held[thread_id][2] == place:
            return current
        if place:
            line[place] = self._clock()
        if current or next(iter(line), place) != place:
            return None
        line.pop(place, None)
        self._fences[thread_id] += 1
        lease = Lease(thread_id, holder, self._fences[thread_id], ttl_s)
        self._held[thread_id] = (lease, self._clock() + ttl_s, place or uuid4().hex)
        return lease

    async def leave(self, thread_id: str, place: str) -> None:
        """Give up a place in line, and the lease if it was granted unheard."""
        self._lines[thread_id].pop(place, None)
        if self._current(thread_id) and self._held[thread_id][2] == place:
            del self._held[thread_id]

    async def renew(self, lease: Lease) -> Hold | None:
        """Start its time anew. None when it has passed on."""
        current = self._current(lease.thread_id)
        if current != lease and (current or self._fences[lease.thread_id] > lease.fence):
            return None
        _, _, place = self._held.get(lease.thread_id, (lease, 0.0, uuid4().hex))
        self._held[lease.thread_id] = (lease, self._clock() + lease.ttl_s, place)
        return Hold(wanted=bool(self._alive(lease.thread_id)), stop=self._stops.get(lease.thread_id, ""))

    async def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it has passed on."""
        if self._current(lease.thread_id) == lease:
            del self._held[lease.thread_id]
            self._fences[lease.thread_id] = lease.fence + 1

    async def stop(self, thread_id: str, trace_id: str) -> None:
        """Ask the worker that runs this turn to stop it."""
        self._stops[thread_id] = trace_id

    async def attempt(self, thread_id: str, trace_id: str) -> int:
        """Count that a turn is begun again, and say the how manieth time that is."""
        self._attempts[thread_id, trace_id] += 1
        return self._attempts[thread_id, trace_id]

    async def epoch(self, thread_id: str) -> int:
        """How many times the conversation has changed hands."""
        return self._epochs[thread_id]

    async def advance_epoch(self, thread_id: str) -> int:
        """Note that the conversation changes hands."""
        self._epochs[thread_id] += 1
        return self._epochs[thread_id]

    async def health(self) -> Part:
        """Always well."""
        return Part("redis", "memory", "1", well=True)

    def _current(self, thread_id: str) -> Lease | None:
        lease, until, _ = self._held.get(thread_id, (None, 0.0, ""))
        return lease if self._clock() < until else None

    def _alive(self, thread_id: str) -> dict[str, float]:
        """The line in its order, with the places struck that no longer ask."""
        line = self._lines[thread_id]
        for place in [place for place, seen in line.items() if self._clock() - seen > QUEUE_TTL_S]:
            del line[place]
        return line
