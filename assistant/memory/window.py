"""The window: the newest turns of a conversation, kept whole, and what is folded out of it into the summary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from assistant.memory.budget import BudgetPolicy
from assistant.memory.contents import WindowTurn
from assistant.memory.tokens import count_message

_HEAD_TOKENS = 10  # what the head of a line takes at most, with bullet and line break
_LEAST_SUMMARY_TOKENS = 40
_LOW, _HIGH, _HARD = 0.12, 0.25, 0.45


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """Tokens. Folding starts above `high_tokens` and goes down to `low_tokens`, `batch_tokens` at a time.

    `batch_tokens` bounds what a model gets to read in one fold; above `hard_tokens` folding goes by rules at once.
    `summary_tokens` caps the whole summary as rendered, `line_tokens` one line of it.
    """

    high_tokens: int = 2_400
    low_tokens: int = 1_200
    summary_tokens: int = 600
    line_tokens: int = 60
    batch_tokens: int = 2_000
    hard_tokens: int = 4_800

    def __post_init__(self) -> None:
        """Raises ValueError when the marks don't descend, or the summary could hold nothing."""
        if not 0 <= self.low_tokens <= self.high_tokens <= self.hard_tokens:
            raise ValueError("the low mark must not exceed the high one, nor the high one the hard one")
        if self.summary_tokens < _LEAST_SUMMARY_TOKENS:
            raise ValueError(f"a summary needs {_LEAST_SUMMARY_TOKENS} tokens at least, not {self.summary_tokens}")

    @classmethod
    def within(cls, budget: BudgetPolicy) -> Self:
        """The marks for a prompt's budget: below the high one the whole window is sure of its room."""
        low, high, hard = (math.floor(share * budget.room) for share in (_LOW, _HIGH, _HARD))
        summary = max(_LEAST_SUMMARY_TOKENS, budget.floor("summary"))
        return cls(high_tokens=high, low_tokens=low, hard_tokens=hard, summary_tokens=summary)

    @property
    def longest_line(self) -> int:
        """Tokens of a line's words, so that two lines fit the summary, each with the head above it."""
        return min(self.line_tokens, self.summary_tokens // 2 - _HEAD_TOKENS)


@dataclass(frozen=True, slots=True)
class Fold:
    """What a fold will take out of the window, and what stays; `by_rules` when it may not wait for a model."""

    leaving: tuple[WindowTurn, ...]
    staying: tuple[WindowTurn, ...]
    by_rules: bool = False


def window_tokens(turns: Sequence[WindowTurn]) -> int:
    """Tokens of the turns as chat messages."""
    return sum(map(turn_tokens, turns))


def turn_tokens(turn: WindowTurn) -> int:
    """Tokens of a turn as two chat messages."""
    return count_message(turn["user"]) + count_message(turn["assistant"])


def plan_fold(turns: Sequence[WindowTurn], policy: WindowPolicy) -> Fold | None:
    """None below the high water mark; else the oldest turns leave until the rest is below the low one.

    At most `batch_tokens` leave at a time, but always one turn, so that every fold gets on. The newest turn stays.
    """
    sizes = [turn_tokens(turn) for turn in turns]
    left = sum(sizes)
    if left <= policy.high_tokens:
        return None
    by_rules = left > policy.hard_tokens
    number = taken = 0
    for size in sizes[:-1]:
        if left <= policy.low_tokens or (number and taken + size > policy.batch_tokens):
            break
        number, taken, left = number + 1, taken + size, left - size
    return Fold(tuple(turns[:number]), tuple(turns[number:]), by_rules) if number else None
