"""The two ways the assistant's parts can run: embedded, or as services that the test starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.servers.postgres import fresh_database, shared_postgres
from tests.servers.redis import redis_7

Kind = Literal["embedded", "services"]
KINDS: tuple[Kind, ...] = ("embedded", "services")


@contextmanager
def running(kind: Kind, folder: Path) -> Iterator[dict[str, Any]]:
    """Settings under which an assistant opened in this block runs on these parts."""
    if kind == "embedded":
        yield {"data_dir": folder / "data"}
        return
    with redis_7() as redis_url:
        yield {
            "data_dir": folder / "data",
            "redis_url": redis_url,
            "database_url": fresh_database(shared_postgres(), migrated=False),
            "qdrant_url": f"local:{folder / 'qdrant'}",
        }
