"""The catalogues: complete, alike in their placeholders, and in their own language."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

import assistant
from assistant.phrases import LANGUAGES, catalogue, closest, language_names, listed, not_served, say, say_date

FOREIGN = [code for code in LANGUAGES if code != "en"]
ENGLISH = catalogue("en")
ALIKE = {"months", "date", "listed_and", "about_part"}  # little or no wording in them
SOURCES = [path.read_text("utf-8") for path in Path(assistant.__file__).parent.rglob("*.py")]


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("code", FOREIGN)
def test_every_catalogue_has_every_sentence(code: str) -> None:
    assert catalogue(code).keys() == ENGLISH.keys()
    assert all(text.strip() for text in catalogue(code).values())


@pytest.mark.parametrize("code", FOREIGN)
def test_a_translation_has_the_placeholders_of_the_english_sentence(code: str) -> None:
    assert {key: placeholders(text) for key, text in catalogue(code).items()} == {
        key: placeholders(text) for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("code", FOREIGN)
def test_no_sentence_was_left_in_english(code: str) -> None:
    english = re.compile(r"\b(?:the|you|your|with|please|and|this)\b", re.I)
    assert [key for key, text in catalogue(code).items() if key not in ALIKE and text == ENGLISH[key]] == []
    assert [key for key, text in catalogue(code).items() if english.search(text)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_introduces_a_list_does_so_in_every_language(code: str) -> None:
    opening = {key for key, text in ENGLISH.items() if text.endswith(":")}
    assert opening == {key for key, text in catalogue(code).items() if text.endswith(":")}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_year_has_twelve_months(code: str) -> None:
    assert len(set(catalogue(code)["months"].split())) == 12


def test_every_key_that_the_code_says_exists() -> None:
    said = {key for source in SOURCES for key in re.findall(r"\bsay\(\s*\"(\w+)\"", source)}
    assert said
    assert said <= ENGLISH.keys()


def test_a_region_falls_back_to_its_language_and_the_rest_to_english() -> None:
    assert [closest(tag) for tag in ("de-AT", "pt_BR", "FR", "ru", "")] == ["de", "pt", "fr", "en", "en"]
    assert say("bye", "de-AT") == say("bye", "de") != say("bye", "sv") == say("bye")


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert "12,000" in say("too_long", length=12_000, limit=4_000)
    assert "12.000" in say("too_long", "de", length=12_000, limit=4_000)


def test_a_missing_value_is_an_error_and_never_an_empty_place() -> None:
    with pytest.raises(KeyError):
        say("unknown_name", "de")
    with pytest.raises(KeyError):
        say("no_such_sentence")


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert "{limit} {0}" in say("unknown_name", name="{limit} {0}")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "3 March 2026, 09:05 UTC"),
        ("de", "3. März 2026, 09:05 UTC"),
        ("es", "3 de marzo de 2026, 09:05 UTC"),
        ("pl", "3 marca 2026, 09:05 UTC"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(code: str, expected: str) -> None:
    assert say_date(datetime(2026, 3, 3, 9, 5, tzinfo=UTC), code) == expected


def test_things_are_listed_with_the_word_of_the_language() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], "de") == "a, b und c"
    assert (listed(["a"], "fr"), listed([], "fr")) == ("a", "")


def test_languages_are_named_in_the_readers_language() -> None:
    assert not_served("sv", ("en", "de")).count("engelska, tyska") == 1
    assert not_served("fr", ("nl", "pl-PL")).count("néerlandais, polonais") == 1
    assert not_served("ja", ("en", "xx")).count("English, xx") == 1
    assert language_names(LANGUAGES, "pl")[0] == "angielski"
