"""The packet: what a person gets with a ticket, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.values import Draft, Evidence, Hit, Verdict


def make_packet(
    *,
    question: str,
    verdict: Verdict,
    evidence: Evidence,
    turns: Sequence[Mapping[str, Any]],
    summary: Sequence[Mapping[str, Any]],
    groups: Sequence[str],
    suggested: Sequence[Draft] = (),
) -> dict[str, Any]:
    """Why the assistant stopped, what was asked and tried, passages kept and rejected, what the user may see.

    `suggested` are answers found in the documents that were not given.
    """
    return {
        "open_question": question,
        "why": {"rule": verdict.rule, "reason": verdict.reason, "scores": dict(verdict.scores)},
        "tried": [{"question": turn["user"], "answer": turn["assistant"]} for turn in turns],
        "summary": [line["text"] for line in summary],
        "kept": [_row(hit) for hit in evidence.kept],
        "rejected": [_row(hit) for hit in evidence.rejected],
        "user_may_see": sorted(groups),
        "suggested": [_suggestion(draft) for draft in suggested],
    }


def _suggestion(draft: Draft) -> dict[str, Any]:
    return {"text": draft.text, "citations": [asdict(citation) for citation in draft.citations]}


def _row(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "passage": passage.id,
        "title": passage.title,
        "section": passage.section,
        "similarity": round(hit.dense, 3),
    }
