"""All rules over one text: what is found, without overlaps, until nothing more is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from assistant.privacy.accounts import cards, ibans
from assistant.privacy.identity import birthdays, driver_licences, identity_numbers, ssns
from assistant.privacy.kinds import FILLER, KINDS, Found, PersonalKind
from assistant.privacy.network import emails, ip_addresses, links
from assistant.privacy.people import people
from assistant.privacy.phones import phones
from assistant.privacy.places import addresses

_REPEATED = 50

# Where numbers of persons can be, none of which has fewer than six digits, with room for the words that tell them.
_NUMBERS = re.compile(r"\d(?:\D{0,3}\d){5,}")
_ROOM = 100

Rule = Callable[[str], Iterator[Found]]

# In the order of what goes first where two overlap: what a checksum proves before what a form suggests.
_RULES: dict[PersonalKind, Rule] = {
    "email": emails,
    "url": links,
    "iban": ibans,
    "credit_card": cards,
    "ssn": ssns,
    "ip_address": ip_addresses,
    "identity_number": identity_numbers,
    "driver_licence": driver_licences,
    "date_of_birth": birthdays,
    "phone": phones,
    "address": addresses,
    "person": people,
}
_NUMBERED: frozenset[PersonalKind] = frozenset(
    {"iban", "credit_card", "ssn", "identity_number", "driver_licence", "phone"}
)


def find_personal(text: str, kinds: Collection[PersonalKind] = KINDS) -> tuple[Found, ...]:
    """The personal data of these kinds in a text, by place, never overlapping. Linear in the text's length.

    A value found once is found wherever it stands again.
    """
    rules = [(rule, kind in _NUMBERED) for kind, rule in _RULES.items() if kind in kinds]
    found: list[Found] = []
    while fresh := _round(text, rules):
        found += fresh
        text = _blanked(text, fresh)
    return tuple(sorted(found, key=lambda each: each.start))


def _round(text: str, rules: list[tuple[Rule, bool]]) -> list[Found]:
    fresh: list[Found] = []
    places = _near_numbers(text)
    for rule, numbered in rules:
        of_rule = _everywhere(text, _apart(_at(text, rule, places) if numbered else rule(text)))
        text = _blanked(text, of_rule)
        fresh += of_rule
    return fresh


def _near_numbers(text: str) -> list[tuple[int, int]]:
    """The stretches of a text that hold longer numbers and the words around them."""
    places: list[tuple[int, int]] = []
    for match in _NUMBERS.finditer(text):
        start, end = max(0, match.start() - _ROOM), match.end() + _ROOM
        if places and start <= places[-1][1]:
            places[-1] = (places[-1][0], end)
        else:
            places.append((start, end))
    return places


def _at(text: str, rule: Rule, places: list[tuple[int, int]]) -> Iterator[Found]:
    for start, end in places:
        for each in rule(text[start:end]):
            yield Found(each.kind, start + each.start, start + each.end)


def _apart(found: Iterable[Found]) -> list[Found]:
    """Without overlaps: what begins first, and of these the longest."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda found: (found.start, -found.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _everywhere(text: str, found: list[Found]) -> list[Found]:
    """What was found, and the same values where the words that told them are missing."""
    if not found:
        return found
    values = {text[each.start : each.end]: each.kind for each in found[:_REPEATED]}
    rest, again = _blanked(text, found), []
    for value, kind in values.items():
        for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", rest) if value in rest else ():
            again.append(Found(kind, *match.span()))
            rest = _blanked(rest, again[-1:])
    return found + again


def _blanked(text: str, found: list[Found]) -> str:
    """The text, as long as before, with what was found filled in."""
    pieces, place = [], 0
    for each in sorted(found, key=lambda found: found.start):
        pieces += [text[place : each.start], FILLER * (each.end - each.start)]
        place = each.end
    return "".join(pieces) + text[place:] if found else text
