"""The contract of `ports.Transcripts`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.values import Citation, Record, Said
from tests.servers.stores import ALL, opened_stores

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
CONVERSATIONS = {"thread": "ada", "other": "ada", "foreign": "eve"}


def turn(thread_id: str, number: int) -> Record:
    """Later turns came in earlier by the clock."""
    name, moment = f"{thread_id}-{number}", NOW - timedelta(minutes=number)
    return Record(name, thread_id, name, name, CONVERSATIONS[thread_id], "Why?", "running", moment)


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        for thread_id, user_id in CONVERSATIONS.items():
            await stores.threads.ensure(thread_id, user_id, "", NOW)
        for number in range(3):
            for thread_id in CONVERSATIONS:
                await stores.records.begin(turn(thread_id, number))
        yield stores


async def test_what_was_said_comes_with_the_documents_it_rests_on(stores):
    cited = (("returns", "Returns", "v2"), ("fees", "Fees", "v1"), ("returns", "Returns", "v2"))
    citations = tuple(
        Citation(n, "p", name, title, "", "30 days", version=v) for n, (name, title, v) in enumerate(cited)
    )
    await stores.records.finish(
        replace(turn("thread", 0), status="delivered", answer="30 days [1].", citations=citations)
    )
    await stores.records.forget("ada", "thread", texts=["30 days"])
    assert (await stores.transcripts.of_thread("ada", "thread"))[0] == Said(
        trace_id="thread-0",
        thread_id="thread",
        question="Why?",
        answer="30 days [1].",
        status="delivered",
        created_at=NOW,
        documents={"returns": "v2", "fees": "v1"},
        titles=("Returns", "Fees"),
        forgotten=("30 days",),
    )


async def test_turns_come_in_the_order_they_began(stores):
    found = await stores.transcripts.of_thread("ada", "thread", limit=2)
    assert [said.trace_id for said in found] == ["thread-1", "thread-2"]


@pytest.mark.parametrize(("after", "left"), [("", 3), ("absent", 3), ("other-0", 3), ("thread-0", 2), ("thread-2", 0)])
async def test_those_after_a_turn_began_later(stores, after, left):
    found = await stores.transcripts.of_thread("ada", "thread", after=after)
    assert [said.trace_id for said in found] == [f"thread-{number}" for number in range(3)][3 - left :]


async def test_a_users_other_conversations_are_the_newest_of_their_own_and_never_another_users(stores):
    found = await stores.transcripts.of_user("ada", excluding="thread", limit=2)
    assert [said.trace_id for said in found] == ["other-1", "other-2"]
    everything = await stores.transcripts.of_user("ada", excluding="")
    assert {said.thread_id for said in everything} == {"thread", "other"}


async def test_an_intruder_reads_nothing(stores):
    assert await stores.transcripts.of_thread("eve", "thread") == []
    assert await stores.transcripts.of_user("eve", excluding="foreign") == []
