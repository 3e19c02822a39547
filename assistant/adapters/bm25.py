"""The sparse encoder behind keyword search, one for every index engine so that all give the same weights."""

from __future__ import annotations

from dataclasses import dataclass

from qdrant_edge import Bm25, Bm25Config

from assistant.errors import ConfigurationError

# Mean tokens of a passage after stop words are dropped; BM25's length normalisation is relative to it.
_MEAN_TOKENS = 100.0


@dataclass(frozen=True, slots=True)
class SparseWeights:
    """Term ids and their weights, of equal length."""

    indices: list[int]
    values: list[float]


class Bm25Encoder:
    """BM25 term weights without the inverse document frequency, which the engine adds at query time.

    Okapi BM25 with k1=1.2 and b=0.75 (Robertson and Zaragoza, 2009), stemmed, without stop words.
    """

    def __init__(self, language: str = "english") -> None:
        try:
            self._model = Bm25(Bm25Config(language=language, avg_len=_MEAN_TOKENS))
        except ValueError as exc:
            raise ConfigurationError(f"BM25 knows no language {language!r}: {exc}") from exc

    def document(self, text: str) -> SparseWeights:
        weights = self._model.embed_document(text)
        return SparseWeights(weights.indices, weights.values)

    def query(self, text: str) -> SparseWeights:
        """Each term once with weight 1; empty when nothing but stop words is left."""
        weights = self._model.embed_query(text)
        return SparseWeights(weights.indices, weights.values)
