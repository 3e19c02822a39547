"""The contract of `ports.Recollections`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from assistant.adapters.sql_schema import recollections
from assistant.errors import NotFoundError
from assistant.ports import UtteranceVectors
from assistant.values import Record
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
CONVERSATIONS = {"thread": "ada", "other": "ada", "third": "ada", "foreign": "eve"}
_VECTORS = np.random.default_rng(7).standard_normal((64, 8)).astype(np.float32)
_VECTORS /= np.linalg.norm(_VECTORS, axis=1, keepdims=True)


def said(turn: str, speaker: str = "user", *, parts: int = 1, first: int = 0) -> UtteranceVectors:
    return UtteranceVectors(turn, speaker, _VECTORS[first : first + parts])


def spoken(entries: list[UtteranceVectors]) -> list[tuple[str, str]]:
    return [(entry.turn, entry.speaker) for entry in entries]


async def begin_turns(stores) -> None:
    """Three turns in each conversation, in turn; whatever the clock said, that is the order they began in."""
    for thread_id, user_id in CONVERSATIONS.items():
        await stores.threads.ensure(thread_id, user_id, "", NOW)
    for number in range(3):
        for thread_id, user_id in CONVERSATIONS.items():
            name, moment = f"{thread_id}-{number}", NOW - timedelta(minutes=number)
            await stores.records.begin(Record(name, thread_id, name, name, user_id, "Why?", "running", moment))


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        await begin_turns(stores)
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_sql_stores(request.param) as stores:
        await begin_turns(stores)
        yield stores


async def test_vectors_come_back_as_they_were_but_for_rounding(stores):
    await stores.recollections.save("ada", "thread", "e", [said("thread-0", "assistant", parts=6)])
    [kept] = await stores.recollections.of_thread("ada", "thread", "e")
    assert (kept.turn, kept.speaker) == ("thread-0", "assistant")
    assert (kept.vectors.dtype, kept.vectors.shape) == (np.float32, (6, 8))
    assert np.abs(kept.vectors - _VECTORS[:6]).max() < 0.0005


async def test_they_come_in_the_order_of_the_turns_whatever_order_they_were_saved_in(stores):
    for turn in ("thread-2", "thread-0", "thread-1"):
        await stores.recollections.save("ada", "thread", "e", [said(turn, "assistant"), said(turn, "user")])
    found = await stores.recollections.of_thread("ada", "thread", "e")
    expected = [(f"thread-{number}", speaker) for number in range(3) for speaker in ("user", "assistant")]
    assert spoken(found) == expected


async def test_each_entry_keeps_its_own_vectors(stores):
    entries = [said("thread-0", parts=1), said("thread-1", parts=3, first=10), said("thread-2", parts=2, first=20)]
    await stores.recollections.save("ada", "thread", "e", entries)
    for kept, given in zip(await stores.recollections.of_thread("ada", "thread", "e"), entries, strict=True):
        assert np.allclose(kept.vectors, given.vectors, atol=0.0005)


async def test_saving_again_replaces(stores):
    for first, parts in ((0, 4), (0, 4), (30, 2)):
        await stores.recollections.save("ada", "thread", "e", [said("thread-0", first=first, parts=parts)])
    [kept] = await stores.recollections.of_thread("ada", "thread", "e")
    assert np.allclose(kept.vectors, _VECTORS[30:32], atol=0.0005)


async def test_saving_nothing_does_nothing(stores):
    await stores.recollections.save("ada", "thread", "e", [])
    assert await stores.recollections.of_thread("ada", "thread", "e") == []


async def test_vectors_of_another_embedder_do_not_count(stores):
    await stores.recollections.save("ada", "thread", "old", [said("thread-0"), said("thread-1")])
    await stores.recollections.save("ada", "thread", "new", [said("thread-1")])
    assert spoken(await stores.recollections.of_thread("ada", "thread", "new")) == [("thread-1", "user")]
    assert spoken(await stores.recollections.of_thread("ada", "thread", "old")) == [("thread-0", "user")]
    assert spoken(await stores.recollections.of_user("ada", "new", excluding="")) == [("thread-1", "user")]


@pytest.mark.parametrize(
    ("after", "left"), [("", 3), ("absent", 3), ("other-0", 3), ("thread-0", 2), ("thread-1", 1), ("thread-2", 0)]
)
async def test_those_after_a_turn_are_of_turns_begun_later(stores, after, left):
    await stores.recollections.save("ada", "thread", "e", [said(f"thread-{number}") for number in range(3)])
    found = await stores.recollections.of_thread("ada", "thread", "e", after=after)
    assert spoken(found) == [(f"thread-{number}", "user") for number in range(3)][3 - left :]


@pytest.mark.parametrize("turn", ["absent", "foreign-0", "other-0"])
async def test_a_turn_that_is_none_of_this_users_in_this_conversation_is_left_out(stores, turn):
    await stores.recollections.save("ada", "thread", "e", [said(turn), said("thread-0")])
    assert spoken(await stores.recollections.of_thread("ada", "thread", "e")) == [("thread-0", "user")]
    assert spoken(await stores.recollections.of_user("ada", "e", excluding="")) == [("thread-0", "user")]
    assert await stores.recollections.of_user("eve", "e", excluding="") == []


async def test_an_intruder_neither_replaces_nor_reads(stores):
    await stores.recollections.save("ada", "thread", "e", [said("thread-0")])
    await stores.recollections.save("eve", "thread", "e", [said("thread-0", first=40), said("thread-1")])
    assert await stores.recollections.of_thread("eve", "thread", "e") == []
    assert await stores.recollections.of_user("eve", "e", excluding="foreign") == []
    [kept] = await stores.recollections.of_thread("ada", "thread", "e")
    assert np.allclose(kept.vectors, _VECTORS[:1], atol=0.0005)


async def test_a_users_other_conversations_are_the_newest_of_their_own_and_never_another_users(stores):
    for thread_id, user_id in CONVERSATIONS.items():
        entries = [said(f"{thread_id}-{number}") for number in range(3)]
        await stores.recollections.save(user_id, thread_id, "e", entries)
    found = await stores.recollections.of_user("ada", "e", excluding="thread", limit=5)
    assert [entry.turn for entry in found] == ["third-0", "other-1", "third-1", "other-2", "third-2"]
    assert {entry.turn for entry in await stores.recollections.of_user("eve", "e", excluding="")} == {
        f"foreign-{number}" for number in range(3)
    }


async def test_they_go_with_their_conversation(stores):
    await stores.recollections.save("ada", "thread", "e", [said("thread-0")])
    await stores.recollections.save("ada", "other", "e", [said("other-0")])
    await stores.threads.remove("thread", "ada")
    await stores.recollections.save("ada", "thread", "e", [said("thread-0"), said("thread-1")])
    assert await stores.recollections.of_thread("ada", "thread", "e") == []
    assert spoken(await stores.recollections.of_user("ada", "e", excluding="")) == [("other-0", "user")]


async def test_they_go_when_words_of_their_turn_are_forgotten(stores):
    await stores.recollections.save("ada", "thread", "e", [said(f"thread-{number}") for number in range(3)])
    await stores.records.forget("ada", "thread", turns=["thread-1"])
    assert spoken(await stores.recollections.of_thread("ada", "thread", "e")) == [
        ("thread-0", "user"),
        ("thread-2", "user"),
    ]


async def test_saving_while_the_conversation_is_removed_leaves_nothing_and_fails_nowhere(stores):
    entries = [said(f"thread-{number}") for number in range(3)]
    saves = [stores.recollections.save("ada", "thread", "e", entries[::step]) for step in (1, -1) * 4]
    await asyncio.gather(*saves[:4], stores.threads.remove("thread", "ada"), *saves[4:])
    assert await stores.recollections.of_user("ada", "e", excluding="") == []


async def test_the_database_itself_refuses_vectors_of_no_turn(sql_stores):
    row = {"trace_id": "absent", "speaker": "user", "embedder": "e", "dimensions": 1, "vectors": b"00"}
    with pytest.raises(NotFoundError):
        async with sql_stores.database.write() as connection:
            await connection.execute(recollections.insert().values(row))


async def test_they_are_stored_in_two_bytes_a_number_the_lower_first(sql_stores):
    await sql_stores.recollections.save("ada", "thread", "e", [said("thread-0", parts=2)])
    async with sql_stores.database.read() as connection:
        stored = await connection.scalar(sa.select(recollections.c.vectors))
    assert np.array_equal(np.frombuffer(stored, "<f2").reshape(2, 8), _VECTORS[:2].astype(np.float16))
