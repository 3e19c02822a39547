"""The quick fit on a frozen encoder: heads on the examples, probabilities and zones on what they say unseen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.combining import Combiner, fit_combiner
from assistant.perimeter.scope.evidence import ExtraHead, Floats, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.heads import Heads, fit_heads, log_softmax
from assistant.perimeter.scope.thresholds import ASSUMED_OUT_OF_SCOPE, Zones, held_limit, upper_bound, zones_of

_FOLDS = 5
_FEW_FOLDS_FROM = 6_000
_LABELLED_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the fit does on examples it had not seen. `answered_outside` counts those out of scope at or above `sure_in`,
    of `outside`; `bound` is the exact 95% upper bound on their share, and `on_background` says that generic questions
    stood in for labelled ones."""

    inside: int
    right: int
    accepted: int
    outside: int
    answered_outside: int
    passed_outside: int
    bound: float
    on_background: bool
    cost: float


@dataclass(frozen=True, slots=True)
class ScopeModel:
    """A fitted scope: topics in the order of the logits, heads, combiner, zones and how it did."""

    topics: tuple[str, ...]
    heads: Heads | None
    combiner: Combiner
    zones: Zones
    held_out: HeldOut
    seconds: float

    def read(self, texts: Sequence[str], vectors: Floats, extra: Sequence[HeadEvidence] = ()) -> tuple[Floats, Floats]:
        """The probabilities of each topic (n, K) and of being in scope (n)."""
        if self.heads is None:
            return np.zeros((len(texts), 0), np.float32), np.zeros(len(texts), np.float32)
        evidence = join([self.heads.read(texts, vectors), *extra])
        return self.combiner.topics(evidence.logits), self.combiner.in_scope(evidence.features)


def fit_quick(
    examples: Sequence[Example],
    vectors: Floats,
    *,
    validation: tuple[Sequence[Example], Floats] | None = None,
    background: tuple[Sequence[Example], Floats] = ((), np.zeros((0, 1), np.float32)),
    costs: Costs | None = None,
    max_false_answers: float = 0.05,
    seed: int = 0,
    extra: Sequence[ExtraHead] = (),
) -> ScopeModel:
    """Fit on examples with their unit vectors (n, D).

    With `validation` probabilities are fitted on it, else by cross-validation. `background` stands in for labelled
    out-of-scope examples when there are hardly any. An extra head's `held_out` speaks of the `examples`.
    """
    began, costs = time.perf_counter(), costs or Costs()
    if all(example.label == OOS for example in examples):
        return _nothing(costs)
    topics, numbers, heads = fit_heads_of(examples, vectors)
    if validation is None:
        rows, evidence = cross_validated(examples, vectors, numbers, seed)
        for head in extra:
            rows, evidence = rows & head.known, join([evidence, head.held_out])
        evidence, truth = _only(evidence, rows), numbers[rows]
    else:
        evidence, truth = _validated(heads, examples, vectors, numbers, validation, topics, extra)
    prior = [weight for head in extra for weight in head.prior]
    combiner = fit_combiner(evidence.logits, evidence.features, truth, extra_prior=prior)
    aside = heads.read([e.text for e in background[0]], background[1]) if background[0] and not extra else None
    zones, held = _judged(combiner, evidence, truth, aside, costs, max_false_answers)
    return ScopeModel(topics, heads, combiner, zones, held, time.perf_counter() - began)


def fit_heads_of(examples: Sequence[Example], vectors: Floats) -> tuple[tuple[str, ...], NDArray[np.int64], Heads]:
    """The topics by name, each example's number among them (-1 out of scope), and heads fitted on the topics'."""
    topics = tuple(sorted({example.label for example in examples} - {OOS}))
    numbers = _numbers(examples, topics)
    known = numbers >= 0
    return topics, numbers, fit_heads(_texts(examples, known), vectors[known], numbers[known], len(topics))


def join(evidence: Sequence[HeadEvidence]) -> HeadEvidence:
    """Heads taken together: log probabilities added, features side by side."""
    logits = np.sum([log_softmax(one.logits) for one in evidence], axis=0)
    return HeadEvidence(np.asarray(logits, np.float32), np.concatenate([one.features for one in evidence], axis=1))


def _nothing(costs: Costs) -> ScopeModel:
    empty = np.zeros(0, np.float32)
    held = HeldOut(0, 0, 0, 0, 0, 0, 1.0, on_background=False, cost=0.0)
    return ScopeModel((), None, Combiner(empty, empty, empty, 0.0, 1.0), zones_of(costs), held, 0.0)


def _numbers(examples: Sequence[Example], topics: Sequence[str]) -> NDArray[np.int64]:
    at = {topic: number for number, topic in enumerate(topics)}
    return np.array([at.get(example.label, -1) for example in examples], np.int64)


