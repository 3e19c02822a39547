"""From a question to its evidence: search, then keep what fits."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assistant.knowledge.expansion import expand
from assistant.ports import IndexQuery, PassageIndex, Vector
from assistant.values import Evidence, Hit, Passage

_FORMER = re.compile(
    r"\b(?:(?:old|older|previous|former|earlier|past|superseded|outdated|withdrawn)\s+(?:\w+\s+){0,3}?"
    r"(?:polic(?:y|ies)|rules?|terms|conditions|prices?|tariffs?|versions?|guide(?:lines?)?|fees?|charges?|window)"
    r"|used to|formerly|previously|no longer in force)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class RetrievalPolicy:
    """How much is looked at and kept.

    A hit is kept if its cosine reaches `dense_floor`, or if it reaches `weak_dense_floor` and its BM25 score is at
    least `sparse_share` of the best one found. The floors are for all-MiniLM-L6-v2; they drop what is hopeless and
    leave the judgement to the perimeter.
    """

    fetch: int = 24
    keep: int = 10
    per_document: int = 6
    dense_floor: float = 0.28
    weak_dense_floor: float = 0.1
    sparse_share: float = 0.45


async def retrieve(
    question: str,
    vector: Vector,
    groups: frozenset[str],
    *,
    index: PassageIndex,
    policy: RetrievalPolicy | None = None,
) -> Evidence:
    """The passages these groups may read that fit a stand-alone question, and those that were passed over."""
    policy = policy or RetrievalPolicy()
    hits = await index.search(IndexQuery(expand(question), vector, groups, policy.fetch))
    return select(question, hits, policy)


def select(question: str, hits: list[Hit], policy: RetrievalPolicy) -> Evidence:
    """Keep the best that fit, few of one document, and superseded ones only when the question is about the past."""
    best_sparse = max((hit.sparse for hit in hits), default=0.0)
    kept: list[Hit] = []
    rejected: list[Hit] = []
    of_document: Counter[str] = Counter()
    for hit in hits:
        document = hit.passage.document_id
        fits = (
            len(kept) < policy.keep
            and of_document[document] < policy.per_document
            and _relevant(hit, best_sparse, policy)
            and (not hit.passage.superseded_by or asks_for_the_past(question, hit.passage))
        )
        (kept if fits else rejected).append(hit)
        of_document[document] += fits
    return Evidence(question, tuple(kept), tuple(rejected))


def asks_for_the_past(question: str, passage: Passage) -> bool:
    """Whether a question means rules no longer in force: it says so, or names a year of the passage's title."""
    years = set(_YEAR.findall(passage.title))
    return bool(_FORMER.search(question)) or not years.isdisjoint(_YEAR.findall(question))


def _relevant(hit: Hit, best_sparse: float, policy: RetrievalPolicy) -> bool:
    if hit.dense >= policy.dense_floor:
        return True
    return hit.dense >= policy.weak_dense_floor and 0 < policy.sparse_share * best_sparse <= hit.sparse
