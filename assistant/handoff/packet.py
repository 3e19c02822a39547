"""The packet: what a person gets with a ticket, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.values import Evidence, Verdict


def make_packet(
    *,
    question: str,
    verdict: Verdict,
    evidence: Evidence,
    turns: Sequence[Mapping[str, Any]],
    summary: Sequence[Mapping[str, Any]],
    groups: Sequence[str],
) -> dict[str, Any]:
    """Why the assistant stopped, what was asked and tried, the passages kept and rejected, and what the user may see."""
    return {
        "open_question": question,
        "why": {"rule": verdict.rule, "reason": verdict.reason, "scores": dict(verdict.scores)},
        "tried": [{"question": turn["user"], "answer": turn["assistant"]} for turn in turns],
        "summary": [line["text"] for line in summary],
        "kept": [_hit(hit.passage.id, hit.passage.title, hit.passage.section, hit.dense) for hit in evidence.kept],
        "rejected": [_hit(hit.passage.id, hit.passage.title, hit.passage.section, hit.dense) for hit in evidence.rejected],
        "user_may_see": sorted(groups),
    }


def _hit(passage_id: str, title: str, section: str, dense: float) -> dict[str, Any]:
    return {"passage": passage_id, "title": title, "section": section, "similarity": round(dense, 3)}
