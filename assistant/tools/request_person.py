"""Pass the conversation on to a person."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from assistant.errors import ToolError
from assistant.tools.tool import Arguments, Tool, ToolContext


class RequestArguments(Arguments):
    reason: str = Field(
        min_length=2, max_length=500, description="What the person needs to know, in a sentence or two."
    )


async def request(arguments: RequestArguments, context: ToolContext) -> Sequence[str]:
    """The ticket's number, in words for the model."""
    number = await context.request_person(arguments.reason)
    if not number:
        raise ToolError("No ticket could be opened. Say so, and don't promise a person.")
    return (f"Ticket {number} is open: a person will take over this conversation. Tell the user its number.",)


REQUEST_PERSON = Tool(
    name="request_person",
    description="Hand the conversation to a person. Use it when the user asks for one or you can't help.",
    arguments=RequestArguments,
    run=request,
)
