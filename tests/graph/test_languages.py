"""The assistant speaks the user's language where it is served, and says honestly which are where it is not."""

from __future__ import annotations

from dataclasses import replace

from assistant.errors import ModelError
from assistant.phrases import not_served, say
from assistant.testing.models import ScriptedModel
from tests.graph.world import POLICY, make_world

GERMAN = replace(POLICY, languages=("en", "de"))


async def test_a_refusal_is_said_in_a_served_language() -> None:
    world = await make_world(policy=GERMAN)
    record = await world.say("Wie wird das Wetter morgen Abend?")
    assert record.verdict is not None
    assert record.verdict.decision == "refuse"
    assert record.answer.startswith(say("out_of_scope", "de"))


async def test_the_conversation_keeps_its_language_when_a_message_does_not_tell() -> None:
    world = await make_world(policy=GERMAN)
    await world.say("Wie wird das Wetter morgen Abend?", message="m1")
    record = await world.say("ok?", message="m2")
    assert record.answer == say("acknowledged", "de")


async def test_a_handoff_and_its_ticket_are_told_in_the_users_language() -> None:
    world = await make_world(policy=GERMAN)
    record = await world.say("Ich möchte bitte mit einem Menschen sprechen.")
    assert record.ticket
    assert record.answer.startswith(say("handoff_asked", "de"))
    assert say("ticket_onward", "de") in record.answer


async def test_a_language_that_is_not_served_is_answered_with_those_that_are() -> None:
    world = await make_world(policy=GERMAN)
    record = await world.say("Quelle est la température idéale pour un chat dans la maison ?")
    assert record.verdict is not None
    assert record.verdict.rule == "language-not-served"
    assert record.answer == not_served("fr", GERMAN.languages)


async def test_what_a_failing_model_leaves_is_told_in_the_users_language() -> None:
    documents = {"rueckgabe.md": ("Rückgabe", "public", "Lampen können innerhalb von 30 Tagen zurückgegeben werden.")}
    model = ScriptedModel([ModelError("503")])
    world = await make_world(policy=GERMAN, documents=documents, models={"generate": model})
    record = await world.say("Können Lampen innerhalb von 30 Tagen zurückgegeben werden?")
    assert say("quoted_instead", "de") in record.notice
