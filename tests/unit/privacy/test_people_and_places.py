"""Names and addresses, as far as rules go."""

import pytest

from assistant.privacy import PersonalKind, find_personal


def found(text: str, kind: PersonalKind) -> list[str]:
    return [text[each.start : each.end] for each in find_personal(text, (kind,))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ms. Margarot flew on Monday", "Margarot"),
        ("My name is Rubija", "Rubija"),
        ("Ich heiße Maya van der Berg.", "Maya van der Berg"),
        ("an order of Hannah K. Stone's", "Hannah K. Stone"),
    ],
)
def test_a_name_is_found_behind_a_title_or_its_words_or_led_by_a_given_name(text, name):
    assert name in " ".join(found(text, "person"))


@pytest.mark.parametrize(
    "text", ["I am Happy", "Mark the box in May", "My name is wrong", "Order from Paris", "Dr. and Mrs."]
)
def test_words_that_are_also_names_are_left(text):
    assert found(text, "person") == []


@pytest.mark.parametrize(
    "address",
    [
        "12 Baker Street",
        "Hauptstraße 5",
        "31 Rue Victor Hugo",
        "Via Franscini 71",
        "P.O. Box 287",
        "SW1A 1AA",
        "Søndergade 52",
    ],
)
def test_an_address_is_found_by_its_form(address):
    assert found(f"Send it: {address}", "address") == [address]


@pytest.mark.parametrize(
    "text", ["2 lamps for 30 days", "Model 5 in March 2024", "on the way 3 times", "call 24 hours"]
)
def test_amounts_and_times_are_no_addresses(text):
    assert found(text, "address") == []
