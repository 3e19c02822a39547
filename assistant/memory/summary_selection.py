"""Which lines a bounded summary keeps: those that together tell most for their tokens.

The words of the lines are covered greedily, most new weight a token first. For a coverage that is submodular the
greedy choice under a knapsack is near the best there is (Khuller, Moss and Naor, 1999; Lin and Bilmes, 2011).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from assistant.memory.contents import Section, SummaryLine
from assistant.memory.summary_rendering import head, rendered_tokens, split_speaker
from assistant.memory.summary_words import weights, words
from assistant.memory.tokens import count

_BREAK_TOKENS = 2  # a bullet and a line break, instead of a semicolon
_WORTH: dict[Section, float] = {"purpose": 1.0, "facts": 1.0, "tried": 1.5, "open": 1.5, "commitments": 1.2}


@dataclass(slots=True)
class _Choice:
    """The lines chosen so far, what they cost and cover."""

    cap: int
    used: int = 0
    order: list[int] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)


def select(lines: Sequence[SummaryLine], cap: int, *, first: Sequence[int] = ()) -> list[SummaryLine]:
    """The lines worth most within `cap` tokens as rendered, in their order; those at `first` go before all others."""
    said = [split_speaker(line["text"]) for line in lines]
    told = weights(text for _, text in said)
    stems = [{word.stem for word in words(text)} for _, text in said]
    costs = [count(f"; {text}") for _, text in said]
    heads = [head(line["section"], speaker) for line, (speaker, _) in zip(lines, said, strict=True)]
    choice = _Choice(cap)
    for at in first:
        _take(choice, at, stems[at], costs[at], heads[at])

    def rate(at: int) -> float:
        return _WORTH[lines[at]["section"]] * _gain(stems[at], told, choice.covered) / (costs[at] + 0.5)

    queue = [(-rate(at), at) for at in range(len(lines)) if at not in choice.order]
    heapq.heapify(queue)
    while queue:
        _, at = heapq.heappop(queue)
        now = -rate(at)
        if queue and now > queue[0][0]:
            heapq.heappush(queue, (now, at))
        elif now < 0:
            _take(choice, at, stems[at], costs[at], heads[at])
    return _exact(lines, choice)


def best(lines: Sequence[SummaryLine]) -> SummaryLine:
    """The line that tells most for its tokens, one at least."""
    told = weights(split_speaker(line["text"])[1] for line in lines)
    return max(lines, key=lambda line: _alone(split_speaker(line["text"])[1], told))


def _alone(text: str, told: dict[str, float]) -> float:
    return _gain({word.stem for word in words(text)}, told, set()) / (count(text) + 1.5)


def _gain(stems: Set[str], told: dict[str, float], covered: Set[str]) -> float:
    return sum(told[each] for each in stems if each not in covered)


def _take(choice: _Choice, at: int, stems: Set[str], cost: int, title: str) -> None:
    if title not in choice.heads:
        cost += count(title) + _BREAK_TOKENS
    if choice.used + cost > choice.cap:
        return
    choice.used += cost
    choice.heads.add(title)
    choice.order.append(at)
    choice.covered |= stems


def _exact(lines: Sequence[SummaryLine], choice: _Choice) -> list[SummaryLine]:
    """Costs were added up line by line, without the breaks of long groups: the last ones chosen pay for those."""
    order = choice.order
    while rendered_tokens(kept := [lines[at] for at in sorted(order)]) > choice.cap:
        order = order[:-1]
    return kept
