"""A new ticket, and what the user is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from assistant.values import Caller, Ticket, TicketReason, TicketState, Verdict

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


def confirmation(ticket: Ticket, *, message: str = "", fresh: bool, contact: str = "") -> str:
    """What the user reads: the topic's own message first, then the ticket's number, then what happens now."""
    opened = (
        f"I've opened ticket **{ticket.number}** for you."
        if fresh
        else f"Your ticket **{ticket.number}** is already open, and I've added this to the conversation."
    )
    onward = "Our team gets this whole conversation with it, so you won't have to repeat yourself."
    write = f" If it is urgent, you can also write to {contact} and quote the number." if contact else ""
    return "\n\n".join(part for part in (message, f"{opened} {onward}{write}") if part)


_STATES: Mapping[TicketState, str] = {
    "queued": "is waiting for a colleague to pick it up",
    "claimed": "is with a colleague",
    "waiting_for_user": "is waiting for your reply",
    "resolved": "has been resolved",
    "returned": "was given back to me",
    "expired": "has expired",
}


def status(ticket: Ticket | None) -> str:
    """How a ticket stands, in words for its own user; the same for one that is absent and one that is another's."""
    if ticket is None:
        return "I can't find a ticket of yours under that number. If you'd like one, say that you want a person."
    opened = f"{ticket.opened_at:%d %B %Y, %H:%M} UTC".lstrip("0")
    return f"Ticket **{ticket.number}** {_STATES[ticket.state]}. It was opened on {opened}."
