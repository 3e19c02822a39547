"""Run by Alembic. The connection comes from `migrations.upgrade`, which has begun the transaction already."""

from __future__ import annotations

from alembic import context

from assistant.adapters.sql_schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
