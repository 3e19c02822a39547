import pytest

from assistant.graph.routes import after_checking, after_doubting, after_generating, after_judging, after_understanding
from assistant.graph.state import State
from assistant.values import Decision, Draft, Verdict


def verdict(decision: Decision, rule: str = "r", message: str = "") -> Verdict:
    return Verdict(decision, rule, "", message=message)


def test_what_the_message_alone_decides_needs_no_evidence() -> None:
    assert after_understanding(State(needs_evidence=False)) == ["judge"]
    assert after_understanding(State(needs_evidence=True)) == ["recall", "retrieve"]


@pytest.mark.parametrize(
    ("decided", "generates", "place"),
    [
        (verdict("answer"), False, "quote"),
        (verdict("answer"), True, "assemble"),
        (verdict("answer", message="You're welcome!"), True, "deliver"),
        (verdict("answer", rule="ticket-status"), True, "look_up"),
        (verdict("clarify"), True, "clarify"),
        (verdict("refuse"), True, "refuse"),
        (verdict("handoff"), True, "hand_off"),
    ],
)
def test_every_verdict_has_its_way_of_speaking(decided: Verdict, generates: bool, place: str) -> None:
    assert after_judging(State(verdict=decided, generates=generates)) == place


def test_an_answer_that_nothing_bears_is_asked_for_once_more_and_then_doubted() -> None:
    assert after_generating(State(calls=[], failure="unborne", attempts=1)) == "assemble"
    assert after_generating(State(calls=[], failure="unborne", attempts=2)) == "doubt"
    assert after_generating(State(calls=[])) == "check"


def test_what_the_guard_could_not_check_is_not_asked_for_again() -> None:
    assert after_generating(State(calls=[], failure="unchecked", attempts=1)) == "doubt"


def test_quotes_stand_in_for_a_model_that_said_nothing() -> None:
    assert after_generating(State(calls=[], failure="silent", attempts=1)) == "quote"


def test_doubt_leads_to_a_question_back_or_to_a_person() -> None:
    assert after_doubting(State(verdict=verdict("clarify"))) == "clarify"
    assert after_doubting(State(verdict=verdict("handoff"))) == "hand_off"


def test_what_did_not_hold_is_refused_or_handed_off() -> None:
    assert after_checking(State(draft=Draft("text"), verdict=verdict("answer"))) == "deliver"
    assert after_checking(State(draft=None, verdict=verdict("refuse"))) == "refuse"
    assert after_checking(State(draft=None, verdict=verdict("handoff"))) == "hand_off"
