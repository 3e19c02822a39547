"""Checks a sentence against the passages it cites: support, figures, names, negation, bounds. Deterministic; pure.

A passage is taken apart once into statements. A sentence is compared with all of them: its words must be covered, by
the passages and by few neighbouring statements; its figures and names must stand in a statement it is about; and the
statements it comes closest to must not say the opposite.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.perimeter.language import detect_language
from assistant.perimeter.output.bounds import opposed, turned
from assistant.perimeter.output.claims import claims
from assistant.perimeter.output.figures import figures, known_figures, missing_figures, quantities, stated_quantities
from assistant.perimeter.output.foreign import compared_names, in_english_figures, unknown_names
from assistant.perimeter.output.names import known_names, missing_names, names
from assistant.perimeter.output.negation import contradiction, polarities
from assistant.perimeter.output.statements import Statement, statements
from assistant.perimeter.output.synonyms import claim_terms

_CLAUSE = re.compile(r"[,;:(]|\b(?:and|but)\b")
_FEWEST = 2
_MARKER = re.compile(r"\s?\[\d{1,3}(?:\s?[,;]\s?\d{1,3})*\]")


@dataclass(frozen=True, slots=True)
class GroundingPolicy:
    """Shares of a sentence's words, 0 to 1: covered by what it cites, and by the closest statements of that.

    `close` is how far below the best a statement may come and still be what the sentence is about; `apart` how much
    further from the sentence than the best the statements with its figure may be. Chosen on one half of
    tests/data/grounding.
    """

    covered: float = 0.65
    together: float = 0.6
    close: float = 0.12
    apart: float = 0.45
    about: float = 0.55
    contrary: float = 0.1
    agreed: float = 0.8
    least: float = 0.25


@dataclass(frozen=True, slots=True)
class Fault:
    """What a sentence says that its evidence doesn't: the kind and the words."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Passages taken apart, to check sentences against."""

    text: str
    said: tuple[Statement, ...]
    terms: frozenset[str]
    figures: frozenset[str]
    quantities: frozenset[tuple[str, str]]
    names: frozenset[str]
    rarity: Mapping[str, float]
    languages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, passages: Iterable[str]) -> Ground:
        """The ground that these passages are."""
        kept = list(passages)
        said = tuple(statement for passage in kept for statement in statements(passage))
        text = "\n\n".join(kept)
        frequency: dict[str, int] = {}
        for statement in said:
            for term in statement.terms:
                frequency[term] = frequency.get(term, 0) + 1
        rarity = {term: math.log(1 + len(said) / count) for term, count in frequency.items()}
        terms = frozenset(frequency)
        told = {passage: detect_language(passage).code for passage in kept}
        put = "\n\n".join(in_english_figures(passage, told[passage]) for passage in kept if told[passage] != "en")
        return cls(
            text,
            said,
            terms,
            known_figures(text) | known_figures(put),
            quantities(text) | quantities(put),
            known_names(text),
            rarity,
            frozenset(told.values()) - {""},
        )

    def is_foreign(self, language: str) -> bool:
        """Whether nothing of it is in this language, as far as that can be told."""
        return bool(language and self.languages) and language not in self.languages


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be said though no passage says it: figures and names of the question and of what is public."""

    figures: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    quantities: frozenset[tuple[str, str]] = frozenset()
    asked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, question: str, public: str) -> Beside:
        """What these say, taken apart once."""
        text = f"{question}\n{public}"
        return cls(known_figures(text), known_names(text), stated_quantities(text), claim_terms(question))


NOTHING_BESIDE = Beside()


@dataclass(slots=True)
class Grounds:
    """The grounds of one answer: each combination of cited passages is taken apart once.

    `texts` have no number; they are for sentences that cite nothing.
    """

    sources: Mapping[int, str]
    texts: tuple[str, ...] = ()
    beside: Beside = NOTHING_BESIDE
    policy: GroundingPolicy = field(default_factory=GroundingPolicy)
    _made: dict[tuple[int, ...], Ground] = field(default_factory=dict)

    def faults(self, sentence: str, cited: Sequence[int], *, language: str = "") -> list[Fault]:
        """What is wrong with a sentence that cites these passages; all are looked at when it cites none.

        One in a language that none of them is in is compared by its figures and names only.
        """
        ground = self.ground(cited)
        if ground.is_foreign(language):
            return foreign_faults(sentence, ground, language, beside=self.beside)
        return faults(sentence, ground, beside=self.beside, policy=self.policy)

    def ground(self, cited: Sequence[int]) -> Ground:
        """What a sentence that cites these passages is checked against."""
        numbers = tuple(sorted(set(cited) & set(self.sources)))
        if numbers not in self._made:
            texts = [self.sources[number] for number in numbers] or [*self.sources.values(), *self.texts]
            self._made[numbers] = Ground.of(texts)
        return self._made[numbers]


def faults(
    sentence: str, ground: Ground, *, beside: Beside = NOTHING_BESIDE, policy: GroundingPolicy | None = None
) -> list[Fault]:
    """What of a sentence its ground doesn't bear. Figures and names may also stand `beside` it."""
    policy, plain = policy or GroundingPolicy(), _MARKER.sub("", sentence)
    found = [*_unknown(plain, ground, beside)]
    if found or not claims(plain):
        return found
    return [*_unsupported(plain, ground, beside.asked, policy)] or [*_compared(plain, ground, policy)]