def _texts(examples: Sequence[Example], rows: NDArray[np.bool_]) -> list[str]:
    return [example.text for example, row in zip(examples, rows, strict=True) if row]


def _only(evidence: HeadEvidence, rows: NDArray[np.bool_]) -> HeadEvidence:
    return HeadEvidence(evidence.logits[rows], evidence.features[rows])


def _validated(
    heads: Heads,
    examples: Sequence[Example],
    vectors: Floats,
    numbers: NDArray[np.int64],
    validation: tuple[Sequence[Example], Floats],
    topics: Sequence[str],
    extra: Sequence[ExtraHead],
) -> tuple[HeadEvidence, NDArray[np.int64]]:
    """Evidence of the validation examples, and of the training's out-of-scope ones: no head was fitted on either."""
    aside = numbers < 0
    for head in extra:
        aside = aside & head.known
    texts = [*(example.text for example in validation[0]), *_texts(examples, aside)]
    evidence = heads.read(texts, np.concatenate([validation[1], vectors[aside]]))
    for head in extra:
        if head.validation is None:
            raise ValueError(f"the head {head.name!r} has not read the validation examples")
        left = _only(head.held_out, aside)
        said = HeadEvidence(
            np.concatenate([head.validation.logits, left.logits]),
            np.concatenate([head.validation.features, left.features]),
        )
        evidence = join([evidence, said])
    return evidence, np.concatenate([_numbers(validation[0], topics), numbers[aside]])


def cross_validated(
    examples: Sequence[Example], vectors: Floats, numbers: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.bool_], HeadEvidence]:
    """Evidence from heads that had not seen the example. A topic's only example can't be held out."""
    count = int(numbers.max()) + 1
    folds = _folds(numbers, _FOLDS if len(numbers) < _FEW_FOLDS_FROM else 3, seed)
    parts: dict[int, HeadEvidence] = {}
    for fold in range(int(folds.max()) + 1):
        seen, held = (folds != fold) & (numbers >= 0), folds == fold
        if not held.any():
            continue
        heads = fit_heads(_texts(examples, seen), vectors[seen], numbers[seen], count)
        evidence = heads.read(_texts(examples, held), vectors[held])
        for at, row in enumerate(np.flatnonzero(held)):
            parts[int(row)] = HeadEvidence(evidence.logits[at : at + 1], evidence.features[at : at + 1])
    rows = folds >= 0
    blank = next(iter(parts.values()), HeadEvidence(np.zeros((1, count), np.float32), np.zeros((1, 9), np.float32)))
    every = [parts.get(row, blank) for row in range(len(numbers))]
    return rows, HeadEvidence(
        np.concatenate([one.logits for one in every]), np.concatenate([one.features for one in every])
    )


def _folds(numbers: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """A fold for each example, each topic spread evenly; -1 where the topic has no other example."""
    random = np.random.default_rng(seed)
    folds = np.full(len(numbers), -1, np.int64)
    for topic in np.unique(numbers):
        own = random.permutation(np.flatnonzero(numbers == topic))
        if len(own) > 1 or topic < 0:
            folds[own] = (np.arange(len(own)) + random.integers(count)) % count
    return folds


def _judged(
    combiner: Combiner,
    evidence: HeadEvidence,
    truth: NDArray[np.int64],
    aside: HeadEvidence | None,
    costs: Costs,
    most: float,
) -> tuple[Zones, HeldOut]:
    probability = combiner.in_scope(evidence.features)
    inside, outside = truth >= 0, probability[truth < 0]
    on_background = len(outside) < _LABELLED_ENOUGH and aside is not None
    if on_background and aside is not None:
        outside = np.concatenate([outside, combiner.in_scope(aside.features)])
    zones = zones_of(costs, held_limit=held_limit(outside.tolist(), most))
    answered, passed = int((outside >= zones.sure_in).sum()), int((outside >= zones.cut).sum())
    accepted = int((probability[inside] >= zones.cut).sum())
    right = int((evidence.logits[inside].argmax(axis=1) == truth[inside]).sum())
    lost = 1 - accepted / max(int(inside.sum()), 1)
    share = ASSUMED_OUT_OF_SCOPE
    cost = (1 - share) * lost * costs.needless_refusal + share * passed / max(len(outside), 1) * costs.wrong_answer
    held = HeldOut(
        inside=int(inside.sum()),
        right=right,
        accepted=accepted,
        outside=len(outside),
        answered_outside=answered,
        passed_outside=passed,
        bound=upper_bound(answered, len(outside)),
        on_background=on_background,
        cost=cost,
    )
    return zones, held
