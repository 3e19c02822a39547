"""Finished spans on their way to our own store: queued off the turn's path, dropped and counted when it is too slow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from assistant.observability.attributes import row_of
from assistant.ports import Spans

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TracePolicy:
    """Bounds of the queue to our own store: spans waiting, spans a write, seconds a write and for the last ones."""

    waiting: int = 5_000
    batch: int = 200
    write_s: float = 10.0
    drain_s: float = 3.0


class SpanWriter(SpanProcessor):
    """A span processor that any thread may end spans on; one task of the event loop writes them."""

    def __init__(self, spans: Spans, policy: TracePolicy) -> None:
        self._spans, self._policy = spans, policy
        self._waiting: deque[ReadableSpan] = deque()
        self._lock = threading.Lock()
        self._more, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()
        self._dropped = 0
        self._failing = ""
        self._task = asyncio.create_task(self._write())

    @property
    def dropped(self) -> int:
        """Spans that never reached the store."""
        return self._dropped

    @property
    def failing(self) -> str:
        """What the last write failed with; "" when it went well."""
        return self._failing

    def on_end(self, span: ReadableSpan) -> None:
        with self._lock:
            if self._task.done() or len(self._waiting) >= self._policy.waiting:
                self._dropped += 1
                return
            self._waiting.append(span)
        with contextlib.suppress(RuntimeError):  # the loop has closed: there is nobody left to write
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._idle.clear()
        self._more.set()

    async def flush(self, timeout_s: float) -> bool:
        """Wait until everything ended so far was written or dropped. False when time ran out."""
        await asyncio.sleep(0)  # let wake-ups that are under way arrive
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        """Write what is waiting, within `drain_s`; the rest is dropped."""
        await self.flush(self._policy.drain_s)
        self._task.cancel()
        await asyncio.wait({self._task})
        with self._lock:
            self._dropped += len(self._waiting)
            self._waiting.clear()
        if self._dropped:
            _log.warning("%d spans were dropped", self._dropped)

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while batch := self._batch():
                await self._save(batch)
            if not self._more.is_set():
                self._idle.set()

    def _batch(self) -> list[ReadableSpan]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(self._policy.batch, len(self._waiting)))]

    async def _store(self, batch: list[ReadableSpan]) -> None:
        await self._spans.save([row_of(span) for span in batch])

    async def _save(self, batch: list[ReadableSpan]) -> None:
        """Save in a task of its own, whose failure is looked at: no error of a store ends the writer."""
        saving = asyncio.create_task(self._store(batch))
        try:
            await asyncio.wait({saving}, timeout=self._policy.write_s)
        finally:
            saved = saving.done() and not saving.cancelled() and saving.exception() is None
            failing = "" if saved else _failure(saving)
            if not saved:
                saving.cancel()
                self._dropped += len(batch)
        if failing and not self._failing:
            _log.warning("spans can't be stored: %s", failing)
        self._failing = failing


def _failure(saving: asyncio.Future[None]) -> str:
    if not saving.done() or saving.cancelled():
        return "the store does not answer"
    return type(saving.exception()).__name__
