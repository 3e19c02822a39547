"""Conversations and words for the context benchmarks: LoCoMo's form, a stand-in's replies, what every result names.

LoCoMo (Maharana et al., 2024) is published at https://github.com/snap-research/locomo as `data/locomo10.json`.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import platform
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assistant.memory.tokens import count, encoding

SEED = 7
ADVERSARIAL = 5
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_FIGURE = re.compile(
    r"[\d@/\[\]]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|"
    r"twice|half|quarter|\w+(?:teen|ty))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance: its id in the data set ("D1:3"), who said it and what."""

    id: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question over a whole conversation, its gold answer and the ids of the utterances that hold it."""

    text: str
    answer: str
    evidence: tuple[str, ...]
    category: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation of two people with questions about it."""

    name: str
    lines: tuple[Line, ...]
    questions: tuple[Question, ...]

    def pairs(self) -> list[tuple[str, str]]:
        """Turns: the words of the first speaker up to the other's, and those up to the first one's again."""
        first = self.lines[0].speaker
        turns: list[list[list[str]]] = []
        for line in self.lines:
            mine = line.speaker == first
            if not turns or (mine and turns[-1][1]):
                turns.append([[], []])
            turns[-1][0 if mine else 1].append(line.text)
        return [(" ".join(said), " ".join(answered)) for said, answered in turns]


def read_dialogues(path: Path) -> list[Dialogue]:
    """The conversations of a file in LoCoMo's form (JSON, or JSON compressed with gzip)."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [_dialogue(row) for row in json.load(file)]


def _dialogue(row: dict[str, Any]) -> Dialogue:
    sessions = row["conversation"]
    numbers = sorted(int(key.split("_")[1]) for key in sessions if re.fullmatch(r"session_\d+", key))
    lines = [Line(said["dia_id"], said["speaker"], said["text"]) for n in numbers for said in sessions[f"session_{n}"]]
    questions = [
        Question(asked["question"], str(asked.get("answer", "")), tuple(asked.get("evidence", ())), asked["category"])
        for asked in row["qa"]
    ]
    return Dialogue(row.get("sample_id", ""), tuple(lines), tuple(questions))


def user_messages(
    dialogues: Sequence[Dialogue], turns: int, *, fits: Callable[[str], bool] = lambda _: True
) -> list[str]:
    """The first `turns` utterances that fit, in their order, each told from every other one by its words.

    One conversation's while they last, then the next one's. Raises ValueError when all of them are too few.
    """
    chosen: list[str] = []
    for text in (" ".join(line.text.split()) for dialogue in dialogues for line in dialogue.lines):
        if len(text) >= 20 and fits(text) and not any(text in other or other in text for other in chosen):
            chosen.append(text)
        if len(chosen) == turns:
            return chosen
    raise ValueError(f"the data hold {len(chosen)} different utterances, fewer than the {turns} asked for")


def replies(dialogues: Sequence[Dialogue], tokens: int, seed: int) -> Iterator[str]:
    """Without end: texts of sentences drawn from the data, each of exactly `tokens` tokens and unlike the others.

    Drawn from the second half of the conversations, so that a reply doesn't repeat what `user_messages` took, and
    without figures, which nothing would bear out. Each ends by citing its source, passage 1.
    """
    lines = [line.text for dialogue in dialogues[len(dialogues) // 2 :] for line in dialogue.lines]
    sentences = [part for line in lines for part in _SENTENCE_END.split(line) if part and not _FIGURE.search(part)]
    draw = random.Random(seed)
    for number in itertools.count(1):
        yield _exactly(tokens, f"Reply {_spelled(number)}:", sentences, draw)


def _exactly(tokens: int, start: str, sentences: Sequence[str], draw: random.Random) -> str:
    """`start` and random sentences, of exactly `tokens` tokens."""
    text = start
    while count(text) < tokens:
        text += f" {draw.choice(sentences)}"
    kept = encoding().encode_ordinary(text)
    for length in range(tokens - 1, 0, -1):
        made = encoding().decode(kept[:length], errors="ignore").rstrip(" .!?,") + " [1]."
        if count(made) == tokens:
            return made
    return _exactly(tokens, start, sentences, draw)


def _spelled(number: int) -> str:
    """A number in letters."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def machine() -> dict[str, Any]:
    """What the figures were made on."""
    versions = {}
    for package in ("langchain", "langchain-core", "langgraph", "langmem", "langgraph-checkpoint-sqlite"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = ""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "versions": versions}


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0 to 1) of them lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    return {"p50": round(quantile(values, 0.5), 2), "p95": round(quantile(values, 0.95), 2)}
