"""Looks for training texts of the injection guard that are close to texts it is measured on. Nothing is trained here.

    python scripts/near_copies.py --data qualifire_public.jsonl injection.jsonl train.csv queries_lastturn.jsonl

Each training text and each of its sentences is compared with every measured text and each of its sentences: the share
of runs of five characters that both have of those that either has (Jaccard). Prints the closest pairs from `--at` up,
by training line, and ends with status 1 when there are any. Stock phrases, which every collection of attacks holds, are
`STOCK` and are left out, as are sentences within a training text that are too short to be anybody's own ("Stay in
character.").
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from injection_examples import examples
from sklearn.feature_extraction.text import HashingVectorizer

SENTENCE = re.compile(r"[^.!?\n]{12,}[.!?]*")
STOCK = re.compile(
    r"(ignore|disregard|forget|show|reveal|repeat|print|list|what|tell|give|write|act|you are|from now|do not|reset)\b"
    r"(?=.*\b(instructions?|prompts?|rules|guidelines|told|said|above|before|password|secret|ai|dan|mode)\b)"
)
LEAST = 14  # characters below which a text is too short to be a copy
LEAST_WITHIN = 40  # the same for a sentence within a longer training text
SHORT = 60  # characters up to which an attack that opens like this is a stock phrase


@dataclass(frozen=True, slots=True)
class Pair:
    """A training text, the line it comes from, and the measured text closest to it, 0 to 1."""

    likeness: float
    line: str
    text: str
    measured: str


def near_copies(texts: Sequence[tuple[str, str]], measured: Sequence[str], at: float) -> list[Pair]:
    """The training texts (line, text) that are at least `at` like a measured text, one for each line, closest first."""
    grams = HashingVectorizer(analyzer="char_wb", ngram_range=(5, 5), binary=True, norm=None, n_features=2**18)
    theirs = grams.transform(measured)
    sizes = np.asarray(theirs.sum(axis=1)).ravel()
    closest: dict[str, Pair] = {}
    for start in range(0, len(texts), 200):
        batch = texts[start : start + 200]
        ours = grams.transform([text for _, text in batch])
        shared = (ours @ theirs.T).toarray()
        either = np.asarray(ours.sum(axis=1)) + sizes - shared
        likeness = shared / np.maximum(either, 1)
        for (line, text), best, which in zip(batch, likeness.max(axis=1), likeness.argmax(axis=1), strict=True):
            if best >= at and (line not in closest or best > closest[line].likeness):
                closest[line] = Pair(float(best), line, text, measured[which])
    return sorted(closest.values(), key=lambda pair: -pair.likeness)


def stock(text: str) -> bool:
    """Whether a text is a short stock phrase of attacks, which nobody needs to copy to have."""
    return len(text) <= SHORT and STOCK.match(text.lower().removeprefix("please ")) is not None


def read(path: Path) -> Iterable[str]:
    """The texts of a file and their sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file):
            yield from parts(line["text"].replace("|user|:", "").strip())


def parts(text: str) -> set[str]:
    """A text, as far as it is compared, and its sentences."""
    return {text[:1000], *(match.group(0).strip() for match in SENTENCE.finditer(text))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--at", type=float, default=0.55)
    arguments = parser.parse_args()
    measured = sorted({text for path in arguments.data for text in read(path)})
    made = examples()
    ours = {part: each.group for each in made for part in parts(each.text) if len(part) >= LEAST_WITHIN}
    ours |= {each.text[:1000]: each.group for each in made}
    texts = [(line, text) for text, line in ours.items() if len(text) >= LEAST and not stock(text)]
    pairs = near_copies(texts, measured, arguments.at)
    for pair in pairs:
        sys.stdout.write(f"{pair.likeness:.2f}  {pair.text}\n      ~ {pair.measured[:160]}\n      line: {pair.line}\n")
    sys.stdout.write(f"{len(pairs)} lines of {len({group for group, _ in texts})} near {len(measured)} texts\n")
    sys.exit(1 if pairs else 0)


if __name__ == "__main__":
    main()
