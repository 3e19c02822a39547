"""One verdict for a message with several questions."""

from __future__ import annotations

from assistant.perimeter.combining import combine
from assistant.values import Verdict

ANSWER = Verdict("answer", "supported", "The evidence supports an answer.")
LAW = Verdict("refuse", "topic:legal-advice", "It is refused.", message="I can't give legal advice.")
FAR = Verdict("refuse", "out-of-scope", "Nothing is there.", message="That's outside what I can help with.")
PERSON = Verdict("handoff", "topic:complaint", "It is for people.", message="A colleague looks at it.", queue="care")
ASK = Verdict("clarify", "vague", "It names no subject.", message="Which one?", choices=("One", "Two"))


def test_the_verdict_on_one_question_is_the_verdict_on_the_message() -> None:
    assert combine([("a?", LAW)]) is LAW


def test_what_can_be_answered_is_answered_and_the_rest_goes_with_it() -> None:
    verdict = combine([("a?", ANSWER), ("b?", LAW)])
    assert (verdict.decision, verdict.rule) == ("answer", "answered-in-part")
    assert verdict.reason.startswith("1 of 2 questions can be answered.")
    assert [(part.question, part.decision, part.message) for part in verdict.parts] == [
        ("a?", "answer", ""),
        ("b?", "refuse", "I can't give legal advice."),
    ]


def test_two_questions_that_are_both_answered_keep_the_rule_of_an_answer() -> None:
    verdict = combine([("a?", ANSWER), ("b?", ANSWER)])
    assert (verdict.decision, verdict.rule) == ("answer", "supported")


def test_a_part_for_a_person_takes_the_message_there_whatever_the_order() -> None:
    for judged in ([("a?", ANSWER), ("b?", PERSON)], [("b?", PERSON), ("a?", LAW)]):
        verdict = combine(judged)
        assert (verdict.decision, verdict.rule, verdict.queue) == ("handoff", "topic:complaint", "care")


def test_refusals_are_said_together_and_a_shared_one_once() -> None:
    assert combine([("a?", LAW), ("b?", FAR)]).message == f"{LAW.message}\n\n{FAR.message}"
    assert combine([("a?", FAR), ("b?", FAR)]).message == FAR.message


def test_the_documents_that_come_nearest_stand_below_the_part_they_are_for() -> None:
    near = Verdict("refuse", "no-sentence-answers", "", message="The nearest I have:", choices=("Returns", "Plus"))
    told = "The nearest I have:\n\n- Returns\n- Plus"
    assert [part.message for part in combine([("a?", ANSWER), ("b?", near)]).parts] == ["", told]
    both = combine([("a?", LAW), ("b?", near)])
    assert (both.message, both.choices) == (f"{LAW.message}\n\n{told}", ())


def test_a_question_back_comes_before_a_refusal() -> None:
    verdict = combine([("a?", FAR), ("b?", ASK)])
    assert (verdict.decision, verdict.choices) == ("clarify", ("One", "Two"))
