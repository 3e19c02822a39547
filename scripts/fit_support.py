"""Fits the weights of the support score (assistant/perimeter/support.py) and prints them.

    python -m scripts.fit_support --corpus corpus.jsonl.gz --tasks tasks.jsonl --index DIR [--rows FILE]

Reads MT-RAG's government turns (https://github.com/IBM/mt-rag-benchmark, Apache-2.0), the demo's golden questions
without those that are held out, and scripts/support_data: questions about the demo, and passages written for this, each
with questions it answers and questions it only nearly does. Each answerable question of the first two is put a second
time without the documents that answer it: then it must not be answered. AUROCs and the rates of false answers and false
refusals are from five folds, a conversation or a passage in one of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.sql import open_stores
from assistant.answering.extractive import ExtractivePolicy, find_answer
from assistant.knowledge.ingest import ingest
from assistant.knowledge.retrieval import retrieve
from assistant.knowledge.rewriting import rewrite
from assistant.perimeter.support import log_odds, measure_support
from assistant.ports import PassageIndex, Vector
from assistant.values import PUBLIC, Evidence
from benchmarks.perimeter_answerability import question_of

ROOT = Path(__file__).parents[1]
DEMO = [ROOT / "golden" / f"{kind}.jsonl" for kind in ("answerable", "follow_up", "out_of_scope", "staff_only")]
OWN = ROOT / "scripts" / "support_data" / "questions.jsonl"
WRITTEN = ROOT / "scripts" / "support_data" / "passages.jsonl"
SOURCES = ("government", "demo", "written")
SHARES = {("real", True): 0.6, ("real", False): 0.24, ("removed", False): 0.16}  # of a source's weight
THRESHOLDS = (0.25, 0.42, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class Row:
    """A question put to some evidence, and what the score is made of."""

    source: str
    case: str
    group: str
    evidence: str
    answerable: bool
    answered: float = 0.0
    sparse: float = 0.0
    retrieval: float = 0.0


def main() -> None:
    """Measure, or read what was measured; cross-validate; fit; print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True, help="the indexes are kept here")
    parser.add_argument("--rows", type=Path, help="keep what was measured here, and read it the next time")
    given = parser.parse_args()
    for name in SOURCES:
        (given.index / name).mkdir(parents=True, exist_ok=True)
    if given.rows and given.rows.exists():
        rows = [Row(**json.loads(line)) for line in given.rows.read_text().splitlines()]
    else:
        rows = asyncio.run(measured(given))
        if given.rows:
            given.rows.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    sys.stdout.write(json.dumps(fitted(rows), indent=1) + "\n")


def fitted(rows: Sequence[Row]) -> dict[str, Any]:
    """The weights on all rows, and the figures of five folds."""
    x = np.array([[log_odds(row.answered), row.sparse] for row in rows])
    y, weight = np.array([row.answerable for row in rows]), shares(rows)
    scores = np.zeros(len(rows))
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(x, y, [row.group for row in rows]):
        scores[test] = model(x[train], y[train], weight[train]).predict_proba(x[test])[:, 1]
    final = model(x, y, weight)
    names = ("answered", "sparse")
    weights = {name: round(float(value), 3) for name, value in zip(names, final.coef_[0], strict=True)}
    found: dict[str, Any] = {"auroc": {}, "rates": {}}
    for source in SOURCES:
        for name, kinds in (("real", {"real"}), ("with removed", {"real", "removed"})):
            at = [n for n, row in enumerate(rows) if row.source == source and row.evidence in kinds]
            found["auroc"][f"{source}, {name}"] = {
                "rows": len(at),
                "fitted": round(float(roc_auc_score(y[at], scores[at])), 3),
                "retrieval": round(float(roc_auc_score(y[at], [rows[n].retrieval for n in at])), 3),
                "answered": round(float(roc_auc_score(y[at], [rows[n].answered for n in at])), 3),
            }
        at = [n for n, row in enumerate(rows) if row.source == source and row.evidence == "real"]
        found["rates"][source] = {threshold: rates(y[at], scores[at], threshold) for threshold in THRESHOLDS}
    return {**found, "weights": {"bias": round(float(final.intercept_[0]), 3), **weights}}


def rates(y: Any, scores: Any, threshold: float) -> dict[str, float]:
    """The shares of false answers and of false refusals where the score answers from the threshold on."""
    answered = scores >= threshold
    return {
        "false_answers": round(float(answered[~y].mean()), 3),
        "false_refusals": round(float((~answered)[y].mean()), 3),
    }


def model(x: Any, y: Any, weight: Any) -> LogisticRegression:
    """Logistic regression, hardly bounded: there are two figures to weigh."""
    return LogisticRegression(C=1.0, max_iter=2_000).fit(x, y, sample_weight=weight)


def shares(rows: Sequence[Row]) -> Any:
    """Every source weighs the same, and within each its answerable, unanswerable and removed rows as SHARES says."""
    keys = [(row.source, row.evidence, row.answerable) for row in rows]
    many = Counter(keys)
    whole = {source: sum(SHARES[key[1:]] for key in many if key[0] == source) for source in SOURCES}
    return np.array([SHARES[key[1:]] / whole[key[0]] / many[key] * len(rows) / len(SOURCES) for key in keys])


