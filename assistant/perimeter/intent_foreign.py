"""The intents of `intent` in other languages: the tables of `intent_tables`, compiled when they are first needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from assistant.perimeter.intent_tables import TABLES, IntentTable
from assistant.perimeter.wording import plain, words

_MAX_WORDS = 25
_Phrases = Mapping[tuple[str, ...], str]


def asks_for_person(clause: str) -> bool:
    """True when a clause asks for a person in one of the languages, and nothing in it denies that."""
    text = plain(clause)
    return any(
        _pattern(table.person).search(text) and not _pattern(table.not_person).search(text) for table in TABLES.values()
    )


def is_unhappy(message: str) -> bool:
    """True when the user is plainly unhappy with the assistant or the service."""
    text = plain(message)
    return any(_pattern(table.unhappy).search(text) for table in TABLES.values())


def asks_ticket_status(message: str) -> bool:
    """True when the user asks in words how their ticket stands."""
    text = plain(message)
    return any(_pattern(table.ticket).search(text) for table in TABLES.values())


def small_talk(message: str) -> frozenset[str]:
    """The kinds of small talk, when a message is nothing else in one of the languages."""
    tokens = words(plain(message))
    found = (consists_of(tokens, *_small_talk(code)) for code in TABLES)
    return next((kinds for kinds in found if kinds), frozenset())


def consists_of(tokens: Sequence[str], phrases: _Phrases, fillers: AbstractSet[str]) -> frozenset[str]:
    """The kinds of the phrases that make up a whole message, fillers apart; none when anything else is in it."""
    if not tokens or len(tokens) > _MAX_WORDS:
        return frozenset()
    kinds, at, longest = set[str](), 0, max(map(len, phrases))
    while at < len(tokens):
        length = next((n for n in range(longest, 0, -1) if tuple(tokens[at : at + n]) in phrases), 0)
        if length:
            kinds.add(phrases[tuple(tokens[at : at + length])])
        elif tokens[at] not in fillers:
            return frozenset()
        at += length or 1
    return frozenset(kinds)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


@cache
def _small_talk(code: str) -> tuple[_Phrases, frozenset[str]]:
    table: IntentTable = TABLES[code]
    phrases = {
        tuple(words(plain(phrase))): kind for kind, listed in table.small_talk.items() for phrase in listed.split("|")
    }
    return phrases, frozenset(table.fillers.split())
