"""Answers by quoting: no model, nothing that the documents do not say."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from assistant.answering.candidates import Candidate, Page, list_candidates, read_pages
from assistant.answering.markup import strip_links
from assistant.answering.quotes import Lengths, Quote, grow, rows_quote
from assistant.answering.remembering import encode_sentences
from assistant.answering.rendering import render_answer
from assistant.answering.scoring import Question, Scored, kind_score, lexical_score, prepare_question
from assistant.answering.support import Weights, measure, weigh
from assistant.answering.terms import terms
from assistant.answering.wording import plain
from assistant.ports import Embedder, Vector
from assistant.values import Draft, Evidence


@dataclass(frozen=True, slots=True)
class ExtractivePolicy:
    """How the answerer chooses. Weights multiply figures from 0 to 1; lengths are in characters.

    `floor` is the support (0 to 1) below which nothing is answered; `embedded` bounds the candidates that are embedded,
    `embedded_chars` each one's text. A further quote needs `further` of the best one's score, and is dropped when its
    similarity to one chosen before reaches `same`; steps that are asked for need `steps`.
    """

    cosine: float = 0.55
    terms: float = 0.35
    kind: float = 0.12
    rank: float = 0.10
    superseded: float = 0.25
    floor: float = 0.38
    embedded: int = 11
    embedded_chars: int = 140
    passages: int = 3
    quotes: int = 3
    budget: int = 900
    further: float = 0.80
    steps: float = 0.70
    same: float = 0.88
    lengths: Lengths = field(default_factory=Lengths)
    support: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True)
class _Reading:
    pages: tuple[Page, ...]
    question: Question
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for an answer came to.

    `support` (0 to 1) is the probability that the evidence answers what was asked, with the `features` it was measured
    by; `draft` quotes the answer, with `[n]` behind each quote, and is None where the support is too low.
    """

    draft: Draft | None = None
    support: float = 0.0
    features: Mapping[str, float] = field(default_factory=dict)


async def answer(
    question: str, question_vector: Vector, evidence: Evidence, *, embedder: Embedder, policy: ExtractivePolicy
) -> Draft | None:
    """Quote what answers a stand-alone question, with `[n]` behind each quote; None when the evidence does not."""
    return (await find_answer(question, question_vector, evidence, embedder=embedder, policy=policy)).draft


async def find_answer(
    question: str, question_vector: Vector, evidence: Evidence, *, embedder: Embedder, policy: ExtractivePolicy
) -> Found:
    """Look for what answers a stand-alone question, and for how well it does.

    Encodes at most once, a handful of texts: sentences that an earlier question met are remembered.
    """
    reading = await asyncio.to_thread(_read, question, evidence, policy)
    if not reading.candidates:
        return Found()
    texts = [_embedded_text(candidate, reading, policy.embedded_chars) for candidate in reading.candidates]
    apart = [core] if (core := _plain_core(reading.question)) != question.strip() else []
    vectors, asked = await encode_sentences(texts, apart, embedder=embedder)
    return await asyncio.to_thread(_write, reading, [question_vector, *asked], vectors, policy)


def _plain_core(question: Question) -> str:
    """What asks, in the words of documents; the whole message when what asks names nothing."""
    asks = question.core if len(terms(question.core)) > 1 else question.text
    return plain(asks).strip()


def _read(question: str, evidence: Evidence, policy: ExtractivePolicy) -> _Reading:
    pages = read_pages(evidence.kept)
    candidates = list_candidates(pages)
    prepared = prepare_question(question, pages, candidates)
    first = {id(c): _without_cosine(prepared, c, pages, policy) for c in candidates}
    kept = sorted(candidates, key=lambda c: first[id(c)], reverse=True)[: policy.embedded]
    return _Reading(pages, prepared, kept)


def _embedded_text(candidate: Candidate, reading: _Reading, limit: int) -> str:
    """A candidate with its heading; a row of a table says little without its document's title as well.

    Of a procedure that is asked for, what it is for: its steps do not say.
    """
    page = reading.pages[candidate.page]
    context = candidate.heading or page.hit.passage.title
    block = page.blocks[candidate.block]
    if block.kind == "procedure" and candidate.unit is None and reading.question.kind == "procedure":
        lead = strip_links(page.clip(block.lead.start, block.lead.end)) if block.lead else ""
        return f"{page.hit.passage.title}: {context}. {lead}"[:limit].strip()
    if page.blocks[candidate.block].kind in ("table", "rows") and page.hit.passage.title not in context:
        context = f"{page.hit.passage.title}, {context}"
    text = " ".join(candidate.text.split())[:limit]
    return f"{context}: {text}" if context else text


def _without_cosine(question: Question, candidate: Candidate, pages: Sequence[Page], policy: ExtractivePolicy) -> float:
    page = pages[candidate.page]
    share, _ = lexical_score(question, candidate, page)
    score = policy.terms * share + policy.kind * kind_score(question, candidate, page)
    score += policy.rank / (1 + candidate.page)
    asks_for_old = any(stem.isdigit() or stem == "old" for stem in question.weights)
    return score - (policy.superseded if page.hit.passage.superseded_by and not asks_for_old else 0.0)


