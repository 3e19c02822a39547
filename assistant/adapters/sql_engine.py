"""A database: its URL read, its connections set up, its transactions, and its errors made ours."""

from __future__ import annotations

import asyncio
import importlib.util
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from assistant.errors import AssistantError, ConfigurationError, NotFoundError, StorageFullError, UnavailableError

PART = "database"
CONNECT_TIMEOUT_S = 4.0
STATEMENT_TIMEOUT_S = 30.0
BUSY_TIMEOUT_S = 5.0

# What `libpq` calls them, and how asyncpg takes them: as an argument, or as a setting of the session.
_ARGUMENTS = {"sslmode": "ssl", "ssl": "ssl", "host": "host", "port": "port"}
_SESSION_SETTINGS = frozenset({"application_name", "search_path", "timezone"})
_IGNORED = frozenset({"channel_binding", "connect_timeout", "gssencmode", "target_session_attrs"})


class Database:
    """An engine with what differs between SQLite and PostgreSQL. `where` names it without the password."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self.where = place(engine.url)
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

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)


def place(url: URL) -> str:
    """Where the database is, for people: the file, or the address without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def engine_for(database_url: str) -> AsyncEngine:
    """An engine that has not connected yet.

    Takes `sqlite:///path`, `postgresql://…` and `postgres://…`. Raises ConfigurationError for anything else.
    """
    try:
        url = make_url(database_url)
    except (sa.exc.ArgumentError, ValueError) as exc:
        raise ConfigurationError(
            "the database URL can't be read; use sqlite:///path/to/file or postgresql://user:password@host:5432/name"
        ) from exc
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        return _sqlite_engine(url)
    if backend in ("postgresql", "postgres"):
        return _postgresql_engine(url)
    raise ConfigurationError(f"the database URL begins with {backend}://; only sqlite:// and postgresql:// are known")


def _sqlite_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,
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
        if name in _ARGUMENTS:
            arguments[_ARGUMENTS[name]] = int(value) if name == "port" else value
        elif name in _SESSION_SETTINGS:
            session[name] = value
        elif name not in _IGNORED:
            known = ", ".join(sorted({*_ARGUMENTS, *_SESSION_SETTINGS}))
            raise ConfigurationError(f"the database URL has a parameter {name!r}; known are {known}")
    return arguments, session


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the errors of SQLAlchemy and of both drivers into ours. `where` names the database."""
    try:
        yield
    except sa.exc.DBAPIError as exc:
        raise _ours(exc, where) from exc
    except sa.exc.TimeoutError as exc:
        raise UnavailableError(PART, f"{where} had no free connection for {BUSY_TIMEOUT_S:g} s") from exc
    except TimeoutError as exc:
        raise UnavailableError(PART, f"{where} does not answer; is it running and reachable?") from exc
    except OSError as exc:
        raise UnavailableError(
            PART, f"{where} can't be reached ({exc.strerror or exc}); start it, or correct the database URL"
        ) from exc


def _ours(exc: sa.exc.DBAPIError, where: str) -> AssistantError:
    """The error of ours that a driver's error means."""
    cause = exc.orig
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause, where)
    state = str(getattr(cause, "sqlstate", None) or "")
    return _from_postgresql(state, str(cause).rpartition(">: ")[2], where)


def _from_sqlite(cause: sqlite3.Error, where: str) -> AssistantError:
    code = getattr(cause, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFoundError("no such conversation of this user")
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StorageFullError(PART, f"the disk that holds {where} is full; free some space")
        case sqlite3.SQLITE_READONLY:
            return UnavailableError(PART, f"{where} is read-only; make it and its folder writable")
        case sqlite3.SQLITE_CANTOPEN:
            return UnavailableError(PART, f"{where} can't be opened; does its folder exist, and may we write there?")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return UnavailableError(PART, f"{where} is locked by another process")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return UnavailableError(PART, f"{where} is damaged or not an SQLite database; restore it from a backup")
    return UnavailableError(PART, f"{where} failed: {cause}")


def _from_postgresql(state: str, message: str, where: str) -> AssistantError:
    match state[:2], state:
        case _, "23503":
            return NotFoundError("no such conversation of this user")
        case _, "53100":
            return StorageFullError(PART, f"the disk of {where} is full; free some space")
        case _, "25006":
            return UnavailableError(PART, f"{where} is read-only; is it a standby?")
        case "28", _:
            return ConfigurationError(f"{where} refuses the sign-in: {message}; correct user and password in its URL")
        case _, "3D000":
            return ConfigurationError(f"{where} does not exist on that server; create it with createdb")
        case _, "42501":
            return ConfigurationError(f"{where} lacks a right: {message}")
    return UnavailableError(PART, f"{where} failed: {message}")
