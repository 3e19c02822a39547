"""Several answers as one."""

from __future__ import annotations

from assistant.answering.joining import join
from assistant.values import Citation, Draft


def citation(index: int, passage: str) -> Citation:
    return Citation(index, passage, f"{passage}.md", passage, "", "quote")


RETURNS = Draft("Within 30 days. [1]\n\nKeep the box. [2]", (citation(1, "returns"), citation(2, "packing")), 0.9)
DELIVERY = Draft("It takes 4 days. [1] In the box. [2]", (citation(1, "delivery"), citation(2, "packing")), 0.6)


def test_one_answer_is_left_as_it_is() -> None:
    assert join([RETURNS]) is RETURNS


def test_citations_are_numbered_through_and_one_passage_has_one_number() -> None:
    whole = join([RETURNS, DELIVERY])
    assert whole.text.endswith("It takes 4 days. [3] In the box. [2]")
    numbers = {each.passage_id: each.index for each in whole.citations}
    assert numbers == {"returns": 1, "packing": 2, "delivery": 3}
    assert whole.support == 0.6


def test_the_same_answer_to_both_questions_is_said_once() -> None:
    assert join([RETURNS, RETURNS]).text == RETURNS.text
