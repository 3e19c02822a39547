"""A tracer that keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from assistant.values import Part


class _Nothing:
    def update(self, **attributes: Any) -> None:
        """Keep nothing."""
        del attributes


class SilentTracer:
    """Implements ports.Tracer."""

    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> AbstractContextManager[Any]:
        del name, kind, attributes
        return nullcontext(_Nothing())

    def turn(self, **attributes: Any) -> AbstractContextManager[Any]:
        del attributes
        return nullcontext(_Nothing())

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """There is nothing to delete."""
        del trace_ids

    async def health(self) -> Part:
        return Part("traces", "nowhere", "", well=True)
