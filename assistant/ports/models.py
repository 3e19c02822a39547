"""Language models and the tools they call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.messages import BaseMessage

from assistant.values import Part, Usage


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it. `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model made."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelChunk:
    """A piece of a model's reply: text as it streams; tool calls and usage with the last piece."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None


class LanguageModel(Protocol):
    """A chat model. Raises ModelError when it is down, slow, empty or talks nonsense."""

    @property
    def name(self) -> str: ...
    def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]: ...
    async def health(self) -> Part: ...
