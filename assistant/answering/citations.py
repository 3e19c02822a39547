"""The citations of a model's answer: what each `[n]` stands for, with the passage's sentence nearest to it."""

from __future__ import annotations

import re

from assistant.answering.sentences import split_sentences
from assistant.answering.terms import terms
from assistant.values import Citation, Evidence, Passage

_MARKER = re.compile(r"\[(\d{1,3})\]")


def cite(text: str, evidence: Evidence) -> tuple[Citation, ...]:
    """One citation for each number in the text that names a passage kept, in order of first appearance.

    The quote is the passage's sentence that shares most with the sentence the marker stands behind; it stands verbatim
    in the passage.
    """
    found: dict[int, Citation] = {}
    for marker in _MARKER.finditer(text):
        number = int(marker.group(1))
        if number not in found and 1 <= number <= len(evidence.kept):
            claim = text[: marker.start()].rsplit("\n", 1)[-1]
            passage = evidence.kept[number - 1].passage
            found[number] = citation_of(number, passage, *_nearest(claim, passage.text))
    return tuple(found.values())


def citation_of(index: int, passage: Passage, start: int, end: int) -> Citation:
    """The citation of `passage.text[start:end]` as number `index`."""
    return Citation(
        index=index,
        passage_id=passage.id,
        document_id=passage.document_id,
        title=passage.title,
        section=passage.section,
        quote=passage.text[start:end],
        url=passage.url,
        start=passage.start + start,
        end=passage.start + end,
        version=passage.version,
    )


def _nearest(claim: str, text: str) -> tuple[int, int]:
    wanted = set(terms(claim))
    spans = list(split_sentences(text)) or [(0, len(text))]

    def shared(span: tuple[int, int]) -> float:
        own = set(terms(text[span[0] : span[1]]))
        return len(wanted & own) / float(len(own) ** 0.5 + 1)

    return max(spans, key=shared)
