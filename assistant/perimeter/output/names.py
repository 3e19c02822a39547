"""Names in a sentence: words written with a capital inside it, and words in capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.perimeter.output.synonyms import is_common, root, split_words

_TOKEN = re.compile(r"[^\W\d_][\w&]*(?:[’'\-.][^\W_][\w&]*)*")
_PARTS = re.compile(r"[’'\-.]")
_HEADING = re.compile(r"^\s*(?:#|\*\*[^*]+\*\*:?\s*$)")
_START = re.compile(r"(?:^|[.!?:;]|[\"“„(\[>/|]|\*\*|__|\s[-–—]|\d[.)])[\s\"“'(*_\[]*$")
_SAME = (
    ("uk", "united kingdom great britain british gb"),
    ("eu", "european union europe"),
    ("us", "usa united states america american"),
)
_LONG = re.compile(r"\b\w++\W++\w++\W++\w")  # short exclamations begin with anything
_COMMON_ENDINGS = ("ly", "ing", "ed", "able", "ible", "ment", "ion", "ions", "ity", "ance", "ence", "ness")
_NO_NAMES = frozenset("i ok faq pdf qr id am pm tv pc url sms app usb led i'm i'd i'll i've".split())


def names(text: str, *, at_beginning: bool = True) -> frozenset[str]:
    """The names of a sentence, folded: capitals anywhere but at its beginning, where every word has one.

    With `at_beginning`, words there count too that no English sentence begins with unless they are names.
    """
    return frozenset(_names(text, at_beginning=at_beginning))


def inner_capitals(text: str) -> frozenset[str]:
    """Words with a capital behind their first letter (USB, ThermoPro), folded, parts of compounds apart."""
    parts = (part for match in _TOKEN.finditer(text) for part in _PARTS.split(match.group()))
    return frozenset(part.casefold() for part in parts if any(char.isupper() for char in part[1:]))


def _names(text: str, *, at_beginning: bool) -> Iterator[str]:
    if _HEADING.match(text):
        return
    long = at_beginning and _LONG.search(text) is not None
    for match in _TOKEN.finditer(text):
        word = match.group()
        capitals = sum(char.isupper() for char in word)
        inside = capitals >= 2 or any(char.isupper() for char in word[1:])
        if capitals == 0 or word.casefold() in _NO_NAMES:
            continue
        if inside or (long and _is_named(match)) or not _START.search(text[: match.start()]):
            yield from split_words(word)


def _is_named(match: re.Match[str]) -> bool:
    """A word at the beginning that no sentence begins with unless it is a name."""
    word = match.group().casefold()
    return len(word) > 3 and not is_common(word) and not word.endswith(_COMMON_ENDINGS)


def known_names(text: str) -> frozenset[str]:
    """Every word of a text, by its root, and the other names of regions it names."""
    known = {form for word in split_words(text) for form in (word, root(word))}
    for short, long in _SAME:
        forms = set(long.split())
        if short in known or forms & known:
            known |= forms | {short}
    return frozenset(known)


def missing_names(claimed: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """The names that are not known, in singular or plural."""
    return frozenset(name for name in claimed if name not in known and root(name) not in known and len(name) > 1)
