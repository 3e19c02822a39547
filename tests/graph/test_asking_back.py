"""What is offered when asking back is what the caller could be answered about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.perimeter.input_guard import Screened
from assistant.perimeter.policy import Starter, Topic
from assistant.perimeter.rules_of_evidence import unborne
from assistant.perimeter.scope.reading import TopicScore
from assistant.perimeter.signals import Signals
from assistant.values import Evidence, Hit, Passage
from tests.graph.world import POLICY, make_world

STAFF_TOPIC = Topic("staff-procedures", "Limits", examples=("goodwill limit for a late lamp", "what is the limit"))
LABELS = ("Return a lamp", "Where is my order?")
STARTERS = tuple(Starter(label, label) for label in LABELS)
ASKING = replace(POLICY, topics=(STAFF_TOPIC, *POLICY.topics))
STAFF_ONLY = {"goodwill.md": ("Goodwill", "staff", "The goodwill credit limit for a late lamp is 45 euros.")}


@pytest.mark.parametrize("vague", ["it doesn't work", "help", "I have a problem"])
async def test_a_topic_is_not_offered_for_its_name(vague: str) -> None:
    world = await make_world(policy=replace(ASKING, starters=STARTERS), documents=STAFF_ONLY)
    record = await world.say(vague)
    assert record.verdict is not None
    assert (record.verdict.decision, record.verdict.choices) == ("clarify", LABELS)


def test_after_an_answer_that_was_not_borne_out_no_topic_is_offered_for_its_name() -> None:
    likely = TopicScore("staff-procedures", "answer", 0.9, 0.9, 0.9, "what is the limit", 0.9)
    found = Passage("r#0", "r", "Returns", "", "Return a lamp.", 0, 14, 0, "v1", frozenset({"public"}))
    evidence = Evidence("limit", (Hit(found, 1.0),))
    verdict = unborne(Signals("limit", Screened("limit", 5), topics=(likely,), evidence=evidence), ASKING)
    assert (verdict.decision, verdict.choices) == ("handoff", ())


async def test_without_anything_to_offer_the_question_back_is_open() -> None:
    world = await make_world(policy=ASKING, documents=STAFF_ONLY)
    record = await world.say("it doesn't work")
    assert record.verdict is not None
    assert (record.verdict.decision, record.verdict.choices) == ("clarify", ())
    assert "what is it about" in record.answer


async def test_what_was_found_for_the_caller_is_offered_first() -> None:
    documents = {f"{n}.md": (f"Lamp {n}", "public", "It works when it is plugged in.") for n in range(2)}
    world = await make_world(policy=replace(ASKING, starters=STARTERS), documents={**STAFF_ONLY, **documents})
    record = await world.say("it doesn't work")
    assert record.verdict is not None
    assert sorted(record.verdict.choices) == ["Lamp 0", "Lamp 1"]
