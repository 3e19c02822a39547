"""One question in other words is counted; another question on the same topic is not."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import pytest

from assistant.perimeter.rephrasing import same_question, times_asked
from assistant.ports import Vector

# `cosine` is what all-MiniLM-L6-v2 gives for the pair.
PAIRS = [
    json.loads(line) for line in (Path(__file__).parents[2] / "data/rephrasings.jsonl").read_text("utf-8").splitlines()
]


def at(cosine: float) -> tuple[Vector, Vector]:
    return [1.0, 0.0], [cosine, sqrt(1 - cosine**2)]


def taken_for_one(pair: dict[str, str], cosine: float) -> bool:
    vector, known = at(cosine)
    return same_question(pair["second"], vector, pair["first"], known)


def test_other_questions_on_one_topic_are_not_taken_for_repetitions() -> None:
    others = [pair for pair in PAIRS if not pair["same"]]
    false = [pair for pair in others if taken_for_one(pair, pair["cosine"])]
    assert len(others) == 30
    assert len(false) <= 2


def test_most_rephrasings_are_noticed() -> None:
    same = [pair for pair in PAIRS if pair["same"]]
    assert sum(taken_for_one(pair, pair["cosine"]) for pair in same) / len(same) >= 0.6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("what does E4 mean", "what does E2 mean"),
        ("How do I return it in the UK?", "How do I return it in the EU?"),
        ("How do I turn the alarm on?", "How do I turn the alarm off?"),
        ("How much is delivery?", "How long does delivery take?"),
        ("How do I install the valve?", "How do I remove the valve?"),
        ("where is my refund", "when is my refund coming"),
    ],
)
def test_what_must_agree_is_looked_at_before_nearness(one: str, other: str) -> None:
    vector, known = at(0.97)
    assert not same_question(one, vector, other, known)
    assert same_question(one, vector, one, known)


def test_without_a_vector_only_the_same_words_are_a_repetition() -> None:
    assert same_question("Reset the hub, how?", [1.0], "how do I reset the hub", None)
    assert not same_question("how do I restart the hub", [1.0], "how do I reset the hub", None)


def test_this_time_counts_too() -> None:
    vector, near = at(0.9)
    far = [0.0, 1.0]
    earlier = [("How do I reset the hub?", near), ("Do you ship to Norway?", far), ("hub reset, how?", None)]
    assert times_asked("how can I reset the hub", vector, []) == 1
    assert times_asked("how can I reset the hub", vector, earlier) == 3


def test_a_wording_between_two_others_joins_them() -> None:
    first, between, last = [1.0, 0.0], [0.9, sqrt(1 - 0.81)], [0.62, sqrt(1 - 0.62**2)]
    earlier = [("it takes ages to reach me", first), ("my parcel is slow", between)]
    assert times_asked("the courier never comes", last, earlier[:1]) == 1
    assert times_asked("the courier never comes", last, earlier) == 3


def test_every_asking_counts_once() -> None:
    vector, near = at(0.95)
    assert times_asked("reset the hub", vector, [("reset the hub", vector), ("reset the hub", vector)]) == 3
    assert times_asked("reset the hub", vector, [("reset my hub", near)] * 2) == 3


def test_empty_vectors_are_near_nothing() -> None:
    assert not same_question("reset the hub", [0.0, 0.0], "delete my account", [0.0, 0.0])
