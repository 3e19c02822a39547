"""The catalogues: one JSON file a language, the same keys in each, with the same {placeholders}."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")

_THOUSANDS = {"en": ",", "fr": "\u202f", "pl": "\u00a0"}  # elsewhere a full stop
_HERE = files("assistant.phrases")


def say(key: str, language: str = "en", **values: str | int) -> str:
    """The sentence of that key in the nearest language there is; whole numbers are grouped as that language does.

    Raises KeyError for a key or a value that doesn't exist.
    """
    spoken = closest(language)
    shown = {name: _grouped(value, spoken) if isinstance(value, int) else value for name, value in values.items()}
    return catalogue(spoken)[key].format_map(shown)


def closest(language: str) -> str:
    """The catalogue for a language tag: `de` for `de-AT`, `en` where there is none."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else "en"


def say_date(moment: datetime, language: str = "en") -> str:
    """A moment as a date and a time of day, in UTC."""
    at = moment.astimezone(UTC)
    month = say("months", language).split()[at.month - 1]
    return say("date", language, day=str(at.day), month=month, year=str(at.year), time=f"{at:%H:%M}")


def listed(items: Sequence[str], language: str = "en") -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return say("listed_and", language, first=", ".join(items[:-1]), last=items[-1])


def not_served(code: str, served: Sequence[str]) -> str:
    """Which languages are served, said in the language of that code where there is such a sentence, else in English."""
    own: str | None = _table()["not_served"].get(code)
    spoken = code if own else closest(code)
    languages = ", ".join(language_names(served, spoken))
    return own.format(languages=languages) if own else say("language_not_served", spoken, languages=languages)


def language_names(codes: Sequence[str], language: str = "en") -> tuple[str, ...]:
    """The languages' names in a language; the code itself where the name isn't known."""
    names: Mapping[str, Mapping[str, str]] = _table()["names"]
    spoken = names.get(language) or names["en"]
    return tuple(spoken.get(code.replace("_", "-").split("-")[0].lower(), code) for code in codes)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one of LANGUAGES, by key."""
    entries: dict[str, str] = json.loads(_HERE.joinpath("catalogues", f"{language}.json").read_text("utf-8"))
    return entries


@cache
def _table() -> Any:
    return json.loads(_HERE.joinpath("languages.json").read_text("utf-8"))


def _grouped(number: int, language: str) -> str:
    return f"{number:,}".replace(",", _THOUSANDS.get(language, "."))
