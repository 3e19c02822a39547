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
    ],
)
def test_the_words_documents_use_are_added(question: str, word: str) -> None:
    assert expand(question).startswith(question)
    assert word in expand(question).split()


def test_a_question_in_the_documents_words_is_left_as_it_is() -> None:
    assert expand("What does the red light mean?") == "What does the red light mean?"
