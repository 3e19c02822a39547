"""Memory in whole turns: what comes back, what is dropped, what was deleted, and what a model gets to read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from assistant.errors import ModelError, NotFoundError
from assistant.graph.context import Policies, TurnContext
from assistant.memory.budget import BudgetPolicy
from assistant.memory.contents import OUTDATED, REMOVED
from assistant.memory.tokens import CUT_MARK, count_message
from assistant.memory.window import WindowPolicy
from assistant.perimeter.policy import Thresholds
from assistant.phrases import say
from assistant.ports import ModelChunk, ToolSpec
from assistant.testing.models import ScriptedModel
from assistant.values import Caller, Document, Turn, Usage
from tests.graph.world import GUEST, NOW, POLICY, World, make_world

RETURN = "How many days do I have to return a lamp?"
DELIVERY = "What does delivery of a lamp cost?"
SMALL = Policies(window=WindowPolicy(high_tokens=160, low_tokens=60, summary_tokens=200))
RETURNS = Document("returns.md", "Returns", "", frozenset({"public"}), "v1", "demo")
FILLING = tuple(
    f"{question} {reason}"
    for reason in ("It is for my mother.", "I ask for a friend.", "It is a gift.", "We moved house.", "It is urgent.")
    for question in (RETURN, DELIVERY)
)
ANSWER = "You can return a lamp within 30 days [1]."
PATIENT = replace(POLICY, thresholds=Thresholds(max_repeats=99))  # the same is asked over and over here


class Answering(ScriptedModel):
    """Says the same every time, and keeps the prompts."""

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        self.lines = [*self.lines, ANSWER]
        async for chunk in super().stream(messages, tools=tools):
            yield chunk

    @property
    def prompt(self) -> str:
        return "\n".join(str(message.content) for message in self.calls[-1].messages)


async def talk(world: World, *texts: str, thread: str = "t1", caller: Caller = GUEST) -> None:
    for text in texts:
        await world.say(text, thread=thread, caller=caller)


async def hold_up(world: World, *texts: str) -> None:
    """Say them as if without a pause, so that nothing is ever settled."""
    turns = [Turn("t1", f"m{number}", text, GUEST, NOW) for number, text in enumerate(texts)]
    settle, world.graph.settle = world.graph.settle, _not_now  # type: ignore[method-assign]
    for turn in turns:
        async for _ in world.conversations.take(turn):
            pass
        await world.settled()
    world.graph.settle = settle  # type: ignore[method-assign]


async def _not_now(context: TurnContext) -> None:
    """The next turn waits."""


async def known(world: World, **changes: object) -> None:
    document = replace(RETURNS, **changes)  # type: ignore[arg-type]
    await world.stores.documents.save([document], passages={"returns.md": 1})


async def test_a_fact_said_long_ago_stands_verbatim_in_the_prompt() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL, policy=PATIENT)
    await known(world)
    await talk(world, "My order number is SO-48213. " + RETURN, *FILLING)
    memory = await world.graph.memory("t1")
    assert memory["folded"] >= 6
    assert "SO-48213" in model.prompt


async def test_an_answer_is_forgotten_before_the_next_turn_when_its_document_changes() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL, policy=PATIENT)
    await known(world)
    await talk(world, *FILLING[::2], RETURN)
    assert "within 30 days" in str((await world.graph.memory("t1"))["summary"])
    await known(world, version="v2")
    await talk(world, "Thanks!")
    memory = await world.graph.memory("t1")
    assert "within 30 days" not in str(memory["summary"])
    assert {turn["assistant"] for turn in memory["window"][:-1]} == {OUTDATED}
    assert RETURN in str(memory["summary"]) + str(memory["window"])


async def test_what_a_caller_may_no_longer_read_is_in_no_later_prompt() -> None:
    model = Answering()
    world = await make_world(models={"generate": model})
    await known(world)
    await talk(world, RETURN)
    await known(world, audience=frozenset({"staff"}))
    await talk(world, DELIVERY)
    before_passages = "\n".join(str(message.content) for message in model.calls[-1].messages[1:]).split("<passage", 1)[
        0
    ]
    assert RETURN in before_passages
    assert "within 30 days" not in before_passages


async def test_a_changed_document_takes_recalled_turns_with_it() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL, policy=PATIENT)
    await known(world)
    await talk(world, RETURN, *FILLING[1:9])
    await known(world, version="v2")
    await world.say(RETURN)
    background = model.prompt.rsplit("<passage", 1)[0]
    assert RETURN in background
    assert "within 30 days" not in background


async def test_a_turn_that_left_the_window_is_recalled_when_asked_about() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL)
    await talk(world, "The lamp in my kitchen flickers at night, how do I return a lamp?", *FILLING[1:9])
    await world.say("You remember the flickers in my kitchen: how do I return a lamp like that?")
    assert "flickers at night" in model.prompt.rsplit("Question: ", 1)[0]


async def test_another_conversation_is_recalled_only_when_its_user_chose_so() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL)
    await talk(world, "The lamp in my kitchen flickers at night, how do I return a lamp?", thread="old")
    await talk(world, RETURN, thread="new")
    assert "flickers at night" not in model.prompt
    await world.stores.preferences.set_recall_across(GUEST.id, True)
    await talk(world, RETURN, thread="newer")
    assert "flickers at night" in model.prompt


async def test_another_users_conversation_is_never_recalled() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL)
    other = Caller(id="guest:2")
    for caller in (GUEST, other):
        await world.stores.preferences.set_recall_across(caller.id, True)
    await talk(world, "The lamp in my kitchen flickers at night, how do I return a lamp?", thread="a", caller=other)
    await talk(world, RETURN, thread="b")
    assert "flickers at night" not in model.prompt


async def test_what_a_user_deletes_is_in_no_later_prompt_even_when_redis_lost_everything() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL)
    await talk(world, "My order number is SO-48213. " + RETURN, *FILLING[:8])
    view = await world.conversations.memory(GUEST, "t1")
    (item,) = [item for item in view.items if item.text == "SO-48213"]
    left = await world.conversations.forget_item(GUEST, "t1", item.id)
    assert "SO-48213" not in str(left)
    await talk(world, "What was my order number? " + RETURN)
    assert "SO-48213" not in model.prompt
    await world.graph.forget("t1")
    await talk(world, "What was my order number? " + RETURN)
    assert "SO-48213" not in model.prompt
    assert (await world.stores.records.of_thread("t1"))[0].question.startswith("My order number is SO-48213.")


async def test_nobody_looks_into_or_deletes_from_anothers_memory() -> None:
    world = await make_world()
    await talk(world, "My order number is SO-48213. " + RETURN)
    (item,) = [i for i in (await world.conversations.memory(GUEST, "t1")).items if i.text == "SO-48213"]
    other = Caller(id="guest:2")
    with pytest.raises(NotFoundError):
        await world.conversations.memory(other, "t1")
    with pytest.raises(NotFoundError):
        await world.conversations.forget_item(other, "t1", item.id)
    assert item in (await world.conversations.memory(GUEST, "t1")).items


async def test_a_summariser_that_is_down_leaves_window_and_summary_and_is_tried_again() -> None:
    down = ScriptedModel([ModelError("connection refused")] * 40)
    world = await make_world(models={"summarise": down}, policies=SMALL)
    await talk(world, *FILLING)
    memory = await world.graph.memory("t1")
    assert not memory.get("folded")
    assert len(memory["window"]) == len(FILLING)
    assert len(down.calls) >= 2


async def test_above_the_hard_mark_folding_goes_by_rules() -> None:
    down = ScriptedModel([ModelError("connection refused")] * 40)
    window = replace(SMALL.window, hard_tokens=200)
    world = await make_world(models={"summarise": down}, policies=replace(SMALL, window=window))
    await talk(world, *FILLING, *FILLING[:2])
    assert (await world.graph.memory("t1"))["folded"] > 0


async def test_the_user_is_told_when_a_message_was_cut() -> None:
    model = Answering()
    policies = Policies(budget=BudgetPolicy(total=2_000, reply=300))
    world = await make_world(models={"generate": model}, policies=policies)
    record = await world.say(RETURN + " " + "lamp " * 1_500 + "That was all.")
    assert say("cut") in record.notice
    assert CUT_MARK.strip() in model.prompt
    assert model.prompt.endswith("That was all.")


async def test_a_providers_count_is_learned_and_kept() -> None:
    lines = [[ModelChunk(ANSWER), ModelChunk(usage=Usage(prompt=5_000, completion=10))]] * 12
    model = ScriptedModel(lines, name="odd-tokenizer")
    world = await make_world(models={"generate": model})
    before = await world.can.ratios.of("odd-tokenizer")
    await talk(world, *FILLING[:4])
    learned = await world.stores.calibrations.get("odd-tokenizer")
    assert learned is not None
    assert learned.ratio > before
    assert learned.samples >= 3


async def test_the_ledger_of_the_prompt_is_in_the_record() -> None:
    model = Answering()
    world = await make_world(models={"generate": model}, policies=SMALL)
    await talk(world, "My order number is SO-48213. " + RETURN, *FILLING[:6])
    record = await world.say(RETURN)
    assert {"system", "tools", "question", "pins", "summary", "evidence", "window"} <= record.usage.by_section.keys()
    assert record.usage.by_section["pins"] > 0


async def test_what_was_said_is_told_again_word_for_word_without_a_model() -> None:
    world = await make_world(policies=SMALL)
    await talk(world, "My order number is SO-48213. " + RETURN, *FILLING[:8])
    record = await world.say("What was my order number?")
    assert record.verdict is not None
    assert record.verdict.rule == "remembered"
    assert record.answer == "You told me: order number **SO-48213**."


async def test_a_redis_that_lost_everything_costs_no_turn() -> None:
    world = await make_world(policies=SMALL)
    await talk(world, "My order number is SO-48213. " + RETURN, *FILLING[:6])
    await world.graph.forget("t1")
    await talk(world, "Thanks!")
    memory = await world.graph.memory("t1")
    assert memory.get("folded", 0) + len(memory["window"]) == 8
    assert "SO-48213" in [pin["text"] for pin in memory["pins"]]


async def test_deleted_words_are_struck_from_the_window() -> None:
    world = await make_world()
    await talk(world, "My order number is SO-48213. " + RETURN)
    view = await world.conversations.memory(GUEST, "t1")
    (item,) = [item for item in view.items if item.text == "SO-48213"]
    await world.conversations.forget_item(GUEST, "t1", item.id)
    assert (await world.graph.memory("t1"))["window"][0]["user"].startswith(f"My order number is {REMOVED}.")


async def test_a_window_that_found_no_time_to_be_folded_is_bounded_before_the_next_prompt() -> None:
    model = Answering()
    window = WindowPolicy(high_tokens=160, low_tokens=60, hard_tokens=200, summary_tokens=200)
    world = await make_world(models={"generate": model}, policies=Policies(window=window))
    await hold_up(world, *FILLING)
    await world.say(RETURN)
    assert sum(count_message(str(message.content)) for message in model.calls[-1].messages[1:-1]) <= 200
    assert "friend" in model.prompt


async def test_a_memory_in_another_releases_form_is_made_anew() -> None:
    world = await make_world()
    await talk(world, "My order number is SO-48213. " + RETURN)
    old = {"form": 1, "window": [{"turn": "x", "documents": ["returns.md"]}], "summary": [{"text": "Old."}]}
    config: Any = {"configurable": {"thread_id": "t1"}}
    await world.graph._compiled.aupdate_state(config, old, as_node="fold")
    await talk(world, DELIVERY)
    memory = await world.graph.memory("t1")
    assert [turn["user"] for turn in memory["window"]] == ["My order number is SO-48213. " + RETURN, DELIVERY]
    assert memory["summary"] == []


async def test_an_answer_without_a_citation_rests_on_all_that_the_model_was_shown() -> None:
    model = ScriptedModel(["You can return a lamp within 30 days."])
    world = await make_world(models={"generate": model})
    record = await world.say(RETURN)
    assert record.citations == ()
    assert record.rests_on["returns.md"] == "v1"


async def test_what_was_told_again_goes_with_the_document_it_rests_on() -> None:
    model = ScriptedModel(["Delivery of your order costs 6 euros [1]."])
    world = await make_world(models={"generate": model})
    await talk(world, "What does delivery of your order cost?")
    record = await world.say("What did you say delivery would cost?")
    assert record.verdict is not None
    assert record.verdict.rule == "remembered"
    assert record.rests_on == {"delivery.md": "v1"}
    changed = Document("delivery.md", "Delivery", "", frozenset({"public"}), "v2", "demo")
    await world.stores.documents.save([changed], passages={})
    again = await world.say("What did you say delivery would cost?")
    assert again.verdict is not None
    assert again.verdict.rule != "remembered"


async def test_a_pin_of_a_turn_that_fell_out_of_the_prompt_stands_in_it() -> None:
    model = Answering()
    window = WindowPolicy(high_tokens=1_500, low_tokens=300, hard_tokens=1_600, summary_tokens=200)
    policies = Policies(window=window, budget=BudgetPolicy(total=2_600, reply=300))
    world = await make_world(models={"generate": model}, policies=policies)
    await talk(world, "My order number is SO-48213. " + RETURN)
    await talk(world, f"{RETURN} {'lamp ' * 800}", f"{RETURN} {'lamp ' * 600}")
    assert not (await world.graph.memory("t1"))["folded"]
    assert "SO-48213" in model.prompt


async def test_what_a_folding_model_pins_is_kept_if_it_stands_in_its_turn() -> None:
    reply = (
        "- [purpose] User: asks about a lamp {t1}\npin t1 | name | lamp | Blue Heron\npin t1 | name | lamp | Red Kite"
    )
    summariser = ScriptedModel([reply] * 20)
    world = await make_world(models={"summarise": summariser}, policies=SMALL)
    await talk(world, f"{RETURN} It is a Blue Heron.", *FILLING)
    texts = [pin["text"] for pin in (await world.graph.memory("t1"))["pins"]]
    assert "Blue Heron" in texts
    assert "Red Kite" not in texts
