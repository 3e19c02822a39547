"""All documents of the manifest, for work that looks at the knowledge base as a whole."""

from __future__ import annotations

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import documents as table
from assistant.values import Document


async def documents_in_force(database: Database, *, limit: int) -> list[Document]:
    """At most `limit` documents that no other replaces, in the order of their ids, evenly picked where there are more.

    Rights are not asked for: this is for operators, who can read the database anyway.
    """
    ids = sa.select(table.c.id).where(table.c.superseded_by == "").order_by(table.c.id)
    async with database.read() as connection:
        every = list((await connection.execute(ids)).scalars())
        step = max(1, -(-len(every) // limit))
        found: list[Document] = []
        for each in every[::step]:
            row = (await connection.execute(sa.select(table).where(table.c.id == each))).mappings().one_or_none()
            if row is not None:
                values = {name: row[name] for name in ("id", "title", "text", "version", "source", "url", "updated")}
                found.append(Document(**values, audience=frozenset(row["audience"])))
    return found
