"""How what is recalled reads in a prompt, and what of it fits a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from assistant.memory.contents import Utterance
from assistant.memory.tokens import count

PART_CHARS = 300  # about 70 tokens

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\s*\n+\s*")
_MISSES = 24  # lines too long for what is left; after so many the budget is as good as full
_MONTHS = "January February March April May June July August September October November December".split()


def parts(text: str) -> list[str]:
    """What to embed of an utterance: runs of whole sentences of some seventy tokens; [] when there is no word."""
    found: list[str] = []
    for sentence in filter(None, _SENTENCE_END.split(text.strip())):
        for piece in _pieces(sentence):
            if found and len(found[-1]) + len(piece) < PART_CHARS:
                found[-1] = f"{found[-1]} {piece}"
            else:
                found.append(piece)
    return found


def render(said: Sequence[Utterance]) -> list[str]:
    """A line for each utterance, in the order given; the first of a day begins with its date."""
    dates = [day(each.at) for each in said]
    return [
        (f"[{date}] " if date and (not place or dates[place - 1] != date) else "") + line(each)
        for place, (each, date) in enumerate(zip(said, dates, strict=True))
    ]


def line(said: Utterance) -> str:
    """`speaker: words`, on one line whatever the words hold: nobody's words can begin a line of another's."""
    return f"{_flat(said.speaker)}: {_flat(said.text)}"


def day(at: datetime | None) -> str:
    """The date in words, "" when nobody knows."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}" if at else ""


def pack(
    order: Iterable[int], said: Sequence[Utterance], cost: Callable[[int], int], *, budget_tokens: int
) -> list[int]:
    """The best utterances (places, best first in, oldest first out) whose lines fit the budget, whole."""
    kept: list[int] = []
    dated: set[str] = set()
    left, misses = budget_tokens, 0
    for place in order:
        date = day(said[place].at)
        price = cost(place) + (_date_cost(date) if date not in dated else 0)
        if price <= left:
            kept.append(place)
            dated.add(date)
            left -= price
        else:
            misses += 1
            if misses > _MISSES:
                break
    while kept and count("\n".join(render([said[place] for place in sorted(kept)]))) > budget_tokens:
        kept.pop()
    return sorted(kept)


def _pieces(sentence: str) -> list[str]:
    return [sentence[at : at + PART_CHARS] for at in range(0, len(sentence), PART_CHARS)]


def _date_cost(date: str) -> int:
    return count(f"[{date}] ") if date else 0


def _flat(text: str) -> str:
    return " ".join(text.split())
