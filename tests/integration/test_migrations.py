"""The schema: made, kept, refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from assistant.adapters.migrations import alembic_config, upgrade
from assistant.adapters.sql import open_stores
from assistant.adapters.sql_engine import engine_for
from assistant.adapters.sql_schema import metadata
from assistant.errors import ConfigurationError
from tests.servers.postgres import new_database, shared_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / '100% new.db'}"
    return await new_database(shared_postgres(), migrated=False)


async def _within(url, work):
    engine = engine_for(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _tables(connection):
    return set(sa.inspect(connection).get_table_names())


def _described(connection):
    """Columns, indices and foreign keys of every table."""
    inspector = sa.inspect(connection)
    return {
        name: (
            {column["name"] for column in inspector.get_columns(name)},
            {index["name"] for index in inspector.get_indexes(name)},
            {key["name"] for key in inspector.get_foreign_keys(name)},
        )
        for name in inspector.get_table_names()
    }


async def test_the_migrations_make_the_schema_the_code_expects(empty_url):
    async with open_stores(empty_url):
        pass
    differences = await _within(
        empty_url, lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
    )
    assert differences == []


async def test_opening_again_changes_nothing(empty_url):
    for _ in range(2):
        async with open_stores(empty_url) as stores:
            assert await stores.documents.count() == {"documents": 0, "passages": 0}
            assert (await stores.health()).well


async def test_five_that_open_an_empty_database_at_once_all_succeed(empty_url):
    async def opened():
        async with open_stores(empty_url) as stores:
            return await stores.users.all()

    assert await asyncio.gather(*(opened() for _ in range(5))) == [[]] * 5


async def test_the_schema_can_be_taken_down_and_made_again(empty_url):
    def down_and_up(connection):
        upgrade(connection, where="here")
        command.downgrade(alembic_config(connection), "base")
        left = _tables(connection)
        upgrade(connection, where="here")
        return left, _tables(connection)

    left, made = await _within(empty_url, down_and_up)
    assert left == {"alembic_version"}
    assert made >= set(metadata.tables)


async def test_a_database_of_a_newer_release_is_refused(empty_url):
    async with open_stores(empty_url):
        pass
    newer = sa.text("UPDATE alembic_version SET version_num = '9999'")
    await _within(empty_url, lambda connection: connection.execute(newer))
    with pytest.raises(ConfigurationError, match="newer release"):
        async with open_stores(empty_url):
            pass


async def test_a_database_of_something_else_is_refused_and_left_alone(empty_url):
    await _within(empty_url, lambda connection: connection.execute(sa.text("CREATE TABLE threads (x INTEGER)")))
    with pytest.raises(ConfigurationError, match=r"something else \(threads\)"):
        async with open_stores(empty_url):
            pass
    assert await _within(empty_url, _tables) == {"threads"}


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url):
    def failing(connection):
        upgrade(connection, where="here")
        raise RuntimeError("in mid-migration")

    with pytest.raises(RuntimeError):
        await _within(empty_url, failing)
    assert await _within(empty_url, _tables) == set()


TIME = datetime(2026, 5, 4, tzinfo=UTC)


def _row(table, **values):
    """A row of a table as the database has it now, with whatever else it needs."""
    empty = {sa.JSON: [], sa.DateTime: TIME}
    needed = {
        column.name: next((value for kind, value in empty.items() if isinstance(column.type, kind)), "")
        for column in table.columns
        if not column.nullable and column.name != "ordinal"
    }
    return table.insert().values({**needed, **values})


def _filled_with_an_older_release(connection):
    """The first schema, holding a conversation of one turn with its span, and a span whose conversation is gone."""
    upgrade(connection, where="here", to="0001")
    schema = sa.MetaData()
    schema.reflect(connection)
    connection.execute(_row(schema.tables["threads"], id="t", user_id="ada"))
    usage = {"prompt": 1, "completion": 2, "by_section": {}}
    record = {"trace_id": "trace", "thread_id": "t", "user_id": "ada", "question": "Why?", "status": "running"}
    connection.execute(_row(schema.tables["records"], **record, usage=usage, timings_ms={}))
    for trace_id in ("trace", "orphan"):
        connection.execute(_row(schema.tables["spans"], trace_id=trace_id, span_id="s", attributes={}, extra={}))


async def test_a_database_of_an_older_release_keeps_its_turns_and_loses_spans_without_one(empty_url):
    await _within(empty_url, _filled_with_an_older_release)
    async with open_stores(empty_url) as stores:
        stored = await stores.records.get("trace")
        assert (stored.question, stored.forgotten) == ("Why?", ())
        assert [len(await stores.spans.of_trace(trace)) for trace in ("trace", "orphan")] == [1, 0]
        await stores.threads.remove("t", "ada")
        assert await stores.spans.of_trace("trace") == []


async def test_going_back_a_release_keeps_the_turns_and_their_spans(empty_url):
    def there_and_back(connection):
        _filled_with_an_older_release(connection)
        before = _described(connection)
        upgrade(connection, where="here")
        command.downgrade(alembic_config(connection), "0001")
        kept = [
            connection.scalar(sa.select(sa.column("trace_id")).select_from(sa.table(name)))
            for name in ("records", "spans")
        ]
        return kept, before == _described(connection)

    assert await _within(empty_url, there_and_back) == (["trace", "trace"], True)
