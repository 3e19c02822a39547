"""Vectors, the index of passages, and the manifest of documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.values import Document, Hit, Part, Passage

Vector = Sequence[float]


class Embedder(Protocol):
    """Turns texts into unit vectors of `dimensions` floats. `name` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    async def encode(self, texts: Sequence[str]) -> list[Vector]: ...


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A hybrid query. Only passages whose audience meets `groups` come back: the filter is part of the query.

    An empty `groups` finds nothing.
    """

    text: str
    vector: Vector
    groups: frozenset[str]
    limit: int = 20


class PassageIndex(Protocol):
    """Hybrid (dense + BM25) search over passages."""

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None: ...
    async def remove(self, document_ids: Iterable[str]) -> None: ...
    async def search(self, query: IndexQuery) -> list[Hit]: ...
    async def commit(self) -> None:
        """Make what was written durable and searching it fast."""
        ...

    async def health(self) -> Part: ...


class Documents(Protocol):
    """The manifest: which documents are indexed, in which version. The source of truth about the index."""

    async def versions(self, source: str) -> Mapping[str, str]:
        """document id -> version, of one source."""
        ...

    async def save(self, documents: Sequence[Document], *, passages: Mapping[str, int]) -> None:
        """Insert or replace; `passages` counts each document's."""
        ...

    async def remove(self, document_ids: Iterable[str]) -> None: ...
    async def get(self, document_id: str, groups: frozenset[str]) -> Document | None:
        """None when absent and when no group of the caller may read it."""
        ...

    async def current(self, document_ids: Iterable[str], groups: frozenset[str]) -> Mapping[str, str]:
        """document id -> version as it is now, of those that exist and that a group of the caller may read."""
        ...

    async def count(self) -> Mapping[str, int]:
        """`{"documents": n, "passages": n}`."""
        ...
