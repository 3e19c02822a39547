"""Questions as they come from a telephone: slips of the finger, no capitals, missing spaces, two languages in one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "k": "l", "l": "k",
    "m": "n", "n": "m", "o": "p", "p": "o", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "y": "u",
}  # fmt: skip
_ELSEWHERE = {
    "please": "bitte", "my": "mera", "is": "hai", "what": "kya", "and": "und", "not": "nicht", "how": "kaise",
    "when": "wann", "where": "kahan", "the": "la", "with": "con", "for": "pour", "i": "main", "can": "kann",
    "want": "quiero", "need": "necesito", "to": "zu", "you": "tum", "of": "de", "do": "karo", "a": "ein",
}  # fmt: skip
_TYPO_SHARE = 0.15
_GLUE_SHARE = 0.25
_SWITCH_SHARE = 0.5


def typos(text: str, dice: random.Random) -> str:
    """One slip in about every seventh word: a letter left out, doubled, swapped with the next, or its neighbour's."""
    return " ".join(_slipped(word, dice) if dice.random() < _TYPO_SHARE else word for word in text.split(" "))


def lower_case(text: str, _: random.Random) -> str:
    """No capitals and no punctuation."""
    return re.sub(r"[^\w\s]", "", text.lower())


def missing_spaces(text: str, dice: random.Random) -> str:
    """Every fourth space is gone."""
    return "".join(part if part != " " or dice.random() >= _GLUE_SHARE else "" for part in re.split(r"( )", text))


def mixed_languages(text: str, dice: random.Random) -> str:
    """Half of the common small words are Hindi, German, Spanish or French ones."""
    return " ".join(
        _ELSEWHERE[word.lower()] if word.lower() in _ELSEWHERE and dice.random() < _SWITCH_SHARE else word
        for word in text.split(" ")
    )


NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "typos": typos,
    "lower_case": lower_case,
    "missing_spaces": missing_spaces,
    "mixed_languages": mixed_languages,
}


def _slipped(word: str, dice: random.Random) -> str:
    if len(word) < 3:
        return word
    at = dice.randrange(len(word) - 1)
    letter = word[at]
    changed = dice.choice(["", letter * 2, word[at + 1] + letter, _NEIGHBOURS.get(letter.lower(), letter)])
    return word[:at] + changed + word[at + 1 + (len(changed) == 2 and changed != letter * 2) :]
