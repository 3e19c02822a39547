"""Telephone numbers: by their shape, or by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.memory.pin_labels import NUMBER_WORDS, PHONE_WORDS, label_after, label_before
from assistant.memory.pin_reading import Span

DOTTED = re.compile(r"\d{3}\.\d{3}\.\d{4}|0\d{1,4}(?:\.\d{2,5}){1,4}")
_PHONE = re.compile(
    r"(?<![\w./$€£-])(?<!\d,)(?:\+|00)?(?:\(\d{1,5}\)|\d)(?:[ ./()-]{0,3}\d){5,16}"
    r"(?:\ ?(?:x|ext\.?|extension|#)\ ?\d{1,6})?(?![\w%]|[.,-]\d)"
)
_SAYS_NOTHING = NUMBER_WORDS | {
    "phone",
    "phone number",
    "call",
    "call me",
    "telephone",
    "telephone number",
    "tel",
    "telefon",
    "ring",
    "reach",
    "text",
}


def phone_spans(plain: str) -> Iterator[Span]:
    """Numbers of 6 to 17 digits that a text says are for calling, and those of 7 to 15 that look like nothing else."""
    for m in _PHONE.finditer(plain):
        digits = sum(c.isdigit() for c in m.group())
        label = label_before(plain, m.start(), PHONE_WORDS).text
        told = bool(set(label.split()) & PHONE_WORDS) or label in NUMBER_WORDS or _named_after(plain, m.end())
        if (told and 6 <= digits <= 17) or (7 <= digits <= 15 and _dialled(m.group(), digits)):
            yield Span("phone", m.start(), m.end(), label if told and label not in _SAYS_NOTHING else "")


def _named_after(plain: str, end: int) -> bool:
    return plain[end : end + 1] in (" ", "-") and label_after(plain, end, PHONE_WORDS | {"office", "desk"}) != ""


def _dialled(text: str, digits: int) -> bool:
    """Whether it looks like a telephone number without a word about it."""
    groups = re.findall(r"\d+", text)
    if text.startswith(("+", "(")) or DOTTED.fullmatch(text):
        return True
    if len(groups) == 1:
        return text.startswith("0") and 10 <= digits <= 12
    if "." in text and not text.startswith("0"):
        return False
    few = len(groups) >= 3 and 8 <= digits <= 12
    return text.startswith("0") or (few and len(groups[0]) <= 4 and max(map(len, groups)) <= 4)
