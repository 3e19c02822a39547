"""How well an answer is supported by what it quotes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from assistant.answering.candidates import Page
from assistant.answering.quotes import Quote
from assistant.answering.scoring import Question, Scored, names_row
from assistant.answering.terms import stem, terms

_KNOWN = 0.85  # the share of an offer's terms that must stand in the evidence
_OFFER = re.compile(
    r"^\W*(?:\w+ )?(do|does|did|have|has|can|will) (you|u|ye|they|it|your \w+) (guys |also |still |even )?"
    r"(sell|have|got|stock|make|offer|do|provide|buy|get|produce|carry)\b|^\W*(is|are) there (an?y?|some)?\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[A-Za-z]+-?\d\w*\b|\b\d+(?:\.\d+)+\b")


@dataclass(frozen=True, slots=True)
class Features:
    """What support is measured by, each from 0 to 1.

    `cosine` is the best similarity of question and quote; `coverage` the weighted share of the question's terms that
    the quotes and their headings meet, `known` the share that stands anywhere in the evidence; `dense` the similarity
    of the question and the best quoted passage.

    The rest are 0 or 1. `named` is 0 when a code or version in the question (S3, 6.16.0) is not met, or the thing whose
    being there is asked for ("do you sell bulbs?") stands nowhere in the evidence; `asked` is 0 when none of the terms
    that ask is met; `figure` is 0 when a figure is asked for and none is quoted; `row` is 1 when the question names the
    row that is quoted; `exact` when what answers meets every term; `steps` when a procedure is asked for and quoted.
    """

    cosine: float
    coverage: float
    known: float
    dense: float
    named: float
    figure: float
    row: float
    exact: float
    asked: float
    steps: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over the features, fitted on answered and unanswerable questions of two corpora.

    `asked`, `row`, `exact` and `steps` were set by hand afterwards.
    """

    bias: float = -11.33
    cosine: float = 5.54
    coverage: float = 0.99
    known: float = 1.18
    dense: float = 4.69
    named: float = 3.0
    figure: float = 1.47
    row: float = 1.0
    exact: float = 1.3
    asked: float = 1.0
    steps: float = 0.8


def weigh(question: Question, chosen: Sequence[Scored], quotes: Sequence[Quote], pages: Sequence[Page]) -> Features:
    """The features of an answer."""
    met: set[str] = set()
    texts: list[str] = []
    for quote in quotes:
        page = pages[quote.page]
        texts.append(" ".join(page.clip(start, end) for start, end in quote.spans))
        met |= set(terms(f"{texts[-1]} {quote.title} {page.hit.passage.section} {page.hit.passage.title}"))
    for item in chosen:
        met |= item.met
    codes = {stem(code.lower()) for code in _CODE.findall(question.text)} & question.weights.keys()
    there = question.known >= _KNOWN or not _OFFER.search(question.core)
    asks_figure = question.kind == "amount"
    return Features(
        cosine=max((item.cosine for item in chosen), default=0.0),
        coverage=sum(weight for term, weight in question.weights.items() if term in met),
        known=question.known,
        dense=max((pages[quote.page].hit.dense for quote in quotes), default=0.0),
        named=float(codes <= met and there),
        figure=float(not asks_figure or any(question.figure.search(text) for text in texts)),
        exact=float(bool(chosen) and bool(question.weights) and question.weights.keys() <= chosen[0].met),
        asked=float(not question.asks or not question.asks.isdisjoint(met)),
        steps=float(bool(chosen) and question.kind == "procedure" and _is_procedure(chosen[0], pages)),
        row=float(bool(chosen) and _is_named_row(question, chosen[0], pages)),
    )


def _is_procedure(item: Scored, pages: Sequence[Page]) -> bool:
    return item.candidate.unit is None and pages[item.candidate.page].blocks[item.candidate.block].kind == "procedure"


def _is_named_row(question: Question, item: Scored, pages: Sequence[Page]) -> bool:
    block = pages[item.candidate.page].blocks[item.candidate.block]
    return block.kind == "table" and names_row(question, item.candidate.text)


def measure(features: Features, weights: Weights) -> float:
    """Support from 0 to 1."""
    names = [field.name for field in fields(Features)]
    total = weights.bias + sum(getattr(weights, name) * getattr(features, name) for name in names)
    return 1 / (1 + math.exp(-total))
