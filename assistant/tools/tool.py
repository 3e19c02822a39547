"""What a tool is: a name, a description, a schema of its arguments, and a function of these and the turn's context."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.ports import Tickets, ToolSpec
from assistant.values import Caller


class Arguments(BaseModel):
    """The arguments of a call, as the model made them: strictly typed, nothing beyond the schema."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a call may reach. It comes from the turn: a tool never learns from the model who is asking.

    `search` takes a query and returns passages under the caller's rights, each rendered as delimited, numbered data.
    `request_person` takes a note for the person and returns the ticket's number.
    """

    caller: Caller
    thread_id: str
    search: Callable[[str], Awaitable[Sequence[str]]]
    request_person: Callable[[str], Awaitable[str]]
    tickets: Tickets


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. `run` returns blocks of text for the model, best first; it raises ToolError with words for the model."""

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[Any, ToolContext], Awaitable[Sequence[str]]]

    @property
    def spec(self) -> ToolSpec:
        """As a model sees it."""
        schema = self.arguments.model_json_schema()
        properties = {
            name: {key: value for key, value in rule.items() if key != "title"}
            for name, rule in schema.get("properties", {}).items()
        }
        parameters = {
            "type": "object",
            "properties": properties,
            "required": schema.get("required", []),
            "additionalProperties": False,
        }
        return ToolSpec(self.name, self.description, parameters)
