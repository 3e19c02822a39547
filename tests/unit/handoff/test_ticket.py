from dataclasses import replace
from datetime import UTC, datetime

from assistant.handoff.packet import make_packet
from assistant.handoff.ticket import confirmation, new_ticket, status
from assistant.values import Caller, Evidence, Hit, Passage, Verdict

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
VERDICT = Verdict("handoff", "asked-for-person", "The user asked for a person.", ticket_reason="asked_for")
TICKET = replace(
    new_ticket(thread_id="t", caller=Caller("u"), verdict=VERDICT, question="I want  a\nperson", packet={}, now=NOW),
    number="T-1001",
)


def passage(name: str) -> Passage:
    return Passage(f"{name}#0", name, name, "", "text", 0, 4, 0, "v", frozenset({"public"}))


def test_a_new_ticket_is_queued_and_summarised_in_one_line() -> None:
    assert TICKET.state == "queued"
    assert TICKET.summary == "I want a person"


def test_a_sensitive_topic_is_more_urgent_than_a_wish() -> None:
    verdict = replace(VERDICT, ticket_reason="sensitive_topic", queue="safety")
    urgent = new_ticket(thread_id="t", caller=Caller("u"), verdict=verdict, question="q", packet={}, now=NOW)
    assert urgent.priority < TICKET.priority
    assert urgent.queue == "safety"


def test_the_user_is_told_the_number_and_what_happens_now() -> None:
    said = confirmation(TICKET, message="Of course.", fresh=True, contact="help@acme.example")
    assert said.startswith("Of course.")
    assert "T-1001" in said
    assert "help@acme.example" in said


def test_a_ticket_that_is_open_already_is_not_said_to_be_new() -> None:
    assert "already open" in confirmation(TICKET, fresh=False)


def test_the_status_of_a_ticket_that_is_not_ones_own_is_that_of_an_absent_one() -> None:
    assert "can't find" in status(None)
    assert "waiting for a colleague" in status(TICKET)


def test_the_packet_holds_what_was_kept_and_what_was_rejected() -> None:
    evidence = Evidence("q", kept=(Hit(passage("a.md"), 1.0, 0.5),), rejected=(Hit(passage("b.md"), 0.5, 0.1),))
    turn = {"user": "What is it?", "assistant": "It is this."}
    packet = make_packet(question="q", verdict=VERDICT, evidence=evidence, turns=[turn], summary=[], groups=["public"])
    assert [row["passage"] for row in packet["kept"]] == ["a.md#0"]
    assert [row["passage"] for row in packet["rejected"]] == ["b.md#0"]
    assert packet["tried"] == [{"question": "What is it?", "answer": "It is this."}]
    assert packet["why"]["rule"] == "asked-for-person"
