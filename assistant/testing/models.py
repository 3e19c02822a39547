"""A scripted language model: it plays what it was given, records what it was asked, and refuses anything more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from assistant.errors import AssistantError
from assistant.ports import ModelChunk, ToolCall, ToolSpec
from assistant.values import Part, Usage

Line = str | ToolCall | Sequence[ToolCall] | Sequence[ModelChunk] | AssistantError


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call a scripted model received."""

    messages: tuple[BaseMessage, ...]
    tools: tuple[ToolSpec, ...]


@dataclass(slots=True)
class ScriptedModel:
    """Plays `lines` in order: a text (streamed word by word), tool calls, chunks as they are, or an error to raise."""

    lines: Sequence[Line] = ()
    name: str = "scripted"
    well: bool = True
    calls: list[ModelRequest] = field(default_factory=list)

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        self.calls.append(ModelRequest(tuple(messages), tuple(tools)))
        if len(self.calls) > len(self.lines):
            raise AssertionError(f"call {len(self.calls)} to {self.name}, which was given {len(self.lines)} lines")
        line = self.lines[len(self.calls) - 1]
        if isinstance(line, AssistantError):
            raise line
        for chunk in _chunks(line):
            yield chunk

    async def health(self) -> Part:
        return Part(name=f"model:{self.name}", where="here", version=self.name, well=self.well)

    def assert_finished(self) -> None:
        """Raises AssertionError when lines were left unplayed."""
        if len(self.calls) < len(self.lines):
            raise AssertionError(
                f"{self.name} was called {len(self.calls)} times, and was given {len(self.lines)} lines"
            )


def _chunks(line: str | ToolCall | Sequence[ToolCall] | Sequence[ModelChunk]) -> list[ModelChunk]:
    if isinstance(line, str):
        words = line.split(" ")
        texts = [word if index == 0 else f" {word}" for index, word in enumerate(words)]
        return [*(ModelChunk(text) for text in texts), ModelChunk(usage=Usage(prompt=1, completion=len(words)))]
    if isinstance(line, ToolCall):
        line = (line,)
    chunks = [item for item in line if isinstance(item, ModelChunk)]
    calls = tuple(item for item in line if isinstance(item, ToolCall))
    return [*chunks, ModelChunk(tool_calls=calls, usage=Usage(prompt=1, completion=1))] if calls else chunks
