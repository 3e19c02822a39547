"""A verdict told in full: the rule, the reason, the numbers, the nearest examples, the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from assistant.cli.terminal import cell, out, shown
from assistant.perimeter.report.measuring import Considered
from assistant.perimeter.scope.reading import ScopeReading
from assistant.values import Hit

_COLOURS = {"answer": "green", "clarify": "yellow", "refuse": "red", "handoff": "magenta"}
_MOST_REJECTED = 5


def print_explained(considered: Considered) -> None:
    """For people, in the order in which one asks: what, why, on which numbers, near what, from what."""
    verdict = considered.verdict
    out.print(
        Text.assemble((verdict.decision, f"bold {_COLOURS[verdict.decision]}"), "  ", (shown(verdict.rule), "dim"))
    )
    out.print(cell(verdict.reason))
    _line("judged as", considered.question)
    _line("queue", verdict.queue)
    _line("would say", verdict.message)
    for choice in verdict.choices:
        _line("choice", choice)
    _table(
        "Questions in it", ("decision", "rule", "question"), [(p.decision, p.rule, p.question) for p in verdict.parts]
    )
    _table("Numbers", ("", ""), [(name.replace("_", " "), f"{value:.3f}") for name, value in verdict.scores.items()])
    reading = considered.reading or ScopeReading()
    topics = [(t.name, t.action, f"{t.score:.3f}", f"{t.probability:.3f}") for t in reading.topics[:5]]
    fitted = any(topic.probability for topic in reading.topics)
    scope = f"{reading.zone}, ours with {reading.in_scope:.3f}" if fitted else "nearness only, nothing is fitted"
    _table(f"Scope: {scope}", ("topic", "action", "score", "probability"), topics)
    near = [(f"{each.cosine:.3f}", each.label, each.text) for each in verdict.nearest]
    _table("Nearest examples", ("cosine", "topic", "example"), near)
    _table("Evidence kept", ("dense", "BM25", "document", "section"), _hits(considered.evidence.kept))
    rejected = considered.evidence.rejected[:_MOST_REJECTED]
    _table("Evidence rejected", ("dense", "BM25", "document", "section"), _hits(rejected))


def _line(name: str, text: str) -> None:
    if text.strip():
        out.print(Text.assemble((f"{name}: ", "dim"), shown(text)))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = Table(*columns, title=f"\n{title}", title_justify="left", show_header=any(columns), box=None)
    for row in rows:
        table.add_row(*map(cell, row))
    out.print(table)


def _hits(hits: Sequence[Hit]) -> list[tuple[str, str, str, str]]:
    return [(f"{h.dense:.3f}", f"{h.sparse:.1f}", h.passage.document_id, h.passage.section) for h in hits]


def explained(considered: Considered) -> dict[str, Any]:
    """The same as plain data."""
    verdict, reading = considered.verdict, considered.reading or ScopeReading()
    return {
        "question": considered.question,
        "verdict": {
            "decision": verdict.decision,
            "rule": verdict.rule,
            "reason": verdict.reason,
            "scores": dict(verdict.scores),
            "message": verdict.message,
            "choices": list(verdict.choices),
            "queue": verdict.queue,
        },
        "parts": [
            {"question": p.question, "decision": p.decision, "rule": p.rule, "reason": p.reason} for p in verdict.parts
        ],
        "nearest": [{"text": n.text, "topic": n.label, "cosine": n.cosine} for n in verdict.nearest],
        "scope": {
            "in_scope": reading.in_scope,
            "zone": reading.zone,
            "topics": [
                {"name": t.name, "action": t.action, "score": t.score, "probability": t.probability}
                for t in reading.topics[:5]
            ],
        },
        "evidence": {"kept": _data(considered.evidence.kept), "rejected": _data(considered.evidence.rejected)},
        "timings_ms": dict(considered.timings),
    }


def _data(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "document": h.passage.document_id,
            "section": h.passage.section,
            "score": h.score,
            "dense": h.dense,
            "sparse": h.sparse,
        }
        for h in hits
    ]
