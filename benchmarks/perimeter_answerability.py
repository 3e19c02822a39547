"""Does the support score know which questions the documents answer? On multi-turn questions of a public benchmark.

    python -m benchmarks.perimeter_answerability --corpus corpus.jsonl[.gz] --tasks tasks.jsonl [--index DIR]

Data: MT-RAG (https://github.com/IBM/mt-rag-benchmark, Apache-2.0): a corpus of passages (JSONL with `_id`, `title`,
`text`, `url`) and generation tasks with each turn's history and its `answerability`. ANSWERABLE turns should be
answered; UNANSWERABLE and PARTIAL ones should not. Each turn goes the product's way: split into its questions, our
rewriting with the user's earlier messages, our index and retrieval, the search for an answer, the support the verdict
turns on; of several questions the one with the least support counts.

`--index` keeps the built index there; a later run only measures. `--pool N` indexes the tasks' own passages and the N
best others of each question by BM25 instead of the whole corpus: quicker, and the others are those nearest in words.
`--rows` writes what was measured of every turn. Intervals are 95%, from resampling the turns. `--noise` puts every last
message a second time with typos, without capitals, with missing spaces and in mixed languages (perimeter_noise.py), and
gives the drop in AUROC: four more runs.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.adapters.bm25 import Bm25Encoder
from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.sql import open_stores
from assistant.answering.extractive import ExtractivePolicy, find_answer
from assistant.knowledge.ingest import ingest
from assistant.knowledge.retrieval import retrieve
from assistant.knowledge.rewriting import rewrite
from assistant.perimeter.policy import Thresholds
from assistant.perimeter.questions import split_questions
from assistant.perimeter.support import measure_support
from assistant.ports import PassageIndex, Vector
from assistant.values import PUBLIC
from benchmarks.perimeter_noise import NOISES

GROUPS = frozenset({PUBLIC})
RESAMPLED = 2_000


@dataclass(frozen=True)
class Row:
    """One turn as measured, by the question of it with the least support.

    `score` is the verdict's support, `retrieval` the same from retrieval alone; `probe_cpu_ms` the processor time in ms
    of the search for an answer and the support.
    """

    task: str
    conversation: str
    question: str
    answerable: bool
    score: float
    retrieval: float
    answered: float
    draft: bool
    probe_cpu_ms: float
    features: dict[str, float]


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments, measure, print a table and one line of JSON."""
    arguments = _arguments(argv)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        runs = asyncio.run(measure(arguments, arguments.index or Path(temporary)))
    rows = runs.pop("")
    if arguments.rows:
        arguments.rows.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    result = figures(rows, threshold=arguments.threshold, seed=arguments.seed)
    if runs:
        result["noise"] = {name: drop(result["auroc"], noisy) for name, noisy in runs.items()}
    for name, value in result.items():
        print(f"{name:22} {value}")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "torch": version("torch")}
    wall_s = round(time.perf_counter() - started, 1)
    print(json.dumps({**result, "machine": machine, "seed": arguments.seed, "wall_s": wall_s}))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--index", type=Path, help="keep the index here; a second run finds it unchanged")
    parser.add_argument("--pool", type=int, default=0, help="index only this many others a question")
    parser.add_argument("--threshold", type=float, default=Thresholds().support_answer, help="answer from this on")
    parser.add_argument("--rows", type=Path, help="write every turn's figures to this file, one JSON object a line")
    parser.add_argument("--noise", action="store_true", help="also with typos, lower case, missing spaces and so on")
    parser.add_argument("--limit", type=int, default=0, help="only so many turns, as the seed draws them")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


async def measure(arguments: argparse.Namespace, data: Path) -> dict[str, list[Row]]:
    """Index the corpus and put every turn to it: as it is under "", and with each noise under that one's name."""
    data.mkdir(parents=True, exist_ok=True)
    tasks = [task for task in _jsonl(arguments.tasks) if task["answerability"] != "CONVERSATIONAL"]
    random.Random(arguments.seed).shuffle(tasks)
    tasks = tasks[: arguments.limit or None]
    corpus = pooled(arguments.corpus, tasks, arguments.pool, data) if arguments.pool else arguments.corpus
    async with (
        open_embedder() as embedder,
        open_stores(f"sqlite+aiosqlite:///{data / 'manifest.db'}") as stores,
        open_edge_index(data / "index", embedder=embedder.name, dimensions=embedder.dimensions) as index,
    ):
        await ingest([corpus], documents=stores.documents, index=index, embedder=embedder, progress=_bar)
        print(file=sys.stderr)
        kinds = ["", *NOISES] if arguments.noise else [""]
        turns = {kind: [noisy(task, kind, arguments.seed) for task in tasks] for kind in kinds}
        return {kind: [await _measured(task, embedder, index) for task in turns[kind]] for kind in kinds}


def pooled(corpus: Path, tasks: Sequence[dict[str, Any]], others: int, data: Path) -> Path:
    """The tasks' own passages and each question's best others by BM25, as a corpus of its own."""
    rows = {row["_id"]: row for row in _jsonl(corpus)}
    ids, encoder = list(rows), Bm25Encoder()
    postings: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for at, row in enumerate(rows.values()):
        weights = encoder.document(row["text"])
        for term, value in zip(weights.indices, weights.values, strict=True):
            postings[term].append((at, value))
    wanted: dict[str, None] = {}
    for task in tasks:
        scores: Counter[int] = Counter()
        for term in encoder.query(question_of(task)).indices:
            rarity = (len(ids) / (1 + len(postings[term]))) ** 0.5
            for at, value in postings[term]:
                scores[at] += value * rarity  # type: ignore[assignment]
        own = [name for name in task["context_ids"] if name in rows]
        wanted |= dict.fromkeys([*own, *(ids[at] for at, _ in scores.most_common(others))])
    part = data / "pool.jsonl"
    part.write_text("".join(json.dumps(rows[name]) + "\n" for name in wanted))
    return part


