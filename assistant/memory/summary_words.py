"""The words of a summary: what counts as one, as the same one, and how much one tells.

A word of ordinary speech tells nothing. Which words these are is read from the model's own vocabulary: byte-pair tokens
are numbered in the order they were merged, which is the order of how often they occur, so a token's number stands for
its rank in ordinary text, in every language the vocabulary knows, and no list of stop words is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from assistant.memory.tokens import encoding

_WORD = re.compile(r"[^\W_]+(?:[.,:/@_'’-][^\W_]+)*")
_ENDINGS = (("'s", ""), ("’s", ""), ("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_COMMON_RANK = 1_300  # below it: articles, pronouns, prepositions, auxiliaries and the commonest verbs
_LONGEST_COMMON = 20  # characters
_SHORTEST_STEM = 3
_NUMBER, _NAME, _OPENING, _PLAIN = 2.0, 3.0, 0.4, 1.0
_LONG_NUMBER = 4  # characters


class Word(NamedTuple):
    """A word of a clause: its stem and its kind (number, name, opening or plain, as above; 0 when common)."""

    stem: str
    kind: float


def raw_words(text: str) -> list[str]:
    """The words, numbers and identifiers of a text as written; "4711-AB" and "a@b.de" are one each."""
    return _WORD.findall(text)


@lru_cache(maxsize=4_096)
def words(text: str) -> tuple[Word, ...]:
    """The words of a clause. A capital tells a name, except in front, where an interjection may stand."""
    return tuple(_word(match.group(), first=match.start() == 0) for match in _WORD.finditer(text))


def stems(text: str) -> set[str]:
    """The stems of the words of a text that tell something."""
    return {word.stem for word in words(text) if word.kind}


def tells(text: str) -> bool:
    """Whether a clause says more than "thanks" or "step 7": a long number, a name, or two words of substance."""
    return not text.isascii() or sum(map(_substance, words(text))) > _PLAIN


def _substance(word: Word) -> float:
    return _PLAIN if word.kind == _NUMBER and len(word.stem) < _LONG_NUMBER else word.kind


def weights(texts: Iterable[str]) -> dict[str, float]:
    """How much each stem tells: the mean of its kinds over these clauses."""
    seen: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for text in texts:
        for stem_, kind in set(words(text)):
            seen[stem_] += 1
            kinds[stem_] += kind  # type: ignore[assignment]
    return {each: kinds[each] / number for each, number in seen.items()}


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """A word without its English ending, in lower case: "orders" and "Ordered" are the same. Numbers stay."""
    word = word.lower()
    if any(char.isdigit() for char in word):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= _SHORTEST_STEM:
            word = word if word.endswith("ss") else word[: len(word) - len(ending)] + instead
            break
    word = word[:-1] if len(word) > _SHORTEST_STEM and word.endswith("e") else word
    return word[:-1] if len(word) > _SHORTEST_STEM and word[-1] == word[-2] else word


@lru_cache(maxsize=32_768)
def common(word: str) -> bool:
    """Whether it is a word of any text."""
    if len(word) > _LONGEST_COMMON:
        return False
    ranks = encoding().encode_ordinary(f" {word}")
    return len(ranks) == 1 and ranks[0] < _COMMON_RANK


@lru_cache(maxsize=32_768)
def _word(written: str, *, first: bool) -> Word:
    bare = re.split("['’]", written)[0]
    if any(char.isdigit() for char in bare):
        return Word(stem(written), _NUMBER)
    if common(bare.lower()):
        return Word(stem(bare), 0.0)
    if first:
        return Word(stem(bare), _OPENING)
    return Word(stem(bare), _NAME if bare[0].isupper() else _PLAIN)
