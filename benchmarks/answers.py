"""What the extractive answerer makes of evidence: does it answer, from the right document, and keep quiet otherwise?

    python benchmarks/answers.py --corpus corpus.jsonl[.gz] --tasks tasks.jsonl [--limit N]
    python benchmarks/answers.py --golden golden [--knowledge knowledge] [--limit N]

The corpus (`_id`, `title`, `text`, `url`) and tasks (`question`, `answerability`, `reference_answer`, `context_ids`)
are those of IBM's mt-rag-benchmark (https://github.com/IBM/mt-rag-benchmark). Reading is measured apart from searching:
the evidence of a task is its gold passages among BM25's best others, ordered by cosine; `--rewrites` takes the
stand-alone questions of its retrieval task. Every answerable task is also put to another task's evidence, which does
not answer it (`off_topic_answer_rate`).

A golden folder holds `*.jsonl` with `question`, `history`, `groups` and `expect` (`decision`, `documents`, `contains`);
its knowledge folder is chunked, searched and selected from as the assistant does it, with vectors in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import platform
import random
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.adapters.bm25 import Bm25Encoder
from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.answering.extractive import ExtractivePolicy, answer
from assistant.knowledge.chunking import split
from assistant.knowledge.conversion import Converter
from assistant.knowledge.retrieval import RetrievalPolicy, select
from assistant.knowledge.sources import Found, read, scan
from assistant.values import Draft, Evidence, Hit, Passage

SEED = 7
PUBLIC = frozenset({"public"})


@dataclass
class Bm25:
    """BM25 over texts, with the encoder the indexes use."""

    texts: Sequence[str]
    postings: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    encoder: Bm25Encoder = field(default_factory=Bm25Encoder)

    def __post_init__(self) -> None:
        for at, text in enumerate(self.texts):
            weights = self.encoder.document(text)
            for term, value in zip(weights.indices, weights.values, strict=True):
                self.postings[term].append((at, value))

    def scores(self, question: str) -> Counter[int]:
        found: Counter[int] = Counter()
        for term in self.encoder.query(question).indices:
            idf = len(self.texts) / (1 + len(self.postings.get(term, ())))
            for at, value in self.postings.get(term, ()):
                found[at] += value * max(0.1, idf) ** 0.5  # type: ignore[assignment]
        return found


@dataclass
class Outcome:
    """One question and what came of it."""

    case: str
    question: str
    answerable: bool
    draft: Draft | None
    ms: float
    gold: frozenset[str] = frozenset()
    reference: str = ""
    contains: tuple[str, ...] = ()
    off_topic: bool = False


def main() -> None:
    arguments = _arguments()
    started = time.perf_counter()
    outcomes = asyncio.run(_golden(arguments) if arguments.golden else _tasks(arguments))
    if arguments.answers:
        rows = [{"case": o.case, "question": o.question, "answer": o.draft and o.draft.text} for o in outcomes]
        arguments.answers.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n")
    summary = _summary(outcomes)
    for name, value in summary.items():
        print(f"{name:24} {value}")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "torch": version("torch")}
    print(json.dumps({**summary, "machine": machine, "seed": SEED, "wall_s": round(time.perf_counter() - started, 1)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--rewrites", type=Path, help="JSONL with _id and text: stand-alone questions")
    parser.add_argument("--golden", type=Path)
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--answers", type=Path, help="write every answer to this file, one JSON object a line")
    arguments = parser.parse_args()
    if not arguments.golden and not (arguments.corpus and arguments.tasks):
        parser.error("give --golden, or --corpus and --tasks")
    return arguments


async def _ask(embedder: SentenceEmbedder, question: str, evidence: Evidence) -> tuple[Draft | None, float]:
    (vector,) = await embedder.encode([question])
    started = time.perf_counter()
    draft = await answer(question, vector, evidence, embedder=embedder, policy=ExtractivePolicy())
    return draft, (time.perf_counter() - started) * 1000


async def _tasks(arguments: argparse.Namespace) -> list[Outcome]:
    rows = {row["_id"]: row for row in _jsonl(arguments.corpus)}
    ids = list(rows)
    tasks = [task for task in _jsonl(arguments.tasks) if task["answerability"] in ("ANSWERABLE", "UNANSWERABLE")]
    random.Random(SEED).shuffle(tasks)
    tasks = tasks[: arguments.limit or None]
    rewrites = {row["_id"]: row["text"].removeprefix("|user|: ") for row in _jsonl(arguments.rewrites)}
    bm25 = Bm25([row["text"] for row in rows.values()])
    outcomes: list[Outcome] = []
    async with open_embedder() as embedder:
        previous: Evidence | None = None
        for task in tasks:
            question = rewrites.get(task["task_id"], task["question"])
            scores = bm25.scores(question)
            others = [ids[at] for at, _ in scores.most_common(6)]
            chosen = list(dict.fromkeys([*task["context_ids"][:3], *others]))[:6]
            passages = [_passage(rows[name]) for name in chosen if name in rows]
            evidence = await _evidence(embedder, question, passages)
            gold = frozenset(_document(name) for name in task["context_ids"])
            draft, ms = await _ask(embedder, question, evidence)
            answerable = task["answerability"] == "ANSWERABLE"
            reference = task["reference_answer"]
            outcomes.append(Outcome(task["task_id"], question, answerable, draft, ms, gold, reference))
            if answerable and previous is not None:
                foreign = await _evidence(embedder, question, [hit.passage for hit in previous.kept])
                if not gold & {hit.passage.document_id for hit in foreign.kept}:
                    draft, ms = await _ask(embedder, question, foreign)
                    outcomes.append(Outcome(task["task_id"], question, False, draft, ms, off_topic=True))
            previous = evidence
    return outcomes


def _passage(row: dict[str, Any]) -> Passage:
    _, start, _ = row["_id"].rsplit("-", 2)
    text, at = row["text"], int(start)
    name = _document(row["_id"])
    return Passage(row["_id"], name, row["title"], "", text, at, at + len(text), at, "", PUBLIC, row.get("url", ""))


def _document(passage_id: str) -> str:
    return passage_id.rsplit("-", 2)[0]


async def _evidence(embedder: SentenceEmbedder, question: str, passages: Sequence[Passage]) -> Evidence:
    """The passages by cosine; the floors of retrieval are not applied."""
    asked, *vectors = await embedder.encode([question, *(item.indexed_text for item in passages)])
    hits = [Hit(item, cosine := _dot(asked, vector), cosine) for item, vector in zip(passages, vectors, strict=True)]
    return Evidence(question, tuple(sorted(hits, key=lambda hit: hit.score, reverse=True)))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def _golden(arguments: argparse.Namespace) -> list[Outcome]:
    knowledge = (arguments.knowledge or arguments.golden.parent / "knowledge").resolve()
    passages = await _chunks(knowledge)
    cases = [case for path in sorted(arguments.golden.glob("*.jsonl")) for case in _jsonl(path)]
    cases = [case for case in cases if case["expect"]["decision"] in ("answer", "refuse") and not case["history"]]
    random.Random(SEED).shuffle(cases)
    bm25 = Bm25([item.indexed_text for item in passages])
    outcomes = []
    async with open_embedder() as embedder:
        vectors = await embedder.encode([item.indexed_text for item in passages])
        for case in cases[: arguments.limit or None]:
            question, expect = case["question"], case["expect"]
            (asked,) = await embedder.encode([question])
            hits = _search(question, asked, frozenset(case["groups"]), passages, vectors, bm25)
            draft, ms = await _ask(embedder, question, select(question, hits, RetrievalPolicy()))
            outcomes.append(
                Outcome(
                    case["id"],
                    question,
                    expect["decision"] == "answer",
                    draft,
                    ms,
                    frozenset(expect["documents"]),
                    contains=tuple(expect["contains"]),
                )
            )
    return outcomes


async def _chunks(knowledge: Path) -> list[Passage]:
    async with Converter(timeout_s=60.0, memory_mb=1500) as converter:
        documents = [
            (await read(found, converter), found.row is not None)
            for found in scan(knowledge, audience=PUBLIC, embedder="")
            if isinstance(found, Found)
        ]
    return [passage for document, whole in documents for passage in split(document, whole=whole)]


def _search(
    question: str,
    asked: Sequence[float],
    groups: frozenset[str],
    passages: Sequence[Passage],
    vectors: Sequence[Sequence[float]],
    bm25: Bm25,
) -> list[Hit]:
    """Cosine and BM25 fused by reciprocal rank, as the index does it."""
    readable = [at for at, item in enumerate(passages) if item.audience & groups]
    dense = {at: _dot(asked, vectors[at]) for at in readable}
    sparse = bm25.scores(question)
    ranks: Counter[int] = Counter()
    for scores in (dense, {at: sparse[at] for at in readable if sparse[at]}):
        for rank, at in enumerate(sorted(scores, key=lambda key: scores[key], reverse=True)):
            ranks[at] += 1 / (2 + rank)  # type: ignore[assignment]
    best = [at for at, _ in ranks.most_common(24)]
    return [Hit(passages[at], float(ranks[at]), dense[at], float(sparse[at])) for at in best]


def _jsonl(path: Path | None) -> Iterable[dict[str, Any]]:
    if path is None:
        return
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    on = [outcome for outcome in outcomes if outcome.answerable]
    answered = [outcome for outcome in on if outcome.draft]
    off = [outcome for outcome in outcomes if not outcome.answerable and not outcome.off_topic]
    foreign = [outcome for outcome in outcomes if outcome.off_topic]
    referenced = [outcome for outcome in answered if outcome.reference]
    times = sorted(outcome.ms for outcome in outcomes)
    return {
        "questions": len(on),
        "answered": _share(len(answered), len(on)),
        "cites_gold": _share(sum(_cites_gold(outcome) for outcome in answered), len(on)),
        "cites_gold_of_answered": _share(sum(_cites_gold(outcome) for outcome in answered), len(answered)),
        "contains": _share(sum(_contains(o) for o in on), len(on)) if any(o.contains for o in on) else None,
        "token_f1": _mean(_f1(outcome) for outcome in referenced),
        "rouge_l_recall": _mean(_rouge_l_recall(outcome) for outcome in referenced),
        "unanswerable": len(off),
        "false_answer_rate": _share(sum(outcome.draft is not None for outcome in off), len(off)),
        "off_topic": len(foreign),
        "off_topic_answer_rate": _share(sum(outcome.draft is not None for outcome in foreign), len(foreign)),
        "ms": {"p50": round(statistics.median(times), 1), "p95": round(times[int(0.95 * (len(times) - 1))], 1)},
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return round(statistics.fmean(found), 3) if found else None


def _cites_gold(outcome: Outcome) -> bool:
    return bool(outcome.draft and outcome.gold & {citation.document_id for citation in outcome.draft.citations})


def _contains(outcome: Outcome) -> bool:
    text = _plain(outcome.draft.text) if outcome.draft else ""
    return all(_plain(part) in text for part in outcome.contains)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*|]", " ", text).split()).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"\]\([^)]*\)", "]", text).lower())


def _f1(outcome: Outcome) -> float:
    said, wanted = Counter(_words(outcome.draft.text if outcome.draft else "")), Counter(_words(outcome.reference))
    shared = sum((said & wanted).values())
    return 2 * shared / (sum(said.values()) + sum(wanted.values())) if shared else 0.0


def _rouge_l_recall(outcome: Outcome) -> float:
    """The longest common subsequence's share of the reference (Lin, 2004)."""
    said, wanted = _words(outcome.draft.text if outcome.draft else ""), _words(outcome.reference)
    row = [0] * (len(said) + 1)
    for word in wanted:
        before = 0
        for at, other in enumerate(said, 1):
            before, row[at] = row[at], before + 1 if word == other else max(row[at], row[at - 1])
    return row[-1] / len(wanted) if wanted else 0.0


if __name__ == "__main__":
    main()
