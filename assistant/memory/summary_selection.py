"""Which lines a bounded summary keeps: those that together tell most for their tokens.

The words of the lines are covered greedily, most new weight a token first. For a coverage that is submodular the
greedy choice under a knapsack is near the best there is (Khuller, Moss and Naor, 1999; Lin and Bilmes, 2011).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.memory.contents import Section, SummaryLine
from assistant.memory.summary_rendering import head, rendered_tokens, split_speaker
from assistant.memory.summary_words import weights, words
from assistant.memory.tokens import count

_REREAD = 0.6  # what a document says can be read again; what a person says can't
_SPARING = 0.5  # tokens added to every cost, in favour of fewer and longer lines
_BREAK_TOKENS = 2  # a bullet and a line break, instead of a semicolon
_WORTH: dict[Section, float] = {"purpose": 1.0, "facts": 1.0, "tried": 1.5, "open": 1.5, "commitments": 1.2}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line as it is weighed: what its words tell, what it costs without its head, what its head costs."""

    told: dict[str, float]
    worth: float
    tokens: int
    head: str
    head_tokens: int


@dataclass(slots=True)
class _Choice:
    """The lines chosen so far, in the order they were; what they cost and cover."""

    candidates: Sequence[_Candidate]
    cap: int
    used: int = 0
    order: list[int] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)

    def rate(self, at: int) -> float:
        """What the line would add for each token, its head not counted."""
        candidate = self.candidates[at]
        told = sum(weight for stem, weight in candidate.told.items() if stem not in self.covered)
        return candidate.worth * told / (candidate.tokens + _SPARING)

    def take(self, at: int) -> None:
        """Add the line if it fits, together with its head when that is new."""
        candidate = self.candidates[at]
        cost = candidate.tokens + (0 if candidate.head in self.heads else candidate.head_tokens)
        if self.used + cost <= self.cap:
            self.used += cost
            self.order.append(at)
            self.heads.add(candidate.head)
            self.covered |= candidate.told.keys()


def select(lines: Sequence[SummaryLine], cap: int, *, first: Sequence[int] = ()) -> list[SummaryLine]:
    """The lines worth most within `cap` tokens as rendered, in their order; those at `first` go before all others."""
    choice = _Choice(_candidates(lines), cap)
    for at in first:
        choice.take(at)
    queue = [(-choice.rate(at), at) for at in range(len(lines)) if at not in choice.order]
    heapq.heapify(queue)
    while queue:
        _, at = heapq.heappop(queue)
        now = -choice.rate(at)
        if queue and now > queue[0][0]:
            heapq.heappush(queue, (now, at))
        elif now < 0:
            choice.take(at)
    return _exact(lines, choice)


def best(lines: Sequence[SummaryLine]) -> SummaryLine:
    """The line that tells most for its tokens, one at least."""
    choice = _Choice(_candidates(lines), cap=0)
    return lines[max(range(len(lines)), key=choice.rate)]


def _candidates(lines: Sequence[SummaryLine]) -> list[_Candidate]:
    said = [split_speaker(line["text"]) for line in lines]
    told = weights(text for _, text in said)
    return [_candidate(line, *each, told) for line, each in zip(lines, said, strict=True)]


def _candidate(line: SummaryLine, speaker: str, text: str, told: dict[str, float]) -> _Candidate:
    title = head(line["section"], speaker)
    return _Candidate(
        told={word.stem: told[word.stem] for word in words(text) if told[word.stem]},
        worth=_WORTH[line["section"]] * (_REREAD if line["documents"] else 1.0),
        tokens=count(f"; {text}"),
        head=title,
        head_tokens=count(title) + _BREAK_TOKENS,
    )


def _exact(lines: Sequence[SummaryLine], choice: _Choice) -> list[SummaryLine]:
    """Costs were added up line by line, without the breaks of long groups: the last ones chosen pay for those."""
    order = choice.order
    while rendered_tokens(kept := [lines[at] for at in sorted(order)]) > choice.cap:
        order = order[:-1]
    return kept
