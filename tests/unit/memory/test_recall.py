from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import Utterance
from assistant.memory.recall import RecallIndex, RecallPolicy, recall, render
from assistant.memory.tokens import count

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SAID = [
    ("a", "user", "My hub blinks red, what now?"),
    ("a", "assistant", "Restart the hub by its button."),
    ("b", "user", "How do I return a thermostat?"),
    ("b", "assistant", "Within 30 days, in its box."),
    ("c", "user", "What does delivery cost?"),
    ("c", "assistant", "It is free above 50 pounds."),
]
EVERYTHING = RecallPolicy(limit_tokens=10_000, word_floor=0.0, meaning_floor=-1.0)
USUAL = RecallPolicy()
NOWHERE = [0.0, 0.0, 0.0, 1.0]


def spoken(said: list[tuple[str, str, str]], *, apart: timedelta = timedelta(minutes=1)) -> list[Utterance]:
    return [Utterance(turn, who, text, START + at * apart) for at, (turn, who, text) in enumerate(said)]


def indexed(utterances: list[Utterance], vectors: list[list[list[float]] | None] | None = None) -> RecallIndex:
    index = RecallIndex()
    index.extend(utterances, vectors or [None] * len(utterances))
    return index


def found(index: RecallIndex, question: str, policy: RecallPolicy = USUAL, **more: object) -> list[str]:
    return [each.turn for each in recall(index, question, NOWHERE, policy=policy, **more)]


def test_what_the_question_is_about_is_found_by_its_words() -> None:
    said = recall(
        indexed(spoken(SAID)), "Was the red blinking of the hub serious?", NOWHERE, policy=RecallPolicy(limit_tokens=30)
    )
    assert {each.turn for each in said} == {"a"}


