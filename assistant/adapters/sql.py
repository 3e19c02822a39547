"""Everything durable that is not a vector, in SQLite or PostgreSQL: opened, migrated, and asked how it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher

from assistant.adapters import migrations
from assistant.adapters.passwords import Passwords
from assistant.adapters.sql_calibrations import SqlCalibrations
from assistant.adapters.sql_documents import SqlDocuments
from assistant.adapters.sql_engine import CONNECT_TIMEOUT_S, Database
from assistant.adapters.sql_errors import PART, translated
from assistant.adapters.sql_preferences import SqlPreferences
from assistant.adapters.sql_recollections import SqlRecollections
from assistant.adapters.sql_records import SqlRecords
from assistant.adapters.sql_spans import SqlSpans
from assistant.adapters.sql_threads import SqlThreads
from assistant.adapters.sql_tickets import SqlTickets
from assistant.adapters.sql_transcripts import SqlTranscripts
from assistant.adapters.sql_users import SqlUsers
from assistant.errors import AssistantError
from assistant.ports import Spans, Stores
from assistant.values import Part

__all__ = ["SqlStores", "open_stores", "translated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStores(Stores):
    """The stores of one database."""

    spans: Spans
    database: Database

    async def health(self) -> Part:
        """Never raises: a database that is unwell says so in `detail`."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S), self.database.read() as connection:
                version = await connection.run_sync(lambda sync: sync.dialect.server_version_info)
                await connection.exec_driver_sql("SELECT 1")
        except TimeoutError:
            return self._part(well=False, detail=f"no answer within {CONNECT_TIMEOUT_S:g} s")
        except AssistantError as exc:
            return self._part(well=False, detail=str(exc))
        return self._part(well=True, version=".".join(str(number) for number in version or ()))

    def _part(self, *, well: bool, version: str = "", detail: str = "") -> Part:
        kind = "SQLite" if self.database.sqlite else "PostgreSQL"
        return Part(PART, self.database.where, f"{kind} {version}".strip(), well, detail)


@asynccontextmanager
async def open_stores(database_url: str, *, hasher: PasswordHasher | None = None) -> AsyncIterator[SqlStores]:
    """Connect, bring the schema up to date, and yield the stores.

    Raises UnavailableError within five seconds when the database can't be reached, StorageFullError when its disk
    is full, and ConfigurationError when the URL is wrong, a driver is missing, or a newer release made the schema.
    """
    database = Database(database_url)
    try:
        await migrations.migrate(database)
        yield SqlStores(
            documents=SqlDocuments(database),
            records=SqlRecords(database),
            transcripts=SqlTranscripts(database),
            threads=SqlThreads(database),
            users=SqlUsers(database, Passwords(hasher)),
            tickets=SqlTickets(database),
            recollections=SqlRecollections(database),
            preferences=SqlPreferences(database),
            calibrations=SqlCalibrations(database),
            spans=SqlSpans(database),
            database=database,
        )
    finally:
        await database.close()
