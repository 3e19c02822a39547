"""Splitting: several questions apart, one question whole, and never a question that nobody asked."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from assistant.perimeter.questions import split_questions

MESSAGES = [
    json.loads(line) for line in (Path(__file__).parents[2] / "data/questions.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("message", [row["text"] for row in MESSAGES if row["parts"] == 1])
def test_one_question_stays_word_for_word(message: str) -> None:
    assert split_questions(message) == (message,)


@pytest.mark.parametrize("row", [row for row in MESSAGES if row["parts"] > 1], ids=lambda row: row["text"][:40])
def test_several_questions_are_told_apart(row: dict[str, str | int]) -> None:
    assert len(split_questions(str(row["text"]))) == row["parts"]


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "How long is the warranty on the hub and how do I claim it?",
            ("How long is the warranty on the hub?", "How do I claim the warranty on the hub?"),
        ),
        (
            "My valve leaks. What should I do first? Is it covered by the guarantee?",
            ("My valve leaks. What should I do first?", "My valve leaks. Is it covered by the guarantee?"),
        ),
        ("Is the hub waterproof and does it float?", ("Is the hub waterproof?", "Does the hub float?")),
        ("What does E4 mean and how do I clear it?", ("What does E4 mean?", "How do I clear E4?")),
        (
            "Does the leak sensor work without the hub? And what is its range?",
            ("Does the leak sensor work without the hub?", "What is the leak sensor's range?"),
        ),
    ],
)
def test_each_part_stands_alone(message: str, parts: tuple[str, ...]) -> None:
    assert split_questions(message) == parts


def test_a_pronoun_of_which_it_is_not_sure_stays() -> None:
    assert split_questions("What kind of oil do I need for my ford truck and how can I change it?")[1] == (
        "How can I change it?"
    )


def test_no_more_than_four_parts_and_nothing_is_lost() -> None:
    asked = ["How much is the hub?", "Do you ship to Ireland?", "Can I pay with PayPal?", "Is the valve loud?",
             "Does the app cost anything?"]  # fmt: skip
    parts = split_questions(" ".join(asked))
    assert len(parts) == 4
    assert all(question in " ".join(parts) for question in asked)


@pytest.mark.parametrize("message", ["", "?", "? ? ?", "hello", "wo? was?", "a" * 5_000])
def test_what_asks_nothing_is_left_alone(message: str) -> None:
    assert split_questions(message) == (message,)


def test_hostile_messages_take_no_time() -> None:
    for message in (
        "how much is it and " * 100,
        "what a b c d " * 150,
        "the the " * 240,
        "and, and also " * 140,
        "?." * 999,
    ):
        started = time.process_time()
        split_questions(message)
        assert time.process_time() - started < 0.5
