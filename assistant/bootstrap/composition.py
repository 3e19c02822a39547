"""The one composition root: settings in, a running assistant out, everything closed again at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from assistant.adapters.data_folder import check_space, make_data_folder
from assistant.adapters.embedder import open_embedder
from assistant.adapters.redis_checkpoints import CheckpointPolicy, RedisSaver
from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.bootstrap.fitting import open_scope
from assistant.bootstrap.parts import (
    OPERATIONS,
    always,
    auth_secret,
    data_folder,
    embedder_part,
    load_perimeter,
    make_model,
    open_index,
    open_sql,
    open_traces,
    perimeter_part,
    redis_address,
    redis_place,
    release_of,
)
from assistant.bootstrap.sweeping import sweeping
from assistant.conversation import Conversations, TurnPolicy
from assistant.conversation.callers import callers_among
from assistant.graph.build import TurnGraph
from assistant.graph.considering import Considered
from assistant.graph.context import Capabilities, Policies
from assistant.knowledge.ingest import Progress, Summary, ingest
from assistant.memory import tokens
from assistant.memory.budget import BudgetPolicy
from assistant.memory.calibration import prior
from assistant.memory.recall import RecallPolicy
from assistant.memory.view import MemoryView
from assistant.memory.window import WindowPolicy
from assistant.perimeter.policy import Policy
from assistant.ports import Embedder, LanguageModel, Live, PassageIndex, Stores, Tracer
from assistant.settings import Settings
from assistant.tools.registry import Registry
from assistant.tools.shipped import SHIPPED
from assistant.values import Caller, Event, Operation, Part, Ticket, Turn

DRAIN_S = 20.0

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
    overlap: str
    host: str
    port: int
    secure_cookies: bool
    allowed_origins: tuple[str, ...]
    probes: tuple[Callable[[], Awaitable[Part]], ...]

    def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Run one turn; see `Conversations.take`."""
        return self.conversations.take(turn, wants_person=wants_person)

    async def consider(self, question: str, caller: Caller, *, history: Sequence[str] = ()) -> Considered:
        """What would be decided on a question, with nothing said or stored; see `graph.considering.consider`."""
        turn = Turn("", "", question, caller, datetime.now(UTC))
        return await self.conversations.consider(turn, history=history)

    async def request_person(self, caller: Caller, thread_id: str) -> Ticket:
        """Open a ticket for a conversation; see `Conversations.request_person`."""
        return await self.conversations.request_person(caller, thread_id)

    def finish_abandoned(self, caller: Caller, thread_id: str) -> AsyncIterator[Event]:
        """Finish the turn of a conversation that lost its worker; see `Conversations.finish_abandoned`."""
        return self.conversations.finish_abandoned(caller, thread_id)

    async def forget(self, caller: Caller, thread_id: str) -> None:
        """Delete a conversation of this caller's with all its turns and its memory."""
        await self.conversations.forget(caller, thread_id)

    async def memory(self, caller: Caller, thread_id: str) -> MemoryView:
        """What is remembered of a conversation; see `Conversations.memory`."""
        return await self.conversations.memory(caller, thread_id)

    async def forget_item(self, caller: Caller, thread_id: str, item_id: str) -> MemoryView:
        """Delete a line or a pin of it; see `Conversations.forget_item`."""
        return await self.conversations.forget_item(caller, thread_id, item_id)

    async def recall_across(self, caller: Caller, on: bool) -> None:
        """Whether this user's other conversations are recalled too."""
        await self.stores.preferences.set_recall_across(caller.id, on)

    async def health(self) -> list[Part]:
        """Every part and how it is. Never raises."""
        return list(await asyncio.gather(*(probe() for probe in self.probes)))


@asynccontextmanager
async def open_assistant(settings: Settings, *, say: Say = _silent, sweeps: bool = False) -> AsyncIterator[Assistant]:
    """Open everything a turn needs and yield the assistant; `say` is told what is being started.

    With `sweeps`, as a server has it, turns that lost their worker are finished in the background.

    Raises the error of the first part that can't be opened: ConfigurationError, UnavailableError,
    DataFolderInUseError or StorageFullError, each naming the part and the way out. Nothing that was set is replaced by
    its embedded twin.
    """
    policy = load_perimeter(settings)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(data_folder(settings))
        check_space(folder, settings.free_disk_floor_mb)
        say("Loading the embedder ...")
        embedder = await stack.enter_async_context(open_embedder(settings.embedder))
        warming = asyncio.create_task(embedder.warm())
        try:
            redis_url = await stack.enter_async_context(redis_address(settings, folder))
            redis = await stack.enter_async_context(connect(redis_url))
            stores = await stack.enter_async_context(open_sql(settings, folder))
            tracer = await stack.enter_async_context(open_traces(settings, folder, stores))
            models: dict[Operation, LanguageModel] = {}
            for operation in OPERATIONS:
                if model := make_model(settings, operation):
                    stack.push_async_callback(model.aclose)
                    models[operation] = model
            await asyncio.to_thread(tokens.encoding)
        finally:
            await warming
        say("Opening the index ...")
        index = await stack.enter_async_context(open_index(settings, folder, embedder))
        scope = await open_scope(folder, policy, embedder, stack=stack, say=say)
        live = RedisLive(redis, where=redis_place(settings, redis_url))
        release = settings.release or release_of(settings, policy, embedder)
        budget = BudgetPolicy(total=settings.prompt_budget_tokens, reply=settings.model_max_tokens)
        counted = budget.counted(prior(models["generate"].name).ratio if "generate" in models else 1.0)
        policies = Policies(
            budget=budget,
            window=WindowPolicy.within(counted),
            recall=RecallPolicy(limit_tokens=counted.floor("recalled")),
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
            scope=scope,
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
                overlap=settings.overlapping_messages,
            ),
            check_space=lambda: check_space(folder, settings.free_disk_floor_mb),
        )
        stack.push_async_callback(conversations.drain, timeout_s=DRAIN_S)
        if sweeps:
            await stack.enter_async_context(
                sweeping(conversations, callers_among(stores.users, guests=settings.guests))
            )
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
            auth_secret=auth_secret(settings, folder),
            origin_note="" if "generate" in models else ORIGIN_NOTE,
            release=release,
            guests=settings.guests,
            message_max_chars=settings.message_max_chars,
            overlap=settings.overlapping_messages,
            host=settings.host,
            port=settings.port,
            secure_cookies=settings.secure_cookies,
            allowed_origins=settings.allowed_origins,
            probes=(
                live.health,
                stores.health,
                index.health,
                tracer.health,
                always(embedder_part(embedder)),
                always(perimeter_part(settings, policy)),
                *(model.health for model in models.values()),
            ),
        )


@asynccontextmanager
async def open_library(settings: Settings, *, rebuild: bool = False) -> AsyncIterator[Library]:
    """Open what ingesting needs, and no more."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(data_folder(settings))
        check_space(folder, settings.free_disk_floor_mb)
        stores = await stack.enter_async_context(open_sql(settings, folder))
        embedder = await stack.enter_async_context(open_embedder(settings.embedder))
        index = await stack.enter_async_context(open_index(settings, folder, embedder, rebuild=rebuild))
        yield Library(stores=stores, index=index, embedder=embedder)


@asynccontextmanager
async def open_accounts(settings: Settings) -> AsyncIterator[Stores]:
    """Open the database alone; it can be shared with a server that is running."""
    async with open_sql(settings, make_data_folder(settings.data_dir)) as stores:
        yield stores
