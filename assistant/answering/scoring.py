"""How well a candidate answers a question, and how well the evidence supports an answer at all."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches

from assistant.answering.blocks import Block
from assistant.answering.candidates import Candidate, Page, needs_antecedent
from assistant.answering.terms import CONTACT, FIGURE, QuestionKind, figure_pattern, question_kind, respell, terms
from assistant.answering.wording import take_apart, whereabouts

_UNSEEN = 2  # a term that is nowhere in the evidence weighs like one found twice
_TOLD, _TOLD_UNKNOWN = 0.6, 0.2  # the weight of what is told around the question
_IMPERATIVE = re.compile(r"\b(click|choose|select|go to|press|open|enter|run|use)\b", re.IGNORECASE)
_AMOUNT = r"[£€$]?\s?{}\d[\d,]*(?:\.\d+)?)"
_RANGE = re.compile(
    rf"^(?:{_AMOUNT.format('(?P<low>')}\s?(?:to|-|–)\s?|(?:up to|under|below|less than)\s)"
    rf"{_AMOUNT.format('(?P<high>')}|^(?:above|over|more than)\s{_AMOUNT.format('(?P<above>')}",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIGNS: Mapping[QuestionKind, tuple[float, re.Pattern[str]]] = {
    "contact": (0.8, CONTACT),
    "reason": (0.6, re.compile(r"\b(because|since|due to|so that|as a result|caused?|reasons?)\b", re.IGNORECASE)),
    "meaning": (0.5, re.compile(r"^.{0,80}\b(is|are|means?|refers? to) (an?|the)\b", re.IGNORECASE)),
    "decision": (
        0.4,
        re.compile(r"\b(can|cannot|can't|may|not|must|only|no|never|yes|allowed|supports?)\b", re.IGNORECASE),
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question prepared for scoring: its kind, its terms with their weights, which sum to 1, the weight of those that
    stand anywhere in the evidence, what a figure it asks for looks like, the part of the message that
    asks and its terms."""

    text: str
    kind: QuestionKind
    weights: Mapping[str, float]
    known: float = 1.0
    figure: re.Pattern[str] = FIGURE
    core: str = ""
    asks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score, its similarity to the question and the question's terms it meets."""

    candidate: Candidate
    score: float
    cosine: float
    coverage: float
    met: frozenset[str]
    vector: tuple[float, ...] = ()


def prepare_question(text: str, pages: Sequence[Page], candidates: Sequence[Candidate]) -> Question:
    """Weigh each term by how rare it is in the evidence, and by whether it stands in the part that asks.

    A term that is nowhere is first taken for a typing error of one that is.
    """
    found: Counter[str] = Counter()
    for candidate in candidates:
        found.update(set(terms(candidate.text)))
    titles = {stem for page in pages for stem in terms(f"{page.hit.passage.title} {page.hit.passage.section}")}
    above = {stem for candidate in candidates for stem in terms(candidate.heading)} | titles
    text = respell(text)
    message = take_apart(text)
    core = frozenset(terms(message.core)) or frozenset(terms(text))
    places = {stem for place in whereabouts(text) for stem in terms(place)}
    total = len(candidates) + 1
    raw: dict[str, float] = {}
    asks: set[str] = set()
    for written in dict.fromkeys(term for term in terms(text) if term not in places):
        stem = _as_written(written, found.keys() | above)
        weight = math.log(1 + total / (1 + (found[stem] or _UNSEEN) + (2 if stem in titles else 0)))
        aside = 1.0 if written in core else _TOLD if found[stem] or stem in above else _TOLD_UNKNOWN
        raw[stem] = aside * weight
        if written in core:
            asks.add(stem)
    whole = sum(raw.values()) or 1.0
    known = sum(weight for stem, weight in raw.items() if found[stem] or stem in above) or whole
    weights = {stem: weight / whole for stem, weight in raw.items()}
    kind = question_kind(message.core)
    return Question(text, kind, weights, known / whole, figure_pattern(message.core), message.core, frozenset(asks))


