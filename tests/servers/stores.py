"""The stores under contract: in memory, on SQLite, and on a real PostgreSQL; each time empty."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher

from assistant.adapters.sql import SqlStores, open_stores
from assistant.testing.stores import MemoryStores, memory_stores
from tests.servers.postgres import new_database, shared_postgres

SQL = ("sqlite", "postgresql")
ALL = ("memory", *SQL)

# Real parameters cost 64 MiB and 50 ms a password; what is tested here does not depend on them.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@asynccontextmanager
async def opened_stores(kind: str) -> AsyncIterator[SqlStores | MemoryStores]:
    if kind == "memory":
        yield memory_stores()
    else:
        async with opened_sql_stores(kind) as stores:
            yield stores


@asynccontextmanager
async def opened_sql_stores(kind: str) -> AsyncIterator[SqlStores]:
    with tempfile.TemporaryDirectory(prefix="assistant-sqlite-") as folder:
        if kind == "sqlite":
            file = Path(folder) / "assistant.db"
            file.write_bytes(await _migrated_sqlite())
            url = f"sqlite:///{file}"
        else:
            url = await new_database(shared_postgres())
        async with open_stores(url, hasher=QUICK_HASHER) as stores:
            yield stores


_migrated: list[bytes] = []


async def _migrated_sqlite() -> bytes:
    """An empty database with the schema in it, made once: copying it is quicker than migrating."""
    if not _migrated:
        with tempfile.TemporaryDirectory(prefix="assistant-sqlite-") as folder:
            file = Path(folder) / "assistant.db"
            async with open_stores(f"sqlite:///{file}"):
                pass
            _migrated.append(file.read_bytes())
    return _migrated[0]
