"""The one composition root: settings in, a running assistant out, everything closed again at the end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from assistant import __version__
from assistant.adapters.data_folder import check_space, hold_data_folder, make_data_folder
from assistant.adapters.embedder import open_embedder
from assistant.adapters.models import ChatModel, open_model
from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.redis_checkpoints import CheckpointPolicy, RedisSaver
from assistant.adapters.redis_client import connect, masked
from assistant.adapters.redis_live import RedisLive
from assistant.adapters.redis_server import embedded_redis
from assistant.adapters.sql import SqlStores, open_stores
from assistant.conversation import Conversations, TurnPolicy
from assistant.errors import AssistantError
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, Policies
from assistant.graph.prompting import fingerprint
from assistant.knowledge.ingest import Progress, Summary, ingest
from assistant.memory import tokens
from assistant.memory.assembly import BudgetPolicy
from assistant.observability.traces import open_tracer
from assistant.perimeter.policy import Policy, default_policy
from assistant.perimeter.policy_file import load_policy
from assistant.perimeter.scope import build_scope
from assistant.ports import Embedder, LanguageModel, Live, PassageIndex, Stores, Tracer
from assistant.settings import EXTRACTIVE, Settings
from assistant.tools.registry import Registry
from assistant.tools.shipped import SHIPPED
from assistant.values import Caller, Event, Operation, Part, Ticket, Turn

OPERATIONS: tuple[Operation, ...] = ("generate", "classify", "rewrite", "summarise", "judge")
DRAIN_S = 20.0
SHORT_REPLY_S = 7.0
_LONG: frozenset[Operation] = frozenset({"generate", "summarise"})

ORIGIN_NOTE = (
    "Answers are quotes from the documents, because no language model is set. "
    "To have them written by one, an operator sets ASSISTANT_MODEL (see the README)."
)

_T = TypeVar("_T")
Say = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What ingesting needs: the manifest, the index and the embedder."""

    stores: Stores
    index: PassageIndex
    embedder: Embedder

    async def ingest(
        self,
        paths: Sequence[Path],
        *,
        audience: frozenset[str],
        progress: Progress | None = None,
        rebuild: bool = False,
    ) -> Summary:
        """Bring documents in; see `assistant.knowledge.ingest.ingest`."""
        return await ingest(
            paths,
            audience=audience,
            documents=self.stores.documents,
            index=self.index,
            embedder=self.embedder,
            progress=progress,
            rebuild=rebuild,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant(Library):
    """A running assistant, as the UI and the command line see it."""

    policy: Policy
    conversations: Conversations
    live: Live
    tracer: Tracer
    models: dict[Operation, LanguageModel]
    folder: Path
    auth_secret: str
    origin_note: str
    release: str
    guests: bool
    message_max_chars: int
    host: str
    port: int
    secure_cookies: bool
    allowed_origins: tuple[str, ...]
    probes: tuple[Callable[[], Awaitable[Part]], ...]

    def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Run one turn; see `Conversations.take`."""
        return self.conversations.take(turn, wants_person=wants_person)

    async def request_person(self, caller: Caller, thread_id: str) -> Ticket:
        """Open a ticket for a conversation; see `Conversations.request_person`."""
        return await self.conversations.request_person(caller, thread_id)

    async def forget(self, caller: Caller, thread_id: str) -> None:
        """Delete a conversation of this caller's with all its turns and its memory."""
        await self.conversations.forget(caller, thread_id)

    async def health(self) -> list[Part]:
        """Every part and how it is. Never raises."""
        return list(await asyncio.gather(*(probe() for probe in self.probes)))


def load_perimeter(settings: Settings) -> Policy:
    """The policy in force: the file that is set or lies in the working directory, else the default one."""
    path = settings.perimeter_path()
    policy = load_policy(path) if path is not None else default_policy()
    return replace(policy, max_chars=settings.message_max_chars)


@asynccontextmanager
async def open_assistant(settings: Settings, *, say: Say = _silent) -> AsyncIterator[Assistant]:
    """Open everything a turn needs and yield the assistant; `say` is told what is being started.

    Raises the error of the first part that can't be opened: ConfigurationError, UnavailableError,
    DataFolderInUseError or StorageFullError, each naming the part and the way out. Nothing that was set is replaced by
    its embedded twin.
    """
    policy = load_perimeter(settings)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder(settings))
        check_space(folder, settings.free_disk_floor_mb)
        say("Loading the embedder ...")
        embedder = await stack.enter_async_context(open_embedder(settings.embedder))
        warming = asyncio.create_task(embedder.warm())
        try:
            redis_url = await stack.enter_async_context(_redis_url(settings, folder))
            redis = await stack.enter_async_context(connect(redis_url))
            stores = await stack.enter_async_context(_stores(settings, folder))
            tracer = await stack.enter_async_context(_tracer(settings, folder, stores))
            models: dict[Operation, LanguageModel] = {}
            for operation in OPERATIONS:
                if model := _model(settings, operation):
                    stack.push_async_callback(model.aclose)
                    models[operation] = model
            await asyncio.to_thread(tokens.encoding)
        finally:
            await warming
        say("Opening the index ...")
        index = await stack.enter_async_context(_index(settings, folder, embedder))
        live = RedisLive(redis, where=_redis_place(settings, redis_url))
        release = settings.release or _release(settings, policy, embedder)
        policies = Policies(
            budget=BudgetPolicy(total=settings.prompt_budget_tokens, reply=settings.model_max_tokens),
            model_timeout_s=settings.model_timeout_s,
        )
        can = Capabilities(
            embedder=embedder,
            index=index,
            stores=stores,
            live=live,
            tracer=tracer,
            models=models,
            perimeter=policy,
            scope=await build_scope(policy, embedder),
            tools=Registry(SHIPPED),
            policies=policies,
            release=release,
            clock=lambda: datetime.now(UTC),
        )
        saver = RedisSaver(redis, policy=CheckpointPolicy(ttl_s=settings.checkpoint_ttl_days * 86_400))
        conversations = Conversations(
            graph=TurnGraph(saver, model_timeout_s=settings.model_timeout_s),
            can=can,
            policy=TurnPolicy(
                max_chars=settings.message_max_chars,
                timeout_s=settings.turn_timeout_s,
                wait_s=settings.wait_for_turn_s,
            ),
            check_space=lambda: check_space(folder, settings.free_disk_floor_mb),
        )
        stack.push_async_callback(conversations.drain, timeout_s=DRAIN_S)
        yield Assistant(
            stores=stores,
            index=index,
            embedder=embedder,
            policy=policy,
            conversations=conversations,
            live=live,
            tracer=tracer,
            models=models,
            folder=folder,
            auth_secret=_auth_secret(settings, folder),
            origin_note="" if "generate" in models else ORIGIN_NOTE,
            release=release,
            guests=settings.guests,
            message_max_chars=settings.message_max_chars,
            host=settings.host,
            port=settings.port,
            secure_cookies=settings.secure_cookies,
            allowed_origins=settings.allowed_origins,
            probes=(
                live.health,
                stores.health,
                index.health,
                tracer.health,
                _always(_embedder_part(embedder)),
                _always(_perimeter_part(settings, policy)),
                *(model.health for model in models.values()),
            ),
        )


