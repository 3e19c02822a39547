"""The demo's golden questions, each through the real assistant: embedded Redis, SQLite, Qdrant Edge, the real embedder.

Every case states its decision, the documents of which one must be cited, and strings that must or must not be said.
A staff fact told to the public is never tolerated, nor an answer where a refusal is due; of what the documents answer,
at most 3 % is refused; of the rest, the shares below must hold. Whatever fails is named in the output. No figure was
tuned on the held-out questions: their floor only keeps what was reached, as the figures in benchmarks/RESULTS.md have
it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from assistant.bootstrap import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.values import PUBLIC, Caller, Finished, Record, Turn
from tests.servers.parts import chosen

ROOT = Path(__file__).parents[2]
FLOORS = {"answerable": 0.90, "follow_up": 0.80, "out_of_scope": 0.90, "needs_person": 0.90, "staff_only": 0.90}
MOST_REFUSED = 0.03
HELD_OUT = {"held_out.jsonl": 0.50, "held_out_2.jsonl": 0.50}


@dataclass(frozen=True)
class Outcome:
    """What became of a case; `faults` is empty when it is right."""

    case: dict[str, Any]
    record: Record
    faults: tuple[str, ...]


pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Assistant]:
    perimeter = ROOT / "perimeter.yaml"
    folder = tmp_path_factory.mktemp("golden")
    async with chosen(folder) as parts, open_assistant(load_settings(**parts, perimeter=perimeter)) as made:
        summary = await made.ingest([ROOT / "knowledge"], audience=frozenset({PUBLIC}))
        assert summary.refused == ()
        yield made


async def test_the_golden_questions_come_out_as_reviewed(assistant: Assistant) -> None:
    files = [file for file in sorted((ROOT / "golden").glob("*.jsonl")) if file.name not in HELD_OUT]
    outcomes = [await _outcome(assistant, case) for file in files for case in _cases(file)]
    shares, leaks = _told(outcomes)
    assert leaks == []
    foreign = [each for each in outcomes if each.case["kind"] in ("out_of_scope", "staff_only")]
    assert _ids(foreign, expected="refuse", decided="answer") == []
    answerable = [each for each in outcomes if each.case["kind"] == "answerable"]
    assert len(_ids(answerable, expected="answer", decided="refuse")) <= MOST_REFUSED * len(answerable)
    assert {kind: share for kind, share in shares.items() if share < FLOORS[kind]} == {}


@pytest.mark.parametrize(("file", "floor"), HELD_OUT.items())
async def test_questions_that_were_never_tuned_on_do_not_get_worse(
    assistant: Assistant, file: str, floor: float
) -> None:
    outcomes = [await _outcome(assistant, case) for case in _cases(ROOT / "golden" / file)]
    _shares, leaks = _told(outcomes)
    assert leaks == []
    assert sum(not outcome.faults for outcome in outcomes) / len(outcomes) >= floor


def _cases(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _told(outcomes: list[Outcome]) -> tuple[dict[str, float], list[str]]:
    """Print what failed and the shares by kind; return these and the ids of leaks."""
    by_kind: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.case["kind"]].append(outcome)
        if outcome.faults:
            print(f"{outcome.case['id']}: {outcome.case['question']!r}: {'; '.join(outcome.faults)}")
    shares = {kind: sum(not o.faults for o in found) / len(found) for kind, found in by_kind.items()}
    print({kind: f"{sum(not o.faults for o in found)} of {len(found)}" for kind, found in by_kind.items()})
    visitors = [o for o in by_kind["staff_only"] if "staff" not in o.case["groups"]]
    return shares, [o.case["id"] for o in visitors if any(fault.startswith("says") for fault in o.faults)]


def _ids(outcomes: list[Outcome], *, expected: str, decided: str) -> list[str]:
    """The cases that were to be treated one way and were treated the other."""
    cases = [each.case for each in outcomes if _decision(each.record) == decided]
    return [case["id"] for case in cases if case["expect"]["decision"] == expected]


def _decision(record: Record) -> str:
    return record.verdict.decision if record.verdict else record.status


async def _outcome(assistant: Assistant, case: dict[str, Any]) -> Outcome:
    record = await _ask(assistant, case)
    return Outcome(case, record, tuple(_faults(case, record)))


async def _ask(assistant: Assistant, case: dict[str, Any]) -> Record:
    caller = Caller(id=f"guest:{case['id']}", groups=frozenset(case["groups"]))
    thread = str(uuid4())
    record: Record | None = None
    for text in (*(turn["text"] for turn in case["history"]), case["question"]):
        async for event in assistant.take(Turn(thread, uuid4().hex, text, caller, datetime.now(UTC))):
            record = event.record if isinstance(event, Finished) else record
    assert record is not None
    return record


def _faults(case: dict[str, Any], record: Record) -> list[str]:
    expected, verdict = case["expect"], record.verdict
    decision = _decision(record)
    said = " ".join(record.answer.split())
    faults = [f"says {text!r}" for text in expected["not_contains"] if text in said]
    if decision != expected["decision"]:
        faults.append(f"{decision} ({verdict.rule if verdict else ''}), not {expected['decision']}")
    cited = {citation.document_id for citation in record.citations}
    if expected["decision"] == "answer" and expected["documents"] and not cited & set(expected["documents"]):
        faults.append(f"cites {sorted(cited)}, not {expected['documents']}")
    faults += [f"lacks {text!r}" for text in expected["contains"] if " ".join(text.split()) not in said]
    return faults
