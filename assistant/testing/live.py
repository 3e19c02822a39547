"""`ports.Live` in memory, for tests of what is built on it. One process only."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

from assistant.values import Lease, Part


class MemoryLive:
    """Behaves as `RedisLive` does, by the same contract suite. `clock` returns seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[Lease, float]] = {}
        self._fences: defaultdict[str, int] = defaultdict(int)
        self._epochs: defaultdict[str, int] = defaultdict(int)

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float) -> Lease | None:
        """Grant the conversation's turn, or None while anyone, this holder too, has it."""
        if self._current(thread_id):
            return None
        self._fences[thread_id] += 1
        lease = Lease(thread_id, holder, self._fences[thread_id], ttl_s)
        self._held[thread_id] = (lease, self._clock() + ttl_s)
        return lease

    async def renew(self, lease: Lease) -> bool:
        """Start its time anew. False when it has run out or passed on."""
        if self._current(lease.thread_id) != lease:
            return False
        self._held[lease.thread_id] = (lease, self._clock() + lease.ttl_s)
        return True

    async def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it has passed on."""
        if self._current(lease.thread_id) == lease:
            del self._held[lease.thread_id]

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
        lease, until = self._held.get(thread_id, (None, 0.0))
        return lease if self._clock() < until else None
