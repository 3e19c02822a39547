"""The assistant in the context benchmark: whole turns on a real Redis and SQLite, with a stand-in for each model.

What a conversation's memory has nothing to do with is kept out of the comparison: the perimeter answers everything,
retrieval finds one short passage that repeats the question, and the model has no tools.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from assistant.adapters.redis_checkpoints import RedisSaver
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
from assistant.perimeter.intent import read_intent
from assistant.perimeter.policy import Policy, Thresholds
from assistant.perimeter.scope import build_scope
from assistant.ports import IndexQuery, Vector
from assistant.testing.index import WordEmbedder
from assistant.tools.registry import Registry
from assistant.values import Caller, Document, Finished, Hit, Operation, Part, Passage, Turn
from benchmarks.context_models import TALKER, Summariser, Talker
from benchmarks.context_peers import Meter

THREAD = "conversation"
REPLY_ROOM = 1_000  # tokens kept free for the reply, beside the prompt
DIMENSIONS = 384  # as many as the default embedder's vectors have
OURS_OF_A_TURN = ("restore", "recall", "assemble")  # what memory does before the reply
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
class TimedEmbedder(WordEmbedder):
    """The embedder of the tests, with the seconds it took."""

    def __init__(self) -> None:
        super().__init__(DIMENSIONS)
        self.took_s = self.took_cpu_s = 0.0

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        began, cpu = time.perf_counter(), time.process_time()
        made = await super().encode(texts)
        self.took_s += time.perf_counter() - began
        self.took_cpu_s += time.process_time() - cpu
        return made


@dataclass
class TimedTracer:
    """Implements ports.Tracer: keeps how long each kind of span took, in milliseconds, and nothing else.

    `aside_s` says how many seconds models and embedder have taken by now, `aside_cpu_s` those of the embedder on the
    processor: they don't count. `cpu` has the same spans by processor time of all threads, which other programs on the
    machine don't lengthen.
    """

    aside_s: Callable[[], float]
    aside_cpu_s: Callable[[], float]
    spans: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def span(self, name: str, **_: Any) -> Iterator[TimedTracer]:
        began, cpu = time.perf_counter() - self.aside_s(), time.process_time() - self.aside_cpu_s()
        try:
            yield self
        finally:
            self.spans[name].append((time.perf_counter() - self.aside_s() - began) * 1000)
            self.cpu[name].append((time.process_time() - self.aside_cpu_s() - cpu) * 1000)

    @contextmanager
    def turn(self, **_: Any) -> Iterator[TimedTracer]:
        yield self

    def update(self, **_: Any) -> None:
        """Keep nothing."""

    async def health(self) -> Part:
        return Part("traces", "nowhere", "", well=True)


@dataclass
class Ours:
    """A conversation with the assistant, and what was seen of it."""

    conversations: Conversations
    graph: TurnGraph
    redis: Redis
    database: Path
    embedder: TimedEmbedder
    tracer: TimedTracer
    meter: Meter
    summariser: Summariser | None
    before_ms: list[float] = field(default_factory=list)
    before_cpu_ms: list[float] = field(default_factory=list)
    settle_ms: list[float] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    sections: Counter[str] = field(default_factory=Counter)
    clock: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    async def take(self, message: str, *, pause: bool = True) -> None:
        """One turn; with a pause, the assistant has done with it before the next one comes."""
        self.clock += timedelta(minutes=1)
        if self.summariser:
            self.summariser.waited_for = True
        began = time.perf_counter() - self.tracer.aside_s()
        answer, reply_at = "", began
        async for event in self.conversations.take(Turn(THREAD, uuid4().hex, message, _CALLER, self.clock)):
            if isinstance(event, Finished):
                reply_at = time.perf_counter() - self.tracer.aside_s()
                answer = event.record.answer
                self.traces.append(event.record.trace_id)
                self.sections.update(event.record.usage.by_section)
                if self.summariser:
                    self.summariser.waited_for = False
        self.meter.turn_ms.append((reply_at - began) * 1000)
        for kept, spans in ((self.before_ms, self.tracer.spans), (self.before_cpu_ms, self.tracer.cpu)):
            kept.append(sum(spans[name][-1] for name in OURS_OF_A_TURN if spans[name]))
        if pause:
            await self.conversations.drain(timeout_s=30)
            self.settle_ms.append((time.perf_counter() - self.tracer.aside_s() - reply_at) * 1000)
        self.meter.said.append((message, answer))

    async def memory(self) -> Memory:
        """What is remembered now."""
        return await self.graph.memory(THREAD)

    async def lost_turns(self) -> int:
        """Of the turns taken into memory, those that are neither in the window nor were folded."""
        memory = await self.memory()
        return self.traces.index(memory["upto"]) + 1 - len(memory["window"]) - memory.get("folded", 0)

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


@asynccontextmanager
async def open_ours(
    talk: Iterator[str], *, budget: int, summarises: bool, summary_s: float = 0.0
) -> AsyncIterator[Ours]:
    """The assistant on parts of its own; a prompt has at most `budget` tokens, the reply aside."""
    meter, embedder = Meter(), TimedEmbedder()
    tracer = TimedTracer(lambda: meter.model_s + embedder.took_s, lambda: embedder.took_cpu_s)
    summariser = Summariser(meter, summary_s) if summarises else None
    models: Mapping[Operation, Any] = {"generate": Talker(meter, talk)}
    if summariser:
        models = {**models, "summarise": summariser}
    perimeter = _everything_goes()
    with tempfile.TemporaryDirectory(prefix="assistant-") as name:
        folder = Path(name)
        database = folder / "assistant.db"
        async with (
            embedded_redis(folder) as url,
            connect(url) as redis,
            open_stores(f"sqlite:///{database}") as stores,
        ):
            await stores.documents.save([_DOCUMENT], passages={_DOCUMENT.id: 1})
            can = Capabilities(
                embedder=embedder,
                index=OnePassage(),
                stores=stores,
                live=RedisLive(redis, where="benchmark"),
                tracer=tracer,
                models=models,
                perimeter=perimeter,
                scope=await build_scope(perimeter, embedder),
                tools=Registry(()),
                policies=_policies(BudgetPolicy(total=budget + REPLY_ROOM, reply=REPLY_ROOM)),
                release="benchmark",
                clock=lambda: ours.clock,
            )
            graph = TurnGraph(RedisSaver(redis))
            conversations = Conversations(graph=graph, can=can, policy=TurnPolicy(), check_space=lambda: None)
            ours = Ours(conversations, graph, redis, database, embedder, tracer, meter, summariser)
            yield ours
            await conversations.drain(timeout_s=30)


def _policies(budget: BudgetPolicy) -> Policies:
    """What ships, for this budget: as the composition root derives it."""
    counted = budget.counted(prior(TALKER).ratio)
    return Policies(
        budget=budget,
        window=WindowPolicy.within(counted),
        recall=RecallPolicy(limit_tokens=counted.floor("recalled")),
    )


def _everything_goes() -> Policy:
    open_to_all = Thresholds(support_floor=0.0, support_answer=0.0, injection=1.1, max_repeats=1_000_000)
    return Policy(
        organisation="Acme",
        about="whatever friends talk about",
        languages=("en",),
        thresholds=replace(open_to_all, language_confidence=1.1, topic_floor=1.1),
    )
