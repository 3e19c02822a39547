"""The contract of `ports.Tickets`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from assistant.adapters.sql_schema import OPEN_STATES, tickets
from assistant.values import Ticket
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

TICKET = Ticket(
    id="id-1",
    number="",
    thread_id="thread",
    user_id="ada",
    reason="asked_for",
    state="queued",
    queue="billing",
    summary="Wants a refund",
    language="de",
    opened_at=datetime(2026, 5, 4, 10, 30, tzinfo=UTC),
    priority=2,
    packet={"pins": ["order 17"], "turns": 3},
)


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_sql_stores(request.param) as stores:
        yield stores


async def test_a_ticket_is_stored_under_the_next_number(stores):
    first = await stores.tickets.open(TICKET)
    second = await stores.tickets.open(replace(TICKET, id="id-2", thread_id="other"))
    assert first == replace(TICKET, number="T-1001")
    assert second.number == "T-1002"
    assert await stores.tickets.get("T-1001") == first
    assert await stores.tickets.get(" t-1002 ") == second


@pytest.mark.parametrize(
    "number", ["", "T-", "1001", "T-1001x", "T--1", "T-9" + "9" * 40, "T-\u0661", "T-2000", "T-\0"]
)
async def test_a_number_that_is_none_finds_nothing(stores, number):
    await stores.tickets.open(TICKET)
    assert await stores.tickets.get(number) is None


@pytest.mark.parametrize("state", OPEN_STATES)
async def test_a_thread_has_one_open_ticket(stores, state):
    first = await stores.tickets.open(replace(TICKET, state=state))
    assert await stores.tickets.open(replace(TICKET, id="id-2", summary="again")) == first
    assert await stores.tickets.listed() == [first]


@pytest.mark.parametrize("state", ["resolved", "returned", "expired"])
async def test_a_closed_ticket_makes_room_for_the_next(stores, state):
    closed = await stores.tickets.open(replace(TICKET, state=state))
    opened = await stores.tickets.open(replace(TICKET, id="id-2"))
    assert (closed.number, opened.number) == ("T-1001", "T-1002")
    assert await stores.tickets.of_thread("thread") == opened
    assert await stores.tickets.of_thread("absent") is None


async def test_opening_the_same_ticket_again_makes_no_second(stores):
    closed = await stores.tickets.open(replace(TICKET, state="resolved"))
    assert await stores.tickets.open(TICKET) == closed


async def test_twenty_wishes_for_a_person_at_once_are_one_ticket(stores):
    wishes = [stores.tickets.open(replace(TICKET, id=f"id-{n}")) for n in range(20)]
    assert len({ticket.id for ticket in await asyncio.gather(*wishes)}) == 1
    assert len(await stores.tickets.listed()) == 1


async def test_numbers_are_unique_and_rise_under_concurrency(stores):
    wishes = [stores.tickets.open(replace(TICKET, id=f"id-{n}", thread_id=f"t-{n}")) for n in range(20)]
    opened = {ticket.number for ticket in await asyncio.gather(*wishes)}
    last = await stores.tickets.open(replace(TICKET, id="last"))
    assert len(opened) == 20
    assert int(last.number[2:]) > max(int(number[2:]) for number in opened)


async def test_tickets_are_listed_newest_first_by_state(stores):
    for number, state in enumerate(["queued", "resolved", "queued", "claimed"]):
        await stores.tickets.open(replace(TICKET, id=f"id-{number}", thread_id=f"t-{number}", state=state))
    assert [ticket.id for ticket in await stores.tickets.listed(state="queued")] == ["id-2", "id-0"]
    assert [ticket.id for ticket in await stores.tickets.listed(limit=3)] == ["id-3", "id-2", "id-1"]
    assert await stores.tickets.listed(state="expired") == []


async def test_the_database_itself_refuses_a_second_open_ticket(sql_stores):
    await sql_stores.tickets.open(TICKET)
    others = [column for column in tickets.c if column.name not in ("id", "number")]
    copied = sa.select(sa.literal("id-2"), sa.literal(2), *others)
    copy = tickets.insert().from_select(["id", "number", *(column.name for column in others)], copied)
    with pytest.raises(sa.exc.IntegrityError):
        async with sql_stores.database.engine.begin() as connection:
            await connection.execute(copy)


async def test_texts_that_a_database_cannot_hold_are_cleaned(sql_stores):
    dirty = replace(TICKET, summary="a\0\ud800", packet={"q\0": ["\udfff"]})
    stored = await sql_stores.tickets.open(dirty)
    assert (stored.summary, stored.packet) == ("a\ufffd", {"q": ["\ufffd"]})
