"""The passage index on a Qdrant server or cluster, through its own asynchronous client.

A collection stands behind an alias, so that a rebuilt one takes over in a single step. `local:PATH` and `:memory:`
instead of an address mean the client's local mode: pure Python, for tests and development, slow beyond a few thousand
passages.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

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
    slug,
)
from assistant.errors import ConfigurationError, DataFolderInUseError, StorageFullError, UnavailableError
from assistant.ports import IndexQuery, Vector
from assistant.values import Hit, Part, Passage

ALIAS = "assistant-passages"
_CONNECT_TIMEOUT_S = 4
_COLLECTION = re.compile(r"\.(?P<embedder>[^.]+)\.(?P<dimensions>\d+)\.(?P<number>\d+)$")


class QdrantIndex:
    """Implements ports.PassageIndex on one collection."""

    def __init__(
        self, client: AsyncQdrantClient, *, where: str, alias: str, collection: str, encoder: Bm25Encoder
    ) -> None:
        self._client = client
        self._where = where
        self._alias = alias
        self._collection = collection
        self._encoder = encoder

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None:
        for batch in batches(passages, vectors):
            points = [
                models.PointStruct(
                    id=point_id(passage.id),
                    vector={
                        DENSE: list(vector),
                        SPARSE: _sparse(self._encoder.document(passage.indexed_text)),
                    },
                    payload=payload_of(passage),
                )
                for passage, vector in batch
            ]
            with _translated(self._where):
                await self._client.upsert(self._collection, points, wait=True)

    async def remove(self, document_ids: Iterable[str]) -> None:
        ids = list(document_ids)
        for at in range(0, len(ids), 500):
            condition = models.FieldCondition(key="document_id", match=models.MatchAny(any=ids[at : at + 500]))
            with _translated(self._where):
                await self._client.delete(
                    self._collection, models.FilterSelector(filter=models.Filter(must=[condition])), wait=True
                )

    async def search(self, query: IndexQuery) -> list[Hit]:
        if not query.groups or query.limit < 1:
            return []
        words = _sparse(self._encoder.query(query.text))
        audience = models.Filter(
            must=[models.FieldCondition(key="audience", match=models.MatchAny(any=sorted(query.groups)))]
        )
        depth = query.limit * PREFETCH_FACTOR
        vector = list(query.vector)
        prefetch = [models.Prefetch(query=vector, using=DENSE, limit=depth, filter=audience)]
        if words.indices:
            prefetch.append(models.Prefetch(query=words, using=SPARSE, limit=depth, filter=audience))
        with _translated(self._where):
            fused = await self._client.query_points(
                self._collection,
                prefetch=prefetch,
                query=models.RrfQuery(rrf=models.Rrf(k=RRF_K)),
                limit=depth * 2,
                with_payload=True,
            )
            if not fused.points:
                return []
            dense, sparse = await self._scores([point.id for point in fused.points], (vector, DENSE), (words, SPARSE))
        hits = (
            Hit(
                passage_of(point.payload or {}),
                score=point.score,
                dense=dense.get(point.id, 0.0),
                sparse=sparse.get(point.id, 0.0),
            )
            for point in fused.points
        )
        return ranked(hits, query.limit)

    async def commit(self) -> None:
        """Writes are durable already; after a rebuild the alias switches over to the new collection."""
        if self._collection == self._alias:
            return
        with _translated(self._where):
            current = await _target(self._client, self._alias)
            if current == self._collection:
                return
            await _point_alias(self._client, self._alias, self._collection, replacing=current)
            if current is not None:
                await self._client.delete_collection(current)

    async def health(self) -> Part:
        try:
            with _translated(self._where):
                count = (await self._client.count(self._collection, exact=False)).count
                version = (await self._client.info()).version
        except UnavailableError as exc:
            return Part("index", self._where, "qdrant", well=False, detail=str(exc))
        return Part(
            "index", self._where, f"qdrant {version}", well=True, detail=f"{count} passages, {self._collection}"
        )

    async def _scores(
        self, ids: Sequence[models.ExtendedPointId], *queries: tuple[list[float] | models.SparseVector, str]
    ) -> list[dict[models.ExtendedPointId, float]]:
        """The score of each of these points under each query, whichever list found them."""
        among = models.Filter(must=[models.HasIdCondition(has_id=list(ids))])
        requests = [
            models.QueryRequest(query=vector, using=name, limit=len(ids), filter=among)
            for vector, name in queries
            if not isinstance(vector, models.SparseVector) or vector.indices
        ]
        found = await self._client.query_batch_points(self._collection, requests)
        scores = [{point.id: point.score for point in response.points} for response in found]
        return [*scores, {}][: len(queries)]


@asynccontextmanager
async def open_qdrant_index(
    url: str,
    *,
    embedder: str,
    dimensions: int,
    api_key: str | None = None,
    language: str = "english",
    alias: str = ALIAS,
    rebuild: bool = False,
) -> AsyncIterator[QdrantIndex]:
    """Connect, and make the collection where there is none. `rebuild` fills a new one, which takes over on commit.

    Raises:
        ConfigurationError: the collection was made with another embedder, or the address can't be one.
        UnavailableError: there is no answer within five seconds.
        DataFolderInUseError: `local:PATH` is open in another process.
    """
    client = _client(url, api_key)
    try:
        with _translated(url):
            current = await _target(client, alias)
            wanted = f"{alias}.{slug(embedder)}.{dimensions}"
            if current is not None and not rebuild and current.rpartition(".")[0] != wanted:
                raise mismatch(
                    f"{url} (collection {current})", stored=_made_with(current), wanted=(embedder, dimensions)
                )
            collection = alias  # so that a process that serves follows a rebuild by another
            if current is None or rebuild:
                created = await _create(client, wanted, dimensions, indexed=_is_remote(url))
                collection = created if rebuild else alias
            if current is None:
                await _point_alias(client, alias, created, replacing=None)
        yield QdrantIndex(client, where=url, alias=alias, collection=collection, encoder=Bm25Encoder(language))
    finally:
        await client.close()


def _client(url: str, api_key: str | None) -> AsyncQdrantClient:
    try:
        if url == ":memory:":
            return AsyncQdrantClient(location=url)
        if url.startswith("local:"):
            return AsyncQdrantClient(path=url.removeprefix("local:"))
        return AsyncQdrantClient(url=url, api_key=api_key, timeout=_CONNECT_TIMEOUT_S, check_compatibility=False)
    except ValueError as exc:
        raise ConfigurationError(f"ASSISTANT_QDRANT_URL can't be {url!r}: {exc}") from exc
    except RuntimeError as exc:
        raise DataFolderInUseError(f"The index in {url} is open in another process: stop that one first.") from exc


def _is_remote(url: str) -> bool:
    return url != ":memory:" and not url.startswith("local:")


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except UnexpectedResponse as exc:
        said = f"{where} answered {exc.status_code}: {exc.content.decode(errors='replace')[:200]}"
        if exc.status_code in (401, 403):
            raise ConfigurationError(f"index: {said}. Check ASSISTANT_QDRANT_API_KEY.") from exc
        if "No space left" in said:
            raise StorageFullError("index", said) from exc
        raise UnavailableError("index", said) from exc
    except (ResponseHandlingException, ApiException, httpx.HTTPError, OSError) as exc:
        raise UnavailableError("index", f"{where} can't be reached: {exc or type(exc).__name__}") from exc


async def _target(client: AsyncQdrantClient, alias: str) -> str | None:
    """The collection behind an alias."""
    aliases = (await client.get_aliases()).aliases
    return next((entry.collection_name for entry in aliases if entry.alias_name == alias), None)


async def _create(client: AsyncQdrantClient, prefix: str, dimensions: int, *, indexed: bool) -> str:
    names = [entry.name for entry in (await client.get_collections()).collections]
    numbers = [int(match["number"]) for name in names if (match := _COLLECTION.search(name))]
    name = f"{prefix}.{max(numbers, default=0) + 1}"
    await client.create_collection(
        name,
        vectors_config={DENSE: models.VectorParams(size=dimensions, distance=models.Distance.COSINE)},
        sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    if indexed:
        for key in ("document_id", "audience"):
            await client.create_payload_index(name, key, models.PayloadSchemaType.KEYWORD, wait=True)
    return name


async def _point_alias(client: AsyncQdrantClient, alias: str, collection: str, *, replacing: str | None) -> None:
    create = models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=collection, alias_name=alias))
    delete = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
    await client.update_collection_aliases([create] if replacing is None else [delete, create])


def _made_with(collection: str) -> tuple[str, int]:
    match = _COLLECTION.search(collection)
    return (match["embedder"], int(match["dimensions"])) if match else (collection, 0)


def _sparse(weights: SparseWeights) -> models.SparseVector:
    return models.SparseVector(indices=weights.indices, values=weights.values)