def noisy(task: dict[str, Any], kind: str, seed: int) -> dict[str, Any]:
    """The turn with noise of that kind in its last message; as it is for ""."""
    if not kind:
        return task
    dice = random.Random(f"{seed} {kind} {task['task_id']}")
    return {**task, "question": NOISES[kind](task["question"].strip(), dice)}


def question_of(task: dict[str, Any]) -> str:
    """A turn's message as our own rules complete it from the user's earlier ones."""
    return rewrite(task["question"].strip(), _earlier(task)).text


def questions_of(task: dict[str, Any]) -> list[str]:
    """The questions of a turn, each so completed."""
    return [rewrite(part, _earlier(task)).text for part in split_questions(task["question"].strip())]


def _earlier(task: dict[str, Any]) -> list[str]:
    return [said["text"] for said in task["history"] if said["speaker"] == "user"]


async def _measured(task: dict[str, Any], embedder: SentenceEmbedder, index: PassageIndex) -> Row:
    questions = questions_of(task)
    vectors = await embedder.encode(questions)
    rows = [await _asked(task, *each, embedder, index) for each in zip(questions, vectors, strict=True)]
    return min(rows, key=lambda row: row.score)


async def _asked(
    task: dict[str, Any], question: str, vector: Vector, embedder: SentenceEmbedder, index: PassageIndex
) -> Row:
    evidence = await retrieve(question, vector, GROUPS, index=index)
    started = time.process_time()
    found = await find_answer(question, vector, evidence, embedder=embedder, policy=ExtractivePolicy())
    support = measure_support(question, evidence, found.support)
    return Row(
        task=task["task_id"],
        conversation=task["conversation"],
        question=question,
        answerable=task["answerability"] == "ANSWERABLE",
        score=support.score,
        retrieval=support.retrieval,
        answered=found.support,
        draft=found.draft is not None,
        probe_cpu_ms=(time.process_time() - started) * 1000,
        features={**found.features, "sparse_share": support.sparse_share},
    )


def figures(rows: Sequence[Row], *, threshold: float, seed: int) -> dict[str, Any]:
    """The figures of a set of turns. A turn is answered when its score reaches the threshold."""
    off, on = [row for row in rows if not row.answerable], [row for row in rows if row.answerable]
    scores = {"auroc": "score", "auroc_answered": "answered", "auroc_retrieval": "retrieval"}
    times = sorted(row.probe_cpu_ms for row in rows)
    return {
        "answerable": len(on),
        "unanswerable": len(off),
        **{name: _rounded(auroc(_values(on, field), _values(off, field))) for name, field in scores.items()},
        "auroc_interval": interval(_values(on, "score"), _values(off, "score"), seed=seed),
        "auroc_halves": [_rounded(_half(rows, parity)) for parity in (0, 1)],
        "false_answer_rate": _rounded(_share(row.score >= threshold for row in off)),
        "false_refusal_rate": _rounded(_share(row.score < threshold for row in on)),
        "threshold": threshold,
        "probe_cpu_ms": {
            name: round(times[int(share * (len(times) - 1))], 1) for name, share in (("p50", 0.5), ("p95", 0.95))
        },
    }


def drop(before: float, rows: Sequence[Row]) -> dict[str, float]:
    """The AUROC of noisy turns, and by how much it is below that of the same turns without noise."""
    on, off = (_values([row for row in rows if row.answerable is wanted], "score") for wanted in (True, False))
    after = auroc(on, off)
    return {"auroc": _rounded(after), "drop": _rounded(before - after)}


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The share of pairs in which the positive stands higher; a tie counts half. Not a number without pairs."""
    if not positive or not negative:
        return float("nan")
    won = sum((one > other) + 0.5 * (one == other) for one in positive for other in negative)
    return won / (len(positive) * len(negative))


def interval(positive: Sequence[float], negative: Sequence[float], *, seed: int) -> tuple[float, float]:
    """95% of the AUROCs of samples drawn with replacement from each side."""
    draw = random.Random(seed)
    found = sorted(
        auroc(draw.choices(positive, k=len(positive)), draw.choices(negative, k=len(negative)))
        for _ in range(RESAMPLED if positive and negative else 0)
    ) or [float("nan")]
    return _rounded(found[int(0.025 * len(found))]), _rounded(found[int(0.975 * (len(found) - 1))])


def _half(rows: Sequence[Row], parity: int) -> float:
    """The AUROC over every second conversation."""
    order = {name: at for at, name in enumerate(sorted({row.conversation for row in rows}))}
    half = [row for row in rows if order[row.conversation] % 2 == parity]
    return auroc(*(_values([row for row in half if row.answerable is wanted], "score") for wanted in (True, False)))


def _values(rows: Sequence[Row], field: str) -> list[float]:
    return [float(getattr(row, field)) for row in rows]


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else float("nan")


def _rounded(value: float) -> float:
    return round(value, 4)


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _bar(done: int, total: int, what: str) -> None:
    print(f"\r{what} {done}/{total} ", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
