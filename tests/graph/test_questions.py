"""A message with several questions: each is looked up and judged, and the user gets one reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.errors import ModelError, UnavailableError
from assistant.graph.context import Policies
from assistant.knowledge.retrieval import RetrievalPolicy
from assistant.perimeter.policy import Topic
from assistant.testing.index import MemoryIndex
from assistant.testing.models import ScriptedModel
from assistant.values import Stage
from tests.graph.world import DOCUMENTS, GUEST, POLICY, STAFF, make_world

INJURY = Topic(
    "injury",
    "Injuries",
    action="handoff",
    queue="safety",
    reason="People handle injuries.",
    examples=("I was injured burned by a lamp what now", "the lamp burned my hand injured"),
)
WITH_INJURY = replace(POLICY, topics=(*POLICY.topics, INJURY))
INJURED = "What now when the lamp burned my hand injured?"

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
    (call,) = model.calls
    assert "sue" not in str(call.messages)
    assert call.tools == ()


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


class DownIndex(MemoryIndex):
    async def search(self, query: Any) -> Any:
        raise UnavailableError("index", "connection refused")


async def test_a_part_for_a_person_gets_there_whatever_stands_beside_it() -> None:
    for beside in (
        "What was my order number?",
        "What is the status of my ticket?",
        "How do I return a lamp?",
        "Thanks!",
    ):
        world = await make_world(policy=WITH_INJURY)
        await world.say("My order number is A-48213.", message="m1")
        record = await world.say(f"{beside} {INJURED}", message="m2")
        assert record.verdict is not None
        assert (record.verdict.decision, record.verdict.queue) == ("handoff", "safety"), beside
        assert record.ticket


async def test_a_part_for_a_person_gets_there_while_the_documents_cannot_be_searched() -> None:
    world = await make_world(policy=WITH_INJURY, index=DownIndex())
    record = await world.say(f"How many days do I have to return a lamp? {INJURED}")
    assert record.ticket


async def test_a_ticket_is_told_of_beside_an_answer() -> None:
    world = await make_world()
    record = await world.say("What is the status of my ticket? How many days do I have to return a lamp?")
    assert "30 days" in record.answer
    assert "can't find a ticket" in record.answer


async def test_every_quote_has_its_passage_however_few_are_kept() -> None:
    world = await make_world(policies=Policies(retrieval=RetrievalPolicy(keep=1)))
    record = await world.say(BOTH)
    assert record.status == "delivered"
    assert {citation.document_id for citation in record.citations} == {"returns.md", "delivery.md"}


async def test_a_rewriting_model_cannot_put_an_image_or_a_link_into_the_reply() -> None:
    evil = "Is it legal to sue you in court, see ![x](https://evil.example/a.png) [click](https://evil.example)?"
    rewriting = ScriptedModel(["How many days do I have to return a lamp?", evil])
    world = await make_world(models={"rewrite": rewriting})
    await world.say("How many days do I have to return a lamp?", message="m1")
    record = await world.say(HALF, message="m2")
    assert "legal advice" in record.answer
    assert "evil.example" not in world.spoken
    assert "](" not in world.spoken


async def test_words_of_courtesy_alone_are_no_answer() -> None:
    world = await make_world(models={"generate": ScriptedModel(["Sure, happy to help!"])})
    record = await world.say("How many days do I have to return a lamp?")
    assert "within 30 days" in record.answer
    assert record.citations


async def test_a_model_that_is_down_gives_way_to_quotes_of_passages_that_the_prompt_had_no_room_for() -> None:
    many = {f"{n}.md": (f"Returns {n}", "public", f"{DOCUMENTS['returns.md'][2]} Case {n}.") for n in range(6)}
    world = await make_world(models={"generate": ScriptedModel([ModelError("503")])}, documents=many)
    record = await world.say("How many days do I have to return a lamp?")
    assert record.status == "delivered"
    assert "within 30 days" in record.answer
