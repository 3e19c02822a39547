"""A worker for tests of faults and load: real Redis, real database, stand-ins for embedder, index and model.

    python -m assistant.testing.workers --redis URL --database URL [...]

Reads commands as JSON lines (`{"do": "take", "thread", "message", "text", "user"}`, or `finish` for an abandoned turn,
`sweep`, `drain`) and writes events as JSON lines. It can stop or kill itself at a given point, as the kernel would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import BaseMessage

from assistant.adapters.redis_checkpoints import RedisSaver
from assistant.adapters.redis_client import connect
from assistant.adapters.redis_live import RedisLive
from assistant.adapters.sql import open_stores
from assistant.conversation import Conversations, TurnPolicy
from assistant.errors import AssistantError
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, Policies
from assistant.memory.window import WindowPolicy
from assistant.perimeter.policy import Policy, Thresholds
from assistant.ports import Embedder, ModelChunk, ToolSpec
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.testing.scope import nearest_scope
from assistant.tools.registry import Registry
from assistant.tools.shipped import SHIPPED
from assistant.values import Caller, Document, Event, Finished, Part, Passage, Started, Token, Turn

TEXT = "You can return a lamp within 30 days. Delivery of your order takes 4 working days and costs 6 euros."
ANSWER = "You can return a lamp within 30 days [1]."
DOCUMENT = Document(
    id="returns.md", title="Returns", text=TEXT, audience=frozenset({"public"}), version="v1", source="tests"
)
QUESTION = "How many days do I have to return lamp number {number}?"


@dataclass(slots=True)
class Trap:
    """Sends this process a signal the first time a point is reached."""

    at: str = ""
    number: int = signal.SIGSTOP

    def reached(self, point: str) -> None:
        """The signal arrives before this returns."""
        if point == self.at:
            self.at = ""
            os.kill(os.getpid(), self.number)


@dataclass(slots=True)
class LatentModel:
    """Answers from the one document, half of its latency before the first word and half after it."""

    latency_s: float
    trap: Trap
    name: str = "latent"

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        del messages, tools
        await asyncio.sleep(self.latency_s / 2)
        head, tail = ANSWER[:20], ANSWER[20:]
        yield ModelChunk(head)
        self.trap.reached("model")
        await asyncio.sleep(self.latency_s / 2)
        yield ModelChunk(tail)

    async def health(self) -> Part:
        return Part("model", "here", self.name, well=True)


class TrappedSaver(RedisSaver):
    """A checkpointer with a trap right before it writes."""

    trap: Trap

    async def aput(self, *arguments: Any, **named: Any) -> Any:
        self.trap.reached("checkpoint")
        return await super().aput(*arguments, **named)


class SilentTracer:
    """`ports.Tracer` that keeps nothing."""

    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> AbstractContextManager[Any]:  # noqa: ARG002
        return nullcontext(self)

    def turn(self, **attributes: Any) -> AbstractContextManager[Any]:  # noqa: ARG002
        return nullcontext(self)

    def update(self, **attributes: Any) -> None:
        """Keep nothing."""

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """There is nothing to delete."""

    async def health(self) -> Part:
        return Part("traces", "nowhere", "", well=True)


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a worker that a test looks at."""

    conversations: Conversations
    graph: TurnGraph
    can: Capabilities
    saver: RedisSaver


@asynccontextmanager
async def open_worker(
    *,
    redis_url: str,
    database_url: str,
    policy: TurnPolicy,
    latency_s: float = 0.0,
    trap: Trap | None = None,
    embedder: Embedder | None = None,
) -> AsyncIterator[Worker]:
    """A worker on these servers, drained at the end."""
    trap, embedder = trap or Trap(), embedder or WordEmbedder(dimensions=256)
    async with connect(redis_url) as redis, open_stores(database_url) as stores:
        saver = TrappedSaver(redis)
        saver.trap = trap
        perimeter = _everything_goes()
        can = Capabilities(
            embedder=embedder,
            index=await _index(embedder),
            stores=stores,
            live=RedisLive(redis, where="here"),
            tracer=SilentTracer(),
            models={"generate": LatentModel(latency_s, trap)},
            perimeter=perimeter,
            scope=await nearest_scope(perimeter, embedder),
            tools=Registry(SHIPPED),
            policies=Policies(window=WindowPolicy(high_tokens=300, low_tokens=150)),
            release="load",
            clock=lambda: datetime.now(UTC),
        )
        await stores.documents.save([DOCUMENT], passages={DOCUMENT.id: 1})
        graph = TurnGraph(saver)
        conversations = Conversations(graph=graph, can=can, policy=policy, check_space=lambda: None)
        yield Worker(conversations, graph, can, saver)
        await conversations.drain(timeout_s=30)


