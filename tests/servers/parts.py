"""The two ways the assistant's parts can run: embedded, or as services that the test starts.

Tests of the whole that don't run on both run on those that `pytest --parts` names: embedded by default.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.servers.postgres import fresh_database, new_database, shared_postgres
from tests.servers.redis import redis_7

Kind = Literal["embedded", "services"]
KINDS: tuple[Kind, ...] = ("embedded", "services")
CHOSEN = "TEST_PARTS"


@contextmanager
def running(kind: Kind, folder: Path) -> Iterator[dict[str, Any]]:
    """Settings under which an assistant opened in this block runs on these parts."""
    if kind == "embedded":
        yield {"data_dir": folder / "data"}
        return
    with redis_7() as redis_url:
        yield _services(folder, redis_url, fresh_database(shared_postgres(), migrated=False))


@asynccontextmanager
async def chosen(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """The same for the parts that `--parts` names, inside an event loop."""
    if os.environ[CHOSEN] == "embedded":
        yield {"data_dir": folder / "data"}
        return
    with redis_7() as redis_url:
        yield _services(folder, redis_url, await new_database(shared_postgres(), migrated=False))


def _services(folder: Path, redis_url: str, database_url: str) -> dict[str, Any]:
    return {
        "data_dir": folder / "data",
        "redis_url": redis_url,
        "database_url": database_url,
        "qdrant_url": f"local:{folder / 'qdrant'}",
    }
