"""Take a turn in: lease, dedup, graph, deliver, fold; yields Events. The one edge where a broad `except` belongs.

Order of a turn: the message is checked, the conversation's lease is won (first come, first served, across processes),
the question is stored, the graph runs, the answer is stored and `Finished` is yielded; the fold goes on under the lease
after that. Closing the iterator before `Finished` stops the turn: what was said so far is kept and marked interrupted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from assistant.errors import AssistantError, BusyError, InvalidMessageError, NotFoundError, StorageFullError
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, TurnContext
from assistant.graph.nodes.closing import unfinished_record
from assistant.perimeter.input_guard import clean
from assistant.values import Caller, Event, Finished, Lease, Record, RecordStatus, Started, Ticket, Token, Turn

_log = logging.getLogger(__name__)

FAILED = (
    "Something went wrong on my side and I couldn't answer. Your question is kept; please send it again in a moment. "
    "If it happens again, quote the reference {reference}."
)
TIMED_OUT = (
    "This took too long and I stopped. Your question is kept; please send it again in a moment. "
    "If it happens again, quote the reference {reference}."
)
FULL = (
    "My storage is full, so I couldn't keep this conversation's latest turn. Please try again later, "
    "and quote the reference {reference} if you write to us."
)
ID_USED = "That message was already sent with other words. Please send it again."
ASK_FOR_PERSON = "I'd like to talk to a person."
EMPTY = "That message is empty. Type a question and send it again."
TOO_LONG = "That message has {length:,} characters; I can read up to {limit:,}. Please shorten it and send it again."


_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would turn round what is shown around them


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """Seconds and characters. The lease is renewed at a third of its life."""

    max_chars: int = 8_000
    timeout_s: float = 120.0
    wait_s: float = 30.0
    lease_ttl_s: float = 15.0
    poll_s: float = 0.05


def reference(trace_id: str) -> str:
    """The reference number a user can read out: the first eight digits of the trace id."""
    return trace_id[:8].upper()


@dataclass(slots=True)
class _Place:
    """Where the turns of one conversation wait in line in this process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


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
        self._timer = timer
        self._places: dict[str, _Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._holder = uuid4().hex

    async def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Run one turn.

        Raises InvalidMessageError, StorageFullError, NotFoundError (the thread is another's) and BusyError before
        anything is stored; after that every outcome, failures included, ends in `Finished`.
        """
        turn = replace(turn, text=self._usable(turn.text))
        self._check_space()
        await self._can.stores.threads.ensure(turn.thread_id, turn.caller.id, _thread_name(turn.text), turn.received_at)
        events: asyncio.Queue[Event | AssistantError] = asyncio.Queue()
        task = asyncio.create_task(self._run(turn, wants_person, events.put_nowait), name=f"turn {turn.message_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
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
        """Delete a conversation of this caller's, its turns and its memory.

        Raises NotFoundError for another's, BusyError while a turn of it runs on.
        """
        async with self._lease(thread_id):  # a turn that runs would write its memory back
            thread = await self._can.stores.threads.get(thread_id)
            if thread is None or thread.user_id != caller.id:
                raise NotFoundError(f"there is no conversation {thread_id} of this caller")
            await self._graph.forget(thread_id)
            await self._can.stores.threads.remove(thread_id, caller.id)

    async def drain(self, *, timeout_s: float) -> None:
        """Let running turns end; stop those that don't within the time (their partial answers are kept)."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _usable(self, text: str) -> str:
        if len(text) > self._policy.max_chars:
            raise InvalidMessageError(TOO_LONG.format(length=len(text), limit=self._policy.max_chars))
        cleaned = _BIDIRECTIONAL.sub("", text.replace("\x00", "")).encode("utf-8", "replace").decode("utf-8")
        if not clean(cleaned):
            raise InvalidMessageError(EMPTY)
        return cleaned

    async def _run(self, turn: Turn, wants_person: bool, emit: Callable[[Event | AssistantError], None]) -> None:
        try:
            async with self._lease(turn.thread_id) as lease:
                await self._leased(turn, wants_person, lease, emit)
        except AssistantError as exc:
            emit(exc)

    async def _leased(self, turn: Turn, wants_person: bool, lease: Lease, emit: Callable[[Event], None]) -> None:
        await self._close_abandoned(turn)
        epoch = await self._can.live.epoch(turn.thread_id)
        record = await self._can.stores.records.begin(self._new_record(turn))
        if record.question != turn.text:
            raise InvalidMessageError(ID_USED)
        emit(Started(record.trace_id, record.answer_id))
        if record.status != "running":
            emit(Token(record.answer))
            emit(Finished(record, replayed=True))
            return
        context = TurnContext(
            turn=turn,
            trace_id=record.trace_id,
            answer_id=record.answer_id,
            started=self._timer(),
            epoch=epoch,
            lease=lease,
            wants_person=wants_person,
            can=self._can,
            emit=emit,
            timer=self._timer,
        )
        await self._guarded(record, context)

    async def _guarded(self, record: Record, context: TurnContext) -> None:
        """Run the graph; whatever happens, the record says what became of the turn."""
        try:
            with self._can.tracer.turn(
                trace_id=record.trace_id,
                thread_id=record.thread_id,
                caller=context.turn.caller,
                question=record.question,
            ) as span:
                async with asyncio.timeout(self._policy.timeout_s):
                    await self._graph.run(context)
                span.update(output=context.speech.text)
        except asyncio.CancelledError:
            await asyncio.shield(self._interrupted(record, context))
            raise
        except TimeoutError:
            _log.exception("turn %s took longer than %s s", record.trace_id, self._policy.timeout_s)
            await self._failed(record, context, TIMED_OUT)
        except Exception as exc:  # noqa: BLE001 - the conversation's edge: logged with its trace id, a fixed sentence for the user
            _log.exception("turn %s failed", record.trace_id)
            await self._failed(record, context, FULL if isinstance(exc, StorageFullError) else FAILED)

    async def _interrupted(self, record: Record, context: TurnContext) -> None:
        said = context.speech.text
        closed = await self._close(record, context, status="interrupted", answer=said)
        context.emit(Finished(closed))
        if closed.status == "interrupted":
            with contextlib.suppress(AssistantError):
                await self._graph.remember(context, said or "(stopped before an answer)")

    async def _failed(self, record: Record, context: TurnContext, sentence: str) -> None:
        told = sentence.format(reference=reference(record.trace_id))
        said = context.speech.text
        answer = f"{said}\n\n{told}" if said else told
        closed = await self._close(record, context, status="failed", answer=answer)
        context.emit(Finished(closed))

    async def _close(self, record: Record, context: TurnContext, *, status: RecordStatus, answer: str) -> Record:
        """Store how a turn ended that the graph's own record node did not reach; log when even that fails.

        A turn that was stored before, here or by another worker, stays as it was and is what comes back.
        """
        closed = replace(unfinished_record(context), status=status, answer=answer)
        try:
            return await self._can.stores.records.finish(closed)
        except AssistantError:
            _log.exception("turn %s ended as %s and could not be stored", record.trace_id, status)
        return closed

    async def _close_abandoned(self, turn: Turn) -> None:
        """We hold the lease: a turn of this conversation still marked running lost its worker."""
        for record in await self._can.stores.records.of_thread(turn.thread_id, limit=1):
            if record.status == "running" and record.message_id != turn.message_id:
                await self._can.stores.records.finish(
                    replace(record, status="interrupted", finished_at=self._can.clock())
                )

    def _new_record(self, turn: Turn) -> Record:
        return Record(
            trace_id=uuid4().hex,
            thread_id=turn.thread_id,
            message_id=turn.message_id,
            answer_id=str(uuid4()),
            user_id=turn.caller.id,
            question=turn.text,
            status="running",
            created_at=turn.received_at,
        )

    @contextlib.asynccontextmanager
    async def _lease(self, thread_id: str) -> AsyncIterator[Lease]:
        """First come, first served within the process (a lock), then across processes (the lease). Raises BusyError."""
        place = self._places.setdefault(thread_id, _Place())
        place.users += 1
        try:
            await self._in_line(place, thread_id)
            try:
                lease = await self._won(thread_id)
                renewing = asyncio.create_task(self._renew(lease, asyncio.current_task()))
                try:
                    yield lease
                finally:
                    renewing.cancel()
                    with contextlib.suppress(AssistantError):
                        await asyncio.shield(self._can.live.release(lease))
            finally:
                place.lock.release()
        finally:
            place.users -= 1
            if not place.users:
                del self._places[thread_id]

    async def _in_line(self, place: _Place, thread_id: str) -> None:
        try:
            async with asyncio.timeout(self._policy.wait_s):
                await place.lock.acquire()
        except TimeoutError as exc:
            raise BusyError(f"conversation {thread_id} is busy") from exc

    async def _won(self, thread_id: str) -> Lease:
        deadline = self._timer() + self._policy.wait_s
        while True:
            lease = await self._can.live.acquire(thread_id, self._holder, ttl_s=self._policy.lease_ttl_s)
            if lease is not None:
                return lease
            if self._timer() >= deadline:
                raise BusyError(f"conversation {thread_id} is busy in another process")
            await asyncio.sleep(self._policy.poll_s)

    async def _renew(self, lease: Lease, owner: asyncio.Task[None] | None) -> None:
        """Keep the lease while its turn runs; a lease that is lost stops the turn (its writes would be refused)."""
        while True:
            await asyncio.sleep(lease.ttl_s / 3)
            try:
                kept = await self._can.live.renew(lease)
            except AssistantError:
                _log.warning("the lease of conversation %s could not be renewed; trying again", lease.thread_id)
                continue
            if not kept and owner is not None:
                _log.error("the lease of conversation %s has passed to another worker", lease.thread_id)
                owner.cancel()
                return


def _thread_name(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59].rstrip() + "…"
