from __future__ import annotations

import pytest

from assistant.knowledge.expansion import expand


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("can I send the lamp back", "return"),
        ("I want my money back", "refund"),
        ("how long is the gaurantee", "warranty"),
        ("turn on 2 factor authentication", "two-step"),
        ("is there anything off for him at uni", "student"),
        ("the boiler man came on Monday", "installation"),
        ("I'd like to call it off", "cancel"),
    ],
)
def test_the_words_documents_use_are_added(question: str, word: str) -> None:
    assert expand(question).startswith(question)
    assert word in expand(question).split()


def test_a_question_in_the_documents_words_is_left_as_it_is() -> None:
    assert expand("What does the red light mean?") == "What does the red light mean?"


def test_a_word_that_only_looks_like_an_everyday_one_adds_nothing() -> None:
    assert expand("is billing the same in the screening room") == "is billing the same in the screening room"
