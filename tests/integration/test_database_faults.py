"""What goes wrong with a database, and what is said about it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.adapters.sql import open_stores
from assistant.errors import ConfigurationError, StorageFullError, UnavailableError
from tests.servers.postgres import new_database, postgres, shared_postgres
from tests.servers.stores import opened_sql_stores

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)


async def _open(url):
    async with open_stores(url):
        pass


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "can't be read"),
        ("not a url", "can't be read"),
        ("postgresql://host:port/name", "can't be read"),
        ("mysql://localhost/assistant", "mysql://"),
        ("postgresql://localhost/assistant?frobnicate=1", "'frobnicate'"),
        ("postgresql://localhost/assistant?sslmode=maybe", "sslmode=maybe; known are disable"),
        ("postgresql:///assistant?host=/run&port=abc", "port=abc"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
async def test_a_url_that_cannot_work_is_named(url, said):
    with pytest.raises(ConfigurationError, match=said):
        await _open(url)


async def test_without_asyncpg_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'assistant\[postgres\]'"):
        await _open("postgresql://localhost/assistant")


async def test_a_server_that_is_not_there_is_named_at_once_without_the_password():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(UnavailableError, match=rf"127\.0\.0\.1:{port}.*start it") as caught:
            await _open(f"postgres://ada:s3cret@127.0.0.1:{port}/assistant")
    assert time.monotonic() - started < 5
    assert "s3cret" not in str(caught.value)
    assert caught.value.part == "database"


@pytest.mark.slow
async def test_a_server_that_accepts_and_is_silent_is_given_up_within_five_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(UnavailableError, match=f"{port}.*does not answer"):
            await _open(f"postgresql://ada@127.0.0.1:{port}/assistant")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("user", "name", "said"), [("assistant", "absent", "createdb"), ("nobody", "postgres", "refuses the sign-in")]
)
async def test_a_server_that_refuses_says_why(user, name, said):
    with pytest.raises(ConfigurationError, match=said):
        await _open(f"postgresql://{user}@127.0.0.1:{shared_postgres().port}/{name}")


async def test_a_unix_socket_and_an_ssl_mode_are_taken_from_the_url():
    server = shared_postgres()
    name = (await new_database(server)).rpartition("/")[2]
    over_socket = f"postgresql://assistant@/{name}?host={server.socket_folder}&port={server.port}"
    over_tcp = f"postgres://assistant@127.0.0.1:{server.port}/{name}?sslmode=prefer&application_name=doctor"
    for url in (over_socket, over_tcp):
        async with open_stores(url) as stores:
            part = await stores.health()
            assert (part.name, part.well, part.version.split()[0]) == ("database", True, "PostgreSQL")


async def test_connections_that_the_server_dropped_are_replaced_unnoticed():
    async with opened_sql_stores("postgresql") as stores:
        await stores.users.all()
        dropping = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        async with stores.database.engine.connect() as connection:
            await connection.execute(sa.text(f"{dropping} AND pid <> pg_backend_pid()"))
        await stores.threads.ensure("t", "ada", "", NOW)
        assert await stores.threads.get("t") is not None


async def test_a_server_that_dies_is_named_and_its_health_says_so():
    with postgres() as server:
        async with open_stores(await new_database(server)) as stores:
            await stores.threads.ensure("t", "ada", "", NOW)
            os.kill(server.pid, signal.SIGQUIT)
            started = time.monotonic()
            with pytest.raises(UnavailableError, match=rf"127\.0\.0\.1:{server.port}"):
                await _touch_for_seconds(stores, 5)
            part = await stores.health()
    assert time.monotonic() - started < 5
    assert not part.well
    assert str(server.port) in part.detail


async def _touch_for_seconds(stores, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        await stores.threads.ensure("t", "ada", "", NOW)


async def test_a_read_only_postgresql_is_said_to_be_one():
    async with opened_sql_stores("postgresql") as stores:
        url = stores.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        name = stores.database.engine.url.database
        async with stores.database.engine.begin() as connection:
            await connection.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        async with open_stores(url) as readers:
            with pytest.raises(UnavailableError, match="read-only"):
                await readers.threads.ensure("t", "ada", "", NOW)


async def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnavailableError, match=r"absent/a\.db can't be opened"):
        await _open(f"sqlite:///{tmp_path}/absent/a.db")


async def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "a.db").write_bytes(b"This is a letter, and long enough not to be taken for an empty file." * 100)
    with pytest.raises(UnavailableError, match=r"a\.db is damaged or not an SQLite database"):
        await _open(f"sqlite:///{tmp_path}/a.db")


async def test_a_full_disk_is_said_to_be_full_and_loses_nothing():
    async with opened_sql_stores("sqlite") as stores:
        await stores.threads.ensure("kept", "ada", "", NOW)
        await _pragma(stores, "max_page_count=1")
        with pytest.raises(StorageFullError, match="full") as caught:
            await stores.threads.ensure("lost", "ada", "x" * 100_000, NOW)
        assert caught.value.user_message
        await _pragma(stores, "max_page_count=1000000")
        await stores.threads.ensure("room again", "ada", "x" * 100_000, NOW)
        page, _ = await stores.threads.page("ada", limit=9)
    assert {thread.id for thread in page} == {"kept", "room again"}


async def test_a_read_only_sqlite_is_said_to_be_one():
    async with opened_sql_stores("sqlite") as stores:
        await _pragma(stores, "query_only=ON")
        with pytest.raises(UnavailableError, match="read-only"):
            await stores.threads.ensure("t", "ada", "", NOW)


async def _pragma(stores, statement):
    """Set it on the pool's only connection: no others are made while nothing runs at the same time."""
    async with stores.database.engine.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA {statement}")


WRITER = """
import asyncio, sys
from dataclasses import replace
from datetime import UTC, datetime
from assistant.adapters.sql import open_stores
from assistant.values import Record

async def write():
    now = datetime(2026, 5, 4, tzinfo=UTC)
    async with open_stores(sys.argv[1]) as stores:
        await stores.threads.ensure("t", "ada", "", now)
        for n in range(100_000):
            record = Record(f"t{n}", "t", f"m{n}", f"a{n}", "ada", "Why?", "running", now)
            await stores.records.begin(record)
            await stores.records.finish(replace(record, status="delivered", answer="Because."))
            print(n, flush=True)

asyncio.run(write())
"""


@pytest.mark.parametrize("acknowledged", [1, 20, 60])
async def test_kill_9_loses_no_acknowledged_turn(tmp_path, acknowledged):
    url = f"sqlite:///{tmp_path}/a.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        said = [int(writer.stdout.readline()) for _ in range(acknowledged)]
    finally:
        writer.kill()
    said += [int(line) for line in writer.communicate()[0].split()]
    async with open_stores(url) as stores:
        stored = {record.trace_id: record for record in await stores.records.of_thread("t", limit=100_000)}
    assert all(stored[f"t{number}"].answer == "Because." for number in said)
    assert len(stored) <= len(said) + 1