def _everything_goes() -> Policy:
    """The same question is asked over and over and always put to the model: what is tried here comes after that."""
    thresholds = Thresholds(support_floor=0.0, support_answer=0.0, max_repeats=1_000_000)
    about = "returns and deliveries of lamps"
    return Policy(organisation="Acme", about=about, contact="help@acme.example", thresholds=thresholds)


async def _index(embedder: Embedder) -> MemoryIndex:
    index = MemoryIndex()
    passage = Passage(
        id=f"{DOCUMENT.id}#0",
        document_id=DOCUMENT.id,
        title=DOCUMENT.title,
        section="",
        text=TEXT,
        start=0,
        end=len(TEXT),
        ordinal=0,
        version=DOCUMENT.version,
        audience=DOCUMENT.audience,
    )
    await index.upsert([passage], await embedder.encode([passage.indexed_text]))
    return index


class Serving:
    """Does what it is told on stdin, every turn in a task of its own."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._tasks: set[asyncio.Task[None]] = set()

    async def until_closed(self, lines: asyncio.StreamReader) -> None:
        """Serve until stdin ends."""
        _say({"event": "ready"})
        while line := await lines.readline():
            task = asyncio.create_task(self._do(json.loads(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await asyncio.gather(*self._tasks)

    async def _do(self, command: dict[str, Any]) -> None:
        conversations = self._worker.conversations
        match command["do"]:
            case "sweep":
                await conversations.sweep(_anybody)
                _say({"event": "swept"})
            case "drain":
                await conversations.drain(timeout_s=30)
                _say({"event": "drained"})
            case "finish":
                events = conversations.finish_abandoned(Caller(id=command["user"]), command["thread"])
                await self._tell(command, events)
            case _:
                caller = Caller(id=command["user"])
                turn = Turn(command["thread"], command["message"], command["text"], caller, datetime.now(UTC))
                await self._tell(command, conversations.take(turn))

    async def _tell(self, command: dict[str, Any], events: AsyncIterator[Event]) -> None:
        about = {"message": command.get("message", ""), "call": command.get("call", "")}
        began, first = time.perf_counter(), 0.0
        try:
            async for event in events:
                match event:
                    case Started():
                        _say({**about, "event": "started", "trace": event.trace_id})
                    case Token():
                        first = first or time.perf_counter()
                    case Finished(record, replayed):
                        ms = {"ms": _ms(began, time.perf_counter()), "first_ms": _ms(began, first) if first else None}
                        ended = {"event": "finished", "status": record.status, "trace": record.trace_id}
                        _say({**about, **ended, "replayed": replayed, "answer": record.answer, **ms})
        except AssistantError as exc:
            _say({**about, "event": "error", "error": type(exc).__name__, "said": str(exc)})
        _say({**about, "event": "over"})


async def _anybody(user_id: str) -> Caller | None:
    return Caller(id=user_id)


def _ms(began: float, ended: float) -> float:
    return round((ended - began) * 1000, 1)


def _say(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def _main(arguments: argparse.Namespace) -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    policy = TurnPolicy(lease_ttl_s=arguments.lease_ttl_s, wait_s=arguments.wait_s, grace_s=0.0)
    trap = Trap(arguments.trap, signal.SIGKILL if arguments.deadly else signal.SIGSTOP)
    async with open_worker(
        redis_url=arguments.redis,
        database_url=arguments.database,
        policy=policy,
        latency_s=arguments.latency_ms / 1000,
        trap=trap,
    ) as worker:
        await Serving(worker).until_closed(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--redis", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--lease-ttl-s", type=float, default=15.0)
    parser.add_argument("--wait-s", type=float, default=30.0)
    parser.add_argument("--trap", default="", choices=["", "model", "checkpoint"])
    parser.add_argument("--deadly", action="store_true", help="the trap kills; else it stops")
    asyncio.run(_main(parser.parse_args()))
