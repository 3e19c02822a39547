"""Says which language a message is clearly written in, offline: scripts, then known words and letters.

Undecided where two languages could have written it; the conversation's language serves then (`speaking_language`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.perimeter.language_words import DESK_WORDS, STOP_WORDS
from assistant.perimeter.wording import words

_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar",
    "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}  # fmt: skip
_WORDS = {
    code: frozenset(f"{STOP_WORDS.get(code, '')} {words_of_desk}".split()) for code, words_of_desk in DESK_WORDS.items()
}
_LETTERS = {
    "de": "äöüß", "fr": "àâçèéêëîïôùûœ", "es": "ñáéíóú¿¡", "it": "àèéìòù", "pt": "ãõçáâêéíóú", "sv": "åäö",
    "da": "æøå", "pl": "ąćęłńśźż", "nl": "ë",
}  # fmt: skip


_NO_LANGUAGE = "hi-Latn"
_SEVERAL = 1.5
_BY_ONE_WORD = 0.6
_TELLING_CHARS = 7


@dataclass(frozen=True, slots=True)
class Language:
    """A language code ("" when undetermined) and how sure that is, 0 to 1."""

    code: str = ""
    confidence: float = 0.0


def detect_language(text: str) -> Language:
    """The language of a message; undetermined when it can't be told or is mixed. Reads the first 600 characters."""
    sample = text[:600]
    script = _by_script(sample)
    if script.code:
        return script
    tokens = frozenset(part for token in words(sample) if not token.isdigit() for part in _parts(token))
    scores = {code: _score(tokens, code) for code in _WORDS}
    best, second = sorted(scores, key=lambda code: scores[code], reverse=True)[:2]
    lead = scores[best] - scores[second]
    if scores[best] < max(1.0, _least_share(len(tokens)) * len(tokens)) or not _clear(best, lead, scores, tokens):
        return Language()
    if scores[best] < _SEVERAL:
        return Language(best, _BY_ONE_WORD)
    # the lead over the runner-up: words shared by two languages say nothing about either
    return Language(best, min(1.0, 0.5 + lead / scores[best]))


def speaking_language(detected: str, earlier: str, served: Sequence[str]) -> str:
    """The language to answer in: that of the message where it is served, else the conversation's, else the first.

    Returns a code of `served`, as written there; "en" when nothing is served.
    """
    codes = {code.split("-")[0].lower(): code for code in reversed(served)}
    spoken = (code.split("-")[0].lower() for code in (detected, earlier))
    return next((codes[code] for code in spoken if code in codes), served[0] if served else "en")


def _parts(token: str) -> tuple[str, ...]:
    """`l'aide` is two words, `don't` is one."""
    return (token,) if token in _WORDS["en"] else tuple(part for part in token.split("'") if part)


def _least_share(count: int) -> float:
    """How much of a message must be known: the more of a short one, for little else speaks there."""
    return 0.34 if count <= 4 else 0.25 if count <= 6 else 0.2


def _clear(best: str, lead: float, scores: Mapping[str, float], tokens: frozenset[str]) -> bool:
    if best == _NO_LANGUAGE or not lead:
        return False
    if len(tokens) == 1:
        (only,) = tokens
        return len(only) >= _TELLING_CHARS or not only.isascii()
    return best == "en" or scores[best] - scores["en"] >= 1


def _score(tokens: frozenset[str], code: str) -> float:
    """How many different words of the language there are; an unknown word with its letters counts half."""
    letters = _LETTERS.get(code, "")
    known = _WORDS[code]
    return sum(1.0 if t in known else 0.5 * any(c in letters for c in t) for t in tokens)


def _by_script(text: str) -> Language:
    letters = [char for char in text if char.isalpha()]
    foreign = [char for char in letters if ord(char) > 0x36F]
    if len(foreign) < 2 or len(foreign) <= len(letters) / 2:
        return Language()
    counts: dict[str, int] = {}
    for char in foreign:
        code = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0], "")
        counts[code] = counts.get(code, 0) + 1
    if counts.get("ja"):
        return Language("ja", 1.0)
    best = max(counts, key=lambda code: counts[code])
    if best == "ru" and any(char in "іїєґІЇЄҐ" for char in text):
        return Language("uk", counts[best] / len(letters))
    return Language(best, counts[best] / len(letters)) if best else Language()
