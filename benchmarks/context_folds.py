"""Which turns were really read by what makes the summary, seen where the product calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from assistant.graph import restoring
from assistant.graph.nodes import closing, remembering
from assistant.memory.contents import Memory, SummaryLine
from assistant.memory.summary import unfolded
from assistant.memory.window import Fold
from benchmarks.context_timing import TAKE_IN, Stopwatch

Summary = list[SummaryLine]


@dataclass
class Folds:
    """`read`: turns that a summary was made of which then took their place; `told`: those that had a line in it.

    Turns that `summarise` passes over, because it takes them for folded before, are not read.
    """

    read: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    _made: list[tuple[Summary, frozenset[str]]] = field(default_factory=list)

    def made(self, summary: Summary | None, lines: Summary, leaving: Sequence[Any]) -> None:
        """Note what a summary was made of."""
        if summary is not None:
            self._made.append((summary, frozenset(turn["turn"] for turn in unfolded(lines, leaving))))

    def took_place(self, plan: Fold, summary: Summary) -> None:
        """The plan's turns left the window for this summary."""
        left = {turn["turn"] for turn in plan.leaving}
        known = [ids for made, ids in self._made if made is summary]
        self.read |= left.intersection(*known) if known else set()
        self.told |= left & {turn for line in summary for turn in line["turns"]}
        self._made.clear()


@contextmanager
def watched(watch: Stopwatch) -> Iterator[Folds]:
    """Within the block every summary and every fold of the assistant is noted, and taking a turn in is timed."""
    folds = Folds()
    kept = [(module, name, getattr(module, name)) for module, name in _places()]
    for module, name, function in kept:
        setattr(module, name, _noting(name, function, folds, watch))
    try:
        yield folds
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def _places() -> list[tuple[Any, str]]:
    both = [(module, name) for module in (restoring, remembering) for name in ("summarise", "folded")]
    return [*both, (remembering, "summarise_from_model"), (closing, "take_in")]


def _noting(name: str, function: Callable[..., Any], folds: Folds, watch: Stopwatch) -> Callable[..., Any]:
    def summarise(lines: Summary, leaving: Sequence[Any], *rest: Any) -> Summary:
        summary: Summary = function(lines, leaving, *rest)
        folds.made(summary, lines, leaving)
        return summary

    def summarise_from_model(reply: str, lines: Summary, leaving: Sequence[Any], *rest: Any) -> Summary | None:
        summary: Summary | None = function(reply, lines, leaving, *rest)
        folds.made(summary, lines, leaving)
        return summary

    def folded(memory: Memory, plan: Fold, summary: Summary) -> Memory:
        folds.took_place(plan, summary)
        made: Memory = function(memory, plan, summary)
        return made

    def take_in(*arguments: Any) -> Memory:
        with watch.part(TAKE_IN):
            made: Memory = function(*arguments)
            return made

    return {f.__name__: f for f in (summarise, summarise_from_model, folded, take_in)}[name]
