"""Turns as they come in, the conversations they belong to, and the right to take one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.values.people import Caller


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a user, as it came in. `message_id` is made by the client and deduplicates retries."""

    thread_id: str
    message_id: str
    text: str
    caller: Caller
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as the sidebar lists it."""

    id: str
    user_id: str
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to take one conversation's turn. `fence` rises with every grant; writes under an older are refused."""

    thread_id: str
    holder: str
    fence: int
    ttl_s: float