async def measured(given: argparse.Namespace) -> list[Row]:
    async with open_embedder() as embedder:
        async with indexed(given.corpus, given.index / "government", embedder) as index:
            rows = [row for task in lines(given.tasks) for row in await of_task(task, embedder, index)]
        async with indexed(ROOT / "knowledge", given.index / "demo", embedder) as index:
            cases = [case for file in (*DEMO, OWN) for case in lines(file)]
            rows += [row for case in cases for row in await of_case(case, embedder, index)]
        async with indexed(passages(given.index / "written"), given.index / "written", embedder) as index:
            asked = [(n, *found) for n, entry in enumerate(lines(WRITTEN)) for found in asked_of(entry)]
            return [*rows, *[row for each in asked for row in await of_written(*each, embedder, index)]]


def passages(folder: Path) -> Path:
    """The written passages as a corpus."""
    entries = enumerate(lines(WRITTEN))
    rows = [{"_id": f"{n}-0-0", "title": entry["title"], "text": entry["passage"], "url": ""} for n, entry in entries]
    (folder / "passages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "passages.jsonl"


def asked_of(entry: dict[str, Any]) -> list[tuple[str, bool]]:
    """A passage's questions, and whether it answers them."""
    return [*((question, True) for question in entry["answered"]), *((question, False) for question in entry["nearly"])]


@asynccontextmanager
async def indexed(corpus: Path, folder: Path, embedder: SentenceEmbedder) -> AsyncIterator[PassageIndex]:
    async with (
        open_stores(f"sqlite+aiosqlite:///{folder / 'manifest.db'}") as stores,
        open_edge_index(folder / "index", embedder=embedder.name, dimensions=embedder.dimensions) as index,
    ):
        public = frozenset({PUBLIC})
        await ingest([corpus], documents=stores.documents, index=index, embedder=embedder, audience=public)
        yield index


async def of_task(task: dict[str, Any], embedder: SentenceEmbedder, index: PassageIndex) -> list[Row]:
    if task["answerability"] == "CONVERSATIONAL":
        return []
    first = Row("government", task["task_id"], task["conversation"], "real", task["answerability"] == "ANSWERABLE")
    gold = {own(name) for name in task["context_ids"]}
    return await both(first, question_of(task), frozenset({PUBLIC}), gold, embedder, index)


async def of_case(case: dict[str, Any], embedder: SentenceEmbedder, index: PassageIndex) -> list[Row]:
    decision = case["expect"]["decision"]
    if decision not in ("answer", "refuse"):
        return []
    groups, earlier = frozenset(case["groups"]), [said["text"] for said in case["history"]]
    titles: list[str] = []
    if earlier:
        (vector,) = await embedder.encode([earlier[-1]])
        before = await retrieve(earlier[-1], vector, groups, index=index)
        titles = list(dict.fromkeys(hit.passage.title for hit in before.kept))[:2]
    question = rewrite(case["question"], earlier, titles).text
    first = Row(
        "demo", case["id"], case["id"].removesuffix("-staff").removesuffix("-public"), "real", decision == "answer"
    )
    return await both(first, question, groups, set(case["expect"]["documents"]), embedder, index)


async def of_written(
    number: int, question: str, answered: bool, embedder: SentenceEmbedder, index: PassageIndex
) -> list[Row]:
    first = Row("written", question, f"written-{number}", "real", answered)
    return await both(first, question, frozenset({PUBLIC}), set(), embedder, index)


def own(name: str) -> str:
    """A passage's document: `corpus.jsonl#<document>-<from>-<to>`."""
    return name.rpartition("#")[2].rsplit("-", 2)[0]


async def both(
    first: Row,
    question: str,
    groups: frozenset[str],
    gold: set[str],
    embedder: SentenceEmbedder,
    index: PassageIndex,
) -> list[Row]:
    """The question with what was found, and an answerable one with what is left without the documents that answer."""
    (vector,) = await embedder.encode([question])
    evidence = await retrieve(question, vector, groups, index=index)
    left = tuple(hit for hit in evidence.kept if not {hit.passage.document_id, own(hit.passage.document_id)} & gold)
    rows = [await row_of(first, question, vector, evidence, embedder)] if evidence.kept else []
    if first.answerable and gold and left:
        removed = replace(first, evidence="removed", answerable=False)
        rows.append(await row_of(removed, question, vector, replace(evidence, kept=left), embedder))
    return rows


async def row_of(row: Row, question: str, vector: Vector, evidence: Evidence, embedder: SentenceEmbedder) -> Row:
    found = await find_answer(question, vector, evidence, embedder=embedder, policy=ExtractivePolicy())
    support = measure_support(question, evidence)
    return replace(
        row,
        answered=found.support,
        sparse=support.sparse_share,
        retrieval=support.retrieval,
    )


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
