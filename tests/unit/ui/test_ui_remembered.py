"""What the browser is told of a memory: messages to point to, documents that may be read, nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.memory.view import MemoryItem, MemoryView
from assistant.ui.remembered import view_json
from assistant.values import Record

PIN = MemoryItem("p", "pin", "identifier", "order number", "HH-118", "user", ("t1",))
LINE = MemoryItem("l", "line", "facts", "", "It broke.", turns=("t1", "t2"), documents=("returns.md", "staff.md"))


def record(trace_id: str) -> Record:
    return Record(
        trace_id=trace_id,
        thread_id="thread",
        message_id=f"question-{trace_id}",
        answer_id=f"answer-{trace_id}",
        user_id="u",
        question="?",
        status="delivered",
        created_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    )


RECORDS = {"t1": record("t1"), "t2": record("t2")}


def test_turns_are_told_as_the_messages_they_are_in_the_transcript() -> None:
    [item] = view_json(MemoryView(items=(PIN,)), RECORDS, {})["items"]
    assert item["turns"] == [{"question": "question-t1", "answer": "answer-t1", "at": "2026-03-01T12:30:00Z"}]
    assert "t1" not in {item["id"], item["text"], item["label"]}


def test_a_turn_that_the_transcript_does_not_show_is_not_pointed_to() -> None:
    [item] = view_json(MemoryView(items=(LINE,)), {"t2": record("t2")}, {})["items"]
    assert [turn["question"] for turn in item["turns"]] == ["question-t2"]


def test_a_document_that_may_not_be_read_is_not_named() -> None:
    told = view_json(MemoryView(items=(LINE,)), RECORDS, {"returns.md": "Returns"})
    assert told["items"][0]["documents"] == [{"title": "Returns", "link": "/documents/returns.md"}]
    assert "staff" not in str(told)


@pytest.mark.parametrize("name", ["javascript:alert(1)", "//evil.example/x", "../admin", "a?b#c", '"><script>'])
def test_a_documents_name_never_leads_off_our_own_pages(name: str) -> None:
    item = MemoryItem("l", "line", "facts", "", "text", documents=(name,))
    [told] = view_json(MemoryView(items=(item,)), {}, {name: "Title"})["items"]
    link = told["documents"][0]["link"]
    assert link.startswith("/documents/")
    assert not set(link) & set(':?#"<>')


@pytest.mark.parametrize(("begins", "question"), [("t2", "question-t2"), ("", None), ("gone", None)])
def test_where_the_window_begins_is_told_when_the_transcript_shows_it(begins: str, question: str | None) -> None:
    told = view_json(MemoryView(window_begins=begins, folded=1), RECORDS, {})["begins"]
    assert (told and told["question"]) == question


def test_a_corrected_value_is_told_apart() -> None:
    old = MemoryItem("q", "pin", "identifier", "order number", "HH-181", "user", superseded=True)
    told = view_json(MemoryView(items=(PIN, old)), RECORDS, {})["items"]
    assert [item["superseded"] for item in told] == [False, True]
