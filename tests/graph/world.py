"""A whole assistant on in-memory twins: for tests of nodes, routes and turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from langgraph.checkpoint.memory import InMemorySaver

from assistant.conversation import Conversations, TurnPolicy
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, Policies
from assistant.perimeter.policy import Policy, Topic
from assistant.ports import LanguageModel, Stores, Vector
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.testing.live import MemoryLive
from assistant.testing.scope import nearest_scope
from assistant.testing.stores import memory_stores
from assistant.tools.registry import Registry
from assistant.tools.shipped import SHIPPED
from assistant.values import Caller, Document, Event, Finished, Operation, Part, Passage, Record, Token, Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GUEST = Caller(id="guest:1")
STAFF = Caller(id="staff:1", role="staff", groups=frozenset({"public", "staff"}))
POLICY = Policy(
    organisation="Acme",
    about="returns and deliveries of lamps",
    contact="help@acme.example",
    topics=(
        Topic("returns", "Returning a lamp", examples=("how do I return a lamp", "return window for a lamp")),
        Topic(
            "legal-advice",
            "Advice on the law",
            action="refuse",
            reason="I can't give legal advice.",
            examples=("can I sue the company in court", "is it legal to sue you in court"),
        ),
    ),
)
DOCUMENTS = {
    "returns.md": (
        "Returns",
        "public",
        "You can return a lamp within 30 days. Lamps with cut cables cannot be returned.",
    ),
    "delivery.md": ("Delivery", "public", "Delivery of your order takes 4 working days and costs 6 euros."),
    "goodwill.md": ("Goodwill", "staff", "The goodwill credit limit for a late lamp is 45 euros."),
}


class SilentTracer:
    """`ports.Tracer` that keeps nothing."""

    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> AbstractContextManager[Any]:
        return nullcontext(_Nothing())

    def turn(self, **attributes: Any) -> AbstractContextManager[Any]:
        return nullcontext(_Nothing())

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """There is nothing to delete."""

    async def health(self) -> Part:
        return Part("traces", "nowhere", "", well=True)


class _Nothing:
    def update(self, **attributes: Any) -> None:
        """Keep nothing."""


@dataclass
class World:
    """The assistant under test and what a test looks at."""

    conversations: Conversations
    stores: Stores
    live: MemoryLive
    index: Any
    embedder: Any
    graph: TurnGraph
    can: Capabilities
    events: list[Event] = field(default_factory=list)

    async def say(
        self, text: str, *, thread: str = "t1", message: str = "", caller: Caller = GUEST, wants_person: bool = False
    ) -> Record:
        """Take one turn and return its record."""
        turn = Turn(thread, message or uuid4().hex, text, caller, NOW)
        self.events = [event async for event in self.conversations.take(turn, wants_person=wants_person)]
        finished = self.events[-1]
        assert isinstance(finished, Finished)
        await self.settled()
        return finished.record

    async def settled(self) -> None:
        """Wait until folding is over."""
        await self.conversations.drain(timeout_s=5)

    @property
    def spoken(self) -> str:
        """What the user saw stream in during the last turn."""
        return "".join(event.text for event in self.events if isinstance(event, Token))


async def make_world(
    *,
    models: Mapping[Operation, LanguageModel] | None = None,
    index: Any = None,
    stores: Stores | None = None,
    policy: Policy = POLICY,
    policies: Policies | None = None,
    turn_policy: TurnPolicy | None = None,
    documents: Mapping[str, tuple[str, str, str]] = DOCUMENTS,
    saver: Any = None,
    live: Any = None,
    scope: Any = None,
    screen_timeout_s: float = 5.0,
) -> World:
    embedder = WordEmbedder(dimensions=256)
    filled = MemoryIndex()
    passages = [_passage(name, *about) for name, about in documents.items()]
    vectors: Sequence[Vector] = await embedder.encode([p.indexed_text for p in passages])
    await filled.upsert(passages, vectors)
    embedder.calls.clear()
    if stores is None:
        stores = memory_stores()
        await stores.documents.save([_document(name, *about) for name, about in documents.items()], passages={})
    live, index = live or MemoryLive(), index or filled
    can = Capabilities(
        embedder=embedder,
        index=index,
        stores=stores,
        live=live,
        tracer=SilentTracer(),
        models=models or {},
        perimeter=policy,
        scope=scope or await nearest_scope(policy, embedder),
        tools=Registry(SHIPPED),
        policies=policies or Policies(),
        release="test",
        clock=lambda: NOW,
    )
    embedder.calls.clear()
    graph = TurnGraph(saver or InMemorySaver(), screen_timeout_s=screen_timeout_s)
    conversations = Conversations(
        graph=graph, can=can, policy=turn_policy or TurnPolicy(wait_s=5), check_space=lambda: None
    )
    return World(conversations, stores, live, index, embedder, graph, can)


def _document(name: str, title: str, group: str, text: str) -> Document:
    return Document(name, title, text, frozenset({group}), "v1", "demo")


def _passage(document: str, title: str, group: str, text: str) -> Passage:
    return Passage(
        id=f"{document}#0",
        document_id=document,
        title=title,
        section="",
        text=text,
        start=0,
        end=len(text),
        ordinal=0,
        version="v1",
        audience=frozenset({group}),
    )
