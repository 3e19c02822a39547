"""Each part by its settings: embedded, or the service that was set; never one for the other."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.adapters.data_folder import hold_data_folder, make_data_folder
from assistant.adapters.models import ChatModel, open_model
from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.redis_client import masked
from assistant.adapters.redis_server import embedded_redis
from assistant.adapters.sql import SqlStores, open_stores
from assistant.graph.prompting import fingerprint
from assistant.observability.traces import open_tracer
from assistant.perimeter.policy import Policy, default_policy
from assistant.perimeter.policy_file import load_policy
from assistant.ports import Embedder, PassageIndex, Tracer
from assistant.settings import EXTRACTIVE, Settings
from assistant.values import Operation, Part

OPERATIONS: tuple[Operation, ...] = ("generate", "classify", "rewrite", "summarise", "judge")
SHORT_REPLY_S = 7.0
_DEFAULT_IN_FORCE = (
    "The default policy is in force: whatever the documents answer is answered, and no topic is refused or handed "
    "over. Write {path} (`assistant perimeter init` drafts it), or set ASSISTANT_PERIMETER"
)
_LONG: frozenset[Operation] = frozenset({"generate", "summarise"})


def load_perimeter(settings: Settings) -> Policy:
    """The policy in force: the file that is set or lies in the working directory, else the default one."""
    path = settings.perimeter_path()
    policy = load_policy(path) if path is not None else default_policy()
    return replace(policy, max_chars=min(policy.max_chars, settings.message_max_chars))


def always(part: Part) -> Callable[[], Awaitable[Part]]:
    async def run() -> Part:
        return part

    return run


def embedder_part(embedder: Embedder) -> Part:
    return Part("embedder", "in this process", embedder.name, well=True, detail=f"{embedder.dimensions} dimensions")


def perimeter_part(settings: Settings, policy: Policy) -> Part:
    """How the perimeter is; without a file it is well, and says that it goes by the default and how to change that."""
    path = settings.perimeter_path()
    if path is None:
        told = _DEFAULT_IN_FORCE.format(path=Path("perimeter.yaml").absolute())
        return Part("perimeter", "built in", policy.fingerprint[:12], well=True, detail=told)
    return Part("perimeter", str(path), policy.fingerprint[:12], well=True, detail=f"{len(policy.topics)} topics")


@contextlib.contextmanager
def data_folder(settings: Settings) -> Any:
    """The data folder; held only where something embedded lives in it, so that several processes may share settings."""
    embedded = not (settings.redis_url and settings.database_url and settings.qdrant_url)
    if embedded:
        with hold_data_folder(settings.data_dir) as folder:
            yield folder
        return
    yield make_data_folder(settings.data_dir)


@asynccontextmanager
async def redis_address(settings: Settings, folder: Path) -> AsyncIterator[str]:
    if settings.redis_url:
        yield settings.redis_url.get_secret_value()
        return
    async with embedded_redis(folder / "redis") as url:
        yield url


def redis_place(settings: Settings, url: str) -> str:
    return masked(settings.redis_url.get_secret_value()) if settings.redis_url else f"embedded {url}".strip()


def database_place(settings: Settings) -> str:
    return "PostgreSQL" if settings.database_url else "embedded SQLite"


def open_sql(settings: Settings, folder: Path) -> AbstractAsyncContextManager[SqlStores]:
    url = settings.database_url.get_secret_value() if settings.database_url else f"sqlite:///{folder / 'assistant.db'}"
    return open_stores(url)


def open_index(
    settings: Settings, folder: Path, embedder: Embedder, *, rebuild: bool = False
) -> AbstractAsyncContextManager[PassageIndex]:
    if settings.qdrant_url:
        from assistant.adapters.qdrant_server import open_qdrant_index  # slow to import, and needed by few

        key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
        return open_qdrant_index(
            settings.qdrant_url, embedder=embedder.name, dimensions=embedder.dimensions, api_key=key, rebuild=rebuild
        )
    return open_edge_index(folder / "index", embedder=embedder.name, dimensions=embedder.dimensions, rebuild=rebuild)


@asynccontextmanager
async def open_traces(settings: Settings, folder: Path, stores: SqlStores) -> AsyncIterator[Tracer]:
    remote = None
    if settings.langfuse_public_key and settings.langfuse_secret_key:
        from assistant.adapters.langfuse import open_langfuse

        remote = open_langfuse(
            public_key=settings.langfuse_public_key,
            secret_key=settings.langfuse_secret_key.get_secret_value(),
            base_url=settings.langfuse_base_url or "https://cloud.langfuse.com",
        )
    async with open_tracer(
        stores.spans,
        remote=remote,
        release=settings.release or __version__,
        environment=settings.environment,
        pseudonym_key=auth_secret(settings, folder),
    ) as tracer:
        yield tracer


def make_model(settings: Settings, operation: Operation) -> ChatModel | None:
    name = settings.model_for(operation)
    if name == EXTRACTIVE:
        return None
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    return open_model(
        name,
        base_url=settings.model_base_url,
        api_key=key,
        timeout_s=settings.model_timeout_s if operation in _LONG else SHORT_REPLY_S,
        max_tokens=settings.model_max_tokens,
        operation=operation,
    )


def auth_secret(settings: Settings, folder: Path) -> str:
    """The key that signs cookies: the one set, else one made once and kept in the data folder (mode 0600)."""
    if settings.auth_secret:
        return settings.auth_secret.get_secret_value()
    path = folder / "auth_secret"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def release_of(settings: Settings, policy: Policy, embedder: Embedder) -> str:
    """A hash over everything that changes answers: models, prompts, policy, embedder, version."""
    models = [settings.model_for(operation) for operation in OPERATIONS]
    made = "\n".join([__version__, *models, fingerprint(), policy.fingerprint, embedder.name])
    return f"{__version__}+{hashlib.sha256(made.encode()).hexdigest()[:10]}"
