"""One specification of the whole assistant: on the embedded parts; on Redis, PostgreSQL and qdrant-client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from assistant.bootstrap import Assistant, examine, open_assistant
from assistant.errors import NotFoundError
from assistant.settings import load_settings
from assistant.values import PUBLIC, Caller, Finished, Record, Turn
from tests.servers.parts import KINDS, running

ROOT = Path(__file__).parents[2]
GUEST = Caller(id="guest:1")
STAFF = Caller(id="staff:1", role="staff", groups=frozenset({PUBLIC, "members", "staff"}))
UK = "How long do I have to return an order in the UK?"


@pytest.fixture(params=KINDS)
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with running(request.param, tmp_path) as settings:
        yield {**settings, "perimeter": ROOT / "perimeter.yaml"}


@asynccontextmanager
async def opened(given: dict[str, Any], *paths: str) -> AsyncIterator[Assistant]:
    async with open_assistant(load_settings(**given)) as assistant:
        if paths:
            await assistant.ingest([ROOT / path for path in paths], audience=frozenset({PUBLIC}))
        yield assistant


async def ask(assistant: Assistant, text: str, *, thread: str, caller: Caller = GUEST, message: str = "") -> Record:
    turn = Turn(thread, message or uuid4().hex, text, caller, datetime.now(UTC))
    events = [event async for event in assistant.take(turn)]
    assert isinstance(events[-1], Finished)
    return events[-1].record


async def test_the_first_conversation(given: dict[str, Any]) -> None:
    thread = str(uuid4())
    async with opened(given, "knowledge") as assistant:
        first = await ask(assistant, UK, thread=thread)
        assert "30 days" in first.answer
        assert first.citations[0].document_id == "returns/uk-returns.md"

        follow_up = await ask(assistant, "and in the EU?", thread=thread)
        assert "14 days" in follow_up.answer
        assert {c.document_id for c in follow_up.citations} == {"returns/eu-returns.md"}

        refused = await ask(assistant, "Which pension fund should I put my savings into?", thread=thread)
        assert refused.verdict is not None
        assert refused.verdict.decision == "refuse"
        assert refused.citations == ()

        handed = await ask(assistant, "I'd like to talk to a person please", thread=thread)
        assert handed.ticket.startswith("T-")
        assert handed.ticket in handed.answer

    async with opened(given) as assistant:  # everything is still there after a restart
        kept = await assistant.stores.records.of_thread(thread)
        assert [record.trace_id for record in kept] == [r.trace_id for r in (first, follow_up, refused, handed)]
        again = await ask(assistant, "and in the UK again?", thread=thread)
        assert "30 days" in again.answer


async def test_a_visitor_never_sees_what_is_for_staff(given: dict[str, Any]) -> None:
    question = "What is the most goodwill credit an adviser can give without asking?"
    async with opened(given, "knowledge") as assistant:
        seen = await ask(assistant, question, thread="staff", caller=STAFF)
        unseen = await ask(assistant, question, thread="guest")
    assert any(citation.document_id.startswith("staff/") for citation in seen.citations)
    assert not any(row["document"].startswith("staff/") for row in unseen.evidence)
    assert not any(citation.document_id.startswith("staff/") for citation in unseen.citations)


async def test_a_document_that_is_gone_is_no_longer_found(given: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.md").write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays.\n")
    (folder / "b.md").write_text("# Tickets\n\nA ticket for the museum costs 12 euros.\n")
    given = {**given, "perimeter": None}
    question = "When does the museum open on weekdays?"
    async with opened(given) as assistant:
        await assistant.ingest([folder], audience=frozenset({PUBLIC}))
        assert "9:45" in (await ask(assistant, question, thread="before")).answer
        (folder / "a.md").unlink()
        summary = await assistant.ingest([folder], audience=frozenset({PUBLIC}))
        assert (summary.removed, summary.unchanged, summary.embedded) == (1, 1, 0)
        gone = await ask(assistant, question, thread="after")
        assert "9:45" not in gone.answer


async def test_a_message_sent_twice_is_answered_once(given: dict[str, Any]) -> None:
    async with opened(given, "knowledge") as assistant:
        first = await ask(assistant, UK, thread="t", message="m1")
        second = await ask(assistant, UK, thread="t", message="m1")
        assert second.answer_id == first.answer_id
        assert len(await assistant.stores.records.of_thread("t")) == 1


async def test_a_forgotten_conversation_is_gone(given: dict[str, Any]) -> None:
    async with opened(given) as assistant:
        await ask(assistant, "hello", thread="t")
        with pytest.raises(NotFoundError):
            await assistant.forget(STAFF, "t")
        await assistant.forget(GUEST, "t")
        assert await assistant.stores.records.of_thread("t") == []


async def test_every_turn_leaves_its_trace(given: dict[str, Any]) -> None:
    async with opened(given, "knowledge") as assistant:
        record = await ask(assistant, UK, thread="t")
    async with opened(given) as assistant:
        spans = await assistant.stores.spans.of_trace(record.trace_id)
    assert {"screen", "understand", "retrieve", "judge", "quote"} <= {span["name"] for span in spans}


async def test_the_doctor_finds_every_part_well(given: dict[str, Any]) -> None:
    parts = await examine(load_settings(**given))
    assert [part for part in parts if not part.well] == []
    assert {"redis", "database", "index", "embedder", "perimeter", "traces"} <= {part.name for part in parts}
