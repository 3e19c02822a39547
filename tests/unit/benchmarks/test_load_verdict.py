"""What a kill of Redis may cost a stored memory, and what it may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.memory.contents import Memory, WindowTurn
from assistant.values import Record
from benchmarks.load_verdict import is_stale, missing

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def record(name: str, minute: int) -> Record:
    return Record(
        trace_id=name,
        thread_id="one",
        message_id=name,
        answer_id=name,
        user_id="guest:one",
        question="How long?",
        status="delivered",
        created_at=NOON,
        finished_at=NOON + timedelta(minutes=minute),
    )


RECORDS = [record(name, minute) for minute, name in enumerate("abcd")]


def memory(window: str, folded: int = 0) -> Memory:
    turns = [WindowTurn(turn=name, at="", user="", assistant="", documents={}, titles=[]) for name in window]
    return Memory(window=turns, folded=folded, upto=window[-1:])


def test_a_memory_of_all_turns_lacks_none():
    assert missing(memory("cd", folded=2), RECORDS) == []
    assert not is_stale(memory("cd", folded=2), RECORDS, None)


@pytest.mark.parametrize("wrong", [memory("dc", folded=2), memory("bd", folded=2), memory("d", folded=2)])
def test_a_memory_with_other_turns_is_stale_whatever_was_killed(wrong: Memory):
    assert missing(wrong, RECORDS) is None
    assert is_stale(wrong, RECORDS, NOON + timedelta(hours=1))


@pytest.mark.parametrize("old", [memory("bc", folded=1), memory("")])
def test_without_a_kill_no_turn_may_be_missing(old: Memory):
    assert is_stale(old, RECORDS, None)


def test_a_kill_may_cost_the_turns_that_were_over_before_redis_was_back():
    assert not is_stale(memory("bc", folded=1), RECORDS, NOON + timedelta(minutes=3))


def test_a_kill_may_not_cost_a_turn_after_it():
    assert is_stale(memory("bc", folded=1), RECORDS, NOON + timedelta(minutes=2))
