"""One self-contained HTML page about how a policy decided on its cases: no foreign asset, every text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.perimeter.policy import Policy
from assistant.perimeter.report import charts, curves
from assistant.perimeter.report.curves import Confusion
from assistant.perimeter.report.measuring import MISTAKES, Limit, Mistake, Outcome, Tally, by_row, tally
from assistant.perimeter.report.svg import between, percent

NAMES: dict[Mistake, str] = {
    "false_answer": "False answers",
    "false_refusal": "False refusals",
    "needless_handoff": "Needless handoffs",
    "missed_handoff": "Missed handoffs",
    "needless_question": "Needless questions",
}
OVER: dict[Mistake, str] = {
    "false_answer": "answered, though it should not have been",
    "false_refusal": "turned away, though it could be helped",
    "needless_handoff": "given to a person without need",
    "missed_handoff": "should have gone to a person, and did not",
    "needless_question": "asked back without need",
}
_MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is made of. `made_at` is UTC."""

    policy: Policy
    outcomes: Sequence[Outcome]
    limits: Sequence[Limit]
    made_at: datetime
    source: str
    release: str = ""

    @property
    def total(self) -> Tally:
        return tally(self.outcomes)

    @property
    def broken(self) -> tuple[Limit, ...]:
        """The limits that don't hold."""
        total = self.total
        return tuple(limit for limit in self.limits if not limit.holds(total))


def render(report: Report) -> str:
    """The page."""
    total, outcomes = report.total, report.outcomes
    bins = curves.reliability(outcomes)
    error = curves.calibration_error(bins)
    points = curves.risk_coverage(outcomes)
    limits = {limit.mistake: limit for limit in report.limits}
    wrong = sorted((o for o in outcomes if o.mistake), key=lambda o: (MISTAKES.index(o.mistake), o.row))
    script = _asset("page.js")
    page: str = _template().render(
        report=report,
        policy=report.policy,
        total=total,
        broken=report.broken,
        rows=by_row(outcomes),
        mistakes=MISTAKES,
        shown=MISTAKES[:3],
        names=NAMES,
        over=OVER,
        limits=limits,
        wrong=wrong[:_MOST_CASES],
        wrong_in_all=len(wrong),
        calibrated=any(outcome.calibrated for outcome in outcomes),
        error=error,
        area=curves.area_under(points),
        risk_coverage=charts.risk_coverage_chart(points, curves.operating_point(outcomes)),
        reliability=charts.reliability_chart(bins, error),
        strip=charts.strip,
        percent=percent,
        between=between,
        maps=_maps(report),
        style=_asset("page.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return page


def _maps(report: Report) -> list[tuple[str, str, Confusion, list[int]]]:
    """Name, note, counts and the sums of the rows of each confusion map."""
    found = [
        ("Decisions", "What should have been decided, against what was.", curves.decisions_confused(report.outcomes))
    ]
    topics = curves.topics_confused(report.outcomes, report.policy)
    if topics is not None:
        found.append(("Topics", "What the question belongs to, against what it was taken for.", topics))
    return [(name, note, confusion, [sum(row) for row in confusion.counts]) for name, note, confusion in found]


@cache
def _asset(name: str) -> Any:
    from markupsafe import Markup

    return Markup(files(__package__).joinpath(name).read_text("utf-8"))  # noqa: S704 - our own file


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
