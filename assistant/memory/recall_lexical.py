"""BM25 over what was said, where an utterance is also about what was said just before and after it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

K1, B = 1.2, 0.75  # as Robertson and Zaragoza (2009) give them
SPREAD: Mapping[int, float] = {0: 1.0, 1: 0.5, -1: 0.5, 2: 0.25, -2: 0.25, 3: 0.125, -3: 0.125}

_WORD = re.compile(r"\w+")
_POSSESSIVE = re.compile(r"['’]s\b")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, kana, Han: words are not set apart
_SUFFIXES = ("ing", "ed", "es", "s", "e")
_STOP_WORDS = frozenset(
    "a about an and any are as at be been being by can could did do does for from had has have he her him his how i "
    "if in into is it its me my not of on or our she should some than that the their them then there these they this "
    "those to was we were what when where which who whom why will with would you your".split()
)


def terms(text: str) -> list[str]:
    """The stemmed words of a text, in order. Scripts without spaces fall into pairs of characters."""
    words: list[str] = []
    for word in _WORD.findall(_POSSESSIVE.sub("", text.lower())):
        words += _pairs(word) if _UNSPACED.search(word) else [stem(word)]
    return words


def topic_terms(question: str) -> list[str]:
    """The terms of a question that say what it is about, each once."""
    return list(dict.fromkeys(term for term in terms(question) if term not in _STOPS))


def stem(word: str) -> str:
    """An English word without its ending: light, and harmless where the language is another."""
    if len(word) > 4:
        suffix = next((end for end in _SUFFIXES if word.endswith(end)), "")
        word = word[: len(word) - len(suffix)]
        word = word[:-1] if word[-1] == word[-2] else word
    return f"{word[:-1]}i" if len(word) > 2 and word.endswith("y") else word


_STOPS = frozenset(stem(word) for word in _STOP_WORDS)


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


class LexicalIndex:
    """Postings of a conversation. Grows at its end, at a cost that depends on what is added only."""

    def __init__(self) -> None:
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        self._lengths: list[int] = []
        self._sessions: list[int] = []
        self._spread: tuple[Scores, NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, text: str, *, session: int) -> None:
        """Append an utterance. It lends its words to its neighbours of the same session."""
        words = terms(text)
        for term, times in Counter(words).items():
            places, counts = self._postings.setdefault(term, ([], []))
            places.append(len(self))
            counts.append(times)
        self._lengths.append(len(words))
        self._sessions.append(session)
        self._spread = None

    def search(self, wanted: Sequence[str]) -> tuple[Scores, Scores]:
        """BM25 of every utterance, and the share of the question's weight found in or next to it (0 to 1)."""
        score, found = np.zeros(len(self), np.float32), np.zeros(len(self), np.float32)
        lengths, sessions = self._spread or self._spread_lengths()
        total = 0.0
        for term in wanted:
            places, counts = self._postings.get(term, ([], []))
            weight = math.log(1 + (len(self) - len(places) + 0.5) / (len(places) + 0.5))
            total += weight
            if places:
                times = _spread(np.array(places), np.array(counts, np.float32), sessions)
                score += weight * times * (K1 + 1) / (times + lengths)
                found += weight * (times > 0)
        return score, found / total if total else found

    def _spread_lengths(self) -> tuple[Scores, NDArray[np.int64]]:
        sessions = np.array(self._sessions, np.int64)
        lengths = _spread(np.arange(len(self)), np.array(self._lengths, np.float32), sessions)
        mean = float(lengths.mean()) if len(self) else 0.0
        self._spread = ((K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32), sessions)
        return self._spread


def _spread(places: NDArray[np.int64], amounts: Scores, sessions: NDArray[np.int64]) -> Scores:
    """The amounts at their places, and less and less of them at the neighbours of the same session."""
    spread = np.zeros(len(sessions), np.float32)
    for offset, share in SPREAD.items():
        there = places + offset
        inside = (there >= 0) & (there < len(sessions))
        here, there, amount = places[inside], there[inside], amounts[inside]
        same = sessions[here] == sessions[there]
        spread[there[same]] += share * amount[same]
    return spread
