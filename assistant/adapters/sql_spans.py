"""Spans of traces in SQL: what `/inspect` shows when no other tracer is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_records import held, in_order
from assistant.adapters.sql_schema import spans as table

_COLUMNS = frozenset(column.name for column in table.c) - {"extra"}
_DEFAULTS: Mapping[str, Any] = {"parent_id": "", "kind": "span", "ended_at": None, "attributes": {}}
_TIMES = ("started_at", "ended_at")


class SqlSpans:
    """Implements `ports.Spans`. A span has a trace id, a span id, a name, a start, and whatever else it brings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        if not spans:
            return
        insert = self._database.insert(table)
        replaced = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
        statement = insert.on_conflict_do_update(index_elements=[table.c.trace_id, table.c.span_id], set_=replaced)
        async with self._database.write() as connection:
            traces = await held(connection, (span["trace_id"] for span in spans))
            if rows := [_row(span) for span in spans if span["trace_id"] in traces]:
                await connection.execute(statement, in_order(rows, "trace_id", "span_id"))

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        statement = sa.select(table).where(table.c.trace_id == trace_id).order_by(table.c.started_at, table.c.span_id)
        async with self._database.read() as connection:
            return [_span(row) for row in (await connection.execute(statement)).mappings()]


def _row(span: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in {**_DEFAULTS, **span}.items() if name in _COLUMNS}
    for name in _TIMES:
        if isinstance(row[name], str):
            row[name] = datetime.fromisoformat(row[name])
    row["parent_id"] = row["parent_id"] or ""
    return row | {"extra": {name: value for name, value in span.items() if name not in _COLUMNS}}


def _span(row: sa.RowMapping) -> dict[str, Any]:
    return {**row["extra"], **{name: row[name] for name in table.c.keys() if name != "extra"}}  # noqa: SIM118