def foreign_faults(sentence: str, ground: Ground, language: str, *, beside: Beside = NOTHING_BESIDE) -> list[Fault]:
    """What of a sentence its ground, which is in other languages, doesn't bear: figures with their units, and names."""
    plain = _MARKER.sub("", sentence)
    known, told = ground.figures | beside.figures, in_english_figures(plain, language)
    missing = missing_figures(figures(told), known)
    clock = frozenset(figure for figure in missing if f"{figure.zfill(2)}:00" in known)
    found = [Fault("figure", ", ".join(sorted(missing - clock)))]
    unknown = unknown_names(compared_names(plain, language), ground.names | beside.names)
    found += [Fault("name", ", ".join(sorted(unknown))), Fault("unit", ", ".join(_changed(told, ground, beside)))]
    return [fault for fault in found if fault.detail]


def _unknown(sentence: str, ground: Ground, beside: Beside) -> Iterable[Fault]:
    missing = missing_figures(figures(sentence), ground.figures | beside.figures)
    if missing:
        yield Fault("figure", ", ".join(sorted(missing)))
    unknown = missing_names(names(sentence), ground.names | beside.names)
    if unknown:
        yield Fault("name", ", ".join(sorted(unknown)))
    if changed := _changed(sentence, ground, beside):
        yield Fault("unit", ", ".join(changed))


def _changed(sentence: str, ground: Ground, beside: Beside) -> list[str]:
    """Figures that the ground has with another unit."""
    stated = stated_quantities(sentence) - beside.quantities
    units = {number for number, _ in ground.quantities}
    return sorted(f"{n} {unit}" for n, unit in stated if n in units and (n, unit) not in ground.quantities)


def _unsupported(sentence: str, ground: Ground, asked: frozenset[str], policy: GroundingPolicy) -> Iterable[Fault]:
    share, together = support(sentence, ground, asked)
    if share < policy.covered or together < policy.together:
        unborne = sorted(claim_terms(sentence) - ground.terms)
        yield Fault("unsupported", f"{share:.2f}/{together:.2f} {' '.join(unborne)}"[:80])


def support(sentence: str, ground: Ground, asked: frozenset[str] = frozenset()) -> tuple[float, float]:
    """The share of a sentence's words that its ground has, and that its two closest statements have together.

    Words that were only `asked` with count half against it: they claim something that nothing speaks of.
    """
    terms = claim_terms(sentence)
    if not terms:
        return 1.0, 1.0
    weight = {term: 0.5 if term in asked and term not in ground.terms else 1.0 for term in terms}
    whole = sum(weight.values())
    ranked = sorted(ground.said, key=lambda one: -sum(weight[term] for term in terms & one.terms))[:1]
    together: frozenset[str] = frozenset().union(*(one.terms for one in ranked)) if ranked else frozenset()
    more = max((len(terms & (together | one.terms)) for one in ground.said), default=0)
    return sum(weight[term] for term in terms & ground.terms) / whole, more / whole if whole else 1.0


def _compared(sentence: str, ground: Ground, policy: GroundingPolicy) -> Iterable[Fault]:
    yield from _misplaced(sentence, ground, policy)
    denied = _denied(sentence, ground, policy)
    if denied:
        yield Fault("negation", denied[:80])
    terms = claim_terms(sentence)
    nearness = [(_share(terms, one.terms, ground), one) for one in ground.said]
    best = max((near for near, _ in nearness), default=0.0)
    closest = [one for near, one in nearness if near >= max(policy.about, best - policy.close)]
    for compare in (turned, opposed):
        words = [compare(sentence, one.text) for one in closest]
        if words and all(words):
            yield Fault("comparison", words[0])


def _misplaced(sentence: str, ground: Ground, policy: GroundingPolicy) -> Iterable[Fault]:
    """Figures that the passages have, but for something else than what their clause is about."""
    whole = claim_terms(sentence)
    for clause in _CLAUSE.split(sentence):
        claimed = sorted(figures(clause))
        if not claimed:
            continue
        terms = claim_terms(clause)
        if len(terms) < _FEWEST:
            terms = whole
        nearness = [(_share(terms, one.terms, ground), one.figures) for one in ground.said]
        best = max((near for near, _ in nearness), default=0.0)
        for figure in claimed if best >= policy.about else ():
            there = max((near for near, known in nearness if figure in known), default=1.0)
            if best - there > policy.apart and (figure.isdigit() or there < policy.least):
                yield Fault("figure", f"{figure} stands elsewhere")


def _share(terms: frozenset[str], there: frozenset[str], ground: Ground) -> float:
    """The share of a sentence's words, weighed by how rare they are in the ground, that are there."""
    whole = sum(ground.rarity.get(term, 0.0) for term in terms)
    return sum(ground.rarity.get(term, 0.0) for term in terms & there) / whole if whole else 0.0


def _denied(sentence: str, ground: Ground, policy: GroundingPolicy) -> str:
    """The statement that says the opposite, when no other comes as close that doesn't."""
    said = polarities(sentence)
    terms = frozenset(said)
    against, rest, words = 0.0, 0.0, ""
    for one in ground.said:
        near, contrary = _share(terms, frozenset(one.polarities), ground), contradiction(said, one.polarities)
        if contrary >= policy.contrary:
            against, words = max((against, words), (near, one.text))
        elif contrary < 0 and near >= policy.agreed:
            return ""
        else:
            rest = max(rest, near)
    return words if against >= policy.about and against > rest else ""
