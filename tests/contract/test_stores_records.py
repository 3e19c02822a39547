"""The contract of `ports.Records`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from assistant.errors import InvalidMessageError, NotFoundError
from assistant.values import Citation, Record, Usage, Verdict
from tests.servers.stores import ALL, SQL, opened_sql_stores, opened_stores

NOW = datetime(2026, 5, 4, 10, 30, 15, 123456, tzinfo=UTC)
BEGUN = Record(
    trace_id="trace-1",
    thread_id="thread",
    message_id="message-1",
    answer_id="answer-1",
    user_id="ada",
    question="Can I return it?",
    status="running",
    created_at=NOW,
)
FINISHED = replace(
    BEGUN,
    status="delivered",
    rewritten="Can I return a lamp?",
    answer="Within 30 days [1].",
    origin="model",
    notice="quoted",
    verdict=Verdict("answer", "rule", "reason", {"dense": 0.75}, ("a", "b"), "message", "billing", "asked_for"),
    citations=(Citation(1, "p1", "returns", "Returns", "Time", "30 days", "https://example.org", 3, 10, "v1"),),
    evidence=({"passage": "p1", "score": 0.5, "kept": True},),
    checks=({"name": "citations", "passed": True},),
    stages=({"name": "retrieve", "ms": 12.5},),
    usage=Usage(120, 30, {"evidence": 80}),
    timings_ms={"retrieve": 12.5},
    ticket="T-1001",
    release="abc",
    finished_at=NOW + timedelta(seconds=2),
)


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        await stores.threads.ensure("thread", "ada", "Returns", NOW)
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_sql_stores(request.param) as stores:
        await stores.threads.ensure("thread", "ada", "Returns", NOW)
        yield stores


async def test_a_record_comes_back_as_it_was(stores):
    assert await stores.records.begin(BEGUN) == BEGUN
    await stores.records.finish(FINISHED)
    assert await stores.records.get("trace-1") == FINISHED
    assert await stores.records.get("absent") is None


async def test_times_come_back_in_utc(stores):
    local = NOW.astimezone(timezone(timedelta(hours=-7)))
    await stores.records.begin(replace(BEGUN, created_at=local))
    stored = await stores.records.get("trace-1")
    assert stored.created_at == NOW
    assert stored.created_at.tzinfo is not None


async def test_a_message_sent_again_gets_the_stored_turn(stores):
    await stores.records.begin(BEGUN)
    await stores.records.finish(FINISHED)
    again = replace(BEGUN, trace_id="trace-2", answer_id="answer-2", question="changed")
    assert await stores.records.begin(again) == FINISHED
    assert await stores.records.get("trace-2") is None


async def test_a_message_sent_twenty_times_at_once_is_one_turn(stores):
    attempts = [replace(BEGUN, trace_id=f"trace-{n}", answer_id=f"answer-{n}") for n in range(20)]
    begun = await asyncio.gather(*(stores.records.begin(attempt) for attempt in attempts))
    assert len({record.trace_id for record in begun}) == 1
    assert len(await stores.records.of_thread("thread")) == 1


async def test_the_same_message_id_in_another_thread_is_another_turn(stores):
    await stores.threads.ensure("other", "ada", "", NOW)
    await stores.records.begin(BEGUN)
    other = replace(BEGUN, thread_id="other", trace_id="trace-2", answer_id="answer-2")
    assert await stores.records.begin(other) == other


async def test_a_turn_needs_a_thread(stores):
    with pytest.raises(NotFoundError):
        await stores.records.begin(replace(BEGUN, thread_id="absent"))


async def test_nobody_begins_a_turn_in_a_foreign_thread(stores):
    with pytest.raises(NotFoundError):
        await stores.records.begin(replace(BEGUN, user_id="eve"))
    assert await stores.records.of_thread("thread") == []


async def test_repeating_a_foreign_message_does_not_show_its_turn(stores):
    await stores.records.begin(BEGUN)
    with pytest.raises(NotFoundError):
        await stores.records.begin(replace(BEGUN, user_id="eve", trace_id="trace-2", answer_id="answer-2"))


@pytest.mark.parametrize("message_id", ["", "x" * 100_000])
async def test_a_message_id_that_no_index_can_hold_is_refused(stores, message_id):
    with pytest.raises(InvalidMessageError):
        await stores.records.begin(replace(BEGUN, message_id=message_id))


async def test_a_turn_that_is_gone_is_not_finished(stores):
    await stores.records.begin(BEGUN)
    await stores.threads.remove("thread", "ada")
    with pytest.raises(NotFoundError):
        await stores.records.finish(FINISHED)
    assert await stores.records.get("trace-1") is None


async def test_nobody_finishes_a_foreign_turn(stores):
    await stores.records.begin(BEGUN)
    with pytest.raises(NotFoundError):
        await stores.records.finish(replace(FINISHED, user_id="eve"))
    assert await stores.records.get("trace-1") == BEGUN


async def test_finishing_does_not_rewrite_what_was_asked_nor_the_thumb(stores):
    await stores.records.begin(BEGUN)
    assert await stores.records.rate("answer-1", "ada", 1, "good")
    await stores.records.finish(replace(FINISHED, question="forged", message_id="forged", answer_id="forged"))
    assert await stores.records.get("trace-1") == replace(FINISHED, feedback=1, feedback_comment="good")


async def test_a_thread_shows_its_newest_turns_oldest_first(stores):
    for number in range(6):
        moment = NOW + timedelta(seconds=number // 2)  # two turns at a time: ties keep the order of arrival
        ids = {"trace_id": f"t{number}", "message_id": f"m{number}", "answer_id": f"a{number}"}
        await stores.records.begin(replace(BEGUN, created_at=moment, **ids))
    shown = await stores.records.of_thread("thread", limit=4)
    assert [record.trace_id for record in shown] == ["t2", "t3", "t4", "t5"]
    assert await stores.records.of_thread("absent") == []


async def begin_turns(stores, number: int, thread_id: str = "thread") -> None:
    """Turns that came in at the same moment by pairs, the later pairs earlier: clocks of two processes differ."""
    for n in range(number):
        ids = {"trace_id": f"{thread_id}-{n}", "message_id": f"m{n}", "answer_id": f"{thread_id}-a{n}"}
        moment = NOW - timedelta(seconds=n // 2)
        await stores.records.begin(replace(BEGUN, thread_id=thread_id, created_at=moment, **ids))


async def test_turns_are_in_the_order_they_began_whatever_the_clock_said(stores):
    await begin_turns(stores, 6)
    assert [record.trace_id for record in await stores.records.of_thread("thread")] == [f"thread-{n}" for n in range(6)]
    assert [record.trace_id for record in await stores.records.of_thread("thread", limit=1)] == ["thread-5"]


@pytest.mark.parametrize(
    ("after", "first"), [("thread-0", 1), ("thread-3", 4), ("thread-5", 6), ("", 0), ("absent", 0), ("other-1", 0)]
)
async def test_the_turns_after_one_began_later(stores, after, first):
    await stores.threads.ensure("other", "ada", "", NOW)
    await begin_turns(stores, 6)
    await begin_turns(stores, 2, "other")
    later = await stores.records.of_thread("thread", after=after)
    assert [record.trace_id for record in later] == [f"thread-{n}" for n in range(first, 6)]
    assert await stores.records.of_thread("thread", after=after, limit=2) == later[-2:]


async def test_running_turns_taken_in_before_a_time_are_found_oldest_first(stores):
    await begin_turns(stores, 6)
    await stores.records.finish(replace(FINISHED, trace_id="thread-4"))
    late = await stores.records.running(before=NOW)
    assert [record.trace_id for record in late] == ["thread-5", "thread-2", "thread-3"]
    assert await stores.records.running(before=NOW, limit=1) == late[:1]
    assert await stores.records.running(before=NOW - timedelta(hours=1)) == []


async def test_words_are_forgotten_in_every_turn_that_has_them(stores):
    await stores.threads.ensure("other", "ada", "", NOW)
    for number, (thread_id, question, answer) in enumerate(
        [
            ("thread", "I am Ada Byron.", "Hello."),
            ("thread", "Who am I?", "You are Ada Byron."),
            ("thread", "ada byron", "No."),
            ("other", "I am Ada Byron.", "Hello."),
        ]
    ):
        ids = {"trace_id": f"t{number}", "message_id": f"m{number}", "answer_id": f"a{number}"}
        begun = await stores.records.begin(replace(BEGUN, thread_id=thread_id, question=question, **ids))
        await stores.records.finish(replace(begun, status="delivered", answer=answer))
    for _ in range(2):
        await stores.records.forget("ada", "thread", texts=["Ada Byron"])
    forgotten = [(await stores.records.get(f"t{number}")).forgotten for number in range(4)]
    assert forgotten == [("Ada Byron",), ("Ada Byron",), (), ()]


async def test_turns_are_forgotten_one_by_one_and_only_once(stores):
    await begin_turns(stores, 3)
    await stores.records.forget("ada", "thread", texts=["return"])
    for _ in range(2):
        await stores.records.forget("ada", "thread", turns=["thread-1", "absent"])
    forgotten = [record.forgotten for record in await stores.records.of_thread("thread")]
    assert forgotten == [("return",), ("return", ""), ("return",)]


async def test_forgetting_no_words_in_no_turns_changes_nothing(stores):
    await begin_turns(stores, 2)
    await stores.records.forget("ada", "thread")
    assert [record.forgotten for record in await stores.records.of_thread("thread")] == [(), ()]


@pytest.mark.parametrize(("user_id", "thread_id"), [("eve", "thread"), ("ada", "other"), ("eve", "other")])
async def test_nobody_forgets_in_a_foreign_or_another_conversation(stores, user_id, thread_id):
    await stores.threads.ensure("other", "ada", "", NOW)
    await begin_turns(stores, 2)
    await stores.records.forget(user_id, thread_id, texts=["return"], turns=["thread-0"])
    assert [record.forgotten for record in await stores.records.of_thread("thread")] == [(), ()]


async def test_finishing_a_turn_keeps_what_was_forgotten_of_it_meanwhile(stores):
    await stores.records.begin(BEGUN)
    await stores.records.forget("ada", "thread", texts=["return"])
    assert (await stores.records.finish(FINISHED)).forgotten == ("return",)


async def test_forgetting_at_once_loses_nothing(stores):
    await begin_turns(stores, 3)
    words = ["Can", "return", "it", "?"]
    await asyncio.gather(*(stores.records.forget("ada", "thread", texts=[text]) for text in words))
    for record in await stores.records.of_thread("thread"):
        assert sorted(record.forgotten) == sorted(words)


async def test_a_thumb_is_stored_changed_and_taken_back(stores):
    await stores.records.begin(BEGUN)
    for value, comment in ((1, "good"), (0, "no"), (None, "")):
        assert await stores.records.rate("answer-1", "ada", value, comment)
        stored = await stores.records.get("trace-1")
        assert (stored.feedback, stored.feedback_comment) == (value, comment)


async def test_nobody_rates_a_foreign_or_absent_answer(stores):
    await stores.records.begin(BEGUN)
    assert not await stores.records.rate("answer-1", "eve", 0, "mine")
    assert not await stores.records.rate("absent", "ada", 0, "")
    assert (await stores.records.get("trace-1")).feedback is None


async def test_texts_that_a_database_cannot_hold_are_cleaned(sql_stores):
    dirty = replace(
        BEGUN,
        question="a\0b\ud83d",
        message_id="m\0\udc00",
        evidence=({"k\0": "v\0\udfff", "deep": [{"x": "\0"}], "score": float("nan"), "groups": frozenset({"b", "a"})},),
        timings_ms={"retrieve": float("inf")},
    )
    await sql_stores.records.begin(dirty)
    await sql_stores.records.finish(replace(dirty, answer="\0", verdict=Verdict("answer", "r\0", "\ud800")))
    stored = await sql_stores.records.get("trace-1")
    assert (stored.question, stored.message_id, stored.answer) == ("ab\ufffd", "m\ufffd", "")
    assert stored.evidence == ({"k": "v\ufffd", "deep": [{"x": ""}], "score": None, "groups": ["a", "b"]},)
    assert stored.timings_ms == {"retrieve": None}
    assert (stored.verdict.rule, stored.verdict.reason) == ("r", "\ufffd")


async def test_a_turn_cancelled_in_mid_write_leaves_the_store_well(sql_stores):
    turns = [replace(BEGUN, trace_id=f"t{n}", message_id=f"m{n}", answer_id=f"a{n}") for n in range(30)]
    tasks = [asyncio.create_task(sql_stores.records.begin(turn)) for turn in turns]
    for ticks, task in enumerate(tasks):
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for turn in turns:
        assert await sql_stores.records.begin(turn) == turn
    assert len(await sql_stores.records.of_thread("thread")) == 30


async def test_a_turn_that_was_finished_stays_as_it_was(stores):
    await stores.records.begin(BEGUN)
    first = await stores.records.finish(FINISHED)
    late = await stores.records.finish(replace(FINISHED, status="failed", answer="too late", citations=()))
    assert late == first
    assert await stores.records.get(FINISHED.trace_id) == first
