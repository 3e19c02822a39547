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

_PATIENCE_S = 30.0


@dataclass
class WorkerProcess:
    """`assistant.testing.workers` under a pid. `events` is all it said."""

    process: asyncio.subprocess.Process
    events: list[dict[str, Any]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def tell(self, do: str, **command: Any) -> None:
        """Give it a command."""
        assert self.process.stdin
        self.process.stdin.write((json.dumps({"do": do, **command}) + "\n").encode())

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
            while "\nState:\tT" not in Path(f"/proc/{self.process.pid}/status").read_text():
                await asyncio.sleep(0.01)

    def resume(self) -> None:
        """Let it go on after it was stopped."""
        self.process.send_signal(signal.SIGCONT)

    async def listen(self) -> None:
        """Note what it says until it ends."""
        assert self.process.stdout
        async for line in self.process.stdout:
            async with self._changed:
                self.events.append(json.loads(line))
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
