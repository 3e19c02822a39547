"""Documents into the index: only what changed, in an order that a crash can't harm."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from assistant.errors import DocumentError
from assistant.knowledge.chunking import ChunkingPolicy, split
from assistant.knowledge.conversion import Converter
from assistant.knowledge.sources import READABLE, Found, ReadPolicy, Refused, read, resolved, scan
from assistant.ports import Documents, Embedder, PassageIndex, Vector
from assistant.values import PUBLIC, Document, Passage


class Progress(Protocol):
    """Told how far the work is, in documents; `total` is 0 while it isn't known."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


@dataclass(frozen=True, slots=True)
class IngestPolicy:
    """`block_passages` are embedded, written and committed together: they bound memory and what a crash repeats."""

    reading: ReadPolicy = field(default_factory=ReadPolicy)
    chunking: ChunkingPolicy = field(default_factory=ChunkingPolicy)
    block_passages: int = 512
    encode_passages: int = 64


@dataclass(frozen=True, slots=True)
class Summary:
    """Documents by what became of them; `passages` and `embedded` count passages written and vectors computed.

    `audiences` counts the documents added or changed by who may see them.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0
    audiences: Mapping[frozenset[str], int] = field(default_factory=dict)


async def ingest(
    paths: Sequence[Path],
    *,
    audience: frozenset[str] = frozenset({PUBLIC}),
    documents: Documents,
    index: PassageIndex,
    embedder: Embedder,
    policy: IngestPolicy | None = None,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> Summary:
    """Bring the index and the manifest in line with files and folders.

    The index is written first and the manifest after it, so that a run that was cut short is made good by the next.
    `rebuild` takes every document for changed, and commits once at the end: for an index that was started anew.

    Raises:
        DocumentError: a path isn't there, or a folder holds nothing we read.
    """
    started = time.monotonic()
    roots = list(dict.fromkeys(await asyncio.to_thread(lambda: [resolved(path) for path in paths])))
    policy = policy or IngestPolicy()
    async with Converter(
        timeout_s=policy.reading.parse_timeout_s, memory_mb=policy.reading.parse_memory_mb
    ) as converter:
        run = _Run(documents, index, embedder, policy, converter, progress or _silent, rebuild)
        for root in roots:
            await run.take(root, audience)
        await run.finish()
    return run.summary(time.monotonic() - started)


@dataclass(slots=True)
class _Block:
    """Documents read but not yet written."""

    documents: list[Document] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)


class _Run:
    """One call of `ingest`: the parts it works with and the counts it keeps."""

    def __init__(
        self,
        documents: Documents,
        index: PassageIndex,
        embedder: Embedder,
        policy: IngestPolicy,
        converter: Converter,
        progress: Progress,
        rebuild: bool,
    ) -> None:
        self._documents = documents
        self._index = index
        self._embedder = embedder
        self._policy = policy
        self._converter = converter
        self._progress = progress
        self._rebuild = rebuild
        self._unsaved: list[tuple[list[Document], dict[str, int]]] = []
        self._taken: dict[str, str] = {}
        self._refused: list[tuple[str, str]] = []
        self._counts = dict.fromkeys(("added", "changed", "unchanged", "removed", "passages", "embedded"), 0)
        self._audiences: Counter[frozenset[str]] = Counter()
        self._done = self._total = 0

    def summary(self, seconds: float) -> Summary:
        return Summary(**self._counts, refused=tuple(self._refused), seconds=seconds, audiences=dict(self._audiences))

    async def take(self, root: Path, audience: frozenset[str]) -> None:
        known = await self._documents.versions(str(root))
        block, present, any_found = _Block(), set[str](), False
        async for found in self._scan(root, audience):
            any_found = True
            if isinstance(found, Refused):
                self._refuse(found.name, found.why)
            elif (other := self._taken.setdefault(found.id, found.source)) != found.source:
                self._refuse(found.id, f"{other} has a document of the same name")
            else:
                present.add(found.id)
                await self._take_one(found, known.get(found.id), block)
            if len(block.passages) >= self._policy.block_passages:
                block = await self._write(block)
        if not any_found:
            raise DocumentError(f"There is nothing to read in {root}: put {READABLE} files there.")
        await self._write(block)
        await self._remove(sorted(set(known) - present))

    async def finish(self) -> None:
        """A new index takes over in one step, once it is whole."""
        if self._rebuild:
            await self._index.commit()
        for documents, counted in self._unsaved:
            await self._documents.save(documents, passages=counted)

    async def _scan(self, root: Path, audience: frozenset[str]) -> AsyncIterator[Found | Refused]:
        """The blocking scan, a slice at a time in a thread."""
        entries = scan(root, audience=audience, embedder=self._embedder.name, policy=self._policy.reading)
        while batch := await asyncio.to_thread(lambda: list(islice(entries, 500))):
            self._total += len(batch)
            for entry in batch:
                yield entry

    async def _take_one(self, found: Found, version: str | None, block: _Block) -> None:
        if version == found.version and not self._rebuild:
            self._counts["unchanged"] += 1
            self._step(1, "Reading")
            return
        try:
            document = await read(found, self._converter)
        except DocumentError as exc:
            self._refuse(found.id, str(exc))
            # What was indexed of it before is out of date: it goes.
            if version is not None:
                await self._remove([found.id])
            return
        whole = found.row is not None
        passages = await asyncio.to_thread(split, document, self._policy.chunking, whole=whole)
        block.documents.append(document)
        block.passages.extend(passages)
        self._counts["added" if version is None else "changed"] += 1
        self._audiences[document.audience] += 1

    async def _write(self, block: _Block) -> _Block:
        """Embed first, so that readers miss a changed document's passages for a moment only."""
        if not block.documents:
            return block
        # Longest first: buffers of later batches fit into those of earlier ones.
        passages = sorted(block.passages, key=lambda passage: -len(passage.text))
        vectors = await self._encode(passages, len(block.documents))
        # New ones too: a run that was cut short may have left passages the manifest knows nothing of.
        await self._index.remove([document.id for document in block.documents])
        await self._index.upsert(passages, vectors)
        counted = dict.fromkeys((document.id for document in block.documents), 0)
        for passage in passages:
            counted[passage.document_id] += 1
        if self._rebuild:
            self._unsaved.append((block.documents, counted))
        else:
            await self._index.commit()
            await self._documents.save(block.documents, passages=counted)
        self._counts["passages"] += len(passages)
        self._done += len(block.documents)
        self._step(0, "Embedding")
        return _Block()

    async def _encode(self, passages: Sequence[Passage], documents: int) -> list[Vector]:
        vectors: list[Vector] = []
        size = self._policy.encode_passages
        for at in range(0, len(passages), size):
            vectors += await self._embedder.encode([passage.indexed_text for passage in passages[at : at + size]])
            share = len(vectors) / len(passages)
            self._progress(self._done + int(documents * share), self._total, "Embedding")
        self._counts["embedded"] += len(vectors)
        return vectors

    async def _remove(self, document_ids: Sequence[str]) -> None:
        if not document_ids:
            return
        await self._index.remove(document_ids)
        if not self._rebuild:
            await self._index.commit()
        await self._documents.remove(document_ids)
        self._counts["removed"] += len(document_ids)

    def _refuse(self, name: str, why: str) -> None:
        self._refused.append((name, why))
        self._step(1, "Reading")

    def _step(self, by: int, what: str) -> None:
        self._done += by
        self._progress(self._done, self._total, what)


def _silent(done: int, total: int, what: str) -> None:  # noqa: ARG001 - the protocol names them
    return
