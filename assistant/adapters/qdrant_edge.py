"""The passage index embedded in this process: Qdrant's own engine on a folder (Qdrant Edge)."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import importlib.metadata
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar, TypeVarTuple, cast

import qdrant_edge as qe

from assistant.adapters.bm25 import Bm25Encoder, SparseWeights
from assistant.adapters.qdrant_points import (
    DENSE,
    PREFETCH_FACTOR,
    RRF_K,
    SPARSE,
    batches,
    mismatch,
    passage_of,
    payload_of,
    point_id,
    ranked,
)
from assistant.errors import DataFolderInUseError, StorageFullError, UnavailableError
from assistant.ports import IndexQuery, Vector
from assistant.values import Hit, Part, Passage

PointId = int | uuid.UUID | str
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# Kilobytes of vectors under which a segment is searched exactly: 65,000 passages of 384 dimensions, about 25 ms.
_EXACT_BELOW_KB = 100_000


class EdgeIndex:
    """Implements ports.PassageIndex. Every call of the engine goes through one thread of its own."""

    def __init__(self, folder: Path, *, embedder: str, dimensions: int, encoder: Bm25Encoder, rebuild: bool) -> None:
        """Blocking: opens the shard or makes it. The folder's lock is the caller's to hold."""
        self._folder = folder
        self._identity = (embedder, dimensions)
        self._encoder = encoder
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")
        stored = _stored(folder)
        if stored is not None and not rebuild and (stored[0], stored[1]) != self._identity:
            raise mismatch(str(folder), stored=(stored[0], stored[1]), wanted=self._identity)
        fresh = stored is None or rebuild
        self._shard_name = _next_name(stored) if stored is None or rebuild else stored[2]
        with _translated(folder):
            path = folder / self._shard_name
            self._shard = _create(path, dimensions) if fresh else qe.EdgeShard.load(str(path))
        self._published = not fresh
        if stored is None:
            self._publish()

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None:
        for batch in batches(passages, vectors):
            await self._call(self._upsert, batch)

    async def remove(self, document_ids: Iterable[str]) -> None:
        ids = list(document_ids)
        for at in range(0, len(ids), 500):
            condition = qe.FieldCondition("document_id", match=qe.MatchAny(ids[at : at + 500]))
            operation = qe.UpdateOperation.delete_points_by_filter(qe.Filter(must=[condition]))
            await self._call(self._shard.update, operation)

    async def search(self, query: IndexQuery) -> list[Hit]:
        if not query.groups or query.limit < 1:
            return []
        return await self._call(self._search, query)

    async def commit(self) -> None:
        await self._call(self._commit)

    async def health(self) -> Part:
        version = f"qdrant-edge {importlib.metadata.version('qdrant-edge-py')}"
        try:
            count = await self._call(self._shard.count, qe.CountRequest(exact=True))
        except UnavailableError as exc:
            return Part("index", str(self._folder), version, well=False, detail=str(exc))
        return Part("index", str(self._folder), version, well=True, detail=f"{count} passages, {self._identity[0]}")

    async def aclose(self) -> None:
        await self._call(self._close)
        self._worker.shutdown(wait=False)

    async def _call(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        with _translated(self._folder):
            return await asyncio.get_running_loop().run_in_executor(self._worker, partial(function, *args))

    def _upsert(self, batch: Sequence[tuple[Passage, Vector]]) -> None:
        points = [
            qe.Point(
                point_id(passage.id),
                {DENSE: list(vector), SPARSE: _sparse(self._encoder.document(passage.indexed_text))},
                payload_of(passage),
            )
            for passage, vector in batch
        ]
        self._shard.update(qe.UpdateOperation.upsert_points(points))

    def _search(self, query: IndexQuery) -> list[Hit]:
        words = _sparse(self._encoder.query(query.text))
        audience = qe.Filter(must=[qe.FieldCondition("audience", match=qe.MatchAny(sorted(query.groups)))])
        depth = query.limit * PREFETCH_FACTOR
        vector = list(query.vector)
        fused = self._shard.query(
            qe.QueryRequest(
                limit=depth * 2,
                prefetches=[
                    qe.Prefetch(limit=depth, query=qe.Query.Nearest(vector, using=DENSE), filter=audience),
                    qe.Prefetch(limit=depth, query=qe.Query.Nearest(words, using=SPARSE), filter=audience),
                ],
                query=cast("qe.Fusion", qe.Fusion.Rrf(k=RRF_K)),
                with_payload=True,
            )
        )
        if not fused:
            return []
        dense, sparse = self._scores([point.id for point in fused], (vector, DENSE), (words, SPARSE))
        hits = (
            Hit(
                passage_of(cast("Mapping[str, object]", point.payload)),
                score=point.score,
                dense=dense.get(point.id, 0.0),
                sparse=sparse.get(point.id, 0.0),
            )
            for point in fused
        )
        return ranked(hits, query.limit)

    def _scores(
        self, ids: Sequence[PointId], *queries: tuple[list[float] | qe.SparseVector, str]
    ) -> list[dict[PointId, float]]:
        """The score of each of these points under each query, whichever list found them."""
        among = qe.Filter(must=[qe.HasIdCondition(set(ids))])
        requests = [
            qe.QueryRequest(limit=len(ids), query=qe.Query.Nearest(vector, using=name), filter=among)
            for vector, name in queries
        ]
        found = self._shard.query_batch(qe.QueryBatchRequest(requests))
        return [{point.id: point.score for point in points} for points in found]

    def _commit(self) -> None:
        self._shard.flush()
        self._shard.optimize()
        if not self._published:
            self._publish()

    def _publish(self) -> None:
        """Point at this shard from now on; a rebuild's old shard goes only after the switch."""
        embedder, dimensions = self._identity
        pointer = self._folder / "index.json"
        draft = pointer.with_suffix(".new")
        draft.write_text(json.dumps({"embedder": embedder, "dimensions": dimensions, "shard": self._shard_name}))
        draft.replace(pointer)
        self._published = True
        for old in self._folder.glob("shard-*"):
            if old.name != self._shard_name:
                shutil.rmtree(old, ignore_errors=True)

    def _close(self) -> None:
        self._shard.flush()
        self._shard.close()


