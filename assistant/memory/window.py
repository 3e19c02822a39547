"""The window: the newest turns of a conversation, kept whole, and what is folded out of it into the summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.memory.tokens import count, count_message


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """Tokens: folding starts above `high_tokens` and goes down to `low_tokens`; the summary stays below its own cap."""

    high_tokens: int = 2_400
    low_tokens: int = 1_200
    summary_tokens: int = 600
    line_tokens: int = 60


@dataclass(frozen=True, slots=True)
class Fold:
    """What a fold will take out of the window, and what stays."""

    leaving: tuple[WindowTurn, ...]
    staying: tuple[WindowTurn, ...]


def window_tokens(turns: Sequence[WindowTurn]) -> int:
    """Tokens of the turns as chat messages."""
    return sum(count_message(turn["user"]) + count_message(turn["assistant"]) for turn in turns)


def plan_fold(turns: Sequence[WindowTurn], policy: WindowPolicy) -> Fold | None:
    """None below the high water mark; else the oldest turns leave until the rest is below the low one.

    The newest turn always stays.
    """
    if window_tokens(turns) <= policy.high_tokens:
        return None
    staying = list(turns)
    leaving: list[WindowTurn] = []
    while len(staying) > 1 and window_tokens(staying) > policy.low_tokens:
        leaving.append(staying.pop(0))
    return Fold(tuple(leaving), tuple(staying)) if leaving else None


def bounded(lines: Sequence[SummaryLine], policy: WindowPolicy) -> list[SummaryLine]:
    """The newest lines that fit the summary's cap, in order."""
    kept: list[SummaryLine] = []
    used = 0
    for line in reversed(lines):
        used += count(line["text"]) + 1
        if used > policy.summary_tokens:
            break
        kept.insert(0, line)
    return kept
