"""Figures for charts: risk against coverage, reliability in bins, and who was taken for whom. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.perimeter.policy import Policy
from assistant.perimeter.report.measuring import OOS_NAME, Outcome, Rate

_BINS = 10
_MOST_ROWS = 24
DECISIONS = ("answer", "clarify", "refuse", "handoff")


@dataclass(frozen=True, slots=True)
class Point:
    """Answering every case at or above `threshold` answers `coverage` of them all, `risk` of those wrongly."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose number lies from `low` to `high`: the mean of it, and how many were indeed to be answered."""

    low: float
    high: float
    mean: float
    observed: Rate


@dataclass(frozen=True, slots=True)
class Confusion:
    """`counts[row][column]`: cases that should be `names[row]` and became `names[column]`."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    left_out: int = 0


def risk_coverage(outcomes: Sequence[Outcome]) -> list[Point]:
    """The curve from the surest case to all of them: one point for each distinct confidence, coverage rising.

    R. El-Yaniv and Y. Wiener, On the Foundations of Noise-free Selective Classification, JMLR 11, 2010.
    """
    points: list[Point] = []
    taken = wrong = 0
    ordered = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    for confidence, tied in groupby(ordered, key=lambda outcome: outcome.confidence):
        for outcome in tied:
            taken += 1
            wrong += outcome.expected != "answer"
        points.append(Point(confidence, taken / len(ordered), wrong / taken))
    return points


def operating_point(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Coverage and risk of what was in fact decided."""
    answered = [outcome for outcome in outcomes if outcome.verdict.decision == "answer"]
    wrong = sum(outcome.mistake == "false_answer" for outcome in answered)
    return len(answered) / max(1, len(outcomes)), wrong / max(1, len(answered))


def area_under(points: Sequence[Point]) -> float:
    """The mean risk over coverage from 0 to 1; lower is better."""
    area, before = 0.0, 0.0
    for point in points:
        area += point.risk * (point.coverage - before)
        before = point.coverage
    return area


def reliability(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Equal bins of `answerable`; empty ones are left out."""
    members: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        members.setdefault(min(_BINS - 1, int(outcome.answerable * _BINS)), []).append(outcome)
    return [_bin(number, members[number]) for number in sorted(members)]


def _bin(number: int, members: list[Outcome]) -> Bin:
    mean = sum(outcome.answerable for outcome in members) / len(members)
    observed = Rate(sum(outcome.expected == "answer" for outcome in members), len(members))
    return Bin(number / _BINS, (number + 1) / _BINS, mean, observed)


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean gap of said and seen, weighted by cases (Naeini et al., AAAI 2015)."""
    total = sum(each.observed.total for each in bins)
    return sum(abs(each.mean - each.observed.value) * each.observed.total for each in bins) / max(1, total)


def decisions_confused(outcomes: Sequence[Outcome]) -> Confusion:
    """Decisions that were right against decisions that were made."""
    return _confusion([(outcome.expected, outcome.verdict.decision) for outcome in outcomes], DECISIONS, 0)


def topics_confused(outcomes: Sequence[Outcome], policy: Policy) -> Confusion | None:
    """Topics that were right against those the questions were taken for; None where fewer than two are known.

    Of many topics those most often confused are shown; `left_out` counts the others.
    """
    names = {topic.name for topic in policy.topics} | {OOS_NAME}
    pairs = [(outcome.row, outcome.likeliest) for outcome in outcomes if outcome.row in names and outcome.likeliest]
    if len({row for row, _ in pairs}) < 2:
        return None
    missed = Counter(name for pair in pairs for name in pair if pair[0] != pair[1])
    seen = [name for name in (*(topic.name for topic in policy.topics), OOS_NAME) if any(name in p for p in pairs)]
    shown = set(sorted(seen, key=lambda name: -missed[name])[:_MOST_ROWS])
    return _confusion(pairs, tuple(name for name in seen if name in shown), len(seen) - len(shown))


def _confusion(pairs: Sequence[tuple[str, str]], names: tuple[str, ...], left_out: int) -> Confusion:
    counted = Counter(pairs)
    return Confusion(names, tuple(tuple(counted[row, column] for column in names) for row in names), left_out)