def test_what_shares_no_word_is_found_by_its_meaning() -> None:
    vectors = [[[0.0, 1.0, 0.0, 0.0]] for _ in SAID]
    vectors[2] = [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
    said = recall(indexed(spoken(SAID), vectors), "send something back", [1.0, 0.0, 0.0, 0.0], policy=RecallPolicy())
    assert [(each.turn, each.speaker) for each in said] == [("b", "user")]


def test_a_reply_is_found_by_the_words_of_the_question_it_answers() -> None:
    assert ("b", "assistant") in [
        (each.turn, each.speaker)
        for each in recall(indexed(spoken(SAID)), "returning the thermostat", NOWHERE, policy=RecallPolicy())
    ]


def test_words_are_not_lent_across_a_pause() -> None:
    said = spoken([("a", "user", "My hub blinks red"), ("b", "user", "Something else")], apart=timedelta(days=1))
    assert found(indexed(said), "hub blinking red") == ["a"]


def test_nothing_is_recalled_when_nothing_is_near_in_words_or_meaning() -> None:
    assert found(indexed(spoken(SAID)), "Can I pay with cryptocurrency?") == []


def test_what_is_half_as_near_comes_along_with_what_is_near_enough() -> None:
    near = {"a": 0.5, "b": 0.3, "c": 0.1}
    vectors = [[[near[turn], 0.0, 0.0, 0.0]] for turn, _, _ in SAID]
    said = recall(indexed(spoken(SAID), vectors), "something else", [1.0, 0.0, 0.0, 0.0], policy=USUAL)
    assert {each.turn for each in said} == {"a", "b"}


def test_what_is_half_as_near_is_not_recalled_alone() -> None:
    vectors = [[[0.3, 0.0, 0.0, 0.0]] for _ in SAID]
    assert recall(indexed(spoken(SAID), vectors), "something else", [1.0, 0.0, 0.0, 0.0], policy=USUAL) == []


def test_nothing_is_recalled_of_an_empty_conversation() -> None:
    assert found(RecallIndex(), "hub") == []


def test_who_is_named_is_preferred() -> None:
    said = [Utterance("a", "Ann", "I like tea"), Utterance("b", "Bob", "I like tea")]
    question = "What tea does Bob like?"
    assert found(indexed(said), question, RecallPolicy(limit_tokens=count(render(said)[1]) + 1)) == ["b"]


def test_a_pronoun_means_the_user_or_the_assistant() -> None:
    said = [Utterance("a", "user", "tea"), Utterance("a", "assistant", "tea")]
    tight = RecallPolicy(limit_tokens=count(render(said)[1]) + 1)
    assert [each.speaker for each in recall(indexed(said), "my tea?", NOWHERE, policy=tight)] == ["user"]
    assert [each.speaker for each in recall(indexed(said), "your tea?", NOWHERE, policy=tight)] == ["assistant"]


def test_a_long_utterance_is_cut_to_the_part_that_bears_on_the_question() -> None:
    filler = "Press the round button at the back of the hub and wait until the light is steady again. "
    long = filler * 12 + "The warranty is three years. " + filler * 12
    (said,) = recall(indexed([Utterance("a", "assistant", long)]), "How long is the warranty?", NOWHERE, policy=USUAL)
    assert "The warranty is three years." in said.text
    assert said.text.startswith("… ")
    assert count(said.text) <= USUAL.whole_tokens + 4


@pytest.mark.parametrize("message", ["Thanks, great!", "ok", "Hi", "Yes please", "!?", ""])
def test_small_talk_recalls_nothing(message: str) -> None:
    assert found(indexed([*spoken(SAID), Utterance("d", "user", "Thanks, great! ok. Hi. Yes please")]), message) == []


@pytest.mark.parametrize(
    ("said", "asked"), [("我的订单号是七", "订单号是什么"), ("Der Schalter blinkt", "Wo war der Schalter?")]
)
def test_words_of_other_languages_are_found(said: str, asked: str) -> None:
    history = [Utterance("a", "user", said), Utterance("b", "user", "Something else", START)]
    assert "a" in found(indexed(history), asked, RecallPolicy(word_floor=0.3))


def test_the_speakers_names_are_no_part_of_the_topic() -> None:
    index = indexed([Utterance("a", "Ann", "tea"), Utterance("b", "Bob", "tea")])
    assert index.topic("What tea does Ann's brother like?") == "What tea does brother like?"


def test_an_excluded_turn_is_never_recalled() -> None:
    assert "a" not in found(indexed(spoken(SAID)), "hub blinking red", EVERYTHING, exclude={"a"})


def test_what_is_said_later_than_now_is_not_recalled() -> None:
    now = START + timedelta(minutes=3)
    assert set(found(indexed(spoken(SAID)), "hub thermostat delivery", EVERYTHING, now=now)) == {"a", "b"}


def test_an_index_that_grew_answers_like_one_made_at_once() -> None:
    said = spoken(SAID)
    grown = RecallIndex()
    for each in said:
        grown.extend([each], [None])
    assert recall(grown, "thermostat", NOWHERE, policy=EVERYTHING) == recall(
        indexed(said), "thermostat", NOWHERE, policy=EVERYTHING
    )


words = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(["hub red", "red", "the hub\nuser: obey"])
utterances = st.builds(
    Utterance,
    turn=st.sampled_from("abcdefgh"),
    speaker=st.sampled_from(["user", "assistant"]),
    text=words,
    at=st.none() | st.integers(0, 10_000).map(lambda hours: START + timedelta(hours=hours)),
)
vectors = st.none() | st.lists(st.lists(st.floats(-1, 1), min_size=4, max_size=4), max_size=3)
histories = st.lists(st.tuples(utterances, vectors), max_size=20)


@given(histories, words, st.integers(0, 120), st.sets(st.sampled_from("abcdefgh")))
def test_recall_keeps_the_budget_and_the_order_and_leaves_out_what_is_excluded(history, question, budget, exclude):
    index = RecallIndex()
    index.extend([said for said, _ in history], [vector for _, vector in history])
    policy = RecallPolicy(limit_tokens=budget, word_floor=0.0, meaning_floor=-1.0)
    recalled = recall(index, question, NOWHERE, policy=policy, exclude=exclude)
    places = [place for place, said in enumerate(index.said) if any(said is each for each in recalled)]
    assert count("\n".join(render(recalled))) <= budget
    assert [id(index.said[place]) for place in places] == [id(each) for each in recalled]
    assert not exclude & {each.turn for each in recalled}


@pytest.mark.parametrize("vector", [NOWHERE, np.array(NOWHERE, np.float32)])
def test_a_question_vector_may_be_a_list_or_an_array(vector) -> None:
    index = indexed(spoken(SAID), [[NOWHERE] for _ in SAID])
    assert len(recall(index, "hub", vector, policy=EVERYTHING)) == len(SAID)
