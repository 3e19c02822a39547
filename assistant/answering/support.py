"""How well an answer is supported by what it quotes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from assistant.answering.candidates import Page
from assistant.answering.quotes import Quote
from assistant.answering.scoring import Question, Scored
from assistant.answering.terms import stem, terms

_CODE = re.compile(r"\b[A-Za-z]+-?\d\w*\b|\b\d+(?:\.\d+)+\b")


@dataclass(frozen=True, slots=True)
class Features:
    """What support is measured by, each from 0 to 1.

    `cosine` is the best similarity of question and quote; `coverage` the weighted share of the question's terms that
    the quotes and their headings meet, `known` the share that stands anywhere in the evidence; `dense` the similarity
    of the question and the best quoted passage; `named` is 0 when a code or version in the question (S3, 6.16.0) is
    not met; `figure` is 0 when a figure is asked for and none is quoted.
    """

    cosine: float
    coverage: float
    known: float
    dense: float
    named: float
    figure: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over the features, fitted on answered and unanswerable questions of two corpora."""

    bias: float = -10.33
    cosine: float = 5.54
    coverage: float = 0.99
    known: float = 1.18
    dense: float = 4.69
    named: float = 3.0
    figure: float = 1.47


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
    asks_figure = question.kind == "amount"
    return Features(
        cosine=max((item.cosine for item in chosen), default=0.0),
        coverage=sum(weight for term, weight in question.weights.items() if term in met),
        known=question.known,
        dense=max((pages[quote.page].hit.dense for quote in quotes), default=0.0),
        named=float(codes <= met),
        figure=float(not asks_figure or any(question.figure.search(text) for text in texts)),
    )


def measure(features: Features, weights: Weights) -> float:
    """Support from 0 to 1."""
    names = [field.name for field in fields(Features)]
    total = weights.bias + sum(getattr(weights, name) * getattr(features, name) for name in names)
    return 1 / (1 + math.exp(-total))
