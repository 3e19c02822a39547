"""The contract of `ports.Users`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from assistant.adapters.passwords import Passwords
from assistant.adapters.sql_schema import users
from assistant.adapters.sql_users import SqlUsers
from assistant.errors import ConfigurationError, NotFoundError
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

NONE: frozenset[str] = frozenset()
PASSWORD = "correct horse"


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_sql_stores(request.param) as stores:
        yield stores


async def test_an_account_signs_in_with_its_password_only(stores):
    user = await stores.users.add(" ada@example.org ", PASSWORD, "member", NONE)
    assert (user.email, user.role, user.active) == ("ada@example.org", "member", True)
    assert datetime.now(UTC) - user.created_at < timedelta(minutes=1)
    assert await stores.users.verify("ada@example.org", PASSWORD) == user
    for wrong in ("", "Correct horse", PASSWORD + " ", "\0", "\ud800", "x" * 100_000):
        assert await stores.users.verify("ada@example.org", wrong) is None
    assert await stores.users.verify("eve@example.org", PASSWORD) is None


async def test_an_address_is_the_same_in_any_case(stores):
    user = await stores.users.add("Ada.Ä@Example.org", PASSWORD, "member", NONE)
    assert await stores.users.get("ada.ä@EXAMPLE.ORG ") == user
    assert await stores.users.verify("ADA.ä@example.org", PASSWORD) == user
    with pytest.raises(ConfigurationError, match="already"):
        await stores.users.add("ada.ä@example.org", PASSWORD, "staff", NONE)
    assert await stores.users.all() == [user]


async def test_of_two_accounts_for_one_address_at_once_one_is_made(stores):
    wishes = [stores.users.add("ada@example.org", PASSWORD, "member", NONE) for _ in range(6)]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(answer, ConfigurationError) for answer in answers) == 5
    assert len(await stores.users.all()) == 1


async def test_groups_are_those_of_the_role_and_the_extra_ones(stores):
    user = await stores.users.add("ada@example.org", PASSWORD, "staff", frozenset({"legal", "members"}))
    assert user.groups == {"public", "members", "staff", "legal"}
    assert await stores.users.get("ada@example.org") == user


async def test_a_demotion_takes_the_groups_of_the_role_and_leaves_the_extra_ones(stores):
    await stores.users.add("ada@example.org", PASSWORD, "operator", frozenset({"legal"}))
    changed = await stores.users.change("ada@example.org", role="guest")
    assert (changed.role, changed.groups) == ("guest", {"public", "legal"})
    assert await stores.users.get("ada@example.org") == changed


async def test_a_closed_account_does_not_sign_in(stores):
    await stores.users.add("ada@example.org", PASSWORD, "member", NONE)
    assert not (await stores.users.change("Ada@example.org", active=False)).active
    assert await stores.users.verify("ada@example.org", PASSWORD) is None
    await stores.users.change("ada@example.org", active=True)
    assert await stores.users.verify("ada@example.org", PASSWORD) is not None


async def test_changing_nobody_is_an_error(stores):
    with pytest.raises(NotFoundError, match=r"eve@example\.org"):
        await stores.users.change("eve@example.org", role="operator")
    with pytest.raises(NotFoundError):
        await stores.users.change("eve@example.org")


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.org", "a b@example.org", "a@b@c", "a\0@b", "a@\ud800", "a@b\n<c>"]
)
async def test_what_is_no_address_is_refused(stores, email):
    with pytest.raises(ConfigurationError, match=r"name@example\.org"):
        await stores.users.add(email, PASSWORD, "member", NONE)


@pytest.mark.parametrize("password", ["", "nine char", "x" * 1001])
async def test_a_bad_password_is_refused(stores, password):
    with pytest.raises(ConfigurationError, match="10 to 1000 characters"):
        await stores.users.add("ada@example.org", password, "member", NONE)


async def test_all_accounts_are_listed_by_address(stores):
    for email in ("c@example.org", "A@example.org", "b@example.org"):
        await stores.users.add(email, PASSWORD, "member", NONE)
    assert [user.email for user in await stores.users.all()] == ["A@example.org", "b@example.org", "c@example.org"]


async def test_a_password_is_kept_as_an_argon2id_hash(sql_stores):
    await sql_stores.users.add("ada@example.org", PASSWORD, "member", NONE)
    assert (await _hash(sql_stores)).startswith("$argon2id$")


async def test_a_password_may_hold_any_character_however_composed(sql_stores):
    await sql_stores.users.add("ada@example.org", "caf\u00e9 \ud800 \0 passw", "member", NONE)
    assert await sql_stores.users.verify("ada@example.org", "cafe\u0301 \ud800 \0 passw") is not None


async def test_signing_in_renews_a_hash_of_outdated_parameters(sql_stores):
    await sql_stores.users.add("ada@example.org", PASSWORD, "member", NONE)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    renewing = SqlUsers(sql_stores.database, Passwords(stronger))
    assert await renewing.verify("ada@example.org", "wrong password") is None
    assert stronger.check_needs_rehash(await _hash(sql_stores))
    assert await renewing.verify("ada@example.org", PASSWORD) is not None
    assert not stronger.check_needs_rehash(await _hash(sql_stores))
    assert await renewing.verify("ada@example.org", PASSWORD) is not None


class CountingHasher(PasswordHasher):
    """Counts the hashes it checks: what makes signing in take its time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked = 0

    def verify(self, hash, password):  # noqa: A002 - the parent calls it so
        self.checked += 1
        return super().verify(hash, password)


async def test_an_unknown_or_closed_account_costs_the_same_work_as_a_wrong_password(sql_stores):
    hasher = CountingHasher()
    accounts = SqlUsers(sql_stores.database, Passwords(hasher))
    await accounts.add("ada@example.org", PASSWORD, "member", NONE)
    await accounts.add("closed@example.org", PASSWORD, "member", NONE)
    await accounts.change("closed@example.org", active=False)
    for email in ("ada@example.org", "absent@example.org", "closed@example.org"):
        before = hasher.checked
        assert await accounts.verify(email, "wrong password") is None
        assert hasher.checked == before + 1


async def _hash(stores) -> str:
    async with stores.database.read() as connection:
        return (await connection.execute(sa.select(users.c.password_hash))).scalar_one()
