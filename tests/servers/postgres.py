"""A real PostgreSQL for tests: a throw-away cluster on loopback, and an empty migrated database for each test."""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_START_TIMEOUT_S = 60.0
_TEMPLATE = "assistant_template"


@dataclass
class PostgresServer:
    """A running cluster. `url` is its maintenance database, over TCP; `socket_folder` holds its unix socket."""

    url: str
    port: int
    socket_folder: str
    pid: int
    templates: set[str] = field(default_factory=set)

    def database(self, name: str) -> str:
        return f"postgresql://assistant@127.0.0.1:{self.port}/{name}"


def binaries() -> Path:
    """The folder of `initdb` and `postgres`. Raises RuntimeError naming the way out when there is none."""
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    versioned = sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in [*versioned, *os.environ.get("PATH", "").split(os.pathsep)]:
        if folder and all(os.access(Path(folder) / name, os.X_OK) for name in ("initdb", "postgres")):
            return Path(folder)
    raise RuntimeError("these tests need PostgreSQL: apt-get install postgresql")


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A fresh cluster, stopped and removed at the end. Without fsync: it must be quick, not durable."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-postgres-"))
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    as_account = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    try:
        yield from _running(folder, as_account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def shared_postgres() -> PostgresServer:
    """One cluster for all tests of this process that do not hurt it; stopped when the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(postgres())


def _running(folder: Path, as_account: dict[str, object]) -> Iterator[PostgresServer]:
    programs, data, port = binaries(), folder / "data", _free_port()
    subprocess.run(
        [
            *(str(programs / "initdb"), "-D", str(data), "-U", "assistant", "-A", "trust"),
            *("-E", "UTF8", "--locale=C", "--no-sync"),
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **as_account,  # type: ignore[call-overload]
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "32MB",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), "-p", str(port), *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=_end_with_the_parent,
            **as_account,  # type: ignore[call-overload]
        )
    try:
        server = PostgresServer(
            url=f"postgresql://assistant@127.0.0.1:{port}/postgres",
            port=port,
            socket_folder=str(folder),
            pid=process.pid,
        )
        _wait_until_ready(programs, process, server, folder / "log")
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
        if process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=10)


def _end_with_the_parent() -> None:
    """Ask Linux for a fast shutdown when the tests are killed: `atexit` does not run then."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG


def _wait_until_ready(programs: Path, process: subprocess.Popen[bytes], server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        ready = subprocess.run(
            [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(server.port)], check=False
        )
        if ready.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL was not ready after {_START_TIMEOUT_S:g} s:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def fresh_database(server: PostgresServer, *, migrated: bool = True) -> str:
    """The URL of an empty database, with the schema in it unless `migrated` is false. Call it outside an event loop."""
    return asyncio.run(new_database(server, migrated=migrated))


async def new_database(server: PostgresServer, *, migrated: bool = True) -> str:
    """`fresh_database` for callers inside an event loop."""
    if migrated and _TEMPLATE not in server.templates:
        await _make_template(server)
    name = f"test_{uuid.uuid4().hex[:12]}"
    await _execute(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{_TEMPLATE}"' if migrated else ""))
    return server.database(name)


async def _make_template(server: PostgresServer) -> None:
    from assistant.adapters.sql import open_stores

    await _execute(server, f'CREATE DATABASE "{_TEMPLATE}"')
    async with open_stores(server.database(_TEMPLATE)):
        pass
    server.templates.add(_TEMPLATE)


async def _execute(server: PostgresServer, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
