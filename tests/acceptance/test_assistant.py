"""One specification of the whole assistant: on the embedded parts; on Redis, PostgreSQL and qdrant-client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio

from assistant.bootstrap import Assistant, examine, open_assistant
from assistant.errors import NotFoundError
from assistant.observability.traces import SpanTracer
from assistant.settings import load_settings
from assistant.values import PUBLIC, Caller, Finished, Record, Turn
from tests.servers.parts import KINDS, running

ROOT = Path(__file__).parents[2]
GUEST = Caller(id="guest:1")
STAFF = Caller(id="staff:1", role="staff", groups=frozenset({PUBLIC, "members", "staff"}))
UK = "How long do I have to return an order in the UK?"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(params=KINDS)
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with running(request.param, tmp_path) as settings:
        yield settings


@pytest.fixture(params=KINDS, scope="module")
def demo_parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(request.param, tmp_path_factory.mktemp(request.param)) as settings:
        yield {**settings, "perimeter": ROOT / "perimeter.yaml"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(demo_parts: dict[str, Any]) -> AsyncIterator[Assistant]:
    """An assistant with the demo's documents, opened once for each kind of parts."""
    async with opened(demo_parts) as made:
        await made.ingest([ROOT / "knowledge"], audience=frozenset({PUBLIC}))
        yield made


@asynccontextmanager
async def opened(given: dict[str, Any]) -> AsyncIterator[Assistant]:
    async with open_assistant(load_settings(**given)) as made:
        yield made


async def ask(assistant: Assistant, text: str, *, thread: str, caller: Caller = GUEST, message: str = "") -> Record:
    turn = Turn(thread, message or uuid4().hex, text, caller, datetime.now(UTC))
    events = [event async for event in assistant.take(turn)]
    assert isinstance(events[-1], Finished)
    return events[-1].record


async def test_the_first_conversation(assistant: Assistant) -> None:
    thread = str(uuid4())
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

    again = await ask(assistant, "and in the UK again?", thread=thread)
    assert "30 days" in again.answer


async def test_a_visitor_never_sees_what_is_for_staff(assistant: Assistant) -> None:
    question = "What is the most goodwill credit an adviser can give without asking?"
    seen = await ask(assistant, question, thread=str(uuid4()), caller=STAFF)
    unseen = await ask(assistant, question, thread=str(uuid4()))
    assert any(citation.document_id.startswith("staff/") for citation in seen.citations)
    assert not any(row["document"].startswith("staff/") for row in unseen.evidence)
    assert not any(citation.document_id.startswith("staff/") for citation in unseen.citations)


async def test_a_message_sent_twice_is_answered_once(assistant: Assistant) -> None:
    thread = str(uuid4())
    first = await ask(assistant, UK, thread=thread, message="m1")
    second = await ask(assistant, UK, thread=thread, message="m1")
    assert second.answer_id == first.answer_id
    assert len(await assistant.stores.records.of_thread(thread)) == 1


async def test_a_forgotten_conversation_is_gone(assistant: Assistant) -> None:
    thread = str(uuid4())
    await ask(assistant, "hello", thread=thread)
    with pytest.raises(NotFoundError):
        await assistant.forget(STAFF, thread)
    await assistant.forget(GUEST, thread)
    assert await assistant.stores.records.of_thread(thread) == []


async def test_every_turn_leaves_its_trace(assistant: Assistant) -> None:
    record = await ask(assistant, UK, thread=str(uuid4()))
    await cast("SpanTracer", assistant.tracer).flush()
    spans = await cast("Any", assistant.stores).spans.of_trace(record.trace_id)
    assert {"screen", "understand", "retrieve", "judge", "quote"} <= {span["name"] for span in spans}


async def test_every_part_is_well(assistant: Assistant) -> None:
    parts = await assistant.health()
    assert [part for part in parts if not part.well] == []


async def test_a_conversation_goes_on_after_a_restart(given: dict[str, Any], tmp_path: Path) -> None:
    paper = tmp_path / "hours.md"
    paper.write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays and at 11:15 on Sundays.\n")
    async with opened(given) as made:
        await made.ingest([paper], audience=frozenset({PUBLIC}))
        first = await ask(made, "When does the museum open on weekdays?", thread="t")
    async with opened(given) as made:
        assert await made.stores.records.of_thread("t") == [first]
        follow_up = await ask(made, "and on Sundays?", thread="t")
    assert "museum" in follow_up.rewritten
    assert "11:15" in follow_up.answer


async def test_a_document_that_is_gone_is_no_longer_found(given: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.md").write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays.\n")
    (folder / "b.md").write_text("# Tickets\n\nA ticket for the museum costs 12 euros.\n")
    question = "When does the museum open on weekdays?"
    async with opened(given) as assistant:
        await assistant.ingest([folder], audience=frozenset({PUBLIC}))
        assert "9:45" in (await ask(assistant, question, thread="before")).answer
        (folder / "a.md").unlink()
        summary = await assistant.ingest([folder], audience=frozenset({PUBLIC}))
        assert (summary.removed, summary.unchanged, summary.embedded) == (1, 1, 0)
        gone = await ask(assistant, question, thread="after")
        assert "9:45" not in gone.answer


async def test_the_doctor_finds_every_part_well(given: dict[str, Any]) -> None:
    parts = await examine(load_settings(**given))
    assert [part for part in parts if not part.well] == []
    assert {"redis", "database", "index", "embedder", "perimeter", "traces"} <= {part.name for part in parts}
