"""Notices the system prompt or a canary coming out: verbatim, in pieces, reversed, spelled out, hex or base64."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.perimeter.wording import words

_RUN = 8
_CANARY_RUN = 8
_TAIL_CHARS = 200
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")


@dataclass(slots=True)
class LeakWatch:
    """Watches one answer. `allowed` texts (the evidence) may be quoted even where the prompt says the same."""

    prompt: str = ""
    canaries: tuple[str, ...] = ()
    allowed: Iterable[str] = ()
    _runs: frozenset[tuple[str, ...]] = field(init=False, default=frozenset())
    _marks: frozenset[str] = field(init=False, default=frozenset())
    _encoded: frozenset[str] = field(init=False, default=frozenset())
    _last_words: tuple[str, ...] = field(init=False, default=())
    _last_chars: str = field(init=False, default="")
    _last_raw: str = field(init=False, default="")

    def __post_init__(self) -> None:
        free = {run for text in self.allowed for run in _runs(words(text))}
        self._runs = frozenset(_runs(words(self.prompt))) - free
        plain = [_squeezed(canary) for canary in self.canaries]
        hexed = [canary.encode().hex()[:16] for canary in self.canaries]
        self._marks = frozenset(part for text in plain for way in (text, text[::-1]) for part in _parts(way)).union(
            hexed
        )
        self._encoded = frozenset(part for canary in self.canaries for part in _base64_parts(canary))

    def sees(self, text: str) -> str:
        """What leaks with this piece, "" if nothing does."""
        spoken = (*self._last_words, *words(text))
        self._last_words = spoken[-(_RUN - 1) :]
        if self._runs and any(run in self._runs for run in _runs(spoken)):
            return "system prompt"
        chars = self._last_chars + _squeezed(text)
        raw = self._last_raw + _NOT_BASE64.sub("", text)
        self._last_chars, self._last_raw = chars[-_TAIL_CHARS:], raw[-_TAIL_CHARS:]
        if any(mark in chars for mark in self._marks) or any(mark in raw for mark in self._encoded):
            return "canary"
        return ""


def _runs(tokens: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1))


def _squeezed(text: str) -> str:
    return _NOT_ALNUM.sub("", text.lower())


def _parts(text: str) -> Iterable[str]:
    if 0 < len(text) < _CANARY_RUN:
        return (text,)
    return (text[at : at + _CANARY_RUN] for at in range(len(text) - _CANARY_RUN + 1))


def _base64_parts(canary: str) -> Iterable[str]:
    """The part of the canary's base64 that doesn't depend on what stands before or after it, at each offset."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + canary.encode()).decode().rstrip("=")
        stable = encoded[2 if offset == 1 else 3 if offset == 2 else 0 : -1]
        yield stable[:12] if len(stable) >= 12 else stable
