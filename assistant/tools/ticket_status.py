"""How the caller's own ticket stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from assistant.tools.tool import Arguments, Tool, ToolContext
from assistant.values import Ticket, TicketState

_STATES: Mapping[TicketState, str] = {
    "queued": "is waiting for a person",
    "claimed": "is with a person",
    "waiting_for_user": "is waiting for the user's answer",
    "resolved": "is resolved",
    "returned": "was returned to the assistant",
    "expired": "has expired",
}


class StatusArguments(Arguments):
    number: str | None = Field(
        None, pattern=r"^T-\d{1,12}$", description="The ticket's number, like T-1042. Leave out: this conversation's."
    )


async def status(arguments: StatusArguments, context: ToolContext) -> Sequence[str]:
    """A line about the ticket. Another's ticket and one that never was read the same."""
    if arguments.number is None:
        ticket = await context.tickets.of_thread(context.thread_id)
    else:
        ticket = await context.tickets.get(arguments.number)
    if ticket is None or ticket.user_id != context.caller.id:
        return ("The user has no ticket of that number." if arguments.number else "There is no ticket here.",)
    return (_line(ticket),)


def _line(ticket: Ticket) -> str:
    return f"Ticket {ticket.number} {_STATES[ticket.state]}. It was opened on {ticket.opened_at:%Y-%m-%d at %H:%M} UTC."


TICKET_STATUS = Tool(
    name="ticket_status",
    description="Look up how a ticket of this user stands.",
    arguments=StatusArguments,
    run=status,
)
