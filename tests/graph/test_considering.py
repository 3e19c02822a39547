"""What would be decided, with nothing said, stored or remembered."""

from __future__ import annotations

import pytest

from assistant.graph.considering import consider
from assistant.values import Turn
from tests.graph.world import GUEST, NOW, make_world


def turn(text: str) -> Turn:
    return Turn("t9", "m1", text, GUEST, NOW)


async def test_it_decides_as_the_turn_does() -> None:
    world = await make_world()
    for text in ("How many days do I have to return a lamp?", "Is it legal to sue you in court?", "hello", "price?"):
        considered = await consider(world.can, turn(text))
        record = await world.say(text, thread=text)
        assert record.verdict is not None
        assert (considered.verdict.decision, considered.verdict.rule) == (record.verdict.decision, record.verdict.rule)


async def test_nothing_is_left_of_it() -> None:
    world = await make_world()
    await consider(world.can, turn("How many days do I have to return a lamp?"))
    assert await world.stores.records.of_thread("t9") == []
    assert await world.stores.threads.get("t9") is None
    assert world.spoken == ""
    assert await world.graph.memory("t9") == {}


async def test_a_follow_up_is_judged_after_what_was_asked_before() -> None:
    world = await make_world()
    earlier = ["How many days do I have to return a lamp?"]
    alone = await consider(world.can, turn("and with cut cables?"))
    after = await consider(world.can, turn("and with cut cables?"), history=earlier)
    assert alone.question == "and with cut cables?"
    assert "lamp" in after.question


@pytest.mark.parametrize(
    ("messages", "last"),
    [
        (("how long do I have to return it", "it doesn't work", "that one", "and this"), "clarified-enough"),
        (
            (
                "how many days do I have to return a lamp",
                "how many days do I have to return a lamp I want to send",
                "please tell how many days do I have to return a lamp to make it work",
            ),
            "asked-again",
        ),
        (("Combien de jours pour le retour d'une lampe ?", "hello"), "small-talk:hello"),
    ],
)
async def test_a_history_counts_as_the_conversation_would_have(messages: tuple[str, ...], last: str) -> None:
    world = await make_world()
    rules = []
    for number, text in enumerate(messages):
        considered = await consider(world.can, turn(text), history=messages[:number])
        record = await world.say(text)
        assert record.verdict is not None
        assert (considered.verdict.decision, considered.verdict.rule) == (record.verdict.decision, record.verdict.rule)
        rules.append(considered.verdict.rule)
    assert rules[-1] == last


async def test_it_says_how_long_each_stage_took() -> None:
    world = await make_world()
    considered = await consider(world.can, turn("How many days do I have to return a lamp?"))
    assert list(considered.timings) == ["screen", "understand", "retrieve", "judge"]
