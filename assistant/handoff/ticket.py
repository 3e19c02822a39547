"""A new ticket, and what the user is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from assistant.phrases import say, say_date
from assistant.values import Caller, Ticket, TicketReason, Verdict

_PRIORITY: Mapping[TicketReason, int] = {
    "sensitive_topic": 1,
    "unhappy_user": 2,
    "assistant_failed": 2,
    "tool_failed": 2,
    "asked_for": 3,
    "low_confidence": 3,
    "out_of_scope": 3,
}


def new_ticket(
    *, thread_id: str, caller: Caller, verdict: Verdict, question: str, packet: Mapping[str, Any], now: datetime
) -> Ticket:
    """A queued ticket without its number, which the store gives. Priority 1 is the most urgent."""
    reason: TicketReason = verdict.ticket_reason or "asked_for"
    return Ticket(
        id=uuid4().hex,
        number="",
        thread_id=thread_id,
        user_id=caller.id,
        reason=reason,
        state="queued",
        queue=verdict.queue or "support",
        summary=" ".join(question.split())[:200],
        language=caller.language,
        opened_at=now,
        priority=_PRIORITY[reason],
        packet=packet,
    )


def confirmation(ticket: Ticket, *, message: str = "", fresh: bool, contact: str = "", language: str = "en") -> str:
    """What the user reads: the topic's own message first, then the ticket's number, then what happens now."""
    said = [
        say("ticket_opened" if fresh else "ticket_already_open", language, number=ticket.number),
        say("ticket_onward", language),
    ]
    if contact:
        said.append(say("ticket_urgent", language, contact=contact))
    return "\n\n".join(part for part in (message, " ".join(said)) if part)


def status(ticket: Ticket | None, *, language: str = "en") -> str:
    """How a ticket stands, in words for its own user; the same for one that is absent and one that is another's."""
    if ticket is None:
        return say("ticket_absent", language)
    opened = say("ticket_opened_on", language, opened=say_date(ticket.opened_at, language))
    return f"{say(f'ticket_{ticket.state}', language, number=ticket.number)} {opened}"
