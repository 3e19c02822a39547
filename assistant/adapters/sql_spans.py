"""Spans of traces in SQL: what `/inspect` shows when no other tracer is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import spans as table

_DEFAULTS: Mapping[str, Any] = {"parent_id": "", "kind": "span", "ended_at": None, "attributes": {}}


class SqlSpans:
    """Implements `ports.Spans`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        if not spans:
            return
        rows = [{column.name: {**_DEFAULTS, **span}[column.name] for column in table.c} for span in spans]
        insert = self._database.insert(table)
        replaced = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
        statement = insert.on_conflict_do_update(index_elements=[table.c.trace_id, table.c.span_id], set_=replaced)
        async with self._database.write() as connection:
            await connection.execute(statement, rows)

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        statement = sa.select(table).where(table.c.trace_id == trace_id).order_by(table.c.started_at, table.c.span_id)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]
