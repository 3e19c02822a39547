"""A database: its URL read, its connections set up, its transactions, and its errors made ours."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from weakref import WeakSet

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from assistant.adapters.sql_errors import translated
from assistant.errors import ConfigurationError

CONNECT_TIMEOUT_S = 4.0
STATEMENT_TIMEOUT_S = 30.0
BUSY_TIMEOUT_S = 5.0

_SSL = frozenset({"ssl", "sslmode"})
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SESSION_SETTINGS = frozenset({"application_name", "search_path", "timezone"})
_IGNORED = frozenset({"channel_binding", "connect_timeout", "gssencmode", "target_session_attrs"})


class Database:
    """An engine with what differs between SQLite and PostgreSQL. `where` names it without the password."""

    def __init__(self, database_url: str) -> None:
        self._workers: WeakSet[threading.Thread] = WeakSet()
        self.engine = engine = engine_for(database_url, workers=self._workers)
        self.sqlite = engine.dialect.name == "sqlite"
        self.where = place(make_url(database_url))
        self._reader = engine if self.sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = engine.execution_options(immediate=True)
        # SQLite has one writer at a time. Waiting here is fair and prompt; waiting in SQLite is neither.
        self._turn = asyncio.Lock() if self.sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading."""
        with translated(self.where):
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end of the block."""
        with translated(self.where):
            async with AsyncExitStack() as stack:
                if self._turn is not None:
                    await stack.enter_async_context(self._turn)
                yield await stack.enter_async_context(self._writer.begin())

    async def close(self) -> None:
        """Close every connection, and wait for the threads of those that were cancelled in mid-flight."""
        await self.engine.dispose()
        for worker in list(self._workers):
            await asyncio.to_thread(worker.join, BUSY_TIMEOUT_S)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)


def place(url: URL) -> str:
    """Where the database is, for people: the file, or the address without the password."""
    if url.drivername.startswith("sqlite"):
        return url.database or ":memory:"
    host = {name: value for name, value in url.query.items() if name in ("host", "port")}
    return url.set(drivername="postgresql", query=host).render_as_string(hide_password=True)


def engine_for(database_url: str, *, workers: WeakSet[threading.Thread] | None = None) -> AsyncEngine:
    """An engine that has not connected yet. `workers` collects the threads of SQLite's connections.

    Takes `sqlite:///path`, `postgresql://…` and `postgres://…`. Raises ConfigurationError for anything else.
    """
    try:
        url = make_url(database_url)
    except (sa.exc.ArgumentError, ValueError) as exc:
        raise ConfigurationError(
            "the database URL can't be read; use sqlite:///path/to/file or postgresql://user:password@host:5432/name"
        ) from exc
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigurationError("the database URL names no file, and memory keeps nothing; use sqlite:///path/to/file")
    if backend == "sqlite":
        return _sqlite_engine(url, WeakSet() if workers is None else workers)
    if backend in ("postgresql", "postgres"):
        return _postgresql_engine(url)
    raise ConfigurationError(f"the database URL begins with {backend}://; only sqlite:// and postgresql:// are known")


def _sqlite_engine(url: URL, workers: WeakSet[threading.Thread]) -> AsyncEngine:
    async def connect() -> aiosqlite.Connection:
        connection = aiosqlite.connect(str(url.database), timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        # As SQLAlchemy does: a process must not wait for it. aiosqlite offers no other way to the thread.
        connection._thread.daemon = True
        workers.add(connection._thread)
        return await connection

    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite", query={}), async_creator=connect, hide_parameters=True
    )

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin when we say so, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    sa.event.listen(engine.sync_engine, "connect", prepare)
    sa.event.listen(engine.sync_engine, "begin", begin)
    return engine


def _postgresql_engine(url: URL) -> AsyncEngine:
    if importlib.util.find_spec("asyncpg") is None:
        raise ConfigurationError("PostgreSQL needs the asyncpg driver: pip install 'assistant[postgres]'")
    arguments, session = _postgresql_arguments(url.query)
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg", query={}),
        connect_args={
            **arguments,
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": STATEMENT_TIMEOUT_S,
            "server_settings": {"application_name": "assistant", **session},
        },
        pool_size=10,
        max_overflow=10,
        pool_timeout=BUSY_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _postgresql_arguments(query: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What follows `?` in the URL, as asyncpg's arguments and as settings of the session."""
    arguments: dict[str, Any] = {}
    session: dict[str, str] = {}
    for name, value in query.items():
        if name == "port":
            arguments[name] = _port(value)
        elif name in _SSL:
            arguments["ssl"] = _ssl_mode(value)
        elif name == "host":
            arguments[name] = value
        elif name in _SESSION_SETTINGS:
            session[name] = value
        elif name not in _IGNORED:
            known = ", ".join(sorted({"host", "port", *_SSL, *_SESSION_SETTINGS}))
            raise ConfigurationError(f"the database URL has a parameter {name!r}; known are {known}")
    return arguments, session


def _port(value: Any) -> int:
    if not str(value).isdecimal():
        raise ConfigurationError(f"the database URL has port={value}; a port is a number, for PostgreSQL mostly 5432")
    return int(value)


def _ssl_mode(value: Any) -> str:
    if value not in _SSL_MODES:
        raise ConfigurationError(f"the database URL has sslmode={value}; known are {', '.join(_SSL_MODES)}")
    return str(value)
