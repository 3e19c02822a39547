import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import Pin, PinKind, Speaker
from assistant.memory.retelling import retell


def pin(
    text: str, label: str = "", *, kind: PinKind = "identifier", speaker: Speaker = "user", by: str = "", name: str = ""
) -> Pin:
    return Pin(
        id=name or text,
        kind=kind,
        label=label,
        text=text,
        speaker=speaker,
        turn="t1",
        documents={},
        superseded_by=by,
    )


ORDER = pin("SO-48213", "order number")
SERIAL = pin("X9-1177", "serial number")
EMAIL = pin("lena@mail.example", kind="email")
PROMISE = pin("I'll call you on Monday", kind="promise", speaker="assistant")


def told(question: str, pins: list[Pin]) -> str:
    retold = retell(question, pins)
    assert retold is not None
    return retold.text


def test_what_is_told_again_rests_on_what_it_rested_on_before() -> None:
    price = Pin(**{**pin("$6.90", "price", kind="amount", speaker="assistant"), "documents": {"d.md": "v1"}})
    retold = retell("What price did you tell me?", [price])
    assert retold is not None
    assert retold.documents == {"d.md": "v1"}


@pytest.mark.parametrize(
    "question",
    ["What was my order number?", "Remind me which order number I gave you", "Do you remember my order number?"],
)
def test_a_question_about_what_was_said_is_answered_word_for_word(question: str) -> None:
    assert told(question, [SERIAL, ORDER, EMAIL]) == "You told me: order number **SO-48213**."


def test_a_kind_is_enough_when_there_is_one_of_it() -> None:
    assert told("Which e-mail did I give you?", [ORDER, EMAIL]) == "You told me: **lena@mail.example**."
    assert retell("What was my number?", [pin("1"), pin("2")]) is None


def test_what_was_corrected_is_told_with_what_it_was_before() -> None:
    old = pin("SO-48212", "order number", by="SO-48213")
    answer = "You told me: order number **SO-48213**. Before that it was SO-48212."
    assert told("What was my order number?", [ORDER, old]) == answer


def test_what_the_assistant_promised_is_told_as_its_own_words() -> None:
    assert told("What did you promise me?", [ORDER, PROMISE]) == "I said: **I'll call you on Monday**."


@pytest.mark.parametrize(
    "question",
    ["Where do I find the order number?", "What is my warranty period?", "How long does an order take?", "Thanks!"],
)
def test_other_questions_are_left_to_the_documents(question: str) -> None:
    assert retell(question, [ORDER, SERIAL, EMAIL]) is None


@given(st.text(max_size=300))
def test_nothing_is_told_that_no_pin_holds(question: str) -> None:
    assert retell(question, []) is None
