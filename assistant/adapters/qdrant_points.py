"""What both Qdrant engines share: names, point ids, payloads, and the order of hits."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.errors import ConfigurationError
from assistant.ports import Vector
from assistant.values import Hit, Passage

DENSE = "dense"
SPARSE = "bm25"
RRF_K = 10  # of 2, 10, 30 and 60 the best top five on two question sets, by little; not checked on held-out ones
PREFETCH_FACTOR = 2
UPSERT_BATCH = 128

_NAMESPACE = uuid.UUID("6c1f3f0e-5f7b-5c57-9f3c-0f5f3c1d8a11")


def point_id(passage_id: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, passage_id))


def payload_of(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "title": passage.title,
        "section": passage.section,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "ordinal": passage.ordinal,
        "version": passage.version,
        "audience": sorted(passage.audience),
        "url": passage.url,
        "superseded_by": passage.superseded_by,
        "updated": passage.updated,
    }


def passage_of(payload: Mapping[str, Any]) -> Passage:
    return Passage(**{**payload, "audience": frozenset(payload["audience"])})


def batches(passages: Sequence[Passage], vectors: Sequence[Vector]) -> Iterable[list[tuple[Passage, Vector]]]:
    """Pairs in batches small enough that a search waits for none of them long."""
    pairs = list(zip(passages, vectors, strict=True))
    return (pairs[at : at + UPSERT_BATCH] for at in range(0, len(pairs), UPSERT_BATCH))


def ranked(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """Best first. Ties of the rank fusion, which engines break each in their way, go to the higher cosine."""

    def key(hit: Hit) -> tuple[float, float, str]:
        return (-round(hit.score, 6), -round(hit.dense, 4), hit.passage.id)

    return sorted(hits, key=key)[:limit]


def slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")


def mismatch(where: str, *, stored: tuple[str, int], wanted: tuple[str, int]) -> ConfigurationError:
    """The error of an index made with another embedder; each pair is (name, dimensions)."""
    return ConfigurationError(
        f"The index in {where} was made with the embedder {stored[0]!r} ({stored[1]} dimensions), "
        f"but {wanted[0]!r} ({wanted[1]} dimensions) is set. "
        "Set the former again, or make the index anew with `assistant ingest --rebuild PATH…`."
    )
