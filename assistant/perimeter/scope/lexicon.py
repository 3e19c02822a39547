"""Words, pairs of words and pieces of words, weighed by TF-IDF into one sparse row a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

        rows = [self.row(text) for text in texts]
        columns = np.concatenate([np.zeros(0, np.int32), *(at for at, _ in rows)])
        values = np.concatenate([np.zeros(0, np.float32), *(row for _, row in rows)])
        ends = np.cumsum([0, *(len(at) for at, _ in rows)])
        return csr_matrix((values, columns, ends), shape=(len(texts), len(self.idf)))

    def times(self, texts: Sequence[str], matrix: Floats) -> Floats:
        """What `weigh` gives times a (columns, K) matrix; of that only the rows of words met are touched."""
        rows = [row @ matrix[at] for at, row in map(self.row, texts)]
        return np.asarray(rows, np.float32).reshape(len(texts), matrix.shape[1])

    def row(self, text: str) -> tuple[NDArray[np.int32], Floats]:
        """The columns of the words and pieces met, and their weights."""
        blocks = [_counted(word_grams(text), self.words), _counted(piece_grams(text), self.pieces)]
        weighed = [self._weighed(at, counts) for at, counts in blocks]
        return np.concatenate([at for at, _ in blocks]), np.concatenate(weighed)

    def _weighed(self, at: NDArray[np.int32], counts: Floats) -> Floats:
        row = (1 + np.log(counts)) * self.idf[at]
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


def _counted(grams: Sequence[str], known: dict[str, int]) -> tuple[NDArray[np.int32], Floats]:
    """The columns of the grams that are known, and how often each occurs."""
    counts = Counter(column for column in map(known.get, grams) if column is not None)
    size = len(counts)
    return np.fromiter(counts, np.int32, size), np.fromiter(counts.values(), np.float32, size)


def _known(
    texts: Sequence[str], split: Callable[[str], list[str]], least: int, start: int
) -> tuple[dict[str, int], list[float]]:
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(split(text)))
    grams = sorted(gram for gram, count in seen.items() if count >= least)
    idf = [float(np.log((1 + len(texts)) / (1 + seen[gram])) + 1) for gram in grams]
    return {gram: start + at for at, gram in enumerate(grams)}, idf
