"""A model is shown nothing over the age that the policy sets, and so can answer from nothing over it."""

from __future__ import annotations

from dataclasses import replace

from assistant.ports import ToolCall
from assistant.testing.models import ScriptedModel
from assistant.values import Record
from tests.graph.world import POLICY, World, make_world

LIMITED = replace(POLICY, max_age_days=365)
BOTH = "How long does delivery of a lamp order take to return?"
OLD, NEW = "1 March 2024", "2026-11-01"


async def dated(model: ScriptedModel, **updated: str) -> World:
    """A world whose documents say when they were changed, by their names without the ending."""
    world = await make_world(policy=LIMITED, models={"generate": model})
    for name, (passage, vector) in world.index.passages.items():
        told = replace(passage, updated=updated.get(passage.document_id.removesuffix(".md"), ""))
        world.index.passages[name] = (told, vector)
    return world


def kept(record: Record) -> list[object]:
    return [row["document"] for row in record.evidence if row["kept"]]


async def test_a_model_is_not_shown_an_old_document_beside_a_new_one() -> None:
    model = ScriptedModel(["Delivery of your order takes 4 working days [1]."])
    record = await (await dated(model, returns=OLD, delivery=NEW)).say(BOTH)
    assert "30 days" not in str(model.calls[0].messages)
    assert kept(record) == ["delivery.md"]
    assert [citation.document_id for citation in record.citations] == ["delivery.md"]


async def test_an_answer_from_an_old_document_that_the_model_was_not_shown_is_not_said() -> None:
    from_old = "You can return a lamp within 30 days [1][2]."
    record = await (await dated(ScriptedModel([from_old, from_old]), returns=OLD, delivery=NEW)).say(BOTH)
    assert "30 days" not in record.answer
    assert record.citations == ()


async def test_a_document_without_a_date_is_shown_whatever_the_limit() -> None:
    model = ScriptedModel(["You can return a lamp within 30 days [1]."])
    record = await (await dated(model, delivery=NEW)).say("How many days do I have to return a lamp?")
    assert "returns.md" in kept(record)
    assert "30 days" in record.answer


async def test_a_search_of_the_models_own_brings_up_nothing_old() -> None:
    search = ToolCall("c1", "search_knowledge", {"query": "delivery of your order takes and costs"})
    model = ScriptedModel([search, "You can return a lamp within 30 days [1]."])
    record = await (await dated(model, returns=NEW, delivery=OLD)).say("How many days do I have to return a lamp?")
    model.assert_finished()
    assert "working days" not in str(model.calls[1].messages)
    assert kept(record) == ["returns.md"]
