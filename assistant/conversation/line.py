"""The line before each conversation: who waits, in which order, and the lease of the one whose turn it is.

The order across processes is kept by `ports.Line`. Within a process places are numbered as they come, enter that line
one after the other, and are called when the one before them is done, so that nobody waits for the next poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from assistant.conversation.policy import TurnPolicy
from assistant.errors import AssistantError, BusyError
from assistant.ports import QUEUE_TTL_S, Hold, Live
from assistant.values import Lease

_log = logging.getLogger(__name__)

_SIGN_OF_LIFE_S = QUEUE_TTL_S / 3

Meet = Callable[[], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Place:
    """One waiting turn. `entered` is set once the line across processes has it, or it is gone: the next may enter."""

    thread_id: str
    before: Place | None
    name: str = field(default_factory=lambda: uuid4().hex)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class Holding:
    """The lease of a conversation while this process has it, for which turn, and what others ask of its holder."""

    lease: Lease
    owner: asyncio.Task[Any] | None
    trace_id: str = ""
    epoch: int = 0
    wanted: bool = False
    lost: bool = False
    over: bool = False
    watched: asyncio.Event = field(default_factory=asyncio.Event)
    _settling: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Somebody waits: what goes on after the answer is given up at once."""
        self.wanted = True
        if self._settling is not None:
            self._settling.cancel()

    def stop(self, trace_id: str) -> None:
        """Stop this turn, unless it is over or has been answered already."""
        if trace_id == self.trace_id and self._settling is None and self.owner is not None:
            self.owner.cancel()

    def lose(self) -> None:
        """Another has the lease: whatever goes on stops."""
        self.lost = True
        if self.owner is not None:
            self.owner.cancel()

    async def settle(self, work: Callable[[], Coroutine[None, None, None]], *, timeout_s: float) -> None:
        """Do what can be given up, for as long as nobody waits. Raises what the work raises."""
        if self.wanted:
            return
        self._settling = asyncio.create_task(work())
        self.watched.set()
        try:
            await asyncio.wait({self._settling}, timeout=timeout_s)
        finally:
            self._settling.cancel()
            await asyncio.wait({self._settling})
        if not self._settling.cancelled():
            self._settling.result()


@dataclass(slots=True, eq=False)
class _Local:
    """What this process knows of one conversation's line."""

    places: list[Place] = field(default_factory=list)
    holding: Holding | None = None

    def call(self) -> None:
        """Let the first place ask at once."""
        if self.places:
            self.places[0].called.set()


class Lines:
    """The lines of all conversations, as this process stands in them."""

    def __init__(self, live: Live, policy: TurnPolicy) -> None:
        self._live = live
        self._policy = policy
        self._holder = uuid4().hex
        self._known: dict[str, _Local] = {}

    def stand(self, thread_id: str) -> Place:
        """Take the next place. Whoever takes one gives it to `hold` or to `leave`."""
        local = self._known.setdefault(thread_id, _Local())
        place = Place(thread_id, local.places[-1] if local.places else None)
        local.places.append(place)
        if local.holding is not None:
            local.holding.want()
        return place

    def leave(self, place: Place) -> None:
        """Step out of the line of this process."""
        place.entered.set()
        local = self._known.get(place.thread_id)
        if local is not None and place in local.places:
            local.places.remove(place)
            self._tidy(place.thread_id, local)

    @contextlib.asynccontextmanager
    async def hold(self, place: Place, *, meet: Meet | None = None) -> AsyncIterator[Holding]:
        """Wait for one's turn, then hold the lease for as long as the block runs; losing it cancels the task.

        `meet` is called whenever another is found to be before this place. Raises BusyError after too long a wait.
        """
        try:
            lease = await self._granted(place, meet)
        except BaseException:
            self.leave(place)
            with contextlib.suppress(AssistantError):
                await asyncio.shield(self._live.leave(place.thread_id, place.name))
            raise
        self.leave(place)
        async with self._held(lease) as holding:
            yield holding

    @contextlib.asynccontextmanager
    async def hold_if_free(self, thread_id: str) -> AsyncIterator[Holding | None]:
        """The same without waiting: None when the lease is held, or somebody waits for it."""
        lease = None
        if thread_id not in self._known:
            lease = await self._live.acquire(thread_id, self._holder, ttl_s=self._policy.lease_ttl_s)
        if lease is None:
            yield None
            return
        async with self._held(lease) as holding:
            yield holding

    async def stop(self, thread_id: str, trace_id: str) -> None:
        """Stop a turn wherever it runs."""
        local = self._known.get(thread_id)
        if local is not None and local.holding is not None:
            local.holding.stop(trace_id)
        else:
            await self._live.stop(thread_id, trace_id)

    async def _granted(self, place: Place, meet: Meet | None) -> Lease:
        loop, policy = asyncio.get_running_loop(), self._policy
        deadline = loop.time() + policy.wait_s
        await _entered_before(place)
        pause_s = policy.poll_s
        while True:
            place.called.clear()
            lease = await self._live.acquire(place.thread_id, self._holder, ttl_s=policy.lease_ttl_s, place=place.name)
            place.entered.set()
            if lease is not None:
                return lease
            if loop.time() >= deadline:
                raise BusyError(f"conversation {place.thread_id} is busy")
            if meet is not None:
                await meet()
            longest_s = pause_s if self._polls(place) else _SIGN_OF_LIFE_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(loop.time() + longest_s, deadline)):
                    await place.called.wait()
            pause_s = min(2 * pause_s, policy.poll_most_s)

    def _polls(self, place: Place) -> bool:
        """Whether a place must ask by itself: those behind another of this process are called when it is done."""
        local = self._known[place.thread_id]
        return local.holding is None and local.places[0] is place

    @contextlib.asynccontextmanager
    async def _held(self, lease: Lease) -> AsyncIterator[Holding]:
        local = self._known.setdefault(lease.thread_id, _Local())
        holding = local.holding = Holding(lease, asyncio.current_task(), wanted=bool(local.places))
        keeping = asyncio.create_task(self._keep(holding))
        try:
            yield holding
        finally:
            holding.over = True
            keeping.cancel()
            try:
                with contextlib.suppress(AssistantError):
                    await asyncio.shield(self._live.release(lease))
            finally:
                if local.holding is holding:
                    local.holding = None
                self._tidy(lease.thread_id, local)

    async def _keep(self, holding: Holding) -> None:
        """Renew the lease while its turn runs, and heed what others ask; a lease that is lost stops the turn."""
        while True:
            await self._pause(holding)
            try:
                hold: Hold | None = await self._live.renew(holding.lease)
            except AssistantError:
                _log.warning("the lease of conversation %s could not be renewed; trying again", holding.lease.thread_id)
                hold = Hold()
            if holding.over:
                return
            if hold is None:
                _log.error("the lease of conversation %s has passed to another worker", holding.lease.thread_id)
                holding.lose()
                return
            if hold.wanted:
                holding.want()
            if hold.stop:
                holding.stop(hold.stop)

    async def _pause(self, holding: Holding) -> None:
        calm_s = holding.lease.ttl_s / 3
        if holding.watched.is_set() or self._policy.overlap == "interrupt":
            await asyncio.sleep(min(self._policy.watch_s, calm_s))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(calm_s):
                await holding.watched.wait()

    def _tidy(self, thread_id: str, local: _Local) -> None:
        local.call()
        if not local.places and local.holding is None and self._known.get(thread_id) is local:
            del self._known[thread_id]


async def _entered_before(place: Place) -> None:
    """Wait until the one before has entered the line across processes."""
    if place.before is not None:
        await place.before.entered.wait()
        place.before = None
