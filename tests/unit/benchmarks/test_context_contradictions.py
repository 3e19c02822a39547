"""The independent check of summary lines."""

from __future__ import annotations

import pytest

from benchmarks.context_contradictions import contradictions

TURNS = [
    "My order number is HX-4410-27 and I paid 85 euros. The driver did not ring the bell yesterday.",
    "Thank you. The replacement leg is covered by the warranty, write to claims@example.co.uk.",
]


@pytest.mark.parametrize(
    "line",
    [
        "order number is HX-4410-27",
        "paid 85 euros",
        "The driver did not ring the bell yesterday",
        "replacement leg is covered by the warranty",
        "the driver didn't ring the bell yesterday",
        "write to claims@example.co.uk",
        "they like the garden",
    ],
)
def test_what_the_turns_say_is_no_contradiction(line: str):
    assert contradictions(line, TURNS) == []


@pytest.mark.parametrize(
    "line",
    [
        "order number is HX-4401-27",
        "paid 850 euros",
        "paid 8 euros",
        "The driver did ring the bell yesterday",
        "replacement leg is not covered by the warranty",
        "replacement leg isn't covered by the warranty",
        "write to claim@example.co.uk",
        "see www.example.org",
    ],
)
def test_another_value_and_a_turned_sense_are_contradictions(line: str):
    assert len(contradictions(line, TURNS)) == 1


def test_a_negation_elsewhere_in_the_sentence_is_none_of_the_line():
    turns = ["I can see your order from last Tuesday, but it has not been paid."]
    assert contradictions("see your order from last Tuesday", turns) == []
