"""What a model may be shown where the policy sets an age: it can't cite what it never saw."""

from __future__ import annotations

from dataclasses import replace

from assistant.graph.context import Capabilities
from assistant.perimeter.freshness import age_days
from assistant.values import Evidence, Passage


def in_date(evidence: Evidence, can: Capabilities) -> Evidence:
    """The evidence with every passage over the policy's age among the rejected; one without a date has no age."""
    old = tuple(hit for hit in evidence.kept if _is_old(hit.passage, can))
    if not old:
        return evidence
    kept = tuple(hit for hit in evidence.kept if hit not in old)
    return replace(evidence, kept=kept, rejected=(*old, *evidence.rejected))


def _is_old(passage: Passage, can: Capabilities) -> bool:
    limit, age = can.perimeter.max_age_days, age_days([passage.updated], can.clock().date())
    return bool(limit) and age is not None and age > limit
