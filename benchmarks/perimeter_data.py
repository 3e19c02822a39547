"""Labelled questions from CSV files, and their vectors, encoded once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.adapters.embedder import open_embedder
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import Example, read_examples


@dataclass(frozen=True, slots=True)
class Part:
    """Questions with their unit vectors."""

    examples: tuple[Example, ...]
    vectors: Floats

    @property
    def texts(self) -> list[str]:
        return [example.text for example in self.examples]

    @property
    def labels(self) -> list[str]:
        return [example.label for example in self.examples]


def load(path: Path, *, limit: int, cache: Path | None) -> Part:
    """The questions of a CSV; at most `limit` of each label unless that is 0."""
    examples = read_examples(path)
    if limit:
        seen: dict[str, int] = {}
        kept = []
        for example in examples:
            seen[example.label] = seen.get(example.label, 0) + 1
            if seen[example.label] <= limit:
                kept.append(example)
        examples = tuple(kept)
    return part_of(examples, cache)


def part_of(examples: Sequence[Example], cache: Path | None) -> Part:
    """The examples with their vectors."""
    return Part(tuple(examples), encode([example.text for example in examples], cache))


def encode(texts: Sequence[str], cache: Path | None) -> Floats:
    """Vectors of the shipped embedder, kept in the folder `cache` if one is given."""
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    kept = cache / f"{digest}.npy" if cache else None
    if kept is not None and kept.exists():
        return np.asarray(np.load(kept), np.float32)
    vectors = asyncio.run(_encode(texts))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, vectors)
    return vectors


async def _encode(texts: Sequence[str]) -> Floats:
    async with open_embedder() as embedder:
        return np.asarray(await embedder.encode(list(texts)), np.float32).reshape(len(texts), embedder.dimensions)
