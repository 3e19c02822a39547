"""In-memory twins of the embedder and the passage index, for tests that are not about either."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.ports import IndexQuery, Vector
from assistant.values import Hit, Part, Passage

_WORD = re.compile(r"\w+")
_K1, _B, _RRF_K = 1.2, 0.75, 60


class WordEmbedder:
    """Implements ports.Embedder without a model: hashed bags of words, so that shared words mean similarity."""

    def __init__(self, dimensions: int = 64, name: str = "words") -> None:
        self.calls: list[tuple[str, ...]] = []
        self._dimensions = dimensions
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def encoded(self) -> int:
        """Texts encoded so far."""
        return sum(len(call) for call in self.calls)

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        self.calls.append(tuple(texts))
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        vector = [0.0] * self._dimensions
        vector[0] = 1e-3
        for word in _words(text):
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self._dimensions] += 1.0
        norm = math.sqrt(sum(value * value for value in vector))
        return [value / norm for value in vector]


class MemoryIndex:
    """Implements ports.PassageIndex: exact search over a dictionary."""

    def __init__(self) -> None:
        self.passages: dict[str, tuple[Passage, Vector]] = {}
        self.commits = 0

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None:
        for passage, vector in zip(passages, vectors, strict=True):
            self.passages[passage.id] = (passage, vector)

    async def remove(self, document_ids: Iterable[str]) -> None:
        gone = set(document_ids)
        self.passages = {id_: pair for id_, pair in self.passages.items() if pair[0].document_id not in gone}

    async def search(self, query: IndexQuery) -> list[Hit]:
        readable = [pair for pair in self.passages.values() if pair[0].audience & query.groups]
        dense = {p.id: sum(a * b for a, b in zip(query.vector, v, strict=True)) for p, v in readable}
        sparse = {id_: score for id_, score in self._bm25(query.text).items() if id_ in dense and score > 0}
        fused: dict[str, float] = {}
        for scores in (dense, sparse):
            for rank, id_ in enumerate(sorted(scores, key=lambda id_: (-scores[id_], id_))[: query.limit * 2]):
                fused[id_] = fused.get(id_, 0.0) + 1 / (_RRF_K + rank)
        hits = [
            Hit(self.passages[id_][0], score, dense=dense[id_], sparse=sparse.get(id_, 0.0))
            for id_, score in fused.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, -hit.dense, hit.passage.id))[: query.limit]

    async def commit(self) -> None:
        self.commits += 1

    async def health(self) -> Part:
        return Part("index", "memory", "", well=True, detail=f"{len(self.passages)} passages")

    def _bm25(self, text: str) -> Mapping[str, float]:
        words = {id_: _words(passage.indexed_text) for id_, (passage, _) in self.passages.items()}
        mean = sum(map(len, words.values())) / max(1, len(words))
        scores = dict.fromkeys(words, 0.0)
        for term in set(_words(text)):
            found = sum(term in bag for bag in words.values())
            idf = math.log(1 + (len(words) - found + 0.5) / (found + 0.5))
            for id_, bag in words.items():
                count = bag.count(term)
                scores[id_] += idf * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * len(bag) / max(1.0, mean)))
        return scores


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
