"""The assistant in the context benchmark: whole turns on a real Redis and SQLite, with a stand-in for each model.

What a conversation's memory has nothing to do with is kept out of the comparison: the perimeter answers everything,
retrieval finds one short passage that repeats the question, what the model says need not be borne out by it, and the
model has no tools.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from redis.asyncio import Redis

from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.adapters.redis_server import embedded_redis
from assistant.adapters.sql import open_stores
from assistant.conversation import Conversations, TurnPolicy
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, Policies
from assistant.memory.budget import BudgetPolicy
from assistant.memory.calibration import prior
from assistant.memory.contents import Memory
from assistant.memory.recall import RecallPolicy
from assistant.memory.window import WindowPolicy
from assistant.observability.traces import SpanTracer, open_tracer
from assistant.perimeter.intent import read_intent
from assistant.perimeter.policy import Policy, Thresholds
from assistant.ports import IndexQuery, Spans, Vector
from assistant.testing.scope import nearest_scope
from assistant.tools.registry import Registry
from assistant.values import Caller, Document, Finished, Hit, Operation, Part, Passage, Token, Turn
from benchmarks.context_folds import Folds, watched
from benchmarks.context_models import TALKER, Summariser, Talker
from benchmarks.context_peers import Meter
from benchmarks.context_timing import Stopwatch, TimedEmbedder, TimedSaver, TimedTracer

Pause = Literal["settled", "folding", "none"]

THREAD = "conversation"
REPLY_ROOM = 1_000  # tokens kept free for the reply, beside the prompt
_CALLER = Caller(id="guest:benchmark")
_DOCUMENT = Document("handbook", "Handbook", "The handbook.", frozenset({"public"}), "v1", "benchmark")


def answerable(text: str) -> bool:
    """Whether the assistant would put this to a model, rather than answer small talk or ask what is meant."""
    intent = read_intent(text, text)
    return not (intent.small_talk or intent.vague or intent.unhappy or intent.asked_for_person or intent.ticket_status)


class OnePassage:
    """Implements ports.PassageIndex: whatever is asked, a passage about just that."""

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None:
        """Keep nothing."""

    async def remove(self, document_ids: Any) -> None:
        """Nothing is there."""

    async def search(self, query: IndexQuery) -> list[Hit]:
        text = f"About “{query.text}”."
        passage = Passage(
            "handbook#0", _DOCUMENT.id, _DOCUMENT.title, "", text, 0, len(text), 0, "v1", _DOCUMENT.audience
        )
        return [Hit(passage, 1.0, dense=0.9, sparse=10.0)]

    async def commit(self) -> None:
        """Nothing to commit."""

    async def health(self) -> Part:
        return Part("index", "here", "", well=True)


@dataclass
class Ours:
    """A conversation with the assistant, and what was seen of it."""

    conversations: Conversations
    graph: TurnGraph
    redis: Redis
    database: Path
    watch: Stopwatch
    folds: Folds
    meter: Meter
    summariser: Summariser | None
    spans: SpanTracer | None
    settle_ms: list[float] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    sections: Counter[str] = field(default_factory=Counter)
    clock: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    async def take(self, message: str, *, pause: Pause = "settled") -> None:
        """One turn, and a pause after it: until all is settled, or a summariser's call has begun, or none."""
        self.clock += timedelta(minutes=1)
        if self.summariser:
            self.summariser.waited_for = True
        arrived_s = time.perf_counter()
        began_s, began_cpu_s = self.watch.now()
        first_s, answer, replied = 0.0, "", (began_s, began_cpu_s)
        async for event in self.conversations.take(Turn(THREAD, uuid4().hex, message, _CALLER, self.clock)):
            if isinstance(event, Token):
                first_s = first_s or time.perf_counter()
            if isinstance(event, Finished):
                replied = self.watch.now()
                answer = event.record.answer
                self.traces.append(event.record.trace_id)
                self.sections.update(event.record.usage.by_section)
                if self.summariser:
                    self.summariser.waited_for = False
        self.meter.turn_ms.append((replied[0] - began_s) * 1000)
        self.meter.turn_cpu_ms.append((replied[1] - began_cpu_s) * 1000)
        if self.summariser:
            self.summariser.arrivals.append((arrived_s, first_s or time.perf_counter()))
        if pause == "settled":
            await self.conversations.drain(timeout_s=30)
            self.settle_ms.append((self.watch.now()[0] - replied[0]) * 1000)
        elif pause == "folding" and self.summariser:
            await _first_of(self.conversations.drain(timeout_s=30), self.summariser.running.wait())
        self.meter.said.append((message, answer))

    async def memory(self) -> Memory:
        """What is remembered now."""
        return await self.graph.memory(THREAD)

    async def lost_turns(self) -> int:
        """Of the turns taken into memory, those that are neither in the window nor were folded."""
        memory = await self.memory()
        return self.traces.index(memory["upto"]) + 1 - len(memory["window"]) - memory.get("folded", 0)

    def never_summarised(self) -> int:
        """Of the turns that don't stand whole in the last prompt, those that no summary in use was made of."""
        return sum(self.traces[turn] not in self.folds.read for turn in self.meter.evicted())

    def without_a_line(self) -> int:
        """Of the turns that were folded, those of which no line was in the summary that took their place."""
        return len(self.folds.read - self.folds.told)

    async def redis_bytes(self) -> int:
        """What Redis holds for the conversation, in its own memory."""
        sizes = [await self.redis.memory_usage(key, samples=0) async for key in self.redis.scan_iter(count=1_000)]
        return sum(size or 0 for size in sizes)

    def sql_bytes(self) -> int:
        """The database's pages in use."""
        with sqlite3.connect(self.database) as connection:
            (pages,), (free,) = (connection.execute(f"PRAGMA {n}").fetchone() for n in ("page_count", "freelist_count"))
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        return int((pages - free) * size)

    async def trace_bytes(self) -> int:
        """What the spans take of the database, with their indexes: the pages that are free without them."""
        assert self.spans, "there is no tracer"
        await self.spans.flush(timeout_s=30)
        whole = self.sql_bytes()
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM spans")
        return whole - self.sql_bytes()


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait for one of them; the others are given up."""
    tasks = {asyncio.create_task(wait) for wait in waits}
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@asynccontextmanager
async def open_ours(
    talk: Iterator[str], *, budget: int, summarises: bool, summary_s: float = 0.0, traces: bool = False
) -> AsyncIterator[Ours]:
    """The assistant on parts of its own; a prompt has at most `budget` tokens, the reply aside.

    `traces`: with the product's own tracer over its own store.
    """
    meter, embedder = Meter(), TimedEmbedder()
    watch = Stopwatch(lambda: meter.model_s + embedder.took_s, lambda: meter.model_cpu_s + embedder.took_cpu_s)
    summariser = Summariser(meter, summary_s) if summarises else None
    models: Mapping[Operation, Any] = {"generate": Talker(meter, talk)}
    if summariser:
        models = {**models, "summarise": summariser}
    perimeter = _everything_goes()
    with tempfile.TemporaryDirectory(prefix="assistant-") as name:
        folder = Path(name)
        database = folder / "assistant.db"
        async with AsyncExitStack() as stack:
            redis = await stack.enter_async_context(connect(await stack.enter_async_context(embedded_redis(folder))))
            stores = await stack.enter_async_context(open_stores(f"sqlite:///{database}"))
            spans = await stack.enter_async_context(_tracer(stores.spans)) if traces else None
            folds = stack.enter_context(watched(watch))
            await stores.documents.save([_DOCUMENT], passages={_DOCUMENT.id: 1})
            can = Capabilities(
                embedder=embedder,
                index=OnePassage(),
                stores=stores,
                live=RedisLive(redis, where="benchmark"),
                tracer=TimedTracer(watch, spans),
                models=models,
                perimeter=perimeter,
                scope=await nearest_scope(perimeter, embedder),
                tools=Registry(()),
                policies=_policies(BudgetPolicy(total=budget + REPLY_ROOM, reply=REPLY_ROOM)),
                release="benchmark",
                clock=lambda: ours.clock,
            )
            saver = TimedSaver(redis)
            saver.watch = watch
            graph = TurnGraph(saver)
            conversations = Conversations(graph=graph, can=can, policy=TurnPolicy(), check_space=lambda: None)
            ours = Ours(conversations, graph, redis, database, watch, folds, meter, summariser, spans)
            yield ours
            await conversations.drain(timeout_s=30)


def _tracer(spans: Spans) -> AbstractAsyncContextManager[SpanTracer]:
    return open_tracer(spans, pseudonym_key="benchmark", release="benchmark", environment="benchmark")


def _policies(budget: BudgetPolicy) -> Policies:
    """What ships, for this budget: as the composition root derives it."""
    counted = budget.counted(prior(TALKER).ratio)
    return Policies(
        budget=budget,
        window=WindowPolicy.within(counted),
        recall=RecallPolicy(limit_tokens=counted.floor("recalled")),
        grounded=False,
    )


def _everything_goes() -> Policy:
    open_to_all = Thresholds(support_floor=0.0, support_answer=0.0, injection=1.1, max_repeats=1_000_000)
    return Policy(
        organisation="Acme",
        about="whatever friends talk about",
        languages=("en",),
        thresholds=replace(open_to_all, language_confidence=1.1, topic=1.1, handoff=1.1),
    )
