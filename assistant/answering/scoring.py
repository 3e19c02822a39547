"""How well a candidate answers a question, and how well the evidence supports an answer at all."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches

from assistant.answering.blocks import Block
from assistant.answering.candidates import Candidate, Page, needs_antecedent
from assistant.answering.terms import CONTACT, FIGURE, QuestionKind, figure_pattern, question_kind, terms

_IMPERATIVE = re.compile(r"\b(click|choose|select|go to|press|open|enter|run|use)\b", re.IGNORECASE)
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
    stand anywhere in the evidence, and what a figure it asks for looks like."""

    text: str
    kind: QuestionKind
    weights: Mapping[str, float]
    known: float = 1.0
    figure: re.Pattern[str] = FIGURE


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
    """Weigh each term by how rare it is in the evidence; one that is nowhere in it weighs most.

    A term that is nowhere is first taken for a typing error of one that is.
    """
    found: Counter[str] = Counter()
    for candidate in candidates:
        found.update(set(terms(candidate.text)))
    titles = {stem for page in pages for stem in terms(f"{page.hit.passage.title} {page.hit.passage.section}")}
    above = {stem for candidate in candidates for stem in terms(candidate.heading)} | titles
    asked = list(dict.fromkeys(_as_written(stem, found.keys() | above) for stem in terms(text)))
    total = len(candidates) + 1
    raw = {stem: math.log(1 + total / (1 + found[stem] + (2 if stem in titles else 0))) for stem in asked}
    whole = sum(raw.values()) or 1.0
    known = sum(weight for stem, weight in raw.items() if found[stem] or stem in above) or whole
    weights = {stem: weight / whole for stem, weight in raw.items()}
    return Question(text, question_kind(text), weights, known / whole, figure_pattern(text))


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
    around = set(terms(f"{page.hit.passage.title} {page.hit.passage.section}"))
    inside = 1.0 if candidate.unit is not None else 0.75  # a long text meets many terms by chance
    share = 0.0
    for stem, weight in question.weights.items():
        within = inside if stem in here else 0.0
        share += weight * max(within, 0.8 if stem in above else 0.5 if stem in around else 0.0)
    return share / math.sqrt(question.known), frozenset(s for s in question.weights if s in here | above | around)


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
    if block.kind == "table" and _names_row(question, text):
        score += 0.9
    if not whole and (needs_antecedent(text) or (block.kind != "table" and len(text.split()) < 6)):
        score -= 0.25
    return score - (1.0 if "<br>" in text else 0.0)


def _procedure_score(candidate: Candidate, block: Block) -> float:
    whole = candidate.unit is None
    score = {"procedure": 1.0 if whole else -0.6, "code": 0.4}.get(block.kind, 0.0)
    return score + (0.25 if _IMPERATIVE.search(candidate.text[:200]) else 0.0)


def _form_score(question: Question, whole: bool, block: Block) -> float:
    if block.kind == "procedure":
        return -0.15 if not whole else -0.35 if question.kind in ("open", "reason", "list") else -0.9
    if whole:
        return 0.6 if question.kind == "list" and block.kind == "bullets" else -0.05
    return 0.0


def _names_row(question: Question, text: str) -> bool:
    """Whether the question names the first cell of a row."""
    key = set(terms(text.split("; ")[0].split(": ", 1)[-1]))
    return bool(key) and key <= question.weights.keys()
