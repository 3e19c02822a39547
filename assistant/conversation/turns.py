"""Take a turn in: place in line, lease, dedup, graph, settle; yields Events.

Order of a turn: the message is checked, what the policy masks is masked before anything else sees it, it takes its
place in line, the conversation's lease is granted (first come, first served, across processes), the question is
stored, the graph runs, the answer is stored and `Finished` is yielded; what can wait goes on under the lease after
that, until somebody waits for it. Closing the iterator before `Finished` stops the turn: what was said so far is kept
and marked interrupted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from assistant.conversation.callers import Callers
from assistant.conversation.closing import Closing
from assistant.conversation.line import Holding, Lines, Meet, Place
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.remembered import Remembered
from assistant.conversation.running import Emit, Runner
from assistant.conversation.wording import ASK_FOR_PERSON, ID_USED, thread_name, usable
from assistant.errors import AssistantError, BusyError, InvalidMessageError, NotFoundError
from assistant.graph.build import TurnGraph
from assistant.graph.considering import Considered, consider
from assistant.graph.context import Capabilities
from assistant.memory.view import MemoryView
from assistant.perimeter.personal import mask_message
from assistant.values import Caller, Event, Finished, Record, Started, Ticket, Turn

_log = logging.getLogger(__name__)


_ALL_TURNS = 1_000_000


class Conversations:
    """All conversations of this process."""

    def __init__(
        self,
        *,
        graph: TurnGraph,
        can: Capabilities,
        policy: TurnPolicy,
        check_space: Callable[[], None],
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._graph = graph
        self._can = can
        self._policy = policy
        self._check_space = check_space
        self._lines = Lines(can.live, policy)
        self._closing = Closing(can.stores.records, can.clock)
        self._runner = Runner(graph, can, policy, self._closing, timer)
        self._remembered = Remembered(graph, can, self._lines)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Run one turn.

        Raises InvalidMessageError, StorageFullError, NotFoundError (the thread is another's) and BusyError before
        anything is stored; after that every outcome, failures included, ends in `Finished`.
        """
        taken = usable(turn.text, max_chars=self._policy.max_chars)
        text, _ = await asyncio.to_thread(mask_message, taken, self._can.perimeter)
        turn = replace(turn, text=text)
        self._check_space()
        place = self._lines.stand(turn.thread_id)
        try:
            name = thread_name(turn.text)
            await self._can.stores.threads.ensure(turn.thread_id, turn.caller.id, name, turn.received_at)
        except BaseException:
            self._lines.leave(place)
            raise
        async with aclosing(self._followed(lambda emit: self._taken(turn, place, wants_person, emit))) as events:
            async for event in events:
                yield event

    async def consider(self, turn: Turn, *, history: Sequence[str] = ()) -> Considered:
        """What would be decided on a turn after these earlier messages, with nothing said, stored or remembered."""
        text, *earlier = (mask_message(each, self._can.perimeter)[0] for each in (turn.text, *history))
        return await consider(self._can, replace(turn, text=text), history=earlier)

    async def finish_abandoned(self, caller: Caller, thread_id: str) -> AsyncIterator[Event]:
        """Finish the turn of this caller's that lost its worker, under its old record; yields nothing if there is none.

        A turn that is found to run elsewhere, or is finished by another first, is waited for and shown as it ended.
        Raises BusyError when that takes too long.
        """
        record = await self._newest(thread_id)
        if record is None or record.status != "running" or record.user_id != caller.id:
            return
        place, trace_id = self._lines.stand(thread_id), record.trace_id
        async with aclosing(self._followed(lambda emit: self._finished(trace_id, place, caller, emit))) as events:
            async for event in events:
                yield event

    async def sweep(self, callers: Callers) -> None:
        """Finish every turn whose worker is gone, each with the rights its owner has now; nobody watches.

        A turn whose owner may no longer ask is closed as failed. Raises UnavailableError when turns can't be listed.
        """
        settled_s = self._policy.lease_ttl_s + self._policy.grace_s
        lost = await self._can.stores.records.running(before=self._can.clock() - timedelta(seconds=settled_s))
        for start in range(0, len(lost), self._policy.resumed_at_once):
            some = lost[start : start + self._policy.resumed_at_once]
            await asyncio.wait({self._begun(self._picked_up(record, callers)) for record in some})

    async def request_person(self, caller: Caller, thread_id: str) -> Ticket:
        """Open a ticket as if the user had asked for a person in words; the turn is stored like any other."""
        turn = Turn(thread_id, uuid4().hex, ASK_FOR_PERSON, caller, self._can.clock())
        record: Record | None = None
        async for event in self.take(turn, wants_person=True):
            record = event.record if isinstance(event, Finished) else record
        ticket = await self._can.stores.tickets.get(record.ticket) if record and record.ticket else None
        if ticket is None:
            raise AssistantError(record.answer if record else "the turn ended without a record")
        return ticket

    async def forget(self, caller: Caller, thread_id: str) -> None:
        """Delete a conversation of this caller's: its traces, its memory, its turns and their vectors.

        Raises NotFoundError for another's, BusyError while a turn of it runs on, and UnavailableError when a place
        can't be reached: the turns go last, so that it can be asked for again.
        """
        async with self._lines.hold(self._lines.stand(thread_id)):  # a turn that runs would write its memory back
            thread = await self._can.stores.threads.get(thread_id)
            if thread is None or thread.user_id != caller.id:
                raise NotFoundError(f"there is no conversation {thread_id} of this caller")
            said = await self._can.stores.transcripts.of_thread(caller.id, thread_id, limit=_ALL_TURNS)
            await self._can.tracer.forget([each.trace_id for each in said])
            await self._graph.forget(thread_id)
            await self._can.stores.threads.remove(thread_id, caller.id)
            self._can.recollection.forget(caller, thread_id)

    async def memory(self, caller: Caller, thread_id: str) -> MemoryView:
        """What is remembered of a conversation of this caller's. Raises NotFoundError for another's."""
        return await self._remembered.view(caller, thread_id)

    async def forget_item(self, caller: Caller, thread_id: str, item_id: str) -> MemoryView:
        """Delete a line or a pin of it; see `Remembered.delete`."""
        return await self._remembered.delete(caller, thread_id, item_id)

    async def drain(self, *, timeout_s: float) -> None:
        """Let running turns end; stop those that don't within the time (their partial answers are kept)."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _begun(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _followed(self, begin: Callable[[Emit], Coroutine[None, None, None]]) -> AsyncGenerator[Event, None]:
        """What a turn says until it is finished. Its task goes on after that; closing this earlier cancels it."""
        events: asyncio.Queue[Event | AssistantError] = asyncio.Queue()
        task = self._begun(begin(events.put_nowait))
        task.add_done_callback(lambda _: events.put_nowait(AssistantError("the turn was stopped before it began")))
        finished = False
        try:
            while not finished:
                event = await events.get()
                if isinstance(event, AssistantError):
                    finished = True
                    raise event
                finished = isinstance(event, Finished)
                yield event
        finally:
            if not finished:
                task.cancel()
                await asyncio.wait({task})

    async def _taken(self, turn: Turn, place: Place, wants_person: bool, emit: Emit) -> None:
        try:
            async with self._lines.hold(place, meet=self._meeting(turn)) as holding:
                await self._answer(turn, wants_person, holding, emit)
        except AssistantError as exc:
            emit(exc)

    async def _finished(self, trace_id: str, place: Place, caller: Caller, emit: Emit) -> None:
        try:
            async with self._lines.hold(place) as holding:
                record = await self._can.stores.records.get(trace_id)
                if record is None:
                    raise NotFoundError(f"turn {trace_id} is gone")
                await self._runner.resume(record, caller, holding, emit)
        except AssistantError as exc:
            emit(exc)

    async def _picked_up(self, record: Record, callers: Callers) -> None:
        try:
            async with self._lines.hold_if_free(record.thread_id) as holding:
                stored = await self._can.stores.records.get(record.trace_id) if holding else None
                if holding is None or stored is None or stored.status != "running":
                    return
                caller = await callers(stored.user_id)
                if caller is None:
                    await self._closing.given_up(stored)
                    return
                _log.warning("turn %s lost its worker and is begun again", stored.trace_id)
                await self._runner.resume(stored, caller, holding, lambda _: None)
        except AssistantError:
            _log.exception("turn %s lost its worker and could not be finished", record.trace_id)

    def _meeting(self, turn: Turn) -> Meet | None:
        """What this turn does when it finds another of its conversation before it; nothing if it just waits."""
        if self._policy.overlap == "queue":
            return None

        async def meet() -> None:
            running = await self._newest(turn.thread_id)
            if running is None or running.status != "running":
                return
            if self._policy.overlap == "refuse":
                raise BusyError(f"conversation {turn.thread_id} is busy")
            if running.message_id != turn.message_id:
                await self._lines.stop(turn.thread_id, running.trace_id)

        return meet

    async def _answer(self, turn: Turn, wants_person: bool, holding: Holding, emit: Emit) -> None:
        holding.epoch = await self._can.live.epoch(turn.thread_id)
        newest = await self._newest(turn.thread_id)
        if newest is not None and newest.status == "running" and newest.message_id != turn.message_id:
            await self._catch_up(newest, turn.caller, holding)  # we hold the lease: it lost its worker
        fresh = _new_record(turn, newest)
        record = await self._can.stores.records.begin(fresh)
        if record.question != turn.text:
            raise InvalidMessageError(ID_USED)
        if record.trace_id != fresh.trace_id:
            await self._runner.resume(record, turn.caller, holding, emit)
            return
        emit(Started(record.trace_id, record.answer_id))
        await self._runner.run(record, turn, wants_person, holding, emit)

    async def _catch_up(self, lost: Record, caller: Caller, holding: Holding) -> None:
        """Finish the turn that lost its worker before the one that came after it; its memory settles with that one."""
        wanted, holding.wanted = holding.wanted, True
        try:
            await self._runner.resume(lost, caller, holding, lambda _: None)
        finally:
            holding.wanted = wanted
        stored = await self._can.stores.records.get(lost.trace_id)
        if stored is not None and stored.status == "running":
            raise BusyError(f"turn {lost.trace_id} could not be finished, and comes first")

    async def _newest(self, thread_id: str) -> Record | None:
        newest = await self._can.stores.records.of_thread(thread_id, limit=1)
        return newest[-1] if newest else None


def _new_record(turn: Turn, newest: Record | None) -> Record:
    """A running turn. Its time is never before that of the turn before it, however long its message waited."""
    return Record(
        trace_id=uuid4().hex,
        thread_id=turn.thread_id,
        message_id=turn.message_id,
        answer_id=str(uuid4()),
        user_id=turn.caller.id,
        question=turn.text,
        status="running",
        created_at=max(turn.received_at, newest.created_at) if newest else turn.received_at,
    )
