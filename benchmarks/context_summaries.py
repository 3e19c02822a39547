"""Plain ways to choose a summary's sentences, to compare with: at random, by salience, by word coverage.

Each rolls as the assistant's does: at every fold it chooses among what it kept and the sentences of the turns that
leave, within a number of tokens. Nothing that was dropped comes back.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.memory.tokens import count

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_WORD = re.compile(r"[a-z0-9][a-z0-9']*")
STOP_WORDS = frozenset(
    "a about after again all also am an and any are as at be because been before being both but by can can't could did "
    "didn't do does doesn't doing don't down during each few for from further get go going gonna got had has have "
    "having he he's her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its just know let let's "
    "like me more most much my no nor not now of off oh on once one only or other our ours out over own really right "
    "said same say see she she's should so some such than that that's the their theirs them then there there's these "
    "they they're this those through to too under until up us very was wasn't way we we'll we're we've well were what "
    "what's when where which while who whom why will with would wow yeah yes you you'll you're you've your "
    "yours".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one of a conversation's turns says, with its tokens and a number drawn for it once (0 to 1)."""

    text: str
    tokens: int
    words: tuple[str, ...]
    lot: float


Choose = Callable[[Sequence[Sentence], int], list[Sentence]]


def terms(text: str) -> tuple[str, ...]:
    """The words of a text that mean something, in lower case."""
    return tuple(word for word in _WORD.findall(text.lower().replace("’", "'")) if word not in STOP_WORDS)


@dataclass(slots=True)
class Rolling:
    """A rolling summary of sentences."""

    choose: Choose
    limit_tokens: int
    draw: random.Random
    kept: list[Sentence] = field(default_factory=list)

    def fold(self, texts: Sequence[str]) -> None:
        """Take in what leaves the window."""
        fresh = [
            Sentence(part, count(part) + 2, terms(part), self.draw.random())
            for text in texts
            for part in _SENTENCE_END.split(text)
            if part.strip()
        ]
        self.kept = self.choose([*self.kept, *fresh], self.limit_tokens)

    @property
    def text(self) -> str:
        return "\n".join(f"- {sentence.text}" for sentence in self.kept)


def by_lot(sentences: Sequence[Sentence], limit: int) -> list[Sentence]:
    """Each sentence ever said is as likely to stay."""
    return _filled(sorted(sentences, key=lambda sentence: sentence.lot), limit, sentences)


def by_salience(sentences: Sequence[Sentence], limit: int) -> list[Sentence]:
    """The sum of tf-idf over the sentence's length in words, among the sentences at hand."""
    holding = Counter(word for sentence in sentences for word in set(sentence.words))

    def score(sentence: Sentence) -> float:
        weights = (math.log(len(sentences) / holding[word]) for word in sentence.words)
        return sum(weights) / max(1, len(sentence.text.split()))

    return _filled(sorted(sentences, key=score, reverse=True), limit, sentences)


def by_coverage(sentences: Sequence[Sentence], limit: int) -> list[Sentence]:
    """Greedily the sentence with the most words not covered yet for its tokens; stop words don't count."""
    left, chosen, covered = list(sentences), [], set[str]()
    while left:
        gains = [len(set(sentence.words) - covered) / sentence.tokens for sentence in left]
        place = max(range(len(left)), key=gains.__getitem__)
        if not gains[place]:
            break
        best = left.pop(place)
        if best.tokens <= limit:
            limit -= best.tokens
            covered |= set(best.words)
            chosen.append(best)
    return [sentence for sentence in sentences if sentence in chosen]


def _filled(ranked: Sequence[Sentence], limit: int, order: Sequence[Sentence]) -> list[Sentence]:
    chosen = set()
    for sentence in ranked:
        if sentence.tokens <= limit:
            limit -= sentence.tokens
            chosen.add(sentence)
    return [sentence for sentence in order if sentence in chosen]


BASELINES: dict[str, Choose] = {
    "random sentences": by_lot,
    "salience (tf-idf / length)": by_salience,
    "word coverage": by_coverage,
}