@asynccontextmanager
async def open_edge_index(
    folder: Path, *, embedder: str, dimensions: int, language: str = "english", rebuild: bool = False
) -> AsyncIterator[EdgeIndex]:
    """Open the index in `folder`, or make it. `rebuild` starts a new one, which takes over with the first commit.

    Raises:
        ConfigurationError: it was made with another embedder.
        DataFolderInUseError: another process has it open.
        UnavailableError: the folder can't be read.
    """
    with _locked(folder):
        encoder = Bm25Encoder(language)
        index = await asyncio.to_thread(
            partial(EdgeIndex, folder, embedder=embedder, dimensions=dimensions, encoder=encoder, rebuild=rebuild)
        )
        try:
            yield index
        finally:
            await index.aclose()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Held by one process at a time; the operating system lets go of it when that process ends, however it ends."""
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise DataFolderInUseError(
                f"The index in {folder} is open in another process: stop that one first, or set ASSISTANT_QDRANT_URL "
                "to share one index among processes."
            ) from exc
        yield


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """The engine raises bare `Exception` only: all it says becomes an error of ours that names the folder."""
    try:
        yield
    except OSError as exc:
        if exc.errno == errno.ENOSPC:
            raise StorageFullError("index", f"no space left for {folder}") from exc
        raise UnavailableError("index", f"{folder}: {exc}") from exc
    except Exception as exc:
        if type(exc) is not Exception:
            raise
        if "No space left" in str(exc):
            raise StorageFullError("index", f"no space left for {folder}") from exc
        raise UnavailableError("index", f"{folder}: {exc}") from exc


def _create(path: Path, dimensions: int) -> qe.EdgeShard:
    if path.exists():
        shutil.rmtree(path)  # left behind by a rebuild that never came to its first commit
    path.mkdir(parents=True)
    shard = qe.EdgeShard.create(
        str(path),
        qe.EdgeConfig(
            vectors={DENSE: qe.EdgeVectorParams(size=dimensions, distance=qe.Distance.Cosine)},
            sparse_vectors={SPARSE: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)},
            optimizers=qe.EdgeOptimizersConfig(indexing_threshold=_EXACT_BELOW_KB),
        ),
    )
    for name in ("document_id", "audience"):
        shard.update(qe.UpdateOperation.create_field_index(name, qe.PayloadSchemaType.Keyword))
    return shard


def _stored(folder: Path) -> tuple[str, int, str] | None:
    """Embedder, dimensions and shard of the index in a folder, None where there is none."""
    pointer = folder / "index.json"
    if not pointer.exists():
        return None
    try:
        state = json.loads(pointer.read_text())
        return str(state["embedder"]), int(state["dimensions"]), str(state["shard"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise UnavailableError(
            "index", f"{pointer} is damaged ({exc}): make the index anew with `assistant ingest --rebuild PATH…`"
        ) from exc


def _next_name(stored: tuple[str, int, str] | None) -> str:
    return "shard-1" if stored is None else f"shard-{int(stored[2].rpartition('-')[2]) + 1}"


def _sparse(weights: SparseWeights) -> qe.SparseVector:
    return qe.SparseVector(weights.indices, weights.values)
