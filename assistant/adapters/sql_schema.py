"""The tables, and column types that make SQLite and PostgreSQL behave alike.

Texts are cleaned on their way in: PostgreSQL refuses NULs, and no database can encode a lone surrogate.
Times are stored as UTC and come back timezone-aware.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

OPEN_STATES = ("queued", "claimed", "waiting_for_user")
FIRST_TICKET = 1001

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def clean(text: str, *, nul: str = "") -> str:
    """`text` without NULs and lone surrogates: what every database can store."""
    return _SURROGATE.sub(_REPLACEMENT, text.replace("\0", nul))


def clean_json(value: Any) -> Any:
    """`value` as JSON any database can store: texts cleaned, mappings and sequences plain, NaN and infinity null."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {clean(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(clean_json(item) for item in value)
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def searchable(text: str) -> str:
    """`text` as it is searched: lower case means the same in every database and locale."""
    return unicodedata.normalize("NFC", text.casefold())


class CleanText(sa.types.TypeDecorator[str]):
    """Text of any length; `nul` is what becomes of a NUL."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, nul: str = "") -> None:
        super().__init__()
        self.nul = nul

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value, nul=self.nul)


class CleanJson(sa.types.TypeDecorator[Any]):
    """Plain data."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return clean_json(value)


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A timezone-aware time, kept as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a timezone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite gives a rowid only to an INTEGER primary key; PostgreSQL would run out of 32 bits.
_Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("source", CleanText, nullable=False, index=True),
    sa.Column("title", CleanText, nullable=False),
    # Passages are spans of this text in characters, so a NUL must keep its place.
    sa.Column("text", CleanText(nul=_REPLACEMENT), nullable=False),
    sa.Column("url", CleanText, nullable=False),
    sa.Column("updated", CleanText, nullable=False),
    sa.Column("superseded_by", CleanText, nullable=False),
    sa.Column("version", CleanText, nullable=False),
    sa.Column("audience", CleanJson, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("indexed_at", UtcTime, nullable=False),
)

threads = sa.Table(
    "threads",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("user_id", CleanText, nullable=False),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("searchable", CleanText, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("id", "user_id"),
    sa.Index(None, "user_id", "updated_at", "id"),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("ordinal", _Serial, primary_key=True, autoincrement=True),
    sa.Column("trace_id", CleanText, nullable=False, unique=True),
    sa.Column("thread_id", CleanText, nullable=False),
    sa.Column("message_id", CleanText, nullable=False),
    sa.Column("answer_id", CleanText, nullable=False, unique=True),
    sa.Column("user_id", CleanText, nullable=False),
    sa.Column("question", CleanText, nullable=False),
    sa.Column("status", CleanText, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("rewritten", CleanText, nullable=False),
    sa.Column("answer", CleanText, nullable=False),
    sa.Column("origin", CleanText, nullable=False),
    sa.Column("notice", CleanText, nullable=False),
    sa.Column("verdict", CleanJson, nullable=True),
    sa.Column("citations", CleanJson, nullable=False),
    sa.Column("evidence", CleanJson, nullable=False),
    sa.Column("checks", CleanJson, nullable=False),
    sa.Column("stages", CleanJson, nullable=False),
    sa.Column("usage", CleanJson, nullable=False),
    sa.Column("timings_ms", CleanJson, nullable=False),
    sa.Column("ticket", CleanText, nullable=False),
    sa.Column("release", CleanText, nullable=False),
    sa.Column("finished_at", UtcTime, nullable=True),
    sa.Column("feedback", sa.Integer, nullable=True),
    sa.Column("feedback_comment", CleanText, nullable=False),
    sa.Column("searchable", CleanText, nullable=False),
    sa.Column("forgotten", CleanJson, nullable=False, server_default="[]"),
    sa.Column("rests_on", CleanJson, nullable=False, server_default="{}"),
    sa.UniqueConstraint("thread_id", "message_id"),
    sa.Index(None, "thread_id", "ordinal"),
    sa.Index(None, "user_id", "ordinal"),
    # A turn always lies in a conversation of its own user, and goes with it.
    sa.ForeignKeyConstraint(["thread_id", "user_id"], ["threads.id", "threads.user_id"], ondelete="CASCADE"),
)

sa.Index(
    "ix_records_running",
    records.c.created_at,
    sqlite_where=records.c.status == "running",
    postgresql_where=records.c.status == "running",
)

recollections = sa.Table(
    "recollections",
    metadata,
    sa.Column("trace_id", CleanText, sa.ForeignKey(records.c.trace_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("speaker", CleanText, primary_key=True),
    sa.Column("embedder", CleanText, nullable=False),
    sa.Column("dimensions", sa.Integer, nullable=False),
    sa.Column("vectors", sa.LargeBinary, nullable=False),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("email", CleanText, nullable=False),
    sa.Column("email_key", CleanText, nullable=False, unique=True),
    sa.Column("password_hash", CleanText, nullable=False),
    sa.Column("role", CleanText, nullable=False),
    sa.Column("groups", CleanJson, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("thread_id", CleanText, nullable=False, index=True),
    sa.Column("user_id", CleanText, nullable=False),
    sa.Column("reason", CleanText, nullable=False),
    sa.Column("state", CleanText, nullable=False, index=True),
    sa.Column("queue", CleanText, nullable=False),
    sa.Column("summary", CleanText, nullable=False),
    sa.Column("language", CleanText, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("packet", CleanJson, nullable=False),
)

sa.Index(
    "uq_tickets_open_thread",
    tickets.c.thread_id,
    unique=True,
    sqlite_where=tickets.c.state.in_(OPEN_STATES),
    postgresql_where=tickets.c.state.in_(OPEN_STATES),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", CleanText, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("user_id", CleanText, primary_key=True),
    sa.Column("recall_across", sa.Boolean, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
)

calibrations = sa.Table(
    "calibrations",
    metadata,
    sa.Column("model", CleanText, primary_key=True),
    sa.Column("ratio", sa.Double, nullable=False),
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
)

spans = sa.Table(
    "spans",
    metadata,
    sa.Column("trace_id", CleanText, sa.ForeignKey(records.c.trace_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("span_id", CleanText, primary_key=True),
    sa.Column("parent_id", CleanText, nullable=False),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("kind", CleanText, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime, nullable=True),
    sa.Column("attributes", CleanJson, nullable=False),
    sa.Column("extra", CleanJson, nullable=False),
)
