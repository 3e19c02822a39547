"""How well the passages that answer are found, on collections in BEIR's form, the product's own way.

    python -m benchmarks.retrieval --corpus JSONL[.gz] --queries JSONL --qrels TSV [--tasks JSONL] [--index DIR]

The corpus has lines of `_id`, `title`, `text` and perhaps `url`, the queries lines of `_id`, `text`; the qrels a head
and rows of query, passage and score. `--tasks` gives the history of queries that are turns of a conversation (MT-RAG's
form, https://github.com/IBM/mt-rag-benchmark, Apache-2.0): each is completed from the user's earlier messages by our
own rules, as in a turn. Every query goes through our rewriting, embedding, search and selection; what is scored is the
order of documents that comes out, kept ones before the others. `--index` keeps the built index there; a later run only
measures. Stages are in milliseconds; encoding is apart from the search. A table is printed, then one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import math
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.sql import open_stores
from assistant.knowledge.ingest import ingest
from assistant.knowledge.retrieval import RetrievalPolicy, retrieve
from assistant.knowledge.rewriting import rewrite
from assistant.ports import PassageIndex
from assistant.values import PUBLIC
from benchmarks.context_data import SEED, machine

GROUPS = frozenset({PUBLIC})
AT = (5, 10)
_LOOKED_AT = 60  # passages a query, so that ten documents are among them


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the questions before it, and the passages that answer it with their grades."""

    id: str
    text: str
    earlier: tuple[str, ...]
    wanted: Mapping[str, float]


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments, measure, print a table and one line of JSON."""
    arguments = _arguments(argv)
    began = time.perf_counter()
    queries = read_queries(arguments.queries, arguments.qrels, arguments.tasks)[: arguments.limit or None]
    with tempfile.TemporaryDirectory() as temporary:
        found = asyncio.run(measure(arguments.corpus, queries, arguments.index or Path(temporary)))
    for name, value in found.items():
        print(f"{name:12} {value}")
    print(json.dumps({**found, "machine": machine(), "seed": SEED, "wall_s": round(time.perf_counter() - began, 1)}))


async def measure(corpus: Path, queries: Sequence[Query], data: Path) -> dict[str, Any]:
    """Build the index where it isn't there, and put every query to it."""
    data.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    async with (
        open_embedder() as embedder,
        open_stores(f"sqlite+aiosqlite:///{data / 'manifest.db'}") as stores,
        open_edge_index(data / "index", embedder=embedder.name, dimensions=embedder.dimensions) as index,
    ):
        await ingest([corpus], documents=stores.documents, index=index, embedder=embedder, progress=_bar)
        print(file=sys.stderr)
        built_s = time.perf_counter() - began
        stages = defaultdict[str, list[float]](list)
        ranked = [await ranking(query, embedder, index, stages) for query in queries]
    disk = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    return {
        "queries": len(queries),
        **scores(queries, ranked),
        "query_ms": {name: percentiles(values) for name, values in stages.items()},
        "index_s": round(built_s, 1),
        "disk_mb": round(disk / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


async def ranking(
    query: Query, embedder: SentenceEmbedder, index: PassageIndex, stages: dict[str, list[float]]
) -> list[str]:
    """The ids of the documents found, best first, each once."""
    marks = [time.perf_counter()]
    question = rewrite(query.text, query.earlier).text
    marks.append(time.perf_counter())
    (vector,) = await embedder.encode([question])
    marks.append(time.perf_counter())
    policy = replace(RetrievalPolicy(), fetch=_LOOKED_AT)
    evidence = await retrieve(question, vector, GROUPS, index=index, policy=policy)
    marks.append(time.perf_counter())
    for name, begin, end in zip(("rewrite", "encode", "search"), marks, marks[1:], strict=False):
        stages[name].append((end - begin) * 1000)
    hits = (*evidence.kept, *evidence.rejected)
    return list(dict.fromkeys(hit.passage.document_id.rpartition("#")[2] for hit in hits))


def scores(queries: Sequence[Query], ranked: Sequence[Sequence[str]]) -> dict[str, float]:
    """Means over the queries; nDCG with gains of 2^grade - 1 (Burges et al. 2005), the form of trec_eval's cousins."""
    found: dict[str, float] = {}
    for at in AT:
        recalls = [len(set(ids[:at]) & set(q.wanted)) / len(q.wanted) for q, ids in zip(queries, ranked, strict=True)]
        found[f"recall_{at}"] = _mean(recalls)
        found[f"ndcg_{at}"] = _mean([ndcg(q.wanted, ids, at) for q, ids in zip(queries, ranked, strict=True)])
    firsts = [
        next((1 / rank for rank, id_ in enumerate(ids[:10], 1) if id_ in q.wanted), 0.0)
        for q, ids in zip(queries, ranked, strict=True)
    ]
    return {**found, "mrr_10": _mean(firsts)}


def ndcg(wanted: Mapping[str, float], ids: Sequence[str], at: int) -> float:
    """Discounted gain of the first `at` ids over the best there could be, 0 to 1."""
    gained = sum((2 ** wanted.get(id_, 0.0) - 1) / math.log2(rank + 1) for rank, id_ in enumerate(ids[:at], 1))
    best = sorted(wanted.values(), reverse=True)[:at]
    return gained / sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(best, 1))


def read_queries(queries: Path, qrels: Path, tasks: Path | None) -> list[Query]:
    """The queries that something answers, in the order of their file; earlier questions from the tasks' histories."""
    wanted: defaultdict[str, dict[str, float]] = defaultdict(dict)
    with qrels.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            wanted[row["query-id"]][row["corpus-id"]] = float(row["score"])
    earlier = {task["task_id"]: _asked(task["history"]) for task in _jsonl(tasks)} if tasks else {}
    texts = {row["_id"]: row["text"].removeprefix("|user|:").strip() for row in _jsonl(queries)}
    return [Query(id_, text, earlier.get(id_, ()), wanted[id_]) for id_, text in texts.items() if id_ in wanted]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    ordered = sorted(values)
    return {name: round(ordered[int(share * (len(ordered) - 1))], 2) for name, share in (("p50", 0.5), ("p95", 0.95))}


def _asked(history: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(turn["text"]) for turn in history if turn.get("speaker") == "user")


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _bar(done: int, total: int, what: str) -> None:
    print(f"\r{what} {done}/{total} ", end="", file=sys.stderr, flush=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--qrels", type=Path, required=True)
    parser.add_argument("--tasks", type=Path, help="the history of each query that is a turn")
    parser.add_argument("--index", type=Path, help="keep the index here; a second run finds it unchanged")
    parser.add_argument("--limit", type=int, default=0, help="only so many queries")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
