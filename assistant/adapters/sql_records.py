"""The durable rows of turns, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import clean, recollections, records, searchable
from assistant.adapters.sql_threads import checked_id
from assistant.errors import NotFoundError
from assistant.values import Citation, NearExample, PartVerdict, Record, Usage, Verdict

_NOT_YOURS = "no such turn of this user"
_FIELDS = [field.name for field in fields(Record)]
_COLUMNS = [records.c[name] for name in _FIELDS]
# Who asked what is settled when a turn begins; the thumb and what is forgotten are the user's alone.
_SETTLED = frozenset(
    {"trace_id", "thread_id", "message_id", "answer_id", "user_id", "question", "created_at"}
    | {"feedback", "feedback_comment", "forgotten"}
)
_Value = TypeVar("_Value", NearExample, PartVerdict, Verdict, Citation, Usage)


class SqlRecords:
    """Implements `ports.Records`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, record: Record) -> Record:
        """Raises NotFoundError unless the thread is there and is this user's."""
        checked_id(record.message_id, name="id")
        statement = (
            self._database.insert(records)
            .values(_row(record))
            .on_conflict_do_nothing(index_elements=[records.c.thread_id, records.c.message_id])
            .returning(*_COLUMNS)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
            if row is None:
                row = (await connection.execute(_same_message(record))).mappings().one_or_none()
        if row is None:
            raise NotFoundError(_NOT_YOURS)
        return _record(row)

    async def finish(self, record: Record) -> Record:
        """Complete a running turn and return what is stored; one completed before stays as it was.

        Raises NotFoundError when the turn is gone, for its conversation was removed meanwhile.
        """
        row = _row(record)
        changes = {name: value for name, value in row.items() if name not in _SETTLED}
        owned = sa.and_(records.c.trace_id == record.trace_id, records.c.user_id == record.user_id)
        async with self._database.write() as connection:
            await connection.execute(records.update().where(owned, records.c.status == "running").values(changes))
            stored = (await connection.execute(sa.select(*_COLUMNS).where(owned))).mappings().one_or_none()
        if stored is None:
            raise NotFoundError(_NOT_YOURS)
        return _record(stored)

    async def get(self, trace_id: str) -> Record | None:
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(*_COLUMNS).where(records.c.trace_id == trace_id))
            row = rows.mappings().one_or_none()
        return None if row is None else _record(row)

    async def of_thread(self, thread_id: str, *, limit: int = 200, after: str = "") -> list[Record]:
        newest_first = (
            sa.select(*_COLUMNS)
            .where(records.c.thread_id == thread_id, begun_after(thread_id, after))
            .order_by(records.c.ordinal.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            found = [_record(row) for row in (await connection.execute(newest_first)).mappings()]
        return found[::-1]

    async def forget(
        self, user_id: str, thread_id: str, *, texts: Sequence[str] = (), turns: Sequence[str] = ()
    ) -> None:
        words = [clean(text) for text in texts]
        ours = (
            sa.select(records.c.trace_id, records.c.question, records.c.answer, records.c.forgotten)
            .where(records.c.thread_id == thread_id, records.c.user_id == user_id)
            .order_by(records.c.ordinal)
            .with_for_update(key_share=True)
        )
        async with self._database.write() as connection:
            for row in (await connection.execute(ours)).all():
                gone = [each for each in words if each in row.question or each in row.answer]
                gone += [""] if row.trace_id in turns else []
                if added := [item for item in gone if item not in row.forgotten]:
                    this, its = records.c.trace_id == row.trace_id, recollections.c.trace_id == row.trace_id
                    await connection.execute(records.update().where(this).values(forgotten=[*row.forgotten, *added]))
                    await connection.execute(recollections.delete().where(its))

    async def running(self, *, before: datetime, limit: int = 100) -> list[Record]:
        late = sa.and_(records.c.status == "running", records.c.created_at < before)
        oldest_first = sa.select(*_COLUMNS).where(late).order_by(records.c.created_at, records.c.ordinal).limit(limit)
        async with self._database.read() as connection:
            return [_record(row) for row in (await connection.execute(oldest_first)).mappings()]

    async def rate(self, answer_id: str, user_id: str, value: int | None, comment: str) -> bool:
        owned = sa.and_(records.c.answer_id == answer_id, records.c.user_id == user_id)
        statement = records.update().where(owned).values(feedback=value, feedback_comment=comment)
        async with self._database.write() as connection:
            return bool((await connection.execute(statement)).rowcount)


def begun_after(thread_id: str, trace_id: str) -> sa.ColumnElement[bool]:
    """Turns that began later than this one of the thread; all of them when it is none of the thread's."""
    if not trace_id:
        return sa.true()
    earlier = records.alias()
    begun = sa.select(earlier.c.ordinal).where(earlier.c.trace_id == trace_id, earlier.c.thread_id == thread_id)
    return records.c.ordinal > sa.func.coalesce(begun.scalar_subquery(), 0)


async def held(connection: AsyncConnection, trace_ids: Iterable[str], *owned: sa.ColumnElement[bool]) -> set[str]:
    """Which of these turns are there, and held there until the transaction ends; one being removed is not.

    For writing what belongs to turns: it neither outlives them nor waits for a removal that waits for it.
    """
    ours = sa.select(records.c.trace_id).where(records.c.trace_id.in_(set(trace_ids)), *owned)
    found = await connection.scalars(ours.with_for_update(read=True, key_share=True, skip_locked=True))
    return set(found)


def in_order(rows: Iterable[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    """Rows as every writer must write them, so that no two wait for each other."""
    return sorted(rows, key=itemgetter(*key))


def _same_message(record: Record) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(
        records.c.thread_id == record.thread_id,
        records.c.message_id == record.message_id,
        records.c.user_id == record.user_id,
    )


def _row(record: Record) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _FIELDS}
    row["verdict"] = None if record.verdict is None else asdict(record.verdict)
    row["citations"] = [asdict(citation) for citation in record.citations]
    row["usage"] = asdict(record.usage)
    row["searchable"] = searchable(f"{record.question}\n{record.answer}")
    return row


def _record(row: sa.RowMapping) -> Record:
    values = dict(row)
    values["verdict"] = None if row["verdict"] is None else _verdict(row["verdict"])
    values["citations"] = tuple(_value(Citation, citation) for citation in row["citations"])
    values["usage"] = _value(Usage, row["usage"])
    for name in ("evidence", "checks", "stages", "forgotten"):
        values[name] = tuple(row[name])
    return Record(**values)


def _verdict(data: dict[str, Any]) -> Verdict:
    near = tuple(_value(NearExample, item) for item in data.get("nearest") or ())
    parts = tuple(_value(PartVerdict, item) for item in data.get("parts") or ())
    return replace(_value(Verdict, data), nearest=near, parts=parts)


def _value(kind: type[_Value], data: dict[str, Any]) -> _Value:
    """Read a value leniently: a row may have been written by another release, with fields more or fewer."""
    known = {field.name for field in fields(kind)}
    values: dict[str, Any] = {name: item for name, item in data.items() if name in known}
    if isinstance(values.get("choices"), list):
        values["choices"] = tuple(values["choices"])
    return kind(**values)
