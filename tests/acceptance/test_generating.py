"""The same assistant with a language model set: a stand-in behind ASSISTANT_MODEL and its base URL, with its faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest

from assistant.bootstrap import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.testing.completions import NONSENSE, Behaviour
from assistant.testing.model_server import Running, serve_model
from assistant.values import PUBLIC, Caller, Finished, Record, Token, Turn
from tests.servers.parts import chosen

QUESTION = "When does the museum open on weekdays?"
HONEST_WITHIN_S = 30.0


@asynccontextmanager
async def opened(folder: Path, behaviour: Behaviour) -> AsyncIterator[tuple[Assistant, Running]]:
    papers = folder / "papers"
    papers.mkdir()
    (papers / "hours.md").write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays and closes at six.\n")
    (papers / "tickets.md").write_text("# Tickets\n\nA ticket for the museum costs 12 euros.\n")
    async with serve_model(behaviour) as running, chosen(folder) as parts:
        settings = load_settings(
            **parts, model="openai:stand-in", model_base_url=running.base_url, model_api_key="none"
        )
        async with open_assistant(settings) as assistant:
            await assistant.ingest([papers], audience=frozenset({PUBLIC}))
            yield assistant, running


async def ask(assistant: Assistant, text: str) -> tuple[Record, str]:
    turn = Turn(str(uuid4()), uuid4().hex, text, Caller("guest:1"), datetime.now(UTC))
    events = [event async for event in assistant.take(turn)]
    assert isinstance(events[-1], Finished)
    return events[-1].record, "".join(event.text for event in events if isinstance(event, Token))


async def test_a_model_writes_from_the_same_evidence_with_the_same_citations(tmp_path: Path) -> None:
    async with opened(tmp_path, Behaviour(tokens_per_s=200)) as (assistant, running):
        record, streamed = await ask(assistant, QUESTION)
        assert assistant.origin_note == ""
    assert record.origin == "model"
    assert "9:45" in record.answer
    assert streamed == record.answer
    assert record.citations[0].document_id == "hours.md"
    assert record.citations[0].quote
    assert record.usage.prompt > 0
    assert record.usage.completion > 0
    (request,) = running.server.log
    assert "stream" in str(request)


@pytest.mark.parametrize("fault", ["500", "cut", "nonsense"])
async def test_whatever_the_model_does_the_outcome_is_visible_and_honest(fault: str, tmp_path: Path) -> None:
    async with opened(tmp_path, Behaviour(fault=fault)) as (assistant, _):
        began = monotonic()
        record, _streamed = await ask(assistant, QUESTION)
        took_s = monotonic() - began
    assert record.status == "delivered"
    assert took_s < HONEST_WITHIN_S
    assert NONSENSE not in record.answer
    if fault == "nonsense":  # nothing of it could be borne out, twice: the user is asked back, or a person takes over
        assert record.verdict is not None
        assert record.verdict.decision in {"clarify", "handoff"}
        return
    assert "9:45" in record.answer
    assert record.citations
    assert record.origin == "extractive"
    assert "language model" in record.notice


async def test_a_model_that_hangs_is_given_up_and_quotes_take_its_place(tmp_path: Path) -> None:
    async with opened(tmp_path, Behaviour(fault="hang")) as (assistant, _):
        began = monotonic()
        record, _streamed = await ask(assistant, QUESTION)
        assert monotonic() - began < HONEST_WITHIN_S
    assert "9:45" in record.answer
    assert "isn't answering" in record.notice


async def test_a_model_that_was_dead_is_not_waited_for_by_the_next_user(tmp_path: Path) -> None:
    async with opened(tmp_path, Behaviour(fault="500")) as (assistant, running):
        for _ in range(4):
            await ask(assistant, QUESTION)
        asked = len(running.server.log)
        began = monotonic()
        record, _streamed = await ask(assistant, QUESTION)
        assert monotonic() - began < 2
        assert len(running.server.log) == asked
    assert "9:45" in record.answer
