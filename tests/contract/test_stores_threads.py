"""The contract of `ports.Threads`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from assistant.errors import InvalidMessageError, NotFoundError
from assistant.ports import UtteranceVectors
from assistant.values import Record, Thread, Ticket
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def turn(thread_id: str, user_id: str, *, question: str = "", answer: str = "") -> Record:
    name = f"{thread_id}-turn"
    return Record(name, thread_id, name, name, user_id, question, "running", NOW, answer=answer)


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_sql_stores(request.param) as stores:
        yield stores


async def test_a_thread_is_created_once_and_then_touched(stores):
    assert await stores.threads.ensure("t", "ada", "First", NOW) == Thread("t", "ada", "First", NOW, NOW)
    touched = Thread("t", "ada", "First", NOW, LATER)
    assert await stores.threads.ensure("t", "ada", "Second", LATER) == touched
    assert await stores.threads.get("t") == touched
    assert await stores.threads.get("absent") is None


async def test_a_late_touch_does_not_turn_the_clock_back(stores):
    await stores.threads.ensure("t", "ada", "First", LATER)
    assert (await stores.threads.ensure("t", "ada", "", NOW)).updated_at == LATER


async def test_an_unnamed_thread_takes_the_first_name(stores):
    await stores.threads.ensure("t", "ada", "", NOW)
    assert (await stores.threads.ensure("t", "ada", "Named", NOW)).name == "Named"
    page, _ = await stores.threads.page("ada", limit=5, search="named")
    assert [thread.id for thread in page] == ["t"]


async def test_nobody_touches_a_foreign_thread(stores):
    before = await stores.threads.ensure("t", "ada", "First", NOW)
    with pytest.raises(NotFoundError):
        await stores.threads.ensure("t", "eve", "Mine", LATER)
    assert await stores.threads.get("t") == before


async def test_one_of_two_users_wins_an_id_that_both_want_at_once(stores):
    wishes = [stores.threads.ensure("t", user, "", NOW) for user in ("ada", "eve") * 5]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert len({answer.user_id for answer in answers if isinstance(answer, Thread)}) == 1
    assert sum(isinstance(answer, NotFoundError) for answer in answers) == 5


@pytest.mark.parametrize("thread_id", ["", "x" * 100_000])
async def test_an_id_that_no_index_can_hold_is_refused(stores, thread_id):
    with pytest.raises(InvalidMessageError):
        await stores.threads.ensure(thread_id, "ada", "", NOW)


async def test_pages_are_newest_first_and_meet_without_gap_or_overlap(stores):
    for number in range(11):  # three a minute: ties are broken by the id
        await stores.threads.ensure(f"t{number:02}", "ada", "", NOW + timedelta(minutes=number // 3))
    await stores.threads.ensure("foreign", "eve", "", LATER)
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page, cursor = await stores.threads.page("ada", limit=4, before=cursor)
        seen += [thread.id for thread in page]
        pages += 1
    assert pages == 3
    assert seen == [f"t{number:02}" for number in reversed(range(11))]


async def test_a_full_last_page_has_no_next(stores):
    for number in range(4):
        await stores.threads.ensure(f"t{number}", "ada", "", NOW)
    page, cursor = await stores.threads.page("ada", limit=4)
    assert (len(page), cursor) == (4, "")
    assert await stores.threads.page("nobody", limit=4) == ([], "")


@pytest.mark.parametrize("cursor", ["nonsense", "\u2603", "\ud800", "bm90IGEgdGltZSB0", "MjAyNi0wMS0wMSB0"])
async def test_a_cursor_that_is_not_ours_finds_nothing(stores, cursor):
    await stores.threads.ensure("t", "ada", "", NOW)
    with pytest.raises(NotFoundError):
        await stores.threads.page("ada", limit=4, before=cursor)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("LAMP", ["named"]),
        ("über", ["asked"]),
        ("STRASSE", ["asked"]),
        ("thirty", ["answered"]),
        ("100%", ["asked"]),
        ("%", ["asked"]),
        ("_", []),
        ("/", []),
        ("\\", []),
        ("'; --", []),
        ("   ", ["answered", "asked", "named"]),
        ("x" * 100_000, []),
    ],
)
async def test_search_reads_names_questions_and_answers(stores, search, found):
    for thread_id, name in (("named", "A lamp"), ("asked", ""), ("answered", "")):
        await stores.threads.ensure(thread_id, "ada", name, NOW)
    await stores.threads.ensure("foreign", "eve", "A lamp, Über 100% thirty", NOW)
    await stores.records.begin(turn("asked", "ada", question="ÜBER die Straße, 100%?"))
    await stores.records.begin(turn("answered", "ada", answer="Within Thirty days."))
    page, _ = await stores.threads.page("ada", limit=9, search=search)
    assert sorted(thread.id for thread in page) == found


async def test_renaming_is_the_owners(stores):
    await stores.threads.ensure("t", "ada", "First", NOW)
    with pytest.raises(NotFoundError):
        await stores.threads.rename("t", "eve", "Mine")
    with pytest.raises(NotFoundError):
        await stores.threads.rename("absent", "ada", "Mine")
    await stores.threads.rename("t", "ada", "Second")
    assert await stores.threads.get("t") == Thread("t", "ada", "Second", NOW, NOW)
    assert [len((await stores.threads.page("ada", limit=9, search=name))[0]) for name in ("first", "second")] == [0, 1]


async def test_removing_takes_the_turns_and_leaves_the_tickets(stores):
    await stores.threads.ensure("t", "ada", "", NOW)
    await stores.threads.ensure("kept", "ada", "", NOW)
    await stores.records.begin(turn("t", "ada"))
    await stores.records.begin(turn("kept", "ada"))
    ticket = await stores.tickets.open(Ticket("1", "", "t", "ada", "asked_for", "queued", "q", "", "en", NOW))
    await stores.threads.remove("t", "ada")
    assert await stores.threads.get("t") is None
    assert await stores.records.get("t-turn") is None
    assert await stores.records.get("kept-turn") is not None
    assert await stores.tickets.of_thread("t") == ticket


async def test_removing_is_the_owners(stores):
    await stores.threads.ensure("t", "ada", "", NOW)
    await stores.records.begin(turn("t", "ada"))
    for thread_id, user_id in (("t", "eve"), ("absent", "ada")):
        with pytest.raises(NotFoundError):
            await stores.threads.remove(thread_id, user_id)
    assert await stores.records.get("t-turn") is not None


async def held(stores, thread_id: str) -> None:
    """A conversation with something of it wherever something can be; its words say whose they are."""
    trace = f"{thread_id}-turn"
    await stores.threads.ensure(thread_id, "ada", f"About {thread_id}", NOW)
    await stores.records.begin(turn(thread_id, "ada", question=f"What of {thread_id}?"))
    await stores.records.forget("ada", thread_id, texts=[thread_id])
    vectors = UtteranceVectors(trace, "user", np.ones((1, 4), np.float32))
    await stores.recollections.save("ada", thread_id, "e", [vectors])
    span = {"trace_id": trace, "span_id": "s", "name": "turn", "started_at": NOW}
    await stores.spans.save([{**span, "attributes": {"session_id": thread_id}}])


async def test_removing_takes_the_spans_and_an_intruder_takes_none(stores):
    await held(stores, "t")
    await held(stores, "kept")
    with pytest.raises(NotFoundError):
        await stores.threads.remove("t", "eve")
    assert len(await stores.spans.of_trace("t-turn")) == 1
    await stores.threads.remove("t", "ada")
    assert await stores.spans.of_trace("t-turn") == []
    assert len(await stores.spans.of_trace("kept-turn")) == 1


async def everything(stores) -> dict[str, str]:
    """Each table of the schema, those no code names included, as one text."""
    async with stores.database.read() as connection:
        tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        found = {
            name: (await connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))).all()
            for name in tables
        }
    return {name: str(rows) for name, rows in found.items()}


async def test_nothing_of_a_removed_conversation_is_left_in_any_table_but_its_tickets(sql_stores):
    await held(sql_stores, "removed")
    await held(sql_stores, "kept")
    await sql_stores.tickets.open(Ticket("1", "", "removed", "ada", "asked_for", "queued", "q", "", "en", NOW))
    theirs = ["recollections", "records", "spans", "threads"]
    before = await everything(sql_stores)
    assert sorted(name for name, text in before.items() if "removed" in text) == sorted([*theirs, "tickets"])
    await sql_stores.threads.remove("removed", "ada")
    after = await everything(sql_stores)
    assert [name for name, text in after.items() if "removed" in text] == ["tickets"]
    assert sorted(name for name, text in after.items() if "kept" in text) == theirs


async def test_names_and_ids_that_a_database_cannot_hold_are_cleaned(sql_stores):
    thread = await sql_stores.threads.ensure("t\0\ud800", "ada\0", "N\0\udfff", NOW)
    assert thread == Thread("t\ufffd", "ada", "N\ufffd", NOW, NOW)
    await sql_stores.threads.rename("t\0\ud800", "ada", "\0\ud800")
    page, _ = await sql_stores.threads.page("ada", limit=1, search="\0\ud800")
    assert [found.name for found in page] == ["\ufffd"]
