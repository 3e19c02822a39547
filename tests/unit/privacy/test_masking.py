"""What must always hold of masking."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.privacy import find_personal, mask, mask_personal_data, masked_kinds, pseudonym

VALUES = (
    "4242 4242 4242 4242", "5555555555554444", "630427373398", "DE89 3704 0044 0532 0130 00", "460-89-9847",
    "maya@example.com", "+49 171 2345678", "192.168.0.14", "https://maya.example.com/x", "9472 7916", "12345678Z",
    "<card number ending 4242>", "<IBAN>", "<email>", "2001:db8::1", "maya at example dot com", "Maya Stone",
    "12 Baker Street", "10115 Berlin",
)  # fmt: skip
WORDS = (
    "card",
    "phone",
    "call me on",
    "SSN",
    "IBAN",
    "order no.",
    "born on",
    "my name is",
    "Dr.",
    "I live at",
    ":",
    "\n",
    "-",
    "x",
    "(",
    ")",
)
texts = st.lists(st.sampled_from(VALUES + WORDS) | st.text(max_size=6), max_size=12).flatmap(
    lambda parts: st.sampled_from((" ", "", "\n", ", ")).map(lambda gap: gap.join(parts))
)


@given(texts)
@example("4111111111111111 501864667909 card 501864667909")
def test_masking_twice_is_masking_once(text):
    once = mask(text).text
    assert mask(once).text == once


@given(texts)
def test_no_long_number_reaches_a_log(text):
    assert not re.search(r"(?<![\w.+-])\d{8,19}(?!\w)", mask_personal_data(text))


@given(texts)
def test_what_stands_around_a_finding_is_unchanged(text):
    masked = mask(text)
    pieces, place = [], 0
    for each in masked.found:
        pieces.append(text[place : each.start])
        place = each.end
    pieces.append(text[place:])
    assert re.fullmatch("<[^<>]+>".join(map(re.escape, pieces)), masked.text)


@given(texts)
def test_findings_never_overlap(text):
    found = find_personal(text)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.sampled_from(VALUES[:8]), st.text(alphabet="abc \n", max_size=10), st.text(alphabet="abc \n", max_size=10))
def test_nothing_of_a_value_remains(value, head, tail):
    text = f"{head} {value} {tail} card"
    said = mask(f"card {text}").text
    assert value not in said
    assert value[:6] not in said


def test_a_value_told_once_is_masked_wherever_it_stands_again():
    said = mask("My card is 630427373398." + " What of it?" * 10 + " I said 630427373398!").text
    assert said.count("<card number ending 3398>") == 2


def test_only_the_kinds_asked_for_are_masked():
    text = "maya@example.com, 4242424242424242"
    assert mask(text, ("email",)).text == "<email>, 4242424242424242"
    assert mask(text, ()).text == text


def test_what_was_masked_can_be_read_from_the_text():
    said = mask("4242424242424242, DE89370400440532013000 and 5555555555554444", ("credit_card", "iban")).text
    assert masked_kinds(said) == ("credit_card", "iban")
    assert masked_kinds("nothing here") == ()


def test_logs_lose_every_long_number_as_well():
    said = mask_personal_data("maya@example.com 4242424242424242 12345678 +49 171 2345678 10.0.0.7 6.16.0, 1234567")
    assert said == "<email> <card number ending 4242> <number> <number> <IP address> 6.16.0, 1234567"


def test_a_pseudonym_is_stable_and_hangs_on_the_key():
    assert pseudonym("maya", "k") == pseudonym("maya", "k") != pseudonym("maya", "other")
    assert "maya" not in pseudonym("maya", "k")


HOSTILE = (
    "1",
    "1 ",
    "12.",
    "@",
    "a@",
    "a.",
    ".@",
    "1.1.",
    "4242 ",
    ":",
    "::1",
    "DE89 ",
    "(0",
    "+",
    "www.",
    "a at ",
    "x dot ",
    "card ",
    "Mr. ",
    "Ab ",
    "call me on ",
    "1 Street ",
    "<IBAN>",
    "a-",
    "\n",
    "http://",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_time_linear_in_their_length(piece):
    short, long = cost(piece, 4_000), cost(piece, 40_000)
    assert long < 30 * max(short, 0.01)


@pytest.mark.parametrize("piece", ["7", "1 ", "@", "."])
def test_a_hundred_thousand_characters_are_masked_in_seconds(piece):
    assert cost(piece, 100_000) < 10


def cost(piece: str, length: int) -> float:
    """Seconds of CPU that finding takes in a text of one piece over and over."""
    text = (piece * (length // len(piece) + 1))[:length]
    begun = time.process_time()
    find_personal(text)
    return time.process_time() - begun
