"""An assistant that says what it was told to: for tests of the chat, which need no models and no index."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assistant.errors import BusyError, NotFoundError
from assistant.memory.view import MemoryView
from assistant.perimeter.policy import Policy, Starter
from assistant.ports import Stores
from assistant.testing.stores import memory_stores
from assistant.values import (
    Caller,
    Citation,
    Document,
    Event,
    Finished,
    Part,
    Record,
    Stage,
    Started,
    Ticket,
    Token,
    Turn,
    Verdict,
)

ITEM_TOKENS = 10


@dataclass(frozen=True)
class Reply:
    """What to answer. Waits for `gate` after `pause_after` tokens.

    `fails` ends it as a conversation ends a turn that failed; `crash` is raised before the turn is taken in. `notice`
    is what the record says happened to the turn.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    verdict: Verdict = field(default_factory=lambda: Verdict("answer", "supported", "the documents say so"))
    pause_after: int | None = None
    fails: bool = False
    crash: Exception | None = None
    delay_s: float = 0.0
    notice: str = ""


@dataclass
class ScriptedAssistant:
    """Implements what the chat needs of an assistant.

    `replies` maps a piece of a question to its reply; `remembers` says what is kept of a conversation's turns.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    remembers: Callable[[Sequence[Record]], MemoryView] = lambda _: MemoryView()
    stores: Stores = field(default_factory=memory_stores)
    policy: Policy = field(
        default_factory=lambda: Policy(
            organisation="Halden Home",
            about="Ask me about orders, returns, warranty and setting things up.",
            contact="Write to help@halden.example.",
            starters=(Starter("Return something", "How do I return something?"),),
        )
    )
    origin_note: str = "Answers are quotes from our documents."
    auth_secret: str = "a-secret-for-tests-of-more-than-32-bytes"  # noqa: S105 (a test's)
    guests: bool = True
    message_max_chars: int = 8_000
    overlap: str = "queue"
    host: str = "127.0.0.1"
    port: int = 0
    secure_cookies: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    turns: list[Turn] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)
    _forgotten: set[tuple[str, str]] = field(default_factory=set)

    async def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Say the scripted reply, keeping the records as a conversation does."""
        if turn.thread_id in self._busy:
            raise BusyError
        self._busy.add(turn.thread_id)
        try:
            async for event in self._take(turn, wants_person):
                yield event
        finally:
            self._busy.discard(turn.thread_id)

    async def _take(self, turn: Turn, wants_person: bool) -> AsyncIterator[Event]:
        self.turns.append(turn)
        reply = next((reply for piece, reply in self.replies.items() if piece in turn.text), Reply("I don't know."))
        if reply.crash is not None:
            raise reply.crash
        await self.stores.threads.ensure(turn.thread_id, turn.caller.id, turn.text[:60], turn.received_at)
        record = await self.stores.records.begin(_record(turn, reply))
        if record.status != "running":
            yield Finished(record, replayed=True)
            return
        if wants_person:
            ticket = await self.stores.tickets.open(_ticket(turn))
            record = replace(record, ticket=ticket.number, citations=(), verdict=None)
            reply = Reply(f"A colleague will take over. Your ticket is **{ticket.number}**.")
        yield Started(record.trace_id, record.answer_id)
        for stage in _STAGES:
            yield stage
        said = ""
        try:
            for count, token in enumerate(re.findall(r"\S+\s*|\s+", reply.text)):
                if count == reply.pause_after:
                    await self.gate.wait()
                await asyncio.sleep(reply.delay_s)
                said += token
                yield Token(token)
        except (asyncio.CancelledError, GeneratorExit):
            await self._finish(replace(record, answer=said, status="interrupted", verdict=None, citations=()))
            raise
        if reply.fails:
            answer = f"{said}\n\nSomething went wrong. Reference {record.trace_id[:8].upper()}."
            record = replace(record, status="failed", verdict=None, citations=())
            yield Finished(await self._finish(replace(record, answer=answer)))
            return
        yield Finished(await self._finish(replace(record, answer=said, status="delivered")))

    async def _finish(self, record: Record) -> Record:
        finished = replace(record, finished_at=datetime.now(UTC))
        await self.stores.records.finish(finished)
        return finished

    async def finish_abandoned(self, caller: Caller, thread_id: str) -> AsyncIterator[Event]:
        """Say the scripted reply to a turn that was left running."""
        for record in await self.stores.records.of_thread(thread_id, limit=1):
            if record.status == "running" and record.user_id == caller.id:
                turn = Turn(thread_id, record.message_id, record.question, caller, record.created_at)
                async for event in self.take(turn):
                    yield event

    async def forget(self, caller: Caller, thread_id: str) -> None:
        """Delete a conversation."""
        await self.stores.threads.remove(thread_id, caller.id)

    async def memory(self, caller: Caller, thread_id: str) -> MemoryView:
        """What the script says is remembered, without what was forgotten."""
        thread = await self.stores.threads.get(thread_id)
        if thread is None or thread.user_id != caller.id:
            raise NotFoundError(thread_id)
        view = self.remembers(await self.stores.records.of_thread(thread_id))
        kept = tuple(item for item in view.items if (thread_id, item.id) not in self._forgotten)
        across = await self.stores.preferences.recalls_across(caller.id)
        freed = ITEM_TOKENS * (len(view.items) - len(kept))
        return replace(view, items=kept, tokens=view.tokens - freed, recalls_across=across)

    async def forget_item(self, caller: Caller, thread_id: str, item_id: str) -> MemoryView:
        """Forget one."""
        view = await self.memory(caller, thread_id)
        if item_id not in {item.id for item in view.items}:
            raise NotFoundError(item_id)
        if thread_id in self._busy:
            raise BusyError
        self._forgotten.add((thread_id, item_id))
        return await self.memory(caller, thread_id)

    async def recall_across(self, caller: Caller, on: bool) -> None:
        """Keep the choice."""
        await self.stores.preferences.set_recall_across(caller.id, on)

    async def health(self) -> list[Part]:
        """One part, well."""
        return [Part("script", "memory", "1", True)]


