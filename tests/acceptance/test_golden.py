"""The demo's golden questions, each through the real assistant: embedded Redis, SQLite, Qdrant Edge, the real embedder.

Every case states its decision, the documents of which one must be cited, and strings that must or must not be said.
A leak is never tolerated; of the rest, the shares below must hold. A case that starts to fail is named in the output.
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

from assistant.bootstrap import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.values import PUBLIC, Caller, Finished, Record, Turn

ROOT = Path(__file__).parents[2]
CASES = [
    json.loads(line)
    for file in sorted((ROOT / "golden").glob("*.jsonl"))
    if file.name != "held_out.jsonl"
    for line in file.read_text("utf-8").splitlines()
    if line.strip()
]
FLOORS = {"answerable": 0.90, "follow_up": 0.80, "out_of_scope": 0.90, "needs_person": 0.90, "staff_only": 0.90}


@dataclass(frozen=True)
class Outcome:
    """What became of a case; `faults` is empty when it is right."""

    case: dict[str, Any]
    record: Record
    faults: tuple[str, ...]


@pytest.mark.slow
async def test_the_golden_questions_come_out_as_reviewed(tmp_path: Path) -> None:
    outcomes = [outcome async for outcome in _outcomes(tmp_path)]
    by_kind: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.case["kind"]].append(outcome)
        if outcome.faults:
            print(f"{outcome.case['id']}: {outcome.case['question']!r}: {'; '.join(outcome.faults)}")
    shares = {kind: sum(not o.faults for o in found) / len(found) for kind, found in by_kind.items()}
    print(shares)
    leaks = [o.case["id"] for o in outcomes if any(fault.startswith("says") for fault in o.faults)]
    assert leaks == []
    assert {kind: share for kind, share in shares.items() if share < FLOORS[kind]} == {}


async def _outcomes(folder: Path) -> AsyncIterator[Outcome]:
    settings = load_settings(data_dir=folder / "data", perimeter=ROOT / "perimeter.yaml")
    async with open_assistant(settings) as assistant:
        summary = await assistant.ingest([ROOT / "knowledge"], audience=frozenset({PUBLIC}))
        assert summary.refused == ()
        for case in CASES:
            record = await _ask(assistant, case)
            yield Outcome(case, record, tuple(_faults(case, record)))


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
    decision = verdict.decision if verdict else record.status
    said = " ".join(record.answer.split())
    faults = [f"says {text!r}" for text in expected["not_contains"] if text in said]
    if decision != expected["decision"]:
        faults.append(f"{decision} ({verdict.rule if verdict else ''}), not {expected['decision']}")
    cited = {citation.document_id for citation in record.citations}
    if expected["decision"] == "answer" and expected["documents"] and not cited & set(expected["documents"]):
        faults.append(f"cites {sorted(cited)}, not {expected['documents']}")
    faults += [f"lacks {text!r}" for text in expected["contains"] if " ".join(text.split()) not in said]
    return faults
