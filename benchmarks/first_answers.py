"""Ingest a corpus twice, then ask its questions through `assistant ask --json`.

    python benchmarks/first_answers.py --corpus corpus.jsonl.gz --tasks tasks.jsonl
        [--rewrites queries_rewrite.jsonl] [--limit 40] [--data-dir DIR] [--answers FILE]

The corpus is JSONL (`_id`, `title`, `text`, `url`), the tasks are those of IBM's mt-rag-benchmark
(https://github.com/IBM/mt-rag-benchmark): `question`, `history`, `answerability`, `context_ids`. The first single-turn
ANSWERABLE questions are asked, each by a command of its own, as a script would; with `--rewrites` they are followed, up
to the limit, by later ANSWERABLE turns in the stand-alone form that people gave them. A document is right when an
answer cites a passage of the document that a gold passage belongs to (`ibmcld_00474-7885-8455` belongs to
`ibmcld_00474`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ASSISTANT = Path(sys.executable).parent / "assistant"


def main() -> None:
    arguments = _arguments()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.data_dir or Path(temporary) / "data"
        environment = {**os.environ, "ASSISTANT_DATA_DIR": str(folder)}
        cwd = Path(temporary)
        first = _ingest(arguments.corpus, environment, cwd)
        second = _ingest(arguments.corpus, environment, cwd)
        disk_mb = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
        questions = _questions(arguments.tasks, arguments.rewrites, arguments.limit)
        asked = [_ask(task, environment, cwd) for task in questions]
    if arguments.answers:
        arguments.answers.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in asked) + "\n")
    _table(first, second, disk_mb, asked)
    print(json.dumps(_summary(first, second, disk_mb, asked, time.perf_counter() - started)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--rewrites", type=Path, help="stand-alone forms of later turns")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--data-dir", type=Path, help="keep what was indexed here")
    parser.add_argument("--answers", type=Path, help="write every answer to this file, one JSON object a line")
    arguments = parser.parse_args()
    arguments.corpus, arguments.tasks = arguments.corpus.resolve(), arguments.tasks.resolve()
    arguments.data_dir = arguments.data_dir and arguments.data_dir.resolve()
    return arguments


def _ingest(corpus: Path, environment: dict[str, str], cwd: Path) -> dict[str, Any]:
    """Run `assistant ingest` and read its summary. Seconds of the whole command; peak MB of its largest process."""
    began = time.perf_counter()
    done = subprocess.run(
        [ASSISTANT, "ingest", corpus], env=environment, cwd=cwd, capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - began
    embedded = re.search(r"passages embedded\s+(\d+)", done.stderr)
    unchanged = re.search(r"unchanged\s+(\d+)", done.stderr)
    added = re.search(r"added\s+(\d+)", done.stderr)
    return {
        "seconds": round(seconds, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "added": int(added.group(1)) if added else None,
        "unchanged": int(unchanged.group(1)) if unchanged else None,
        "embedded": int(embedded.group(1)) if embedded else None,
    }


def _questions(path: Path, rewrites: Path | None, limit: int) -> list[dict[str, Any]]:
    tasks = [task for task in _lines(path) if task["answerability"] == "ANSWERABLE"]
    alone = {row["_id"]: row["text"].removeprefix("|user|:").strip() for row in (_lines(rewrites) if rewrites else [])}
    first = [{**task, "single_turn": True} for task in tasks if not task["history"]]
    later = [
        {**task, "question": alone[task["task_id"]], "single_turn": False}
        for task in tasks
        if task["history"] and task["task_id"] in alone
    ]
    return [*first, *later][:limit]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _ask(task: dict[str, Any], environment: dict[str, str], cwd: Path) -> dict[str, Any]:
    began = time.perf_counter()
    done = subprocess.run(
        [ASSISTANT, "ask", task["question"], "--json"], env=environment, cwd=cwd, capture_output=True, text=True
    )
    command_s = time.perf_counter() - began
    reply = json.loads(done.stdout.splitlines()[-1])
    gold = {_document(passage) for passage in task["context_ids"]}
    cited = [citation["document"] for citation in reply["citations"]]
    return {
        "question": task["question"],
        "single_turn": task["single_turn"],
        "answer": reply["answer"],
        "decision": reply["verdict"]["decision"],
        "rule": reply["verdict"]["rule"],
        "cited": cited,
        "right": any(_document(name) in gold for name in cited),
        "gold_passage": any(name.rpartition("#")[2] in task["context_ids"] for name in cited),
        "reference": task["reference_answer"],
        "turn_ms": reply["timings_ms"]["total"],
        "command_s": round(command_s, 2),
        "exit": done.returncode,
    }


def _document(name: str) -> str:
    return name.rpartition("#")[2].split("-")[0]


def _summary(
    first: dict[str, Any], second: dict[str, Any], disk_mb: float, asked: list[dict[str, Any]], wall_s: float
) -> dict[str, Any]:
    times = sorted(row["turn_ms"] for row in asked) or [0.0]
    return {
        "ingest": first,
        "ingest_again": second,
        "disk_mb": round(disk_mb, 1),
        "asked": len(asked),
        "answered": sum(row["decision"] == "answer" for row in asked),
        "right_document": sum(row["right"] for row in asked),
        "single_turn": {
            "asked": sum(row["single_turn"] for row in asked),
            "right_document": sum(row["right"] for row in asked if row["single_turn"]),
        },
        "gold_passage": sum(row["gold_passage"] for row in asked),
        "turn_ms": {"p50": statistics.median(times), "p95": times[min(len(times) - 1, int(0.95 * len(times)))]},
        "command_s": {"p50": statistics.median(row["command_s"] for row in asked) if asked else 0.0},
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("qdrant-edge-py", "sentence-transformers", "torch")},
        },
        "seed": 0,
        "wall_s": round(wall_s, 1),
    }


def _table(first: dict[str, Any], second: dict[str, Any], disk_mb: float, asked: list[dict[str, Any]]) -> None:
    print(f"{'':24}{'seconds':>10}{'peak MB':>10}{'embedded':>10}")
    for name, run in (("first ingest", first), ("second ingest", second)):
        print(f"{name:24}{run['seconds']:>10}{run['peak_mb']:>10}{run['embedded']!s:>10}")
    print(f"{'disk':24}{disk_mb:>10.1f} MB\n")
    for row in asked:
        mark = "right" if row["right"] else row["decision"] if row["decision"] != "answer" else "other"
        print(f"{mark:10}{row['turn_ms']:>8.0f} ms  {row['question'][:90]}")
    print()


if __name__ == "__main__":
    main()
