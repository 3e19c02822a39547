"""Workers as processes of their own, told what to do and listened to over pipes."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

_PATIENCE_S = 30.0


@dataclass
class Call:
    """One command and what came of it: `said` is the last event that ended it."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    said: dict[str, Any] = field(default_factory=dict)

    def note(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        match event["event"]:
            case "started":
                self.started.set()
            case "finished" | "error":
                self.said = event
            case "over":
                self.started.set()
                self.over.set()


@dataclass
class WorkerProcess:
    """`assistant.testing.workers` under a pid. `events` is all it said outside calls."""

    process: asyncio.subprocess.Process
    events: list[dict[str, Any]] = field(default_factory=list)
    _calls: dict[str, Call] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def tell(self, do: str, **command: Any) -> None:
        """Give it a command."""
        assert self.process.stdin  # noqa: S101 - it was started with a pipe
        self.process.stdin.write((json.dumps({"do": do, **command}) + "\n").encode())

    def call(self, do: str, **command: Any) -> Call:
        """Give it a command whose events are kept apart."""
        name, call = uuid4().hex, Call()
        self._calls[name] = call
        self.tell(do, call=name, **command)
        return call

    async def says(self, event: str, **about: Any) -> dict[str, Any]:
        """The first event of this name with these values. Raises TimeoutError."""

        def found() -> dict[str, Any] | None:
            wanted = {"event": event, **about}
            return next((said for said in self.events if wanted.items() <= said.items()), None)

        async with asyncio.timeout(_PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: found() is not None)
        return found() or {}

    async def stopped(self) -> None:
        """Wait until the kernel has stopped it."""
        async with asyncio.timeout(_PATIENCE_S):
            while not _is_stopped(self.process.pid):  # noqa: ASYNC110 - only the kernel knows
                await asyncio.sleep(0.01)

    def resume(self) -> None:
        """Let it go on after it was stopped."""
        self.process.send_signal(signal.SIGCONT)

    async def listen(self) -> None:
        """Note what it says until it ends."""
        assert self.process.stdout  # noqa: S101 - it was started with a pipe
        async for line in self.process.stdout:
            event = json.loads(line)
            if call := self._calls.get(event.get("call", "")):
                call.note(event)
                if call.over.is_set():
                    del self._calls[event["call"]]
                continue
            async with self._changed:
                self.events.append(event)
                self._changed.notify_all()


@asynccontextmanager
async def worker_process(redis_url: str, database_url: str, *options: str) -> AsyncIterator[WorkerProcess]:
    """A worker that is ready; killed at the end if it is still there."""
    command = (sys.executable, "-m", "assistant.testing.workers", "--redis", redis_url, "--database", database_url)
    process = await asyncio.create_subprocess_exec(
        *command, *options, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    worker = WorkerProcess(process)
    listening = asyncio.create_task(worker.listen())
    try:
        await worker.says("ready")
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


def _is_stopped(pid: int) -> bool:
    return "\nState:\tT" in Path(f"/proc/{pid}/status").read_text()
