"""The contract of `ports.Spans`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from assistant.values import Record
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
TURN = {
    "trace_id": "trace",
    "span_id": "s1",
    "parent_id": "",
    "name": "turn",
    "kind": "agent",
    "started_at": NOW,
    "ended_at": NOW + timedelta(milliseconds=12, microseconds=345),
    "attributes": {"input": {"question": "Why?"}, "level": "DEFAULT", "scores": [0.5, None]},
}


async def begin_turns(stores) -> None:
    await stores.threads.ensure("thread", "ada", "", NOW)
    for name in ("trace", "other"):
        await stores.records.begin(Record(name, "thread", name, name, "ada", "Why?", "running", NOW))


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        await begin_turns(stores)
        yield stores


@pytest.fixture
def spans(stores):
    return stores.spans


@pytest.fixture(params=SQL)
async def sql_spans(request):
    async with opened_sql_stores(request.param) as stores:
        await begin_turns(stores)
        yield stores.spans


async def test_spans_come_back_as_they_were_in_the_order_they_started(spans):
    later = {**TURN, "span_id": "s0", "parent_id": "s1", "started_at": NOW + timedelta(seconds=1), "model": "any"}
    await spans.save([later, TURN, {**TURN, "trace_id": "other"}])
    assert await spans.of_trace("trace") == [TURN, later]
    assert await spans.of_trace("absent") == []


async def test_saving_again_replaces(spans):
    await spans.save([{**TURN, "ended_at": None}])
    await spans.save([TURN])
    await spans.save([])
    assert await spans.of_trace("trace") == [TURN]


async def test_spans_of_a_turn_that_was_never_stored_are_left_out(spans):
    await spans.save([{**TURN, "trace_id": "absent"}, TURN])
    assert await spans.of_trace("absent") == []
    assert await spans.of_trace("trace") == [TURN]


async def test_spans_that_arrive_when_the_conversation_is_gone_are_left_out(stores):
    await stores.threads.remove("thread", "ada")
    await stores.spans.save([TURN])
    assert await stores.spans.of_trace("trace") == []


async def test_spans_that_arrive_while_the_conversation_is_removed_do_not_stay(stores):
    spans = [{**TURN, "trace_id": trace, "span_id": f"s{n}"} for n in range(5) for trace in ("trace", "other")]
    saves = [stores.spans.save(spans[::step]) for step in (1, -1) * 4]
    await asyncio.gather(*saves[:4], stores.threads.remove("thread", "ada"), *saves[4:])
    for trace in ("trace", "other"):
        assert await stores.spans.of_trace(trace) == []


async def test_a_span_needs_no_more_than_its_ids_its_name_and_its_start(sql_spans):
    await sql_spans.save([{"trace_id": "trace", "span_id": "s", "name": "x", "started_at": NOW.isoformat()}])
    [stored] = await sql_spans.of_trace("trace")
    assert (stored["started_at"], stored["ended_at"], stored["attributes"]) == (NOW, None, {})


async def test_texts_that_a_database_cannot_hold_are_cleaned(sql_spans):
    await sql_spans.save([{**TURN, "name": "t\0\ud800", "attributes": {"a\0": "\udfff"}, "model": "m\0"}])
    [stored] = await sql_spans.of_trace("trace")
    assert (stored["name"], stored["attributes"], stored["model"]) == ("t\ufffd", {"a": "\ufffd"}, "m")
