"""Accounts in SQL."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from assistant.adapters.passwords import Passwords, checked_email, checked_password, email_key
from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import users
from assistant.errors import ConfigurationError, NotFoundError
from assistant.values import Role, User, groups_of

_TAKEN = "there is an account for {email} already; change it with `assistant users change`, or use another address"


class SqlUsers:
    """Implements `ports.Users`. The table keeps the extra groups; those of the role are added on reading."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database = database
        self._passwords = passwords or Passwords()

    async def add(self, email: str, password: str, role: Role, groups: frozenset[str]) -> User:
        """Raises ConfigurationError for a bad address, a bad password, or an address that has an account."""
        address = checked_email(email)
        row = {
            "id": uuid.uuid4().hex,
            "email": address,
            "email_key": email_key(address),
            "password_hash": await self._passwords.hashed(checked_password(password)),
            "role": role,
            "groups": sorted(groups - groups_of(role)),
            "active": True,
            "created_at": datetime.now(UTC),
        }
        statement = self._database.insert(users).values(row).on_conflict_do_nothing().returning(*users.c)
        async with self._database.write() as connection:
            stored = (await connection.execute(statement)).mappings().one_or_none()
        if stored is None:
            raise ConfigurationError(_TAKEN.format(email=address))
        return _user(stored)

    async def get(self, email: str) -> User | None:
        row = await self._row(email)
        return None if row is None else _user(row)

    async def verify(self, email: str, password: str) -> User | None:
        row = await self._row(email)
        usable = row is not None and row["active"]
        if not await self._passwords.match(password, row["password_hash"] if row is not None and usable else None):
            return None
        assert row is not None  # noqa: S101 - `match` is False without a hash
        if self._passwords.outdated(row["password_hash"]):
            await self._rehash(row, password)
        return _user(row)

    async def change(self, email: str, *, role: Role | None = None, active: bool | None = None) -> User:
        """Raises NotFoundError when there is no such account."""
        wanted = {"role": role, "active": active}
        changes = {name: value for name, value in wanted.items() if value is not None}
        if changes:
            statement = users.update().where(users.c.email_key == email_key(email)).values(changes)
            async with self._database.write() as connection:
                await connection.execute(statement)
        user = await self.get(email)
        if user is None:
            raise NotFoundError(f"no account for {email}")
        return user

    async def all(self) -> list[User]:
        async with self._database.read() as connection:
            rows = (await connection.execute(sa.select(users))).mappings().all()
        return [_user(row) for row in sorted(rows, key=lambda row: row["email_key"])]

    async def _row(self, email: str) -> sa.RowMapping | None:
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(users).where(users.c.email_key == email_key(email)))
            return rows.mappings().one_or_none()

    async def _rehash(self, row: sa.RowMapping, password: str) -> None:
        """Replace a hash of outdated parameters, unless the password was changed meanwhile."""
        renewed = await self._passwords.hashed(password)
        same = (users.c.id == row["id"]) & (users.c.password_hash == row["password_hash"])
        async with self._database.write() as connection:
            await connection.execute(users.update().where(same).values(password_hash=renewed))


def _user(row: Any) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        role=row["role"],
        groups=groups_of(row["role"], row["groups"]),
        active=row["active"],
        created_at=row["created_at"],
    )
