"""Accounts, tickets and settings of users; and the SQL side, bundled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.ports.history import Records, Threads, Transcripts
from assistant.ports.knowledge import Documents
from assistant.ports.recollection import Recollections
from assistant.values import Calibration, Role, Ticket, TicketState, User


class Users(Protocol):
    """Accounts. Passwords are kept as argon2id hashes and never leave the adapter."""

    async def add(self, email: str, password: str, role: Role, groups: frozenset[str]) -> User: ...
    async def get(self, email: str) -> User | None: ...
    async def verify(self, email: str, password: str) -> User | None:
        """The active account with this password, else None; takes as long either way."""
        ...

    async def change(self, email: str, *, role: Role | None = None, active: bool | None = None) -> User: ...
    async def all(self) -> list[User]: ...


class Tickets(Protocol):
    """Durable tickets."""

    async def open(self, ticket: Ticket) -> Ticket:
        """Store it under the next number. One open ticket a thread: the open one is returned if there is one."""
        ...

    async def get(self, number: str) -> Ticket | None: ...
    async def of_thread(self, thread_id: str) -> Ticket | None:
        """The newest ticket of a thread."""
        ...

    async def listed(self, *, state: TicketState | None = None, limit: int = 100) -> list[Ticket]: ...


class Preferences(Protocol):
    """What users chose for themselves."""

    async def recalls_across(self, user_id: str) -> bool:
        """Whether this user wants earlier conversations recalled in later ones. False until they say so."""
        ...

    async def set_recall_across(self, user_id: str, on: bool) -> None: ...


class Calibrations(Protocol):
    """What was learned about how providers count tokens."""

    async def get(self, model: str) -> Calibration | None: ...
    async def put(self, model: str, calibration: Calibration) -> None: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The SQL side, bundled: everything durable that is not a vector."""

    documents: Documents
    records: Records
    transcripts: Transcripts
    threads: Threads
    users: Users
    tickets: Tickets
    recollections: Recollections
    preferences: Preferences
    calibrations: Calibrations
