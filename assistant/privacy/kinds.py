"""The kinds of personal data that are told apart, and what stands around a number that says what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

PersonalKind = Literal[
    "credit_card",
    "iban",
    "ssn",
    "email",
    "phone",
    "ip_address",
    "url",
    "person",
    "address",
    "identity_number",
    "driver_licence",
    "date_of_birth",
]
KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)

FILLER = "\ufffc"  # stands for what is masked already: no rule matches it, and none looks past it
GAP = "[\\s\\-./·–—\u00ad\u200b-\u200f\u2060\ufeff]"  # what people, line breaks and word processors put between digits

_NOT_PERSONAL = re.compile(
    r"\b(?:order|rma|invoice|ticket|case|serial|part|ref|reference|tracking|parcel|shipment|sku|item|article|model|"
    r"product|job|build|bug|issue|commit|error|code|bestellung|rechnung|bestellnummer|commande|pedido|ordine)s?"
    r"(?:[ .:#\-]{1,2}(?:no|nr|number|id|code|is|was|nummer))*[ .:#\-]{0,3}$",
    re.IGNORECASE,
)
_NEAR = 48


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of personal data: its kind and where it stands in the text, in characters."""

    kind: PersonalKind
    start: int
    end: int


def before(text: str, start: int, chars: int = _NEAR) -> str:
    """The characters right before a place, no further back than what is masked already."""
    return text[max(0, start - chars) : start].rpartition(FILLER)[2]


def numbered_otherwise(text: str, start: int) -> bool:
    """Whether the words right before a number call it an order, an invoice, a serial number and the like."""
    return _NOT_PERSONAL.search(before(text, start)) is not None
