"""The door to the converter process: bounded in time and memory, restarted when it dies."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from assistant.errors import DocumentError

_REPLY_BYTES = 200_000_000
_START_S = 60.0


@dataclass(frozen=True, slots=True)
class Converted:
    """Markdown, and what the file says of itself."""

    text: str
    title: str = ""
    url: str = ""
    updated: str = ""


class Converter:
    """One converter process, started with the first file that needs it. Not for concurrent use by several tasks."""

    def __init__(self, *, timeout_s: float, memory_mb: int) -> None:
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._process: Process | None = None

    async def __aenter__(self) -> Converter:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def convert(self, path: Path, kind: str) -> Converted:
        """Markdown of a `pdf`, `docx` or `html` file.

        Raises:
            DocumentError: it is broken, encrypted, too big to parse in memory, or takes too long.
        """
        fresh = self._process is None
        try:
            async with asyncio.timeout(self._timeout_s + (_START_S if fresh else 0)):
                reply = await self._ask({"path": str(path), "kind": kind})
        except TimeoutError as exc:
            await self._stop()
            raise DocumentError(f"it takes longer than {self._timeout_s:g} s to parse") from exc
        except (OSError, EOFError, ValueError) as exc:
            await self._stop()
            raise DocumentError("it brought the converter down (memory, or a fault in the parser)") from exc
        except asyncio.CancelledError:
            await self._stop()
            raise
        if error := reply.get("error"):
            raise DocumentError(error)
        return Converted(**reply)

    async def _ask(self, request: Mapping[str, str]) -> dict[str, str]:
        process = self._process
        if process is None:
            process = self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "assistant.knowledge.convert_worker", str(self._memory_mb)),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_REPLY_BYTES,
                env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "LANG") if name in os.environ},
            )
        assert process.stdin is not None  # noqa: S101 - both are pipes, see above
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError
        reply: dict[str, str] = json.loads(line)
        return reply

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
