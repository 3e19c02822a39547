"""Words as rules see them: one folding of text for every rule that matches phrases."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_PUNCTUATION = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
)
_STROKES = str.maketrans({"ł": "l", "ø": "o", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_WHOLE_PHRASES = {0xFDFA: " ", 0xFDFB: " "}  # one character each, 18 and 8 letters in NFKC; no other has more than 6
_FORMAT_CHARACTERS = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

_TIED = r"[\s\-]++"
_APART = r"[^\w.!?;。؟\n]++"  # no sentence ends between two words of a phrase
_BETWEEN = rf"{_APART}(?:\w[\w']*+{_APART}){{0,3}}?"

STOP_WORDS = frozenset(
    """a about after again all also am an and any are as at back be because been before being but by can can't cannot
    could did do does doing don't dont down for from further get got had has have having he her here him his how how's
    i i'd i'll i'm i've if in into is isn't it it's its itself just let me more most my need no not now of off ok okay
    on once one only or other our out over own per please same shall she should so some still such than that that's
    the their them then there these they this those through to too under until up us use very want was wasn't we were
    what what's when where which while who whom whose why will with won't would yes yet you your tell know explain
    like really anything something thing things much many long""".split()
)


def fold(text: str) -> str:
    """Text for matching only: NFKC, lower case, straight quotes, no invisible characters, single spaces.

    Never more than six times as long as the text.
    """
    if text.isascii():
        return " ".join(text.replace("`", "'").lower().split())
    plain = unicodedata.normalize("NFKC", text.translate(_WHOLE_PHRASES))
    return " ".join(_FORMAT_CHARACTERS.sub("", plain).translate(_PUNCTUATION).casefold().split())


def plain(text: str) -> str:
    """Folded text without accents, as people type it on phones: `où est` and `ou est` are one."""
    folded = unicodedata.normalize("NFD", fold(text).translate(_STROKES))
    return "".join(char for char in folded if not unicodedata.combining(char))


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, without punctuation."""
    return tuple(_WORD.findall(fold(text)))


def stem(word: str) -> str:
    """A crude English stem, the same for singular and plural, present and past: enough to compare content words."""
    word = word.removesuffix("'s")
    for ending, kept in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + kept
            break
    return word.removesuffix("e") if len(word) > 4 else word


def content_terms(text: str) -> frozenset[str]:
    """The stems of the words that carry the meaning of a question."""
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit()))


@cache
def phrase_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any phrase in folded text, written with its accents or without.

    A phrase's words are whole words in the order written, up to three others between two of them, within a sentence.
    A word ending in `*` also stands for longer words; what a hyphen ties together stands side by side.
    """
    written = dict.fromkeys(form for phrase in phrases for form in (fold(phrase), plain(phrase)))
    parts = [_phrase(phrase) for phrase in sorted(written, key=len, reverse=True)]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")") if parts else re.compile(r"(?!)")


def _phrase(phrase: str) -> str:
    """Possessive throughout: a match is looked for in a time that grows with the text's length and no faster."""
    return _BETWEEN.join(_TIED.join(map(_whole_word, word.split("-"))) for word in phrase.split() if word.strip("*-"))


def _whole_word(word: str) -> str:
    return re.escape(word.rstrip("*")) + (r"\w*+" if word.endswith("*") else r"(?!\w)")