@asynccontextmanager
async def open_library(settings: Settings, *, rebuild: bool = False) -> AsyncIterator[Library]:
    """Open what ingesting needs, and no more."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder(settings))
        check_space(folder, settings.free_disk_floor_mb)
        stores = await stack.enter_async_context(_stores(settings, folder))
        embedder = await stack.enter_async_context(open_embedder(settings.embedder))
        index = await stack.enter_async_context(_index(settings, folder, embedder, rebuild=rebuild))
        yield Library(stores=stores, index=index, embedder=embedder)


@asynccontextmanager
async def open_accounts(settings: Settings) -> AsyncIterator[Stores]:
    """Open the database alone; it can be shared with a server that is running."""
    async with _stores(settings, make_data_folder(settings.data_dir)) as stores:
        yield stores


async def examine(settings: Settings) -> list[Part]:
    """Open each part on its own and say how it is; what can't be opened is unwell, with the reason."""
    parts: list[Part] = []
    async with AsyncExitStack() as stack:
        try:
            folder = stack.enter_context(_folder(settings))
            check_space(folder, settings.free_disk_floor_mb)
            parts.append(Part("data folder", str(folder), "", well=True))
        except AssistantError as exc:
            detail = f"{exc} (a chat that is running tells its own health at /healthz)"
            return [Part("data folder", str(settings.data_dir.absolute()), "", well=False, detail=detail)]
        parts.append(await _tried("redis", _redis_place(settings, ""), lambda: _redis_part(settings, folder)))
        parts.append(await _tried("database", _database_place(settings), lambda: _database_part(settings, folder)))
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
    async with _redis_url(settings, folder) as url, connect(url) as redis:
        return await RedisLive(redis, where=_redis_place(settings, url)).health()


