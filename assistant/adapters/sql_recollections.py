"""Vectors of past turns in SQL, beside the records they belong to: numbers of 16 bits, little-endian."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_records import begun_after, held, in_order
from assistant.adapters.sql_schema import recollections as table
from assistant.adapters.sql_schema import records
from assistant.ports import UtteranceVectors

_STORED = np.dtype("<f2")
_OF_RECORDS = sa.select(table.c.trace_id, table.c.speaker, table.c.dimensions, table.c.vectors).join_from(
    records, table
)
# A turn's user spoke first, and "user" sorts behind "assistant".
_NEWEST_FIRST = (records.c.ordinal.desc(), table.c.speaker)


class SqlRecollections:
    """Implements `ports.Recollections`. Whose they are stands in their record, which every query reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, user_id: str, thread_id: str, embedder: str, entries: Sequence[UtteranceVectors]) -> None:
        if not entries:
            return
        insert = self._database.insert(table)
        replaced = {name: insert.excluded[name] for name in ("embedder", "dimensions", "vectors")}
        statement = insert.on_conflict_do_update(index_elements=[table.c.trace_id, table.c.speaker], set_=replaced)
        owned = sa.and_(records.c.user_id == user_id, records.c.thread_id == thread_id)
        async with self._database.write() as connection:
            turns = await held(connection, (entry.turn for entry in entries), owned)
            if rows := [_row(entry, embedder) for entry in entries if entry.turn in turns]:
                await connection.execute(statement, in_order(rows, "trace_id", "speaker"))

    async def of_thread(
        self, user_id: str, thread_id: str, embedder: str, *, after: str = ""
    ) -> list[UtteranceVectors]:
        ours = sa.and_(records.c.user_id == user_id, records.c.thread_id == thread_id, begun_after(thread_id, after))
        return await self._found(_OF_RECORDS.where(ours, table.c.embedder == embedder).order_by(*_NEWEST_FIRST))

    async def of_user(
        self, user_id: str, embedder: str, *, excluding: str, limit: int = 2_000
    ) -> list[UtteranceVectors]:
        others = sa.and_(records.c.user_id == user_id, records.c.thread_id != excluding)
        newest = _OF_RECORDS.where(others, table.c.embedder == embedder).order_by(*_NEWEST_FIRST).limit(limit)
        return await self._found(newest)

    async def _found(self, newest_first: sa.Select[Any]) -> list[UtteranceVectors]:
        async with self._database.read() as connection:
            rows = (await connection.execute(newest_first)).all()
        return _read(rows[::-1])


def _row(entry: UtteranceVectors, embedder: str) -> dict[str, Any]:
    _, dimensions = entry.vectors.shape
    return {
        "trace_id": entry.turn,
        "speaker": entry.speaker,
        "embedder": embedder,
        "dimensions": dimensions,
        "vectors": entry.vectors.astype(_STORED).tobytes(),
    }


def _read(rows: Sequence[Any]) -> list[UtteranceVectors]:
    """All numbers are widened at once: a conversation of 700 turns has some 1.6 million."""
    numbers = np.frombuffer(b"".join(row.vectors for row in rows), _STORED).astype(np.float32)
    ends = accumulate(len(row.vectors) // _STORED.itemsize for row in rows)
    found, start = [], 0
    for row, end in zip(rows, ends, strict=True):
        vectors = numbers[start:end].reshape(-1, row.dimensions)
        found.append(UtteranceVectors(row.trace_id, row.speaker, vectors))
        start = end
    return found
