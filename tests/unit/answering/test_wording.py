from __future__ import annotations

import pytest

from assistant.answering.terms import question_kind, respell, terms
from assistant.answering.wording import plain, take_apart, whereabouts


def test_only_the_sentence_that_asks_is_the_core() -> None:
    asked = take_apart("I've had my valves for four weeks. Is it too late to return them?")
    assert asked.core == "Is it too late to return them?"
    assert asked.background == "I've had my valves for four weeks."


def test_a_clause_told_before_the_question_is_background() -> None:
    asked = take_apart("customer wants 90 euros refunded, whose approval do I need?")
    assert (asked.core, asked.background) == ("whose approval do I need?", "customer wants 90 euros refunded")


@pytest.mark.parametrize("text", ["If the lamp breaks, do you pay for it?", "the red lamp blinks"])
def test_a_condition_and_a_message_that_asks_nothing_plainly_stay_whole(text: str) -> None:
    assert take_apart(text).core == text


def test_a_place_that_only_says_where_the_asker_is_is_found() -> None:
    assert whereabouts("I'm in Leeds and we live in Hull") == {"leeds", "hull"}


@pytest.mark.parametrize(
    ("loose", "document"),
    [
        ("set up the lamp", "Setting up the lamp"),
        ("send my lamp back", "Returning a lamp"),
        ("2 factor authentication", "Two-step sign-in"),
        ("guarantee", "warranties"),
    ],
)
def test_loose_wording_and_the_documents_wording_meet(loose: str, document: str) -> None:
    assert set(terms(loose)) == set(terms(document))


def test_what_is_sent_back_is_kept() -> None:
    assert plain("send my lamp back") == "return my lamp "


def test_a_long_misspelt_word_is_put_right_and_a_right_one_is_left() -> None:
    assert respell("the gaurantee was posted") == "the guarantee was posted"


@pytest.mark.parametrize(
    "text", ["Can you take me through it?", "Where do I download the form?", "the whole set up please"]
)
def test_asking_to_be_led_through_something_is_asking_for_a_procedure(text: str) -> None:
    assert question_kind(text) == "procedure"
