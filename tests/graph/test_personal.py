"""A card number in a message reaches nothing that keeps or reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from assistant.errors import InvalidMessageError
from assistant.testing.models import ScriptedModel
from assistant.values import Finished
from tests.graph.world import GUEST, POLICY, World, make_world

CARD = "4242 4242 4242 4242"
ASKED = f"How do I return a lamp, return window for a lamp? {CARD}"
TOLD = "How do I return a lamp, return window for a lamp? <card number ending 4242>"


async def everything_kept(world: World, saver: InMemorySaver) -> str:
    """All that the stores and the checkpoints hold, as one text."""
    records = await world.stores.records.of_thread("t1")
    threads = await world.stores.threads.page(GUEST.id, limit=10, before="", search="")
    checkpoints = [str(each) async for each in saver.alist(None)]
    kept = json.dumps([asdict(record) for record in records], default=str)
    return "\n".join([kept, str(threads), *checkpoints, str(saver.storage), str(saver.blobs), str(world.stores)])


async def test_a_card_number_is_masked_before_anything_is_stored_or_said() -> None:
    saver = InMemorySaver()
    model = ScriptedModel(["You can return a lamp within 30 days [1]."])
    world = await make_world(models={"generate": model}, saver=saver)
    record = await world.say(ASKED)
    assert record.question == TOLD
    assert "within 30 days" in record.answer
    heard = str(model.calls)
    kept = await everything_kept(world, saver)
    assert "ending 4242" in kept
    assert "ending 4242" in heard
    for place in (kept, heard, str(world.events), str(world.embedder.calls)):
        assert CARD not in place
        assert CARD.replace(" ", "") not in place


async def test_a_message_sent_twice_is_still_one_turn() -> None:
    world = await make_world()
    first = await world.say(ASKED, message="m1")
    again = await world.say(ASKED, message="m1")
    assert again.trace_id == first.trace_id
    finished = world.events[-1]
    assert isinstance(finished, Finished)
    assert finished.replayed
    with pytest.raises(InvalidMessageError):
        await world.say("Something else", message="m1")


async def test_what_the_policy_does_not_name_is_kept() -> None:
    world = await make_world(policy=replace(POLICY, mask=("email",)))
    record = await world.say(f"{ASKED} Write to maya@example.com.")
    assert CARD in record.question
    assert record.question.endswith("Write to <email>.")


async def test_the_conversation_is_not_named_after_the_number() -> None:
    world = await make_world()
    await world.say(ASKED)
    thread = await world.stores.threads.get("t1")
    assert thread is not None
    assert thread.name.startswith("How do I return a lamp, return window for a lamp? <card")


@pytest.mark.parametrize("mask", [("credit_card",), ()])
async def test_a_message_with_data_for_people_goes_there_whether_it_is_masked_or_not(mask: tuple[Any, ...]) -> None:
    world = await make_world(policy=replace(POLICY, mask=mask, to_people=("credit_card",)))
    record = await world.say(ASKED)
    assert record.verdict is not None
    assert (record.verdict.decision, record.verdict.rule) == ("handoff", "personal-data:credit_card")
    assert record.ticket
