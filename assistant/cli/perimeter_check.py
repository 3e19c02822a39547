"""A policy measured on cases: a table for people, an object for programs, a page, and an exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from rich.table import Table

from assistant.cli.terminal import cell, counting, err, out
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.report import curves
from assistant.perimeter.report.measuring import (
    MISTAKES,
    Case,
    Considers,
    Limit,
    Mistake,
    Outcome,
    Rate,
    Tally,
    by_row,
    measure,
)
from assistant.perimeter.report.page import NAMES, Report, render
from assistant.perimeter.report.svg import between, percent
from assistant.values import Caller

_SHOWN = MISTAKES[:3]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What a measurement is held to and how it is told. `chosen` are the limits that were asked for by name."""

    limits: Mapping[Mistake, Limit]
    chosen: frozenset[Mistake]
    source: str
    as_json: bool = False


def limits_given(given: Mapping[Mistake, float | None], policy: Policy, *, strict: bool) -> dict[Mistake, Limit]:
    """The limits asked for; for false answers the policy's own where none was."""
    asked = {mistake: share for mistake, share in given.items() if share is not None}
    return {
        mistake: Limit(mistake, share, strict)
        for mistake, share in {"false_answer": policy.max_false_answers, **asked}.items()
    }


async def check_cases(
    cases: Sequence[Case], assistant: Considers, policy: Policy, options: CheckOptions, *, release: str = ""
) -> tuple[str, int]:
    """Consider every case, print what came of it, and return the page and the exit code.

    Raises:
        ConfigurationError: a limit was asked for that no case can be held to.
    """
    with counting("Considering the cases", len(cases)) as progress:
        done = iter(range(1, len(cases) + 1))
        outcomes = await measure(
            cases, assistant, policy, caller_of=_caller_of, step=lambda: progress(next(done), len(cases))
        )
    report = Report(policy, outcomes, _applicable(options, outcomes), datetime.now(UTC), options.source, release)
    if options.as_json:
        typer.echo(json.dumps(as_data(report), ensure_ascii=False))
    else:
        _print(report)
    return render(report), 1 if report.broken else 0


def _caller_of(case: Case) -> Caller:
    return Caller(id="guest:check", role="staff" if "staff" in case.groups else "guest", groups=case.groups)


def _applicable(options: CheckOptions, outcomes: Sequence[Outcome]) -> tuple[Limit, ...]:
    """The limits that some case can be held to. One that was asked for and can't be is an error: it held nothing."""
    total = Report(Policy(), outcomes, (), datetime.now(UTC), "").total
    empty = [mistake for mistake in options.limits if not total.rates[mistake].total]
    for mistake in empty:
        if mistake in options.chosen:
            raise ConfigurationError(f"No case could show {NAMES[mistake].lower()}, so their limit would hold nothing.")
        err.print(f"No case could show {NAMES[mistake].lower()}: the policy's limit was not checked.", highlight=False)
    return tuple(limit for mistake, limit in options.limits.items() if mistake not in empty)


def _print(report: Report) -> None:
    table = Table("topic", title=f"{len(report.outcomes)} cases", title_justify="left", box=None, show_footer=True)
    total = report.total
    table.columns[0].footer = "all"
    table.add_column("cases", str(total.cases), justify="right")
    table.add_column("right", str(total.right.count), justify="right")
    for mistake in _SHOWN:
        table.add_column(NAMES[mistake].lower(), _shown(total.rates[mistake]))
    for name, each in by_row(report.outcomes).items():
        table.add_row(
            cell(name), str(each.cases), str(each.right.count), *(_shown(each.rates[mistake]) for mistake in _SHOWN)
        )
    out.print(table)
    others = ", ".join(f"{NAMES[m].lower()} {total.rates[m].count}" for m in MISTAKES[3:] if total.rates[m].count)
    if others:
        out.print(f"Besides: {others}.", highlight=False)
    for limit in report.limits:
        mark, said = ("[green]kept[/]", "") if limit.holds(total) else ("[bold red]passed[/]", " ")
        worst = " at worst" if limit.strict else ""
        measured = f"{percent(limit.measured(total))}{worst}, allowed {percent(limit.at_most)}"
        out.print(f"{NAMES[limit.mistake]}: {measured}: {mark}{said}".rstrip(), highlight=False)


def _shown(rate: Rate) -> str:
    if not rate.total:
        return "-"
    return f"{percent(rate.value)} ({rate.count} of {rate.total}, {between(rate)})"


def as_data(report: Report) -> dict[str, Any]:
    """The measurement as plain data; shares from 0 to 1."""
    bins = curves.reliability(report.outcomes)
    total = report.total
    return {
        "policy": report.policy.fingerprint,
        "held": not report.broken,
        "limits": [
            {
                "mistake": limit.mistake,
                "at_most": limit.at_most,
                "measured": limit.measured(total),
                "strict": limit.strict,
                "held": limit.holds(total),
            }
            for limit in report.limits
        ],
        **_tally(total),
        "topics": {name: _tally(each) for name, each in by_row(report.outcomes).items()},
        "area_under_risk_coverage": curves.area_under(curves.risk_coverage(report.outcomes)),
        "calibration_error": curves.calibration_error(bins),
        "calibrated": any(outcome.calibrated for outcome in report.outcomes),
        "asked_a_model": sum(outcome.asked_model for outcome in report.outcomes) / max(1, len(report.outcomes)),
        "wrong": [_wrong(outcome) for outcome in report.outcomes if outcome.mistake],
    }


def _tally(found: Tally) -> dict[str, Any]:
    rates = {mistake: _rate(rate) for mistake, rate in found.rates.items()}
    return {"cases": found.cases, "right": _rate(found.right), "mistakes": rates}


def _rate(rate: Rate) -> dict[str, float]:
    low, high = rate.interval
    return {"count": rate.count, "of": rate.total, "share": rate.value, "low": low, "high": high}


def _wrong(outcome: Outcome) -> dict[str, Any]:
    verdict = outcome.verdict
    return {
        "id": outcome.case.id,
        "text": outcome.case.text,
        "topic": outcome.row,
        "mistake": outcome.mistake,
        "expected": outcome.expected,
        "decision": verdict.decision,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "scores": dict(verdict.scores),
    }
