"""How what is recalled reads in a prompt, and what of it fits a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby

from assistant.memory.contents import Utterance
from assistant.memory.tokens import count

PART_CHARS = 300  # about 70 tokens
GAP = " … "  # between what one speaker said at different times of a day

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\s*\n+\s*")
_MISSES = 24  # utterances too long for what is left; after so many the budget is as good as full
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
    """Lines `speaker: words`, in the order given, the first of a day with its date.

    What one speaker said in a row on one day is one line. Nobody's words can begin a line of another's.
    """
    lines: list[str] = []
    shown = ""
    for (date, speaker), run in groupby(said, key=lambda each: (day(each.at), each.speaker)):
        dated = f"[{date}] " if date and date != shown else ""
        lines.append(f"{dated}{_flat(speaker)}: {GAP.join(_flat(each.text) for each in run)}")
        shown = date
    return lines


def rendered_tokens(said: Sequence[Utterance]) -> int:
    """Tokens of the lines, joined by line breaks."""
    return count("\n".join(render(said)))


def day(at: datetime | None) -> str:
    """The date in words, "" when nobody knows."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}" if at else ""


def pack(order: Sequence[int], said: Callable[[int], Utterance], *, budget_tokens: int) -> dict[int, Utterance]:
    """The best utterances, whole, that fit the budget together, by place; `order` has the best place first.

    An utterance is first priced as a line of its own; what lines in a row save is then spent on more of them.
    """
    kept: dict[int, Utterance] = {}
    used, room = 0, budget_tokens
    while room > 0:
        more = _priced([place for place in order if place not in kept], said, kept, room)
        kept |= more
        used = rendered_tokens(_in_order(kept))
        if not more or used > budget_tokens:
            break
        room = budget_tokens - used
    while kept and rendered_tokens(_in_order(kept)) > budget_tokens:
        kept.popitem()
    return dict(sorted(kept.items()))


def _priced(
    order: Sequence[int], said: Callable[[int], Utterance], kept: dict[int, Utterance], room: int
) -> dict[int, Utterance]:
    dated = {day(each.at) for each in kept.values()}
    more: dict[int, Utterance] = {}
    misses = 0
    for place in order:
        utterance = said(place)
        date = day(utterance.at)
        price = count(f"{_flat(utterance.speaker)}: {_flat(utterance.text)}\n")
        price += count(f"[{date}] ") if date and date not in dated else 0
        if price > room:
            misses += 1
            if misses > _MISSES:
                break
            continue
        more[place] = utterance
        dated.add(date)
        room -= price
    return more


def _in_order(kept: dict[int, Utterance]) -> list[Utterance]:
    return [kept[place] for place in sorted(kept)]


def _pieces(sentence: str) -> list[str]:
    return [sentence[at : at + PART_CHARS] for at in range(0, len(sentence), PART_CHARS)]


def _flat(text: str) -> str:
    return " ".join(text.split())
