"""The stores in memory: for tests of what stands on them. They pass the same contract suite as the SQL ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from assistant.adapters.passwords import checked_email, checked_password, email_key
from assistant.adapters.sql_schema import FIRST_TICKET, OPEN_STATES, searchable
from assistant.adapters.sql_threads import checked_id, read_cursor, write_cursor
from assistant.errors import ConfigurationError, NotFoundError
from assistant.ports import Stores
from assistant.values import Document, Record, Role, Thread, Ticket, TicketState, User, groups_of


def memory_stores() -> Stores:
    """Empty stores that share one memory."""
    threads: dict[str, Thread] = {}
    records: dict[str, Record] = {}
    return Stores(
        documents=MemoryDocuments(),
        records=MemoryRecords(threads, records),
        threads=MemoryThreads(threads, records),
        users=MemoryUsers(),
        tickets=MemoryTickets(),
    )


@dataclass
class MemoryDocuments:
    """Implements `ports.Documents`."""

    kept: dict[str, tuple[Document, int]] = field(default_factory=dict)

    async def versions(self, source: str) -> Mapping[str, str]:
        return {document.id: document.version for document, _ in self.kept.values() if document.source == source}

    async def save(self, documents: Sequence[Document], *, passages: Mapping[str, int]) -> None:
        self.kept |= {document.id: (document, passages.get(document.id, 0)) for document in documents}

    async def remove(self, document_ids: Iterable[str]) -> None:
        for document_id in document_ids:
            self.kept.pop(document_id, None)

    async def get(self, document_id: str, groups: frozenset[str]) -> Document | None:
        document, _ = self.kept.get(document_id, (None, 0))
        return None if document is None or groups.isdisjoint(document.audience) else document

    async def count(self) -> Mapping[str, int]:
        return {"documents": len(self.kept), "passages": sum(passages for _, passages in self.kept.values())}


@dataclass
class MemoryRecords:
    """Implements `ports.Records`. `records` is keyed by trace id, in the order of their beginning."""

    threads: dict[str, Thread]
    records: dict[str, Record]

    async def begin(self, record: Record) -> Record:
        checked_id(record.message_id, name="id")
        thread = self.threads.get(record.thread_id)
        if thread is None or thread.user_id != record.user_id:
            raise NotFoundError("no such conversation of this user")
        for known in self.records.values():
            if (known.thread_id, known.message_id) == (record.thread_id, record.message_id):
                return known
        self.records[record.trace_id] = record
        return record

    async def finish(self, record: Record) -> Record:
        known = self.records.get(record.trace_id)
        if known is None or known.user_id != record.user_id:
            raise NotFoundError("no such turn of this user")
        if known.status != "running":
            return known
        self.records[record.trace_id] = replace(
            record,
            thread_id=known.thread_id,
            message_id=known.message_id,
            answer_id=known.answer_id,
            question=known.question,
            created_at=known.created_at,
            feedback=known.feedback,
            feedback_comment=known.feedback_comment,
        )
        return self.records[record.trace_id]

    async def get(self, trace_id: str) -> Record | None:
        return self.records.get(trace_id)

    async def of_thread(self, thread_id: str, *, limit: int = 200) -> list[Record]:
        ours = [record for record in self.records.values() if record.thread_id == thread_id]
        return sorted(ours, key=lambda record: record.created_at)[-limit:]

    async def rate(self, answer_id: str, user_id: str, value: int | None, comment: str) -> bool:
        for record in self.records.values():
            if (record.answer_id, record.user_id) == (answer_id, user_id):
                self.records[record.trace_id] = replace(record, feedback=value, feedback_comment=comment)
                return True
        return False


@dataclass
class MemoryThreads:
    """Implements `ports.Threads`."""

    threads: dict[str, Thread]
    records: dict[str, Record]

    async def ensure(self, thread_id: str, user_id: str, name: str, now: datetime) -> Thread:
        checked_id(thread_id, name="conversation id")
        known = self.threads.get(thread_id) or Thread(thread_id, user_id, name, now, now)
        if known.user_id != user_id:
            raise NotFoundError("no such conversation of this user")
        touched = replace(known, name=known.name or name, updated_at=max(known.updated_at, now))
        self.threads[thread_id] = touched
        return touched

    async def get(self, thread_id: str) -> Thread | None:
        return self.threads.get(thread_id)

    async def page(self, user_id: str, *, limit: int, before: str = "", search: str = "") -> tuple[list[Thread], str]:
        ours = [thread for thread in self.threads.values() if thread.user_id == user_id]
        found = sorted((thread for thread in ours if self._mentions(thread, search)), key=_recency, reverse=True)
        if before:
            place = read_cursor(before)
            found = [thread for thread in found if _recency(thread) < place]
        page = found[: max(limit, 1)]
        return page, write_cursor(page[-1]) if len(found) > len(page) else ""

    async def rename(self, thread_id: str, user_id: str, name: str) -> None:
        self.threads[thread_id] = replace(self._owned(thread_id, user_id), name=name)

    async def remove(self, thread_id: str, user_id: str) -> None:
        del self.threads[self._owned(thread_id, user_id).id]
        for trace_id in [record.trace_id for record in self.records.values() if record.thread_id == thread_id]:
            del self.records[trace_id]

    def _owned(self, thread_id: str, user_id: str) -> Thread:
        thread = self.threads.get(thread_id)
        if thread is None or thread.user_id != user_id:
            raise NotFoundError("no such conversation of this user")
        return thread

    def _mentions(self, thread: Thread, search: str) -> bool:
        turns = (f"{turn.question}\n{turn.answer}" for turn in self.records.values() if turn.thread_id == thread.id)
        return any(searchable(search.strip()) in searchable(text) for text in (thread.name, *turns))


def _recency(thread: Thread) -> tuple[datetime, str]:
    return thread.updated_at, thread.id


@dataclass
class MemoryUsers:
    """Implements `ports.Users`. Keeps passwords as they are: for tests only."""

    kept: dict[str, tuple[User, str]] = field(default_factory=dict)

    async def add(self, email: str, password: str, role: Role, groups: frozenset[str]) -> User:
        address, secret = checked_email(email), checked_password(password)
        if email_key(address) in self.kept:
            raise ConfigurationError(f"there is an account for {address} already")
        user = User(uuid.uuid4().hex, address, role, groups_of(role, groups), True, datetime.now(UTC))
        self.kept[email_key(address)] = user, secret
        return user

    async def get(self, email: str) -> User | None:
        user, _ = self.kept.get(email_key(email), (None, ""))
        return user

    async def verify(self, email: str, password: str) -> User | None:
        user, secret = self.kept.get(email_key(email), (None, ""))
        return user if user is not None and user.active and secret == password else None

    async def change(self, email: str, *, role: Role | None = None, active: bool | None = None) -> User:
        user, secret = self.kept.get(email_key(email), (None, ""))
        if user is None:
            raise NotFoundError(f"no account for {email}")
        extra = user.groups - groups_of(user.role)
        new_role, new_active = role or user.role, user.active if active is None else active
        changed = replace(user, role=new_role, groups=groups_of(new_role, extra), active=new_active)
        self.kept[email_key(email)] = changed, secret
        return changed

    async def all(self) -> list[User]:
        return [user for _, (user, _) in sorted(self.kept.items())]


@dataclass
class MemoryTickets:
    """Implements `ports.Tickets`. In the order of their numbers."""

    kept: list[Ticket] = field(default_factory=list)

    async def open(self, ticket: Ticket) -> Ticket:
        for known in reversed(self.kept):
            if known.id == ticket.id or (known.thread_id == ticket.thread_id and known.state in OPEN_STATES):
                return known
        numbered = replace(ticket, number=f"T-{FIRST_TICKET + len(self.kept)}")
        self.kept.append(numbered)
        return numbered

    async def get(self, number: str) -> Ticket | None:
        return next((ticket for ticket in self.kept if ticket.number == number.strip().upper()), None)

    async def of_thread(self, thread_id: str) -> Ticket | None:
        return next((ticket for ticket in reversed(self.kept) if ticket.thread_id == thread_id), None)

    async def listed(self, *, state: TicketState | None = None, limit: int = 100) -> list[Ticket]:
        wanted = [ticket for ticket in reversed(self.kept) if state is None or ticket.state == state]
        return wanted[:limit]


@dataclass
class MemorySpans:
    """Implements `ports.Spans`, keyed by (trace id, span id)."""

    kept: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        self.kept |= {(span["trace_id"], span["span_id"]): dict(span) for span in spans}

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        ours = [span for (trace, _), span in self.kept.items() if trace == trace_id]
        return sorted(ours, key=lambda span: (span["started_at"], span["span_id"]))
