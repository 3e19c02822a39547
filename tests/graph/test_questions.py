"""A message with several questions: each is looked up and judged, and the user gets one reply."""

from __future__ import annotations

from assistant.testing.models import ScriptedModel
from assistant.values import Stage
from tests.graph.world import GUEST, STAFF, make_world

BOTH = "How many days do I have to return a lamp? How many days does delivery of an order take?"
HALF = "How many days do I have to return a lamp? Is it legal to sue you in court?"


async def test_both_questions_are_answered_each_from_its_own_document() -> None:
    world = await make_world()
    record = await world.say(BOTH)
    assert record.verdict is not None
    assert record.verdict.decision == "answer"
    assert [part.decision for part in record.verdict.parts] == ["answer", "answer"]
    assert {citation.document_id for citation in record.citations} == {"returns.md", "delivery.md"}
    assert "30 days" in record.answer
    assert "4 working days" in record.answer
    assert sorted({citation.index for citation in record.citations}) == [1, 2]


async def test_all_questions_of_a_message_are_embedded_in_one_call() -> None:
    world = await make_world()
    await world.say(BOTH)
    first, second = (question + "?" for question in BOTH.rstrip("?").split("? "))
    assert sum(first in call for call in world.embedder.calls) == 1
    assert (first, second, BOTH) in world.embedder.calls


async def test_what_can_be_answered_is_and_the_rest_is_said_with_it() -> None:
    world = await make_world()
    record = await world.say(HALF)
    assert record.verdict is not None
    assert (record.verdict.decision, record.verdict.rule) == ("answer", "answered-in-part")
    assert "30 days" in record.answer
    assert "About “Is it legal to sue you in court?”: I can't give legal advice." in record.answer
    assert record.answer == world.spoken


async def test_a_refused_question_brings_no_passage_into_the_prompt() -> None:
    model = ScriptedModel(["You can return a lamp within 30 days [1]."])
    world = await make_world(models={"generate": model})
    record = await world.say(HALF)
    assert "I can't give legal advice" in record.answer
    assert record.answer.startswith("You can return a lamp within 30 days")


async def test_a_staff_document_answers_no_part_of_a_guests_message() -> None:
    world = await make_world()
    message = "How many days do I have to return a lamp? What is the goodwill credit limit for a late lamp?"
    guest = await world.say(message, caller=GUEST)
    assert "45" not in guest.answer
    staff = await world.say(message, caller=STAFF, thread="t2")
    assert "45 euros" in staff.answer


async def test_every_part_stands_in_the_steps_that_the_user_sees() -> None:
    world = await make_world()
    await world.say(HALF)
    (decided,) = [event for event in world.events if isinstance(event, Stage) and event.name == "judge"]
    assert "1 of 2 questions" in decided.detail