async def save_documents(stores: Stores, documents: Iterable[Document]) -> None:
    """Put documents where the chat finds them."""
    listed = list(documents)
    await stores.documents.save(listed, passages={document.id: 1 for document in listed})


def cite(document: Document, quote: str, *, index: int = 1, section: str = "") -> Citation:
    """A citation of words that stand in the document. Raises ValueError when they don't."""
    start = document.text.index(quote)
    return Citation(
        index=index,
        passage_id=f"{document.id}#{start}",
        document_id=document.id,
        title=document.title,
        section=section,
        quote=quote,
        start=start,
        end=start + len(quote),
        version=document.version,
    )


_STAGES = (
    Stage("screen", "nothing suspicious", 1.2),
    Stage("retrieve", "12 passages, 2 kept", 38.0),
    Stage("judge", "the documents answer this", 2.0),
)


def _ticket(turn: Turn) -> Ticket:
    return Ticket(
        id=uuid.uuid4().hex,
        number="",
        thread_id=turn.thread_id,
        user_id=turn.caller.id,
        reason="asked_for",
        state="queued",
        queue="",
        summary="",
        language=turn.caller.language,
        opened_at=turn.received_at,
    )


def _record(turn: Turn, reply: Reply) -> Record:
    return Record(
        trace_id=uuid.uuid4().hex,
        thread_id=turn.thread_id,
        message_id=turn.message_id,
        answer_id=str(uuid.uuid4()),
        user_id=turn.caller.id,
        question=turn.text,
        status="running",
        created_at=turn.received_at,
        verdict=reply.verdict,
        citations=reply.citations,
        notice=reply.notice,
        stages=tuple({"name": stage.name, "detail": stage.detail, "ms": stage.ms} for stage in _STAGES),
    )
