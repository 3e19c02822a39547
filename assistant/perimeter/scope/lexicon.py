"""Words, pairs of words and pieces of words, weighed by TF-IDF into one sparse row a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from assistant.perimeter.scope.evidence import Floats

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"\w+|[^\w\s]+")
_PIECE_LENGTHS = (2, 3, 4, 5)
_PIECES_SEEN_IN = 2
_MAX_CHARS = 1_000
BLOCK_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The known words and pieces, each with its column, and the columns' inverse document frequencies (natural log)."""

    words: dict[str, int]
    pieces: dict[str, int]
    idf: Floats

    def weigh(self, texts: Sequence[str]) -> Any:
        """A sparse (n, columns) matrix; words and pieces are each of length `BLOCK_WEIGHT` in a row."""
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        columns: list[int] = []
        values: list[Floats] = []
        ends = [0]
        for text in texts:
            for known, split in ((self.words, word_grams), (self.pieces, piece_grams)):
                counts = Counter(known[gram] for gram in split(text) if gram in known)
                columns.extend(counts)
                values.append(self._row(counts))
            ends.append(len(columns))
        data = np.concatenate([np.zeros(0, np.float32), *values])
        return csr_matrix((data, np.array(columns, np.int32), ends), shape=(len(texts), len(self.idf)))

    def _row(self, counts: Counter[int]) -> Floats:
        at = np.fromiter(counts, np.int32, len(counts))
        row = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[at]
        length = float(np.linalg.norm(row))
        return np.asarray(BLOCK_WEIGHT * row / length if length else row, np.float32)


def fit_lexicon(texts: Sequence[str]) -> Lexicon:
    """The words of the texts, and the pieces that occur in two of them at least."""
    words, word_idf = _known(texts, word_grams, 1, 0)
    pieces, piece_idf = _known(texts, piece_grams, _PIECES_SEEN_IN, len(words))
    return Lexicon(words, pieces, np.array([*word_idf, *piece_idf], np.float32))


def word_grams(text: str) -> list[str]:
    """Words in lower case and pairs of neighbours."""
    words = _WORD.findall(text[:_MAX_CHARS].lower())
    return words + [f"{left} {right}" for left, right in pairwise(words)]


def piece_grams(text: str) -> list[str]:
    """Pieces of two to five characters, the edges of a word marked by a space."""
    runs = [f" {run} " for run in _RUN.findall(text[:_MAX_CHARS].lower())]
    return [run[at : at + n] for run in runs for n in _PIECE_LENGTHS for at in range(len(run) - n + 1)]


def _known(
    texts: Sequence[str], split: Callable[[str], list[str]], least: int, start: int
) -> tuple[dict[str, int], list[float]]:
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(split(text)))
    grams = sorted(gram for gram, count in seen.items() if count >= least)
    idf = [float(np.log((1 + len(texts)) / (1 + seen[gram])) + 1) for gram in grams]
    return {gram: start + at for at, gram in enumerate(grams)}, idf
