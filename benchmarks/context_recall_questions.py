"""A conversation in the product's own index, and the questions about it, as the benchmark of recall asks them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.memory.contents import Utterance
from assistant.memory.recall import RecallIndex, RecallPolicy, parts, recall
from assistant.ports import Vector
from benchmarks.context_data import ADVERSARIAL

POLICY = RecallPolicy(word_floor=0.0, meaning_floor=-1.0, whole_tokens=10_000, recency=0.0)
_CAPTION_START = re.compile(r"^(an? )?(photo|photography|picture|image|close up)s? (taken )?of (an? )?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its gold answer, the ids of its evidence and, once embedded, its topic's vector and its own."""

    text: str
    category: int
    evidence: frozenset[str]
    answer: str = ""
    vector: Vector = ()
    whole: Vector = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A conversation in the index, and its questions."""

    index: RecallIndex
    asked: Sequence[Asked]
    vectors: Sequence[Sequence[Vector]]


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
        Asked(q["question"], q["category"], found, str(q.get("answer", "")))
        for q in row["qa"]
        if q["category"] != ADVERSARIAL and (found := evidence(q["evidence"])) and found <= ids
    ]
    topics = await embedder.encode([index.topic(each.text) for each in asked])
    whole = await embedder.encode([each.text for each in asked])
    embedded = zip(asked, topics, whole, strict=True)
    return Prepared(index, [replace(each, vector=v, whole=w) for each, v, w in embedded], vectors)


def between_user_and_assistant(over: Prepared) -> Prepared:
    """The same conversation as the product would hold it: nobody has a name, and questions are embedded whole."""
    first = over.index.said[0].speaker
    said = [replace(each, speaker="user" if each.speaker == first else "assistant") for each in over.index.said]
    index = RecallIndex()
    index.extend(said, over.vectors)
    return Prepared(index, [replace(each, vector=each.whole) for each in over.asked], over.vectors)


def recalled(
    over: Prepared, asked: Asked, budget: int, exclude: Set[str] = frozenset(), *, policy: RecallPolicy = POLICY
) -> list[Utterance]:
    """What the index gives for a question within a budget."""
    within = replace(policy, limit_tokens=budget)
    return recall(over.index, asked.text, asked.vector, policy=within, exclude=exclude)
