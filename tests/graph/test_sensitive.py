"""What the policy wrote for people in danger is said whatever else is down."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from assistant.conversation import Conversations, TurnPolicy
from assistant.errors import UnavailableError
from assistant.graph.build import TurnGraph
from assistant.perimeter.policy import SensitiveTopic, Topic
from assistant.perimeter.scope.reading import ScopeReading
from assistant.ports import Vector
from assistant.testing.index import WordEmbedder
from assistant.testing.stores import memory_stores
from assistant.values import Record, Ticket
from tests.graph.world import POLICY, World, make_world

GAS = SensitiveTopic("safety", ("smell gas",), "safety", "Go outside and ring 0800 111 999.")
CAREFUL = replace(POLICY, sensitive=(GAS,))


class BrokenScope:
    """A scope that raises, or reads nothing."""

    def __init__(self, *, empty: bool) -> None:
        self._empty = empty

    async def read(self, questions: Sequence[str], vectors: Sequence[Vector]) -> list[ScopeReading]:
        if self._empty:
            return []
        raise RuntimeError("the classifier broke")


@dataclass
class BrokenEmbedder:
    """An embedder that gives too few vectors, raises, or never comes back."""

    how: str
    name: str = WordEmbedder().name
    dimensions: int = 256

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        if self.how == "hangs":
            await asyncio.Event().wait()
        if self.how == "raises":
            raise UnavailableError("embedder", "gone")
        return []


def over(world: World, *, understand_timeout_s: float = 30.0, **capabilities: Any) -> World:
    """The same world on other capabilities."""
    can = replace(world.can, **capabilities)
    graph = TurnGraph(InMemorySaver(), understand_timeout_s=understand_timeout_s)
    conversations = Conversations(graph=graph, can=can, policy=TurnPolicy(wait_s=5), check_space=lambda: None)
    return replace(world, can=can, graph=graph, conversations=conversations)


async def assert_in_safe_hands(world: World, record: Record) -> None:
    assert record.verdict is not None
    assert (record.verdict.decision, record.verdict.rule) == ("handoff", "sensitive:safety")
    assert record.answer.startswith(GAS.message)
    ticket = await world.stores.tickets.get(record.ticket)
    assert ticket is not None
    assert (ticket.queue, ticket.priority) == ("safety", 1)


@pytest.mark.parametrize("empty", [False, True])
async def test_a_scope_that_fails_does_not_keep_a_sensitive_message_from_the_policys_words(empty: bool) -> None:
    world = await make_world(policy=CAREFUL, scope=BrokenScope(empty=empty))
    await assert_in_safe_hands(world, await world.say("I smell gas"))


@pytest.mark.parametrize("how", ["raises", "hangs", "gives nothing"])
async def test_an_embedder_that_fails_does_not_keep_a_sensitive_message_from_the_policys_words(how: str) -> None:
    sound = await make_world(policy=CAREFUL)
    world = over(sound, understand_timeout_s=0.2, embedder=BrokenEmbedder(how))
    await assert_in_safe_hands(world, await world.say("I smell g\u200bas"))
    other = await world.say("how do I return a lamp", thread="t2")
    assert other.verdict is not None
    assert (other.verdict.decision, other.verdict.rule) == ("handoff", "could-not-decide")


async def test_a_message_that_the_guard_could_not_read_is_still_looked_through_for_sensitive_words() -> None:
    world = await make_world(policy=replace(CAREFUL, max_chars=None))  # type: ignore[arg-type]
    await assert_in_safe_hands(world, await world.say("I SMELL\ngas"))
    world = await make_world(policy=replace(CAREFUL, thresholds=None))  # type: ignore[arg-type]
    await assert_in_safe_hands(world, await world.say("I SMELL\ngas"))


class NoTickets:
    """A desk whose store is down."""

    async def open(self, ticket: Ticket) -> Ticket:
        raise UnavailableError("database", "gone")


@pytest.mark.parametrize(("message", "words"), [("I smell gas", GAS.message), ("it is too hot to touch", "Unplug it.")])
async def test_the_policys_words_are_said_first_where_no_ticket_can_be_stored(message: str, words: str) -> None:
    hot = Topic(
        "unsafe-device", "Danger", "handoff", "Unplug it.", queue="safety", examples=("it is too hot to touch",)
    )
    policy = replace(CAREFUL, topics=(*POLICY.topics, hot))
    world = await make_world(policy=policy, stores=replace(memory_stores(), tickets=NoTickets()))
    record = await world.say(message)
    assert record.answer.startswith(f"{words}\n\n")
    assert "couldn't open a ticket" in record.answer
    assert record.ticket == ""


async def test_our_own_promise_of_a_person_is_not_made_where_no_ticket_can_be_stored() -> None:
    world = await make_world(policy=CAREFUL, stores=replace(memory_stores(), tickets=NoTickets()))
    record = await world.say("I want to talk to a person")
    assert record.answer.startswith("I wanted to pass you on")
