"""Several answers as one: for a message with several questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.values import Citation, Draft

_MARKER = re.compile(r"\[(\d{1,3})\](?!\()")


def join(drafts: Sequence[Draft]) -> Draft:
    """The drafts one after the other, each answer once, their citations numbered through: one number a passage.

    Of one draft it is that draft. `support` is the weakest one's.
    """
    if len(drafts) == 1:
        return drafts[0]
    citations: dict[str, Citation] = {}
    texts: dict[str, None] = {}
    for draft in drafts:
        numbers: dict[int, int] = {}
        for citation in draft.citations:
            known = citations.setdefault(citation.passage_id, replace(citation, index=len(citations) + 1))
            numbers[citation.index] = known.index
        texts[_renumbered(draft.text, numbers)] = None
    return replace(
        drafts[0],
        text="\n\n".join(texts),
        citations=tuple(citations.values()),
        support=min(draft.support for draft in drafts),
    )


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    return _MARKER.sub(lambda found: f"[{numbers.get(int(found.group(1)), int(found.group(1)))}]", text)
