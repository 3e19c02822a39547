"""What a prompt's tokens went to, section by section, and what was left out and why. It goes into the trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What a section took: tokens as we count them, what it was allotted, how many pieces `kept` `of` those given.

    `why` says what was left out, "" when nothing was. Rows of one section add up: what a later step took out of it
    has negative tokens.
    """

    section: str
    tokens: int
    allotted: int = 0
    kept: int = 0
    of: int = 0
    why: str = ""


def by_section(rows: Iterable[LedgerRow]) -> dict[str, int]:
    """Tokens of each section, over all its rows."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.section] = sums.get(row.section, 0) + row.tokens
    return sums


def left_out(rows: Iterable[LedgerRow]) -> tuple[str, ...]:
    """What is not in the prompt and why, in the order it was decided."""
    return tuple(f"{row.section}: {row.why}" for row in rows if row.why)
