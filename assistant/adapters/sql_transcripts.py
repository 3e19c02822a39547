"""What was said in past turns, read from their rows in SQL without the rest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_records import begun_after
from assistant.adapters.sql_schema import records
from assistant.values import Said

_PLAIN = ("trace_id", "thread_id", "question", "answer", "status", "created_at")
_COLUMNS = [records.c[name] for name in (*_PLAIN, "citations", "forgotten", "verdict", "rests_on")]


class SqlTranscripts:
    """Implements `ports.Transcripts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_thread(self, user_id: str, thread_id: str, *, limit: int = 1_000, after: str = "") -> list[Said]:
        ours = sa.and_(records.c.user_id == user_id, records.c.thread_id == thread_id, begun_after(thread_id, after))
        return await self._newest(ours, limit)

    async def of_user(self, user_id: str, *, excluding: str, limit: int = 1_000) -> list[Said]:
        return await self._newest(sa.and_(records.c.user_id == user_id, records.c.thread_id != excluding), limit)

    async def _newest(self, condition: sa.ColumnElement[bool], limit: int) -> list[Said]:
        newest_first = sa.select(*_COLUMNS).where(condition).order_by(records.c.ordinal.desc()).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(newest_first)).all()
        return [_said(row) for row in reversed(rows)]


def _said(row: Any) -> Said:
    return Said(
        **{name: getattr(row, name) for name in _PLAIN},
        documents=row.rests_on or {each["document_id"]: each.get("version", "") for each in row.citations},
        titles=tuple(dict.fromkeys(citation["title"] for citation in row.citations)),
        forgotten=tuple(row.forgotten),
        decision=row.verdict["decision"] if row.verdict else None,
    )
