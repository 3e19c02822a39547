"""The output guard in the real nodes: what it does when it can't run, what the graph learns of what it dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from langchain_core.messages import BaseMessage

from assistant.perimeter.output.guard import Guard, GuardPolicy, check
from assistant.ports import ModelChunk, ToolSpec
from assistant.testing.models import ScriptedModel
from assistant.values import Part
from tests.graph.world import POLICY, make_world

RETURN = "How many days do I have to return a lamp?"
SOURCES = {1: "You can return a lamp within 30 days. Lamps with cut cables cannot be returned."}


class Broken(dict[int, str]):
    """Sources that break the check in a way nobody foresaw."""

    def __init__(self, error: Exception) -> None:
        super().__init__(SOURCES)
        self._error = error

    def __contains__(self, key: object) -> bool:
        raise self._error


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("x"), TypeError(), MemoryError(), AssertionError()])
def test_a_guard_that_breaks_in_any_way_releases_nothing_more(error: Exception) -> None:
    guard = Guard(GuardPolicy(sources=Broken(error)))
    assert guard.feed("Hello there. ") == []
    assert guard.feed("Thirty days [1]. More of it. ") == ["Hello there. "]
    assert guard.feed("And more. ") == guard.close() == []
    assert guard.outcome == "could_not_check"


@pytest.mark.parametrize("junk", [None, 7, b"bytes", ["a"], object()])
def test_a_guard_that_is_fed_junk_releases_nothing_more(junk: object) -> None:
    guard = Guard(GuardPolicy())
    assert guard.feed(junk) == []  # type: ignore[arg-type]
    assert guard.feed("Words. More words. ") == []
    assert guard.outcome == "could_not_check"


@pytest.mark.parametrize("text", ["\ud800 lone. Next", "\x00\x01. Next", "a" * 9_000, "[" * 5_000, "\u202e. x" * 50])
def test_hostile_characters_are_checked_or_held_back_but_never_raise(text: str) -> None:
    assert check(text, GuardPolicy(sources=SOURCES, grounded=True)).outcome in {"passed", "mended", "could_not_check"}


def test_a_check_that_takes_too_long_counts_as_one_that_could_not_be_done() -> None:
    times = iter([0.0, 0.1, 10.0, 16.0])
    guard = Guard(GuardPolicy(), timer=lambda: next(times))
    assert guard.feed("One. Two. Three") == ["One. "]
    assert guard.outcome == "could_not_check"


def test_the_guard_counts_what_claimed_something_and_what_of_it_it_left_out() -> None:
    guard = Guard(GuardPolicy(sources=SOURCES, grounded=True))
    said = "Here it is: You can return a lamp within 30 days [1]. Lamps fly to the moon on rockets. Anything else?"
    released = "".join([*guard.feed(said), *guard.close()])
    assert "moon" not in released
    assert (guard.claimed, guard.dropped, guard.failed_share) == (2, 1, 0.5)


@pytest.mark.parametrize(
    "said",
    [
        "Die Lampe kann jederzeit zurückgegeben werden und wir erstatten dir das Geld sofort.",
        "Vous pouvez nous rendre la lampe quand vous voulez et nous vous rendons votre argent.",
    ],
)
def test_a_language_that_nobody_here_speaks_is_left_out(said: str) -> None:
    checked = check(said, GuardPolicy(sources=SOURCES, question=RETURN, languages=frozenset({"en"}), grounded=True))
    assert checked.text == ""


class Failing:
    """A model whose answer the guard can't let through; it says what it was told each time it was asked."""

    name = "failing"

    def __init__(self, text: str) -> None:
        self._text = text

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        del messages, tools
        for word in self._text.split(" "):
            yield ModelChunk(f"{word} ")

    async def health(self) -> Part:
        return Part("model:failing", "here", "1", well=True)


@pytest.mark.parametrize(
    "said",
    ["Lamps with cut cables can be returned [1].", "You can return a lamp within 90 days [1].",
     "Ring Sir Henry in Timbuktu about the lamp [1].", "A rocket collects every lamp from your balcony [1]."],
)  # fmt: skip
async def test_what_the_evidence_does_not_bear_is_never_said(said: str) -> None:
    world = await make_world(models={"generate": Failing(said)})
    record = await world.say(RETURN)
    assert said.split(" [")[0] not in world.spoken
    assert said.split(" [")[0] not in record.answer


async def test_what_the_evidence_bears_is_said() -> None:
    world = await make_world(models={"generate": ScriptedModel(["A lamp can be returned within 30 days [1]."])})
    record = await world.say(RETURN)
    assert record.answer == "A lamp can be returned within 30 days [1]."


async def test_an_answer_in_another_language_than_its_evidence_is_said_and_noted() -> None:
    said = "Sie können die Lampe innerhalb von 30 Tagen zurückgeben [1]."
    policy = replace(POLICY, languages=("en", "de"))
    world = await make_world(models={"generate": ScriptedModel([said])}, policy=policy)
    record = await world.say(RETURN)
    assert record.answer == said
    assert [check["kind"] for check in record.checks] == ["other_language"]


class Watching(Failing):
    """A model that says one sentence and notes how often others had their turn before it was asked for more."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.beats = 0
        self.between = 0

    async def beat(self) -> None:
        while True:
            self.beats += 1
            await asyncio.sleep(0)

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        del messages, tools
        before = self.beats
        yield ModelChunk(self._text)
        self.between = self.beats - before


async def test_while_a_sentence_is_checked_others_have_their_turn() -> None:
    model = Watching("A lamp can be returned within 30 days [1]. More of")
    world = await make_world(models={"generate": model})
    beating = asyncio.create_task(model.beat())
    try:
        await world.say(RETURN)
    finally:
        beating.cancel()
    assert model.between > 0
