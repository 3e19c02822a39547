"""Notices the system prompt or a canary coming out: verbatim, in pieces, reversed, spelled out, encoded.

What no comparison of letters can notice: a translation, a paraphrase, one word a sentence between others, a cipher
with a key. Those are claims that no passage bears, and where a model answers the grounding drops them as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assistant.perimeter.output.disguises import revealed, squeezed
from assistant.perimeter.wording import words

_RUN = 8
_PROMPT_CHARS = 40
_DISGUISED_CHARS = 24
_CANARY_CHARS = 8
_TAIL_CHARS = 400
_MOST_CHARS = 8_000


@dataclass(frozen=True, slots=True)
class _Grams:
    """Runs of `size` letters, to be found in texts. `halves` are half as long: a text is looked at in strides, and
    closely only where one of these stands, for no run can lie between two looks."""

    size: int = 0
    known: frozenset[str] = frozenset()
    halves: frozenset[str] = frozenset()

    @classmethod
    def of(cls, known: frozenset[str], size: int) -> _Grams:
        half = size // 2
        return cls(size, known, frozenset(gram[at : at + half] for gram in known for at in range(size - half + 1)))

    def stand_in(self, text: str) -> bool:
        """Whether any of the runs stands in the text."""
        half = self.size // 2
        looks = range(0, len(text) - half + 1, self.size - half + 1) if self.known else ()
        near = any(text[at : at + half] in self.halves for at in looks)
        return near and not self.known.isdisjoint(_grams(text, self.size))


@dataclass(slots=True)
class LeakWatch:
    """Watches one answer. `allowed` texts (the evidence) may be quoted even where the prompt says the same."""

    prompt: str = ""
    canaries: tuple[str, ...] = ()
    allowed: Iterable[str] = ()
    _runs: frozenset[tuple[str, ...]] = field(init=False, default=frozenset())
    _plain: _Grams = field(init=False, default=_Grams())
    _disguised: _Grams = field(init=False, default=_Grams())
    _marks: list[_Grams] = field(init=False, default_factory=list)
    _last_words: tuple[str, ...] = field(init=False, default=())
    _last_text: str = field(init=False, default="")
    _last_chars: str = field(init=False, default="")

    def __post_init__(self) -> None:
        allowed = list(self.allowed)
        free = {run for text in allowed for run in _runs(words(text))}
        self._runs = frozenset(_runs(words(self.prompt))) - free
        told, free_chars = squeezed(self.prompt), [squeezed(text) for text in allowed]
        self._plain, self._disguised = (
            _Grams.of(_grams(told, size).difference(*(_grams(text, size) for text in free_chars)), size)
            for size in (_PROMPT_CHARS, _DISGUISED_CHARS)
        )
        marks = [mark for canary in self.canaries if (mark := squeezed(canary))]
        for size in {min(len(mark), _CANARY_CHARS) for mark in marks}:
            self._marks.append(_Grams.of(frozenset().union(*(_grams(mark, size) for mark in marks)), size))

    def sees(self, text: str) -> str:
        """What leaks with this piece, "" if nothing does."""
        if not self.prompt and not self._marks:
            return ""
        spoken = (*self._last_words, *words(text))
        self._last_words = spoken[-(_RUN - 1) :]
        if self._runs and any(run in self._runs for run in _runs(spoken)):
            return "system prompt"
        raw, chars = (self._last_text + text)[-_MOST_CHARS:], (self._last_chars + squeezed(text))[-_MOST_CHARS:]
        self._last_text, self._last_chars = raw[-_TAIL_CHARS:], chars[-_TAIL_CHARS:]
        if self._plain.stand_in(chars):
            return "system prompt"
        for shown in (chars, chars[::-1], *self._meanings(raw)):
            if any(marks.stand_in(shown) for marks in self._marks):
                return "canary"
            if shown is not chars and self._disguised.stand_in(shown):
                return "system prompt"
        return ""

    def _meanings(self, raw: str) -> Iterator[str]:
        for meaning in revealed(raw):
            yield meaning
            yield meaning[::-1]


def _runs(tokens: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1))


def _grams(text: str, size: int) -> frozenset[str]:
    return frozenset(text[at : at + size] for at in range(len(text) - size + 1))
