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


@dataclass(slots=True)
class LeakWatch:
    """Watches one answer. `allowed` texts (the evidence) may be quoted even where the prompt says the same."""

    prompt: str = ""
    canaries: tuple[str, ...] = ()
    allowed: Iterable[str] = ()
    _runs: frozenset[tuple[str, ...]] = field(init=False, default=frozenset())
    _plain: frozenset[str] = field(init=False, default=frozenset())
    _disguised: frozenset[str] = field(init=False, default=frozenset())
    _marks: dict[int, frozenset[str]] = field(init=False, default_factory=dict)
    _last_words: tuple[str, ...] = field(init=False, default=())
    _last_text: str = field(init=False, default="")
    _last_chars: str = field(init=False, default="")

    def __post_init__(self) -> None:
        allowed = list(self.allowed)
        free = {run for text in allowed for run in _runs(words(text))}
        self._runs = frozenset(_runs(words(self.prompt))) - free
        told, free_chars = squeezed(self.prompt), [squeezed(text) for text in allowed]
        self._plain = _grams(told, _PROMPT_CHARS).difference(*(_grams(text, _PROMPT_CHARS) for text in free_chars))
        self._disguised = _grams(told, _DISGUISED_CHARS).difference(
            *(_grams(text, _DISGUISED_CHARS) for text in free_chars)
        )
        marks = [squeezed(canary) for canary in self.canaries]
        for size in {min(len(mark), _CANARY_CHARS) for mark in marks if mark}:
            self._marks[size] = frozenset(gram for mark in marks if mark for gram in _grams(mark, size))

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
        if self._has(chars, self._plain, _PROMPT_CHARS):
            return "system prompt"
        for shown in (chars, chars[::-1], *self._meanings(raw)):
            if self._has_mark(shown):
                return "canary"
            if shown is not chars and self._has(shown, self._disguised, _DISGUISED_CHARS):
                return "system prompt"
        return ""

    def _meanings(self, raw: str) -> Iterator[str]:
        for meaning in revealed(raw):
            yield meaning
            yield meaning[::-1]

    def _has(self, chars: str, grams: frozenset[str], size: int) -> bool:
        return bool(grams) and not grams.isdisjoint(_grams(chars, size))

    def _has_mark(self, chars: str) -> bool:
        return any(not marks.isdisjoint(_grams(chars, size)) for size, marks in self._marks.items())


def _runs(tokens: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1))


def _grams(text: str, size: int) -> frozenset[str]:
    return frozenset(text[at : at + size] for at in range(len(text) - size + 1))
