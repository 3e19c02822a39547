from datetime import UTC, datetime

from assistant.memory.contents import DECLINED, NOTES, PASSED_ON, REMOVED, STOPPED, UNANSWERED, Memory
from assistant.memory.intake import take_in, turn_of, utterances_of
from assistant.memory.pins import PinPolicy
from assistant.values import Decision, RecordStatus, Said

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def said(
    turn: str = "t1",
    *,
    question: str = "Where is SO-48213?",
    answer: str = "It is on its way.",
    status: RecordStatus = "delivered",
    decision: Decision | None = "answer",
    forgotten: tuple[str, ...] = (),
) -> Said:
    return Said(
        turn, "thread", question, answer, status, NOON, {"d.md": "v1"}, ("D",), decision=decision, forgotten=forgotten
    )


def test_of_a_failure_the_question_is_remembered_and_not_the_excuse() -> None:
    turn = turn_of(said(answer="Something went wrong.", status="failed"))
    assert (turn["user"], turn["assistant"]) == ("Where is SO-48213?", UNANSWERED)


def test_the_words_that_decline_or_hand_over_stay_out() -> None:
    assert turn_of(said(answer="I'm sorry.", decision="refuse"))["assistant"] == DECLINED
    assert turn_of(said(answer="I've opened ticket T-1.", decision="handoff"))["assistant"] == PASSED_ON


def test_a_question_asked_back_is_remembered() -> None:
    assert turn_of(said(answer="Which lamp?", decision="clarify"))["assistant"] == "Which lamp?"


def test_a_stopped_answer_is_remembered_as_far_as_it_came() -> None:
    assert turn_of(said(answer="It is", status="interrupted"))["assistant"] == "It is"
    assert turn_of(said(answer="", status="interrupted"))["assistant"] == STOPPED


def test_deleted_words_are_never_taken_in_again() -> None:
    turn = turn_of(said(forgotten=("SO-48213",)))
    assert turn["user"] == f"Where is {REMOVED}?"
    assert take_in(Memory(), [turn], PinPolicy())["pins"] == []


def test_recall_never_finds_a_note() -> None:
    for decision in ("refuse", "handoff"):
        assert not {each.text for each in utterances_of(said(decision=decision))} & NOTES
    assert utterances_of(said(forgotten=("",))) == []


def test_taking_a_turn_in_twice_changes_nothing() -> None:
    once = take_in(Memory(), [turn_of(said())], PinPolicy())
    assert take_in(once, [turn_of(said())], PinPolicy()) == once
    assert once["upto"] == "t1"


def test_what_the_user_said_rests_on_no_document_and_what_the_assistant_said_on_those_it_cited() -> None:
    user, assistant = utterances_of(said())
    assert user.documents == {}
    assert assistant.documents == {"d.md": "v1"}
