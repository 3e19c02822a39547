"""The context benchmark, run short on a conversation of our own: its last line says what it measured."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHATS = ROOT / "tests" / "data" / "fidelity"


def in_locomo_form(chat: Path) -> dict[str, Any]:
    talk = chat.read_text(encoding="utf-8").partition("---\n")[0].splitlines()
    said = [line.partition(": ")[::2] for line in talk]
    lines = [{"speaker": who, "dia_id": f"D1:{n}", "text": text} for n, (who, text) in enumerate(said, 1)]
    asked = {"question": "Who leads the field team?", "answer": "Ms. Lindqvist", "evidence": ["D1:48"], "category": 1}
    conversation = {"speaker_a": "user", "speaker_b": "assistant", "session_1": lines}
    conversation["session_1_date_time"] = "1:56 pm on 8 May, 2026"
    return {"sample_id": chat.stem, "conversation": conversation, "qa": [asked]}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("conversations") / "chats.json"
    path.write_text(json.dumps([in_locomo_form(chat) for chat in sorted(CHATS.glob("*.txt"))]), encoding="utf-8")
    return path


@cache
def result(data: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "benchmarks/context.py", arguments[0], "--data", str(data), *arguments[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def fidelity(data: Path) -> dict[str, Any]:
    return result(data, "fidelity", "--limit", "1", "--folds", "1")


def cost(data: Path) -> dict[str, Any]:
    return result(data, "cost", "--limit", "16", "--budget", "1500")


@pytest.mark.parametrize("run", [fidelity, cost])
def test_a_result_says_what_it_was_made_on(run: Any, data: Path):
    found = run(data)
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["versions"]["langgraph"]
    assert isinstance(found["seed"], int)
    assert found["wall_s"] > 0


def test_fidelity_reports_its_figures(data: Path):
    found = fidelity(data)
    assert set(found["pins_verbatim"]) == {"1"}
    assert set(found["answer_terms_kept"]) == {"400", "800"}
    assert {"contradictions", "summary_tokens_max", "superseded_marked"} <= found.keys()


def test_cost_reports_its_figures(data: Path):
    found = cost(data)
    assert found["model_calls"] >= 16
    assert found["checkpoint_bytes"]["10"] > 0
    assert found["max_prompt_tokens"] * found["model_calls"] >= found["cumulative_prompt_tokens"] > 0
    assert set(found["overhead_ms"]) == set(found["memory_ms"]) == {"p50", "p95"}
    assert found["overhead_ms"]["p50"] > found["memory_ms"]["p50"] > 0
    assert found["trace_bytes"] > 0
    assert set(found["variants"]) == {
        "by rules",
        "no pause between turns",
        "next message as a summary is written",
    }


def test_every_turn_that_left_the_prompt_was_read_for_a_summary(data: Path):
    for one in (cost(data), *cost(data)["variants"].values()):
        assert one["evicted_turns"] > 0 == one["never_summarised_turns"]


def test_no_prompt_is_over_the_budget_and_nobody_waits_for_a_summary(data: Path):
    for one in (cost(data), *cost(data)["variants"].values()):
        assert one["prompts_over_budget"] == one["blocked_turns"] == 0


def test_whole_turns_reach_the_user_as_the_model_said_them(data: Path):
    assert all(one["replies_altered"] == 0 for one in (cost(data), *cost(data)["variants"].values()))
