from __future__ import annotations

import pytest

from assistant.answering.scoring import names_row, prepare_question


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("Amount: Up to £120 (€138); Who approves: The desk", False),
        ("Amount: £300.01 to £750 (€860); Who approves: The team lead", True),
        ("Amount: Above £750; Who approves: The director", False),
        ("Amount: more than 400; Who approves: The director", True),
    ],
)
def test_a_row_is_named_by_a_number_its_range_holds(row: str, named: bool) -> None:
    question = prepare_question("A refund of 430 euros: who approves it?", (), ())
    assert names_row(question, row) is named


def test_a_row_is_named_when_nothing_else_is_asked_for() -> None:
    question = prepare_question("do u take stripes", (), ())
    assert names_row(question, "Method: Stripes Pay in 3; Fee: none")
    assert not names_row(question, "Method: Dots Pay in 3; Fee: none")


def test_what_is_told_around_the_question_weighs_less_than_what_asks() -> None:
    weights = prepare_question("My lamp came on Friday. Is the shade washable?", (), ()).weights
    assert weights["shad"] > weights["lamp"]


def test_where_the_asker_is_weighs_nothing() -> None:
    assert "leed" not in prepare_question("I'm in Leeds. Can I return it?", (), ()).weights