def _write(reading: _Reading, asked: Sequence[Vector], vectors: Sequence[Vector], policy: ExtractivePolicy) -> Found:
    scored = _score(reading, asked, vectors, policy)
    chosen, quotes = _choose(reading, scored, policy)
    features = weigh(reading.question, chosen, quotes, reading.pages)
    support = round(measure(features, policy.support), 4)
    if support < policy.floor or not quotes:
        return Found(None, support, asdict(features))
    text, citations = render_answer(quotes, reading.pages)
    draft = Draft(text=text, citations=citations, support=support, origin="extractive")
    return Found(draft, support, asdict(features))


def _score(
    reading: _Reading, asked: Sequence[Vector], vectors: Sequence[Vector], policy: ExtractivePolicy
) -> list[Scored]:
    found = []
    for candidate, vector in zip(reading.candidates, vectors, strict=True):
        cosine = max(dot(one, vector) for one in asked)
        coverage, met = lexical_score(reading.question, candidate, reading.pages[candidate.page])
        score = policy.cosine * cosine + _without_cosine(reading.question, candidate, reading.pages, policy)
        found.append(Scored(candidate, score, cosine, coverage, met, tuple(vector)))
    return sorted(found, key=lambda item: item.score, reverse=True)


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two unit vectors."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _choose(reading: _Reading, scored: Sequence[Scored], policy: ExtractivePolicy) -> tuple[list[Scored], list[Quote]]:
    """The best candidate, and a few more that add something, as quotes in the order of their sources."""
    best = scored[0]
    chosen, groups = [best], [_quotes_for(best, scored, reading, policy)]
    if (steps := _steps_after(best, scored, reading, policy)) is not None:
        chosen.append(steps)
        groups.append(_quotes_for(steps, scored, reading, policy))
    for item in scored[1:]:
        if item is steps:
            continue
        if len(groups) >= policy.quotes or item.score < policy.further * best.score:
            break
        quotes = _quotes_for(item, scored, reading, policy)
        if _adds(item, quotes, chosen, groups, reading, policy):
            chosen.append(item)
            groups.append(quotes)
    return chosen, _ordered(groups)


def _steps_after(best: Scored, scored: Sequence[Scored], reading: _Reading, policy: ExtractivePolicy) -> Scored | None:
    """Where steps are asked for and a sentence is the best: the best steps of its document."""
    if reading.question.kind != "procedure" or _is_procedure(best, reading):
        return None
    document = reading.pages[best.candidate.page].hit.passage.document_id
    return next(
        (
            item
            for item in scored
            if _is_procedure(item, reading)
            and reading.pages[item.candidate.page].hit.passage.document_id == document
            and item.score >= policy.steps * best.score
        ),
        None,
    )


def _is_procedure(item: Scored, reading: _Reading) -> bool:
    candidate = item.candidate
    return reading.pages[candidate.page].blocks[candidate.block].kind == "procedure"


def _quotes_for(
    item: Scored, scored: Sequence[Scored], reading: _Reading, policy: ExtractivePolicy
) -> tuple[Quote, ...]:
    candidate = item.candidate
    block = reading.pages[candidate.page].blocks[candidate.block]
    if block.kind not in ("table", "rows"):
        return grow(candidate, reading.pages, reading.question.kind, policy.lengths)
    rows = [
        other.candidate.unit or 0
        for other in scored
        if (other.candidate.page, other.candidate.block) == (candidate.page, candidate.block)
        and other.score >= 0.9 * item.score
    ]
    return (
        rows_quote(
            candidate.page,
            reading.pages[candidate.page],
            candidate.block,
            rows[: policy.lengths.table_rows],
            policy.lengths,
        ),
    )


def _adds(
    item: Scored,
    quotes: Sequence[Quote],
    chosen: Sequence[Scored],
    groups: Sequence[tuple[Quote, ...]],
    reading: _Reading,
    policy: ExtractivePolicy,
) -> bool:
    flat = [quote for group in groups for quote in group]
    if any(_overlap(new, old) or _repeats(new, old, reading.pages) for new in quotes for old in flat):
        return False
    if any(dot(item.vector, other.vector) >= policy.same for other in chosen):
        return False
    if sum(_length(quote) for quote in [*flat, *quotes]) > policy.budget:
        return False
    if len({quote.page for quote in [*flat, *quotes]}) > policy.passages:
        return False
    known = frozenset[str]().union(*(other.met for other in chosen))
    gain = sum(reading.question.weights[stem] for stem in item.met - known)
    return gain >= 0.08 or item.score >= 0.92 * chosen[0].score


def _overlap(one: Quote, other: Quote) -> bool:
    return one.page == other.page and any(a < d and c < b for a, b in one.spans for c, d in other.spans)


def _repeats(one: Quote, other: Quote, pages: Sequence[Page]) -> bool:
    """Whether what answers in a quote stands in another one already, word for word."""
    new = " ".join(pages[one.page].clip(*one.focus).split())
    return any(new in " ".join(pages[other.page].clip(start, end).split()) for start, end in other.spans)


def _length(quote: Quote) -> int:
    return sum(end - start for start, end in quote.spans)


def _ordered(groups: Sequence[tuple[Quote, ...]]) -> list[Quote]:
    """The best quote's passage first; quotes of one passage in the passage's order."""
    order: dict[int, int] = {}
    for group in groups:
        order.setdefault(group[0].page, len(order))
    inside = sorted(groups, key=lambda group: (order[group[0].page], group[0].spans[0]))
    return [quote for group in inside for quote in group]
