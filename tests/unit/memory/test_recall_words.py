from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.recall_words import stem, terms, topic_terms


@pytest.mark.parametrize(
    ("one", "other"),
    [("painting", "painted"), ("returns", "return"), ("stories", "story"), ("bought", "buying"), ("children", "child")],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_topic_has_no_words_that_say_nothing() -> None:
    assert topic_terms("What was the colour of my colour printer?") == terms("colour printer")


def test_possessives_are_their_owner() -> None:
    assert terms("Ann's tea") == terms("Ann tea")


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    assert all(terms(text))