def _as_written(stem: str, known: Set[str]) -> str:
    if stem in known or len(stem) < 4 or any(letter.isdigit() for letter in stem):
        return stem
    near = [other for other in known if other[0] == stem[0] and abs(len(other) - len(stem)) <= 2]
    return next(iter(get_close_matches(stem, near, n=1, cutoff=0.8)), stem)


def lexical_score(question: Question, candidate: Candidate, page: Page) -> tuple[float, frozenset[str]]:
    """The share (0 to 1) of the question's terms that the candidate and its headings meet, and which those are.

    Terms that no candidate meets count for nothing here: they tell nothing about which candidate is better.
    """
    here, above = set(terms(candidate.text)), set(terms(candidate.heading))
    if page.blocks[candidate.block].kind == "table":
        here |= _within(_first_cell(candidate.text), question.weights.keys())
    around = set(terms(f"{page.hit.passage.title} {page.hit.passage.section}"))
    inside = 1.0 if candidate.unit is not None else 0.75  # a long text meets many terms by chance
    # steps do not repeat what they are for: the document's title says it
    wide = 0.8 if question.kind == "procedure" and _is_procedure(candidate, page) else 0.5
    share = 0.0
    for stem, weight in question.weights.items():
        within = inside if stem in here else 0.0
        share += weight * max(within, 0.8 if stem in above else wide if stem in around else 0.0)
    return share / math.sqrt(question.known), frozenset(s for s in question.weights if s in here | above | around)


def _is_procedure(candidate: Candidate, page: Page) -> bool:
    return candidate.unit is None and page.blocks[candidate.block].kind == "procedure"


def kind_score(question: Question, candidate: Candidate, page: Page) -> float:
    """How well the candidate's form fits what is asked for, about -1 to 1."""
    block, text, whole = page.blocks[candidate.block], candidate.text, candidate.unit is None
    score = _procedure_score(candidate, block) if question.kind == "procedure" else _form_score(question, whole, block)
    if question.kind == "amount":
        score += (0.2 if whole else 0.8) if question.figure.search(text) else -0.4
    elif question.kind == "list":
        score += 0.5 if block.kind in ("bullets", "table", "rows") or text.count(",") >= 2 else 0.0
    elif question.kind in _SIGNS:
        bonus, sign = _SIGNS[question.kind]
        score += bonus if sign.search(text) or (question.kind == "meaning" and block.kind in ("table", "rows")) else 0.0
    if block.kind == "table" and names_row(question, text):
        score += 0.9
    if not whole and (needs_antecedent(text) or (block.kind != "table" and len(text.split()) < 6)):
        score -= 0.25
    return score - (1.0 if "<br>" in text else 0.0)


def _procedure_score(candidate: Candidate, block: Block) -> float:
    whole = candidate.unit is None
    score = {"procedure": 1.4 if whole else -0.6, "code": 0.4}.get(block.kind, 0.0)
    return score + (0.25 if _IMPERATIVE.search(candidate.text[:200]) else 0.0)


def _form_score(question: Question, whole: bool, block: Block) -> float:
    if block.kind == "procedure":
        return -0.15 if not whole else -0.35 if question.kind in ("open", "reason", "list") else -0.9
    if whole:
        return 0.6 if question.kind == "list" and block.kind == "bullets" else -0.05
    return 0.0


def names_row(question: Question, text: str) -> bool:
    """Whether the question names the first cell of a row, asks for nothing else than it, or for a number it spans."""
    first = _first_cell(text)
    key = set(terms(first))
    named = bool(key) and (key <= question.weights.keys() or (bool(question.asks) and question.asks <= key))
    return named or bool(_within(first, question.weights.keys()))


def _first_cell(text: str) -> str:
    return text.split("; ")[0].split(": ", 1)[-1]


def _within(cell: str, asked: Iterable[str]) -> set[str]:
    """The numbers of a question that a cell such as `£300.01 to £750 (€860)` or `Up to 7 days` spans."""
    match = _RANGE.search(cell)
    if match is None:
        return set()
    low, high = _number(match["above"] or match["low"], 0.0), _number(match["high"], math.inf)
    return {stem for stem in asked if _PLAIN_NUMBER.fullmatch(stem) and low <= float(stem) <= high}


def _number(written: str | None, otherwise: float) -> float:
    return float(written.replace(",", "")) if written else otherwise