async def _database_part(settings: Settings, folder: Path) -> Part:
    async with _stores(settings, folder) as stores:
        return await stores.health()


async def _knowledge_parts(settings: Settings, folder: Path) -> list[Part]:
    async def embedder_and_index() -> list[Part]:
        async with open_embedder(settings.embedder) as embedder:
            index = await _tried(
                "index", settings.qdrant_url or "embedded", lambda: _index_part(settings, folder, embedder)
            )
            return [_embedder_part(embedder), index]

    try:
        return await embedder_and_index()
    except AssistantError as exc:
        return [Part("embedder", settings.embedder, "", well=False, detail=str(exc))]


async def _index_part(settings: Settings, folder: Path, embedder: Embedder) -> Part:
    async with _index(settings, folder, embedder) as index:
        return await index.health()


async def _policy(settings: Settings) -> Part:
    return _perimeter_part(settings, load_perimeter(settings))


async def _traces(settings: Settings, folder: Path) -> Part:
    async with _stores(settings, folder) as stores, _tracer(settings, folder, stores) as tracer:
        return await tracer.health()


async def _model_part(settings: Settings, operation: Operation) -> Part:
    model = _model(settings, operation)
    if model is None:
        what = "quotes the documents" if operation == "generate" else "goes by rules"
        return Part(f"model:{operation}", EXTRACTIVE, __version__, well=True, detail=what)
    try:
        return await model.health()
    finally:
        await model.aclose()


def _always(part: Part) -> Callable[[], Awaitable[Part]]:
    async def run() -> Part:
        return part

    return run


def _embedder_part(embedder: Embedder) -> Part:
    return Part("embedder", "in this process", embedder.name, well=True, detail=f"{embedder.dimensions} dimensions")


def _perimeter_part(settings: Settings, policy: Policy) -> Part:
    where = str(settings.perimeter_path() or "default: answer what the documents answer")
    return Part("perimeter", where, policy.fingerprint[:12], well=True, detail=f"{len(policy.topics)} topics")


@contextlib.contextmanager
def _folder(settings: Settings) -> Any:
    """The data folder; held only where something embedded lives in it, so that several processes may share settings."""
    embedded = not (settings.redis_url and settings.database_url and settings.qdrant_url)
    if embedded:
        with hold_data_folder(settings.data_dir) as folder:
            yield folder
        return
    yield make_data_folder(settings.data_dir)


@asynccontextmanager
async def _redis_url(settings: Settings, folder: Path) -> AsyncIterator[str]:
    if settings.redis_url:
        yield settings.redis_url.get_secret_value()
        return
    async with embedded_redis(folder / "redis") as url:
        yield url


def _redis_place(settings: Settings, url: str) -> str:
    return masked(settings.redis_url.get_secret_value()) if settings.redis_url else f"embedded {url}".strip()


def _database_place(settings: Settings) -> str:
    return "PostgreSQL" if settings.database_url else "embedded SQLite"


def _stores(settings: Settings, folder: Path) -> AbstractAsyncContextManager[SqlStores]:
    url = settings.database_url.get_secret_value() if settings.database_url else f"sqlite:///{folder / 'assistant.db'}"
    return open_stores(url)


def _index(
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
async def _tracer(settings: Settings, folder: Path, stores: SqlStores) -> AsyncIterator[Tracer]:
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
        pseudonym_key=_auth_secret(settings, folder),
    ) as tracer:
        yield tracer


def _model(settings: Settings, operation: Operation) -> ChatModel | None:
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


def _auth_secret(settings: Settings, folder: Path) -> str:
    """The key that signs cookies: the one set, else one made once and kept in the data folder (mode 0600)."""
    if settings.auth_secret:
        return settings.auth_secret.get_secret_value()
    path = folder / "auth_secret"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _release(settings: Settings, policy: Policy, embedder: Embedder) -> str:
    """A hash over everything that changes answers: models, prompts, policy, embedder, version."""
    models = [settings.model_for(operation) for operation in OPERATIONS]
    made = "\n".join([__version__, *models, fingerprint(), policy.fingerprint, embedder.name])
    return f"{__version__}+{hashlib.sha256(made.encode()).hexdigest()[:10]}"
