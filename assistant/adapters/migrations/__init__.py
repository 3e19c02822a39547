"""Schema migrations, shipped with the package and run when the stores are opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

from assistant.adapters.sql_engine import Database
from assistant.errors import ConfigurationError

# One process migrates at a time. The number only has to be ours.
_ADVISORY_LOCK = 0x6173_7369_7374


async def migrate(database: Database) -> None:
    """Bring the schema to the newest revision, in one transaction: it is there as a whole or not at all.

    Raises ConfigurationError when the database was made by a newer release, or holds tables that are not ours.
    """
    async with database.write() as connection:
        await connection.run_sync(partial(upgrade, where=database.where))


def upgrade(connection: sa.Connection, *, where: str, to: str = "head") -> None:
    """Upgrade within the transaction that `connection` has begun."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    config = alembic_config(connection)
    if _is_current(connection, ScriptDirectory.from_config(config), where=where):
        return
    _refuse_foreign_tables(connection, where=where)
    command.upgrade(config, to)


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic's configuration, with the scripts of this package and a connection to run them on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _is_current(connection: sa.Connection, scripts: ScriptDirectory, *, where: str) -> bool:
    """Whether the schema is at the newest revision. Raises ConfigurationError when we don't know its revision."""
    present = MigrationContext.configure(connection).get_current_heads()
    try:
        for revision in present:
            scripts.get_revision(revision)
    except (CommandError, ResolutionError) as exc:
        raise ConfigurationError(
            f"{where} was made by a newer release (schema {', '.join(present)}); install that release, or restore "
            "the backup taken before the upgrade"
        ) from exc
    return set(present) == set(scripts.get_heads())


def _refuse_foreign_tables(connection: sa.Connection, *, where: str) -> None:
    tables = set(sa.inspect(connection).get_table_names())
    if tables and "alembic_version" not in tables:
        raise ConfigurationError(
            f"{where} holds tables of something else ({', '.join(sorted(tables)[:3])}); use an empty database"
        )
