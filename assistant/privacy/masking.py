"""Personal data replaced by its kind, so that a text still reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.privacy.detection import find_personal
from assistant.privacy.kinds import FILLER, KINDS, Found, PersonalKind

_LABELS: dict[PersonalKind, str] = {
    "credit_card": "card number",
    "iban": "IBAN",
    "ssn": "social security number",
    "email": "email",
    "phone": "phone number",
    "ip_address": "IP address",
    "url": "link",
    "person": "name",
    "address": "address",
    "identity_number": "identity number",
    "driver_licence": "driver licence",
    "date_of_birth": "date of birth",
}
_MASKED = re.compile(rf"<(?:card number ending \d{{4}}|number|{'|'.join(_LABELS.values())})>")
_LOGGED: frozenset[PersonalKind] = frozenset(
    {"email", "credit_card", "iban", "ssn", "phone", "ip_address", "identity_number"}
)
_LONG_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ \-.]?\d){7,18}(?!\w)")
_WORTH_A_LOOK = re.compile(r"[\d@＠﹫(\[{]|[Dd][Oo][Tt]|::")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text after masking, and what was masked: places are those in the text before."""

    text: str
    found: tuple[Found, ...]


def mask(text: str, kinds: Collection[PersonalKind] = KINDS) -> Masked:
    """Replace each finding by its kind: `<IBAN>`; a card keeps its last four digits, by which people know it.

    Masking what is masked changes nothing.
    """
    return _masked(text, kinds, _LABELS)


def masked_kinds(text: str) -> tuple[PersonalKind, ...]:
    """The kinds that were masked in a text, each once, in the order they stand in it."""
    names = {label: kind for kind, label in _LABELS.items()}
    told = (match.group()[1:-1].partition(" ending ")[0] for match in _MASKED.finditer(text))
    return tuple(dict.fromkeys(names[label] for label in told if label in names))


def kind_label(kind: PersonalKind) -> str:
    """A kind as people read it."""
    return _LABELS[kind]


def mask_personal_data(text: str) -> str:
    """For logs and traces: what has a form of its own, and every other number of eight digits or more."""
    if not _WORTH_A_LOOK.search(text):
        return text
    known = _masked(text, _LOGGED, _LABELS | {"phone": "number"}).text
    return "".join(
        part if part.startswith("<") and _MASKED.fullmatch(part) else _LONG_NUMBER.sub("<number>", part)
        for part in _pieces(known)
    )


def _pieces(text: str) -> list[str]:
    """A text cut around what is masked in it."""
    pieces, place = [], 0
    for match in _MASKED.finditer(text):
        pieces += [text[place : match.start()], match.group()]
        place = match.end()
    return [*pieces, text[place:]]


def _masked(text: str, kinds: Collection[PersonalKind], labels: Mapping[PersonalKind, str]) -> Masked:
    seen = _MASKED.sub(lambda match: FILLER * len(match.group()), text)
    found = find_personal(seen, kinds)
    pieces, place = [], 0
    for each in found:
        pieces += [text[place : each.start], f"<{_label(text, each, labels)}>"]
        place = each.end
    return Masked("".join(pieces) + text[place:], found)


def _label(text: str, found: Found, labels: Mapping[PersonalKind, str]) -> str:
    if found.kind != "credit_card":
        return labels[found.kind]
    digits = [str(int(each)) for each in text[found.start : found.end] if each.isdigit()]
    return f"{labels['credit_card']} ending {''.join(digits[-4:])}"
