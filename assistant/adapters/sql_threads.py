"""Conversations in SQL."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import records, searchable, threads
from assistant.errors import InvalidMessageError, NotFoundError
from assistant.values import Thread

LONGEST_ID = 200
_LONGEST_SEARCH = 200
_NOT_YOURS = "no such conversation of this user"
_COLUMNS = [threads.c[name] for name in ("id", "user_id", "name", "created_at", "updated_at")]


def checked_id(value: str, *, name: str) -> str:
    """`value` itself. Raises InvalidMessageError when a client made up an id that no index can hold."""
    if not 1 <= len(value) <= LONGEST_ID:
        raise InvalidMessageError(f"The {name} of this message must have 1 to {LONGEST_ID} characters.")
    return value


class SqlThreads:
    """Implements `ports.Threads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, thread_id: str, user_id: str, name: str, now: datetime) -> Thread:
        """A thread keeps the name it has; the time it was touched never goes back."""
        insert = self._database.insert(threads).values(
            id=checked_id(thread_id, name="conversation id"),
            user_id=user_id,
            name=name,
            searchable=searchable(name),
            created_at=now,
            updated_at=now,
        )
        new, unnamed = insert.excluded, threads.c.name == ""
        later = new.updated_at > threads.c.updated_at
        statement = insert.on_conflict_do_update(
            index_elements=[threads.c.id],
            set_={
                "updated_at": sa.case((later, new.updated_at), else_=threads.c.updated_at),
                "name": sa.case((unnamed, new.name), else_=threads.c.name),
                "searchable": sa.case((unnamed, new.searchable), else_=threads.c.searchable),
            },
            where=threads.c.user_id == user_id,
        ).returning(*_COLUMNS)
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFoundError(_NOT_YOURS)
        return _thread(row)

    async def get(self, thread_id: str) -> Thread | None:
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(*_COLUMNS).where(threads.c.id == thread_id))).mappings().first()
        return None if row is None else _thread(row)

    async def page(self, user_id: str, *, limit: int, before: str = "", search: str = "") -> tuple[list[Thread], str]:
        """Raises NotFoundError when `before` is no cursor of ours."""
        statement = sa.select(*_COLUMNS).where(threads.c.user_id == user_id)
        if before:
            updated_at, thread_id = read_cursor(before)
            same_time = (threads.c.updated_at == updated_at) & (threads.c.id < thread_id)
            statement = statement.where(sa.or_(threads.c.updated_at < updated_at, same_time))
        if search.strip():
            statement = statement.where(_mentions(search))
        newest_first = statement.order_by(threads.c.updated_at.desc(), threads.c.id.desc()).limit(max(limit, 1) + 1)
        async with self._database.read() as connection:
            found = [_thread(row) for row in (await connection.execute(newest_first)).mappings()]
        page = found[: max(limit, 1)]
        return page, write_cursor(page[-1]) if len(found) > len(page) else ""

    async def rename(self, thread_id: str, user_id: str, name: str) -> None:
        """Raises NotFoundError when it is not this user's."""
        statement = threads.update().where(_owned(thread_id, user_id)).values(name=name, searchable=searchable(name))
        async with self._database.write() as connection:
            if not (await connection.execute(statement)).rowcount:
                raise NotFoundError(_NOT_YOURS)

    async def remove(self, thread_id: str, user_id: str) -> None:
        async with self._database.write() as connection:
            # By their foreign keys the records go with their thread, recall vectors and spans with their record.
            if not (await connection.execute(threads.delete().where(_owned(thread_id, user_id)))).rowcount:
                raise NotFoundError(_NOT_YOURS)


def write_cursor(thread: Thread) -> str:
    """The place behind `thread` in the list, newest first."""
    return base64.urlsafe_b64encode(f"{thread.updated_at.isoformat()} {thread.id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """The time and the id that `write_cursor` wrote. Raises NotFoundError for anything else."""
    try:
        moment, _, thread_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        updated_at = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError) as exc:
        raise NotFoundError("no such page of conversations") from exc
    if updated_at.tzinfo is None:
        raise NotFoundError("no such page of conversations")
    return updated_at, thread_id


def _owned(thread_id: str, user_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(threads.c.id == thread_id, threads.c.user_id == user_id)


def _mentions(search: str) -> sa.ColumnElement[bool]:
    wanted = searchable(search.strip()[:_LONGEST_SEARCH])
    in_turns = sa.select(records.c.ordinal).where(
        records.c.thread_id == threads.c.id, records.c.searchable.contains(wanted, autoescape=True)
    )
    return sa.or_(threads.c.searchable.contains(wanted, autoescape=True), in_turns.exists())


def _thread(row: Any) -> Thread:
    return Thread(**row)
