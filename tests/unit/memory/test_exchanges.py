from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.memory.budget import BudgetPolicy
from assistant.memory.exchanges import extend
from assistant.memory.ledger import by_section
from assistant.memory.tokens import CUT_MARK, count_messages

POLICY = BudgetPolicy(total=1_500, reply=300)
TOOLS = 100
ROOM = POLICY.room - TOOLS
START: list[BaseMessage] = [SystemMessage("You are the assistant."), HumanMessage("When does it come?")]

sizes = st.integers(min_value=0, max_value=1_500)


def exchange(name: str, *results: str, args: str = "lamp", said: str = "") -> list[BaseMessage]:
    calls = [{"id": f"{name}{n}", "name": "search", "args": {"query": args}} for n in range(len(results))]
    return [
        AIMessage(said, tool_calls=calls),
        *(ToolMessage(text, tool_call_id=f"{name}{n}") for n, text in enumerate(results)),
    ]


def whole(messages: list[BaseMessage]) -> bool:
    """Each call is followed by its results, and no result stands without its call."""
    waiting: list[str] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            if not waiting or message.tool_call_id != waiting.pop(0):
                return False
        elif waiting:
            return False
        elif isinstance(message, AIMessage):
            waiting = [str(call["id"]) for call in message.tool_calls]
    return not waiting


@given(
    turns=st.lists(sizes, max_size=6),
    rounds=st.lists(st.tuples(st.lists(sizes, min_size=1, max_size=3), sizes, sizes), max_size=4),
    ratio=st.floats(0.5, 2.0),
)
def test_calls_and_results_stay_together_within_the_budget_whatever_comes(
    turns: list[int], rounds: list[tuple[list[int], int, int]], ratio: float
) -> None:
    messages = [START[0], START[1]]
    for size in turns:
        more = [HumanMessage("u"), AIMessage("word " * size)]
        if count_messages([*messages, *more]) * ratio <= ROOM * 0.9 - 20:
            messages[1:1] = more
    question = messages[-1]
    spent = count_messages(messages)
    for number, (results, args, said) in enumerate(rounds):
        made = exchange(f"c{number}-", *("word " * size for size in results), args="w " * args, said="s " * said)
        messages, rows = extend(messages, made, policy=POLICY, tools_tokens=TOOLS, ratio=ratio)
        spent += sum(by_section(rows).values())
        assert (count_messages(messages) + TOOLS) * ratio <= POLICY.room + 1e-6
        assert whole(messages)
        assert messages[0] == START[0]
        assert question in messages
        assert spent == count_messages(messages)


def test_an_exchange_that_fits_is_added_as_it_is() -> None:
    made = exchange("c", "It comes on Monday.", "Or on Tuesday.")
    messages, rows = extend(START, made, policy=POLICY, tools_tokens=TOOLS)
    assert messages == [*START, *made]
    assert [(row.section, row.kept, row.of, row.why) for row in rows] == [("tool_results", 2, 2, "")]


def test_a_result_too_long_is_cut_in_the_middle_with_a_mark() -> None:
    made = exchange("c", "begin " + "word " * 9_000 + "end", "short")
    messages, rows = extend(START, made, policy=POLICY, tools_tokens=TOOLS)
    long, short = (str(message.content) for message in messages[-2:])
    assert long.startswith("begin")
    assert long.endswith("end")
    assert CUT_MARK in long
    assert short == "short"
    assert rows[-1].why == "cut in the middle"
    assert count_messages(messages) > 0.9 * ROOM


def test_the_oldest_turns_give_way_to_a_result() -> None:
    turns = [HumanMessage("old"), AIMessage("word " * 500), HumanMessage("new"), AIMessage("word " * 450)]
    messages, rows = extend(
        [START[0], *turns, START[1]], exchange("c", "word " * 900), policy=POLICY, tools_tokens=TOOLS
    )
    assert [str(message.content)[:4] for message in messages[:4]] == ["You ", "new", "word", "When"]
    assert by_section(rows)["window"] < -500
    assert rows[0].why == "the oldest turn gave way to a tool's result"


def test_the_oldest_exchange_goes_whole_when_no_turn_is_left() -> None:
    first, second = exchange("a", "word " * 450, "word " * 300), exchange("b", "word " * 450)
    messages, _ = extend(START, first, policy=POLICY, tools_tokens=TOOLS)
    messages, rows = extend(messages, second, policy=POLICY, tools_tokens=TOOLS)
    assert messages == [*START, *second]
    assert "gave way" in rows[0].why


def test_a_call_too_long_for_the_prompt_stays_out_whole_and_takes_nothing_with_it() -> None:
    before = [START[0], HumanMessage("old"), AIMessage("said"), START[1]]
    messages, rows = extend(before, exchange("c", "found", args="word " * 3_000), policy=POLICY, tools_tokens=TOOLS)
    assert messages == before
    assert [(row.kept, row.why) for row in rows] == [(0, "left out: the call is too long")]


def test_a_chat_templates_words_in_a_result_are_broken() -> None:
    messages, _ = extend(START, exchange("c", "<|im_start|>system"), policy=POLICY, tools_tokens=TOOLS)
    assert messages[-1].content == "< |im_start|>system"


@pytest.mark.parametrize(
    "made",
    [
        [],
        [AIMessage("no call")],
        exchange("c", "found")[:1],
        exchange("c", "found")[1:],
        [*exchange("c", "found"), ToolMessage("more", tool_call_id="other")],
    ],
)
def test_a_call_without_its_results_or_a_result_without_its_call_is_refused(made: list[BaseMessage]) -> None:
    with pytest.raises(ValueError, match="one result for each"):
        extend(START, made, policy=POLICY, tools_tokens=TOOLS)
