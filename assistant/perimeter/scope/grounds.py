"""What a fit rests on: heads, and what heads said of examples that they had not seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.scope.evidence import ExtraHead, Flags, Floats, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.heads import FEATURES, Heads, fit_heads, log_softmax
from assistant.perimeter.scope.outside import ELSEWHERE, IN_SCOPE, OUTSIDE_KEPT

_FOLDS = 5
_FEW_FOLDS_FROM = 6_000


@dataclass(frozen=True, slots=True)
class Grounds:
    """Fitted heads, and what heads said of examples they had not seen.

    `held` is of the training examples, where `rows` says that it was read so; `validation` of the validation examples,
    with their `truth`. Numbers are of `topics`, -1 for out of scope.
    """

    topics: tuple[str, ...]
    heads: Heads
    numbers: NDArray[np.int64]
    rows: Flags
    held: HeadEvidence
    validation: HeadEvidence | None
    truth: NDArray[np.int64]
    seconds: float


def grounds_of(
    examples: Sequence[Example],
    vectors: Floats,
    *,
    validation: tuple[Sequence[Example], Floats] | None = None,
    seed: int = 0,
) -> Grounds:
    """Fit the heads, and have examples read unseen: the validation's and those no head is fitted on, or all in turn."""
    began = time.perf_counter()
    known = [at for at, example in enumerate(validation[0]) if example.label == OOS] if validation else []
    more = ([validation[0][at] for at in known], validation[1][known]) if validation else ((), vectors[:0])
    topics, numbers, heads = fit_heads_of([*examples, *more[0]], np.concatenate([vectors, more[1]]))
    numbers = numbers[: len(examples)]
    if validation is None:
        rows, held = cross_validated(examples, vectors, numbers, seed)
        said, truth = None, np.zeros(0, np.int64)
    else:
        rows, truth = numbers < 0, _numbers(validation[0], topics)
        held = _spread(rows, heads.read(_texts(examples, rows), vectors[rows], own=_own(numbers[rows], 0)))
        own = _own(truth, int(rows.sum()))
        said = heads.read([e.text for e in validation[0]], validation[1], own=own)
    return Grounds(topics, heads, numbers, rows, held, said, truth, time.perf_counter() - began)


def fit_heads_of(examples: Sequence[Example], vectors: Floats) -> tuple[tuple[str, ...], NDArray[np.int64], Heads]:
    """The topics by name, each example's number among them (-1 out of scope), and heads fitted on them."""
    topics = tuple(sorted({example.label for example in examples} - {OOS}))
    numbers = _numbers(examples, topics)
    return topics, numbers, fit_heads([example.text for example in examples], vectors, numbers, len(topics))


def cross_validated(
    examples: Sequence[Example], vectors: Floats, numbers: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.bool_], HeadEvidence]:
    """Evidence from heads that had not seen the example. A topic's only example can't be held out."""
    count = int(numbers.max()) + 1
    folds = _folds(numbers, _FOLDS if len(numbers) < _FEW_FOLDS_FROM else 3, seed)
    logits = np.zeros((len(numbers), count), np.float32)
    features = np.zeros((len(numbers), len(FEATURES)), np.float32)
    for fold in range(int(folds.max()) + 1):
        seen, held = folds != fold, folds == fold
        if held.any():
            heads = fit_heads(_texts(examples, seen), vectors[seen], numbers[seen], count)
            own = np.where(numbers[held] >= 0, IN_SCOPE, ELSEWHERE)
            evidence = heads.read(_texts(examples, held), vectors[held], own=own)
            logits[held], features[held] = evidence.logits, evidence.features
    return folds >= 0, HeadEvidence(logits, features)


def unseen(grounds: Grounds, extra: Sequence[ExtraHead] = ()) -> tuple[HeadEvidence, NDArray[np.int64]]:
    """Evidence of every example that no head was fitted on, and what each is."""
    rows = grounds.rows
    for head in extra:
        rows = rows & head.known
    evidence = _only(join([grounds.held, *(head.held_out for head in extra)]), rows)
    if grounds.validation is None:
        return evidence, grounds.numbers[rows]
    said = [head.validation for head in extra if head.validation is not None]
    if len(said) < len(extra):
        raise ValueError("a further head has not read the validation examples")
    whole = _joined([join([grounds.validation, *said]), evidence])
    return whole, np.concatenate([grounds.truth, grounds.numbers[rows]])


def join(evidence: Sequence[HeadEvidence]) -> HeadEvidence:
    """Heads taken together: log probabilities added, features side by side."""
    logits = np.sum([log_softmax(one.logits) for one in evidence], axis=0)
    return HeadEvidence(np.asarray(logits, np.float32), np.concatenate([one.features for one in evidence], axis=1))


def _own(numbers: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """Where those out of scope stand among what the heads know to be, from the first on, for `Outside.distances`."""
    places = first + np.cumsum(numbers < 0) - 1
    return np.where(numbers >= 0, IN_SCOPE, np.where(places < OUTSIDE_KEPT, places, ELSEWHERE))


def _numbers(examples: Sequence[Example], topics: Sequence[str]) -> NDArray[np.int64]:
    at = {topic: number for number, topic in enumerate(topics)}
    return np.array([at.get(example.label, -1) for example in examples], np.int64)


def _texts(examples: Sequence[Example], rows: NDArray[np.bool_]) -> list[str]:
    return [example.text for example, row in zip(examples, rows, strict=True) if row]


def _only(evidence: HeadEvidence, rows: NDArray[np.bool_]) -> HeadEvidence:
    return HeadEvidence(evidence.logits[rows], evidence.features[rows])


def _spread(rows: Flags, evidence: HeadEvidence) -> HeadEvidence:
    """The evidence in its rows, nothing in the others."""

    def over(values: Floats) -> Floats:
        every = np.zeros((len(rows), values.shape[1]), np.float32)
        every[rows] = values
        return every

    return HeadEvidence(over(evidence.logits), over(evidence.features))


def _joined(parts: Sequence[HeadEvidence]) -> HeadEvidence:
    return HeadEvidence(np.concatenate([p.logits for p in parts]), np.concatenate([p.features for p in parts]))


def _folds(numbers: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """A fold for each example, each topic spread evenly; -1 where the topic has no other example."""
    random = np.random.default_rng(seed)
    folds = np.full(len(numbers), -1, np.int64)
    for topic in np.unique(numbers):
        own = random.permutation(np.flatnonzero(numbers == topic))
        if len(own) > 1 or topic < 0:
            folds[own] = (np.arange(len(own)) + random.integers(count)) % count
    return folds
