"""Conversations that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.values.verdicts import TicketReason

TicketState = Literal["queued", "claimed", "waiting_for_user", "resolved", "returned", "expired"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A conversation waiting for, or with, a person. `number` is what the user is told, e.g. T-1042."""

    id: str
    number: str
    thread_id: str
    user_id: str
    reason: TicketReason
    state: TicketState
    queue: str
    summary: str
    language: str
    opened_at: datetime
    priority: int = 3
    packet: Mapping[str, Any] = field(default_factory=dict)
