"""What `assistant doctor` finds out: each part opened on its own, and how it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from assistant import __version__
from assistant.adapters.data_folder import check_space
from assistant.adapters.embedder import open_embedder
from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.bootstrap.parts import (
    OPERATIONS,
    data_folder,
    database_place,
    embedder_part,
    load_perimeter,
    make_model,
    open_index,
    open_sql,
    open_traces,
    perimeter_part,
    redis_address,
    redis_place,
)
from assistant.errors import AssistantError
from assistant.ports import Embedder
from assistant.settings import EXTRACTIVE, Settings
from assistant.values import Operation, Part


async def examine(settings: Settings) -> list[Part]:
    """Open each part on its own and say how it is; what can't be opened is unwell, with the reason."""
    parts: list[Part] = []
    async with AsyncExitStack() as stack:
        try:
            folder = stack.enter_context(data_folder(settings))
            check_space(folder, settings.free_disk_floor_mb)
            parts.append(Part("data folder", str(folder), "", well=True))
        except AssistantError as exc:
            detail = f"{exc} (a chat that is running tells its own health at /healthz)"
            return [Part("data folder", str(settings.data_dir.absolute()), "", well=False, detail=detail)]
        parts.append(await _tried("redis", redis_place(settings, ""), lambda: _redis_part(settings, folder)))
        parts.append(await _tried("database", database_place(settings), lambda: _database_part(settings, folder)))
        parts += await _knowledge_parts(settings, folder)
        parts.append(await _tried("perimeter", str(settings.perimeter_path() or "default"), lambda: _policy(settings)))
        parts.append(await _tried("traces", settings.langfuse_base_url or "local", lambda: _traces(settings, folder)))
        for operation in OPERATIONS:
            name = settings.model_for(operation)
            parts.append(await _tried(f"model:{operation}", name, lambda op=operation: _model_part(settings, op)))  # type: ignore[misc]
    return parts


async def _tried(name: str, where: str, probe: Callable[[], Awaitable[Part]]) -> Part:
    try:
        return await probe()
    except AssistantError as exc:
        return Part(name, where, "", well=False, detail=str(exc))


async def _redis_part(settings: Settings, folder: Path) -> Part:
    async with redis_address(settings, folder) as url, connect(url) as redis:
        return await RedisLive(redis, where=redis_place(settings, url)).health()


async def _database_part(settings: Settings, folder: Path) -> Part:
    async with open_sql(settings, folder) as stores:
        return await stores.health()


async def _knowledge_parts(settings: Settings, folder: Path) -> list[Part]:
    async def embedder_and_index() -> list[Part]:
        async with open_embedder(settings.embedder) as embedder:
            index = await _tried(
                "index", settings.qdrant_url or "embedded", lambda: _index_part(settings, folder, embedder)
            )
            return [embedder_part(embedder), index]

    try:
        return await embedder_and_index()
    except AssistantError as exc:
        return [Part("embedder", settings.embedder, "", well=False, detail=str(exc))]


async def _index_part(settings: Settings, folder: Path, embedder: Embedder) -> Part:
    async with open_index(settings, folder, embedder) as index:
        return await index.health()


async def _policy(settings: Settings) -> Part:
    return perimeter_part(settings, load_perimeter(settings))


async def _traces(settings: Settings, folder: Path) -> Part:
    async with open_sql(settings, folder) as stores, open_traces(settings, folder, stores) as tracer:
        return await tracer.health()


async def _model_part(settings: Settings, operation: Operation) -> Part:
    model = make_model(settings, operation)
    if model is None:
        what = "quotes the documents" if operation == "generate" else "goes by rules"
        return Part(f"model:{operation}", EXTRACTIVE, __version__, well=True, detail=what)
    try:
        return await model.health()
    finally:
        await model.aclose()
