"""The errors of SQLAlchemy, sqlite3 and asyncpg, made ours in one place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from assistant.errors import AssistantError, ConfigurationError, NotFoundError, StorageFullError, UnavailableError

PART = "database"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the errors of SQLAlchemy and of both drivers into ours. `where` names the database."""
    try:
        yield
    except sa.exc.DBAPIError as exc:
        raise _ours(exc, where) from exc
    except sa.exc.TimeoutError as exc:
        raise UnavailableError(PART, f"{where} has no free connection: too much at once, or it has stalled") from exc
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
