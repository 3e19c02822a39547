"""The vectors of the questions asked lately."""

from __future__ import annotations

import json

import pytest

from assistant.graph import lately
from assistant.memory.contents import WindowTurn


def turn(name: str) -> WindowTurn:
    return WindowTurn(turn=name, at="", user=f"question {name}", assistant="", documents={}, titles=[])


def test_a_question_comes_back_with_its_vector_and_one_from_before_without() -> None:
    window = [turn("a"), turn("b")]
    held = lately.kept({}, "b", [0.5, -0.25, 0.125], window, embedder="e")
    assert json.loads(json.dumps(held)) == held  # plain data: it stands in the checkpoint
    assert lately.questions(held, window, embedder="e") == [("question a", None), ("question b", [0.5, -0.25, 0.125])]


def test_only_the_newest_turns_are_kept() -> None:
    window = [turn(str(number)) for number in range(9)]
    held: dict[str, str] = {}
    for each in window:
        held = lately.kept(held, each["turn"], [1.0], window, embedder="e")
    assert sorted(held) == [str(number) for number in range(9 - lately.TURNS, 9)]


def test_a_turn_that_left_the_window_leaves_its_vector() -> None:
    held = lately.kept({}, "a", [1.0], [turn("a")], embedder="e")
    assert lately.kept(held, "b", [1.0], [turn("b")], embedder="e").keys() == {"b"}


@pytest.mark.parametrize("damaged", ["!", "QQ=="])
def test_a_damaged_vector_counts_as_none(damaged: str) -> None:
    assert lately.questions({"a": f"e|{damaged}"}, [turn("a")], embedder="e") == [("question a", None)]


def test_a_vector_of_another_embedder_is_not_compared() -> None:
    held = lately.kept({}, "a", [1.0, 0.0], [turn("a")], embedder="old")
    assert lately.questions(held, [turn("a")], embedder="new") == [("question a", None)]
