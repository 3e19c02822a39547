"""How well the evidence could hold an answer: numbers only, from retrieval's scores and the words they share."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.perimeter.messages import document_title
from assistant.perimeter.wording import STOP_WORDS, content_terms, stem, words
from assistant.values import Evidence, Hit

_DENSE_LOW, _DENSE_HIGH = 0.20, 0.70
_DENSE_SHARE = 0.65
_SURE = 0.995  # a probability beyond it says no more
_MAX_CHOICES = 4
_NAME = re.compile(r"([a-z]{1,4})-?(\d{1,3})([a-z]?)")
_REMEMBERED = 512  # passages whose words are kept: some five megabytes


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """A logistic model of "the evidence holds an answer", as scripts/fit_support.py fitted it.

    Fitted on MT-RAG's government turns (answerable or not), the demo's golden questions and those of
    scripts/support_data, each answerable one a second time without the passages that answer it, and on questions to
    passages written for it, more than half of which the passage only nearly answers. `answered` weighs the log odds of
    that probability, `sparse` the best BM25 score per term of the question.
    """

    bias: float = -0.59
    answered: float = 0.468
    sparse: float = 0.301


@dataclass(frozen=True, slots=True)
class Support:
    """Evidence strength. `score` (0 to 1) is what decisions turn on; the rest says where it comes from.

    `best_dense` is the best cosine, `margin` its lead over the next document's, `best_sparse` the best BM25 score,
    `coverage` the share of the question's content terms found in the kept passages, `agree` whether dense and sparse
    put the same document first, `sparse_share` the best BM25 score per term of the question. `retrieval` is the score
    from retrieval alone, `answered` the probability (0 to 1) that a sentence of the evidence answers what was asked,
    None where nobody looked.
    """

    score: float = 0.0
    best_dense: float = 0.0
    margin: float = 0.0
    best_sparse: float = 0.0
    coverage: float = 0.0
    agree: bool = False
    kept: int = 0
    answered: float | None = None
    retrieval: float = 0.0
    sparse_share: float = 0.0


def measure_support(
    question: str, evidence: Evidence, answered: float | None = None, weights: SupportWeights | None = None
) -> Support:
    """The strength of the evidence kept for a stand-alone question; `answered` as in Support.

    Where somebody looked for an answer, the score is the fitted probability; else what retrieval alone says.
    """
    kept = evidence.kept
    if not kept:
        return Support()
    by_dense = sorted(kept, key=lambda hit: hit.dense, reverse=True)
    by_sparse = max(kept, key=lambda hit: hit.sparse)
    top = by_dense[0]
    others = [hit.dense for hit in by_dense if hit.passage.document_id != top.passage.document_id]
    coverage = _coverage(question, kept)
    found = _DENSE_SHARE * _scaled(top.dense) + (1 - _DENSE_SHARE) * coverage
    share = by_sparse.sparse / max(1, len(content_terms(question)))
    fitted = None if answered is None else _probability(answered, share, weights or SupportWeights())
    return Support(
        score=found if fitted is None else fitted,
        best_dense=top.dense,
        margin=top.dense - others[0] if others else top.dense,
        best_sparse=by_sparse.sparse,
        coverage=coverage,
        agree=by_sparse.sparse > 0 and by_sparse.passage.document_id == top.passage.document_id,
        kept=len(kept),
        answered=answered,
        retrieval=found,
        sparse_share=share,
    )


def _probability(answered: float, sparse: float, weights: SupportWeights) -> float:
    total = weights.bias + weights.answered * log_odds(answered) + weights.sparse * sparse
    return 1 / (1 + math.exp(-total))


def log_odds(probability: float) -> float:
    """The log odds of a probability, bounded where it is as good as sure."""
    bounded = min(_SURE, max(1 - _SURE, probability))
    return math.log(bounded / (1 - bounded))


def possible_meanings(evidence: Evidence, fallback: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Two to four short things the question could be about: section titles of the evidence, then `fallback`.

    Empty when there are not even two.
    """
    titles = [_heading(hit) for hit in evidence.kept]
    distinct: dict[str, str] = {}
    for title in (*titles, *fallback):
        if title.strip():
            distinct.setdefault(title.strip().casefold(), title.strip())
    found = tuple(distinct.values())[:_MAX_CHOICES]
    return found if len(found) >= 2 else ()


def nearest_documents(evidence: Evidence) -> tuple[str, ...]:
    """The titles of the nearest documents, at most three."""
    titles = dict.fromkeys(document_title(hit.passage.title) for hit in evidence.kept)
    return tuple(title for title in titles if title)[:3]


def unknown_names(question: str, evidence: Evidence) -> tuple[str, ...]:
    """Short identifiers of the question (S3, E9, SEV1) that no passage found mentions.

    Longer ones (an order's number, a serial number) are the user's own, and documents don't hold them.
    """
    asked = {word for word in words(question) if _NAME.fullmatch(word)}
    hits = (*evidence.kept, *evidence.rejected)
    if not asked or not hits:
        return ()
    seen = " ".join(_read(hit) for hit in hits).casefold()
    return tuple(sorted(name.upper() for name in asked if not re.search(_mention(name), seen)))


def _mention(name: str) -> str:
    """A pattern of the name as documents write it: with a hyphen or not, in the plural, `v2` as `version 2`."""
    letters, digits, rest = _NAME.findall(name)[0]
    spelt = rf"{letters}-?{digits}{rest.removesuffix('s')}s?"
    return rf"(?<!\w)(?:{spelt}{rf'|version {digits}' if letters == 'v' else ''})(?!\w)"


def _read(hit: Hit) -> str:
    return f"{hit.passage.title} {hit.passage.section} {hit.passage.text}"


def _heading(hit: Hit) -> str:
    """The document and the last step of the section path, unless the section says nothing new."""
    title = document_title(hit.passage.title)
    section = document_title(hit.passage.section.split(" > ")[-1].split(" / ")[-1])
    if not section or section.casefold() == title.casefold():
        return title
    return f"{title}: {section}" if title and len(title) + len(section) <= 70 else section


def _coverage(question: str, kept: tuple[Hit, ...]) -> float:
    terms = content_terms(question)
    if not terms:
        return 0.0
    begins = tuple(term[:2] for term in terms)  # cutting an ending leaves that much of a word
    near = {word for hit in kept for word in _vocabulary(_read(hit)) if word.startswith(begins)}
    found = {stem(word) for word in near - STOP_WORDS if len(word) > 1 or word.isdigit()}
    return len(terms & found) / len(terms)


@lru_cache(maxsize=_REMEMBERED)
def _vocabulary(text: str) -> frozenset[str]:
    """The words of a passage, folded: the same passages come with many questions."""
    return frozenset(words(text))


def _scaled(dense: float) -> float:
    return min(1.0, max(0.0, (dense - _DENSE_LOW) / (_DENSE_HIGH - _DENSE_LOW)))
