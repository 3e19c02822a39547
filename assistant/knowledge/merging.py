"""One body of evidence for a message with several questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from assistant.values import Evidence, Hit


def merge(question: str, found: Sequence[Evidence], *, keep: int) -> Evidence:
    """The evidence of several questions as one, in turns best first; at most `keep` passages are kept, each once.

    Of one question its own evidence is the whole.
    """
    if len(found) == 1:
        return found[0]
    hits = list(_once(hit for rank in zip_longest(*(each.kept for each in found)) for hit in rank if hit is not None))
    kept = hits[:keep]
    held = {hit.passage.id for hit in kept}
    others = _once(hit for hit in (*hits[keep:], *(h for each in found for h in each.rejected)))
    return Evidence(question, tuple(kept), tuple(hit for hit in others if hit.passage.id not in held))


def _once(hits: Iterator[Hit]) -> Iterator[Hit]:
    seen: set[str] = set()
    for hit in hits:
        if hit.passage.id not in seen:
            seen.add(hit.passage.id)
            yield hit
