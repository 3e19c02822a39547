"""The manifest of documents in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import documents as table
from assistant.values import Document

_IDS_AT_ONCE = 500


class SqlDocuments:
    """Implements `ports.Documents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def versions(self, source: str) -> Mapping[str, str]:
        statement = sa.select(table.c.id, table.c.version).where(table.c.source == source)
        async with self._database.read() as connection:
            rows = await connection.execute(statement)
            return {row.id: row.version for row in rows}

    async def save(self, documents: Sequence[Document], *, passages: Mapping[str, int]) -> None:
        if not documents:
            return
        now = datetime.now(UTC)
        rows = [_row(document, passages.get(document.id, 0), now) for document in documents]
        insert = self._database.insert(table)
        replaced = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
        statement = insert.on_conflict_do_update(index_elements=[table.c.id], set_=replaced)
        async with self._database.write() as connection:
            await connection.execute(statement, rows)

    async def remove(self, document_ids: Iterable[str]) -> None:
        async with self._database.write() as connection:
            for batch in _batches(document_ids, _IDS_AT_ONCE):
                await connection.execute(table.delete().where(table.c.id.in_(batch)))

    async def get(self, document_id: str, groups: frozenset[str]) -> Document | None:
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(table).where(table.c.id == document_id))
            row = rows.mappings().one_or_none()
        if row is None or groups.isdisjoint(row["audience"]):
            return None
        return _document(row)

    async def current(self, document_ids: Iterable[str], groups: frozenset[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        async with self._database.read() as connection:
            for batch in _batches(document_ids, _IDS_AT_ONCE):
                statement = sa.select(table.c.id, table.c.version, table.c.audience).where(table.c.id.in_(batch))
                rows = await connection.execute(statement)
                found |= {row.id: row.version for row in rows if not groups.isdisjoint(row.audience)}
        return found

    async def count(self) -> Mapping[str, int]:
        statement = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.passages), 0))
        async with self._database.read() as connection:
            number, passages = (await connection.execute(statement.select_from(table))).one()
        return {"documents": int(number), "passages": int(passages)}


def _batches(items: Iterable[str], size: int) -> Iterable[list[str]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _row(document: Document, passages: int, indexed_at: datetime) -> dict[str, Any]:
    return {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "url": document.url,
        "updated": document.updated,
        "superseded_by": document.superseded_by,
        "version": document.version,
        "audience": sorted(document.audience),
        "passages": passages,
        "indexed_at": indexed_at,
    }


def _document(row: Any) -> Document:
    return Document(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        audience=frozenset(row["audience"]),
        version=row["version"],
        source=row["source"],
        url=row["url"],
        updated=row["updated"],
        superseded_by=row["superseded_by"],
    )
