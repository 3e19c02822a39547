"""Does a summary line say what its turns don't? A check that shares no code with what writes the lines.

Two things are looked at: every token with a digit in it, every e-mail and web address must stand in the turns; and
where a clause of the line has its words from a sentence of the turns, both must be negated or both not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"[^\s()\[\]<>“”\"…]+")
_EXACT = re.compile(r"\d|@|://|www\.")
_CLAUSE = re.compile(r"(?<=[.!?;:])\s+|\n|…| - | – ")
_WORD = re.compile(r"[\w'’]+")
_NEGATION = re.compile(r"(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)")
_COMMON = frozenset(
    "about after again also another because been before being both could does doing done down each ever every from "
    "going gonna have having here into just know like made make many more most much must only other over really said "
    "same says should some such than that that's thats them then there these they they're this those through user "
    "very want wants well were what when where which while will with would your you're assistant asked told".split()
)
_SHARED = 3  # words that a clause and a sentence must share to be taken for the same statement
_COVERED = 0.6  # of the clause's words
_REACH = 3  # words before the first shared one, where a negation still belongs to the statement


def contradictions(line: str, turns: Sequence[str]) -> list[str]:
    """What in the line its turns don't bear out; [] when all is well."""
    grounds = " ".join(turns)
    found = [f"“{token}” stands in no turn" for token in _exact_tokens(line) if not _stands(token, grounds)]
    sentences = [_words(clause) for turn in turns for clause in _CLAUSE.split(turn)]
    for clause in _CLAUSE.split(line):
        words = _words(clause)
        source = _nearest(words, sentences)
        if source and _negated(words, source) != _negated(source, words):
            found.append(f"“{clause.strip()}” turns “{' '.join(source)}” round")
    return found


def _exact_tokens(text: str) -> list[str]:
    tokens = (token.strip(".,;:!?'’*_") for token in _TOKEN.findall(text))
    return [token for token in tokens if token and _EXACT.search(token)]


def _stands(token: str, grounds: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(token)}(?![\w])", grounds, re.IGNORECASE) is not None


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _content(words: Sequence[str]) -> set[str]:
    return {w for w in words if len(w) > 3 and w not in _COMMON and not _NEGATION.fullmatch(w)}


def _nearest(words: Sequence[str], sentences: Sequence[list[str]]) -> list[str]:
    """The sentence that a clause has its words from, [] if none; of equals, one that is negated like it."""
    wanted = _content(words)
    best: tuple[int, bool, list[str]] = (0, False, [])
    for sentence in sentences:
        shared = len(wanted & _content(sentence))
        alike = _negated(words, sentence) == _negated(sentence, words)
        if (shared, alike) > best[:2]:
            best = (shared, alike, sentence)
    return best[2] if best[0] >= max(_SHARED, _COVERED * len(wanted)) else []


def _negated(words: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a negation stands among the words shared with the other, or shortly before them."""
    shared = _content(words) & _content(other)
    places = [place for place, word in enumerate(words) if word in shared]
    if not places:
        return False
    span = words[max(0, places[0] - _REACH) : places[-1] + 1]
    return any(_NEGATION.fullmatch(word) for word in span)
