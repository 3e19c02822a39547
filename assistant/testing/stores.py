"""The stores in memory: for tests of what stands on them. They pass the same contract suite as the SQL ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assistant.adapters.passwords import checked_email, checked_password, email_key
from assistant.adapters.sql_schema import FIRST_TICKET, OPEN_STATES
from assistant.errors import ConfigurationError, NotFoundError
from assistant.ports import Spans, Stores
from assistant.testing.turns import (
    MemoryRecollections,
    MemoryRecords,
    MemorySpans,
    MemoryThreads,
    MemoryTranscripts,
    Shelf,
)
from assistant.values import Calibration, Document, Role, Ticket, TicketState, User, groups_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStores(Stores):
    """The stores of one memory."""

    spans: Spans


def memory_stores() -> MemoryStores:
    """Empty stores that share one memory."""
    shelf = Shelf()
    return MemoryStores(
        documents=MemoryDocuments(),
        records=MemoryRecords(shelf),
        transcripts=MemoryTranscripts(shelf),
        threads=MemoryThreads(shelf),
        users=MemoryUsers(),
        tickets=MemoryTickets(),
        recollections=MemoryRecollections(shelf),
        preferences=MemoryPreferences(),
        calibrations=MemoryCalibrations(),
        spans=MemorySpans(shelf),
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

    async def current(self, document_ids: Iterable[str], groups: frozenset[str]) -> Mapping[str, str]:
        found = [await self.get(document_id, groups) for document_id in set(document_ids)]
        return {document.id: document.version for document in found if document is not None}

    async def count(self) -> Mapping[str, int]:
        return {"documents": len(self.kept), "passages": sum(passages for _, passages in self.kept.values())}


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
class MemoryPreferences:
    """Implements `ports.Preferences`."""

    recalling_across: set[str] = field(default_factory=set)

    async def recalls_across(self, user_id: str) -> bool:
        return user_id in self.recalling_across

    async def set_recall_across(self, user_id: str, on: bool) -> None:
        if on:
            self.recalling_across.add(user_id)
        else:
            self.recalling_across.discard(user_id)


@dataclass
class MemoryCalibrations:
    """Implements `ports.Calibrations`."""

    kept: dict[str, Calibration] = field(default_factory=dict)

    async def get(self, model: str) -> Calibration | None:
        return self.kept.get(model)

    async def put(self, model: str, calibration: Calibration) -> None:
        self.kept[model] = calibration
