"""What users chose for themselves, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import preferences


class SqlPreferences:
    """Implements `ports.Preferences`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recalls_across(self, user_id: str) -> bool:
        statement = sa.select(preferences.c.recall_across).where(preferences.c.user_id == user_id)
        async with self._database.read() as connection:
            return bool(await connection.scalar(statement))

    async def set_recall_across(self, user_id: str, on: bool) -> None:
        chosen = {"recall_across": on, "updated_at": datetime.now(UTC)}
        insert = self._database.insert(preferences).values(user_id=user_id, **chosen)
        statement = insert.on_conflict_do_update(index_elements=[preferences.c.user_id], set_=chosen)
        async with self._database.write() as connection:
            await connection.execute(statement)
