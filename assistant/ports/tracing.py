"""Observations of turns: under way, and finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from assistant.values import Caller, Part


class Span(Protocol):
    """An observation under way."""

    def update(self, **attributes: Any) -> None:
        """`input`, `output`, `metadata`, `model`, `usage`, `level`: plain data."""
        ...


class Tracer(Protocol):
    """Observations of a turn, typed as Langfuse types them: agent, guardrail, retriever, generation, tool."""

    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> AbstractContextManager[Span]: ...
    def turn(self, *, trace_id: str, thread_id: str, caller: Caller, question: str) -> AbstractContextManager[Span]: ...
    async def forget(self, trace_ids: Sequence[str]) -> None:
        """Delete these turns' observations wherever they went. Raises UnavailableError when one can't be reached."""
        ...

    async def health(self) -> Part: ...


class Spans(Protocol):
    """Finished observations of turns: plain data with the keys that `assistant.observability.attributes` lists."""

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace by (trace id, span id). Spans of a turn that has no record (any more) are left out."""
        ...

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        """One turn's observations in the order they started."""
        ...
