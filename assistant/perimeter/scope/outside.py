"""What is known to be out of scope, and how near questions lie to it: by meaning, and by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.lexicon import BLOCK_WEIGHT, Lexicon
from assistant.perimeter.scope.nearness import largest

OUTSIDE_KEPT = 400
IN_SCOPE = -1
ELSEWHERE = -2
_THREE = 3


@dataclass(frozen=True, slots=True)
class Outside:
    """N examples out of scope: their unit vectors (D, N), and the weights (U, N) of the words met in them, which are
    rows of `words`; `rows` (V) is each lexicon column's row there, -1 for none."""

    vectors: Floats
    words: Floats
    rows: NDArray[np.int32]

    def distances(
        self, lexicon: Lexicon, texts: Sequence[str], vectors: Floats, own: NDArray[np.int64] | None = None
    ) -> Floats:
        """Minus the mean cosine to the three nearest, by vectors and by words (n, 2); 0 where nothing is known.

        Where heads are to be judged, `own` says of each text whether it is out of scope itself: its place among the N,
        `ELSEWHERE` where it is not among them, `IN_SCOPE` where it is none. One that is is compared neither with itself
        nor with what is nearest to it: what was collected together is more alike than what will be asked.
        """
        if not self.vectors.shape[1]:
            return np.zeros((len(texts), 2), np.float32)
        by_words = np.stack([self._shared(lexicon, text) for text in texts]) if texts else vectors @ self.vectors
        both = np.stack([vectors @ self.vectors, by_words])
        if own is not None:
            at = np.flatnonzero(own >= 0)
            both[:, at, own[at]] = -np.inf
            at = np.flatnonzero(own != IN_SCOPE)
            both[[[0], [1]], at, both[:, at].argmax(axis=-1)] = -np.inf
        three = largest(both, _THREE)
        known = np.isfinite(three)
        means = np.where(known, three, 0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
        return np.asarray(-means.T, np.float32)

    def _shared(self, lexicon: Lexicon, text: str) -> Floats:
        columns, values = lexicon.row(text)
        rows = self.rows[columns]
        met = rows >= 0
        return np.asarray(values[met] @ self.words[rows[met]] / (2 * BLOCK_WEIGHT**2), np.float32)


def outside_of(lexicon: Lexicon, texts: Sequence[str], vectors: Floats) -> Outside:
    """The first of the examples, as many as are kept."""
    kept = texts[:OUTSIDE_KEPT]
    weights = lexicon.weigh(kept).toarray().astype(np.float32).T
    met = np.flatnonzero(weights.any(axis=1))
    rows = np.full(len(lexicon.idf), -1, np.int32)
    rows[met] = np.arange(len(met))
    return Outside(np.ascontiguousarray(vectors[: len(kept)].T), np.ascontiguousarray(weights[met]), rows)
