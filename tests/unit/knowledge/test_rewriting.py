"""Follow-ups are completed; questions that stand alone are left alone."""

from __future__ import annotations

import time

import pytest

from assistant.knowledge.rewriting import content_terms, rewrite


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (
            "How long do I have to return an order in the UK?",
            "and in the EU?",
            "How long do I have to return an order in the EU?",
        ),
        ("what does E1 mean on the radiator valve", "and E4?", "what does E4 mean on the radiator valve"),
        (
            "Is there a warranty for the hub?",
            "what about for the leak sensor?",
            "Is there a warranty for the leak sensor?",
        ),
    ],
)
def test_another_case_takes_the_place_of_the_one_asked_about(before: str, question: str, expected: str) -> None:
    rewritten = rewrite(question, [before])
    assert (rewritten.text, rewritten.reason) == (expected, "other case")


@pytest.mark.parametrize(
    ("before", "question", "wanted"),
    [
        ("what do i get with solvane plus", "how much does that cost?", ["solvane", "plus"]),
        ("what does the leak sensor cost?", "how loud is it?", ["leak", "sensor"]),
        ("What are your telephone hours during the week?", "sundays?", ["telephone", "hours"]),
        ("i want to cancel my plus subscription", "will I lose my history then?", ["cancel", "plus", "subscription"]),
        ("how do I delete my account", "can I still change my mind afterwards?", ["delete", "account"]),
        ("What is Lyme disease?", "What happens if it goes untreated?", ["Lyme", "disease"]),
        ("do you deliver to Portugal?", "and the price?", ["deliver", "Portugal"]),
        ("do you sell radiator valves?", "which is the quietest for a bedroom?", ["radiator", "valves"]),
        ("tell me about the leak sensor", "how many can one hub lead?", ["leak", "sensor"]),
    ],
)
def test_a_follow_up_gets_what_it_leaves_out(before: str, question: str, wanted: list[str]) -> None:
    rewritten = rewrite(question, [before])
    assert rewritten.text.startswith(question.rstrip("?"))
    assert set(wanted) <= set(content_terms(rewritten.text))
    assert rewritten.reason not in ("self-contained", "first question")


@pytest.mark.parametrize(
    "question",
    [
        "How do I reset my password?",
        "Is it possible to pay an invoice by bank transfer?",
        "Are there delivery charges for large parcels?",
        "If I return a thermostat, when will it be refunded?",
        "What is the warranty on the hub that I bought last month?",
        "Can I connect a radiator valve with two hubs?",
    ],
)
def test_a_question_that_stands_alone_stays_word_for_word(question: str) -> None:
    assert rewrite(question, ["How long are gift cards valid?"]).text == question


def test_the_first_question_is_never_changed() -> None:
    assert rewrite("how much is it?", []).reason == "first question"
    assert rewrite("how much is it?", ["hello", "thanks!"]).text == "how much is it?"


def test_thanks_in_between_do_not_lose_the_thread() -> None:
    rewritten = rewrite("and for the hub?", ["how long is the warranty on the leak sensor", "ok thanks"])
    assert rewritten.text == "how long is the warranty for the hub"


def test_a_follow_up_of_a_follow_up_reaches_back_to_the_topic() -> None:
    history = ["Tell me about the Thermostat S2", "how many radiator valves can it lead?"]
    assert rewrite("and the S1?", history).text == "how many radiator valves can it lead (Thermostat S1)?"


def test_a_new_topic_is_not_mixed_with_the_old_one() -> None:
    history = ["How long are gift cards valid?", "How do I reset my password?"]
    assert "gift" not in rewrite("how long does it take?", history).text


def test_the_title_of_the_last_source_serves_when_the_questions_name_nothing() -> None:
    assert rewrite("how much does it cost?", ["hi"], ["Solvane Plus"]).text == "how much does it cost (Solvane Plus)?"


def test_long_messages_and_histories_take_no_time() -> None:
    started = time.perf_counter()
    rewrite("and it " * 2_000 + "?" * 2_000, ["why is it so, " * 500] * 40)
    assert time.perf_counter() - started < 2


def test_a_word_of_manner_at_the_end_does_not_hide_the_other_case():
    asked = ["How long do I have to return an order in the UK?", "and in the EU?"]
    assert rewrite("and in the UK again?", asked).text == "How long do I have to return an order in the UK?"


def test_what_was_asked_about_the_topic_is_not_carried_over() -> None:
    rewritten = rewrite("is it waterproof?", ["What is the best way to start with the leak sensor?"])
    assert rewritten.text == "is it waterproof (leak sensor)?"
    assert "per" not in content_terms(rewrite("and are they loud?", ["how many valves do I need per room?"]).text)
