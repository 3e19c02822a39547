"""Turns what the heads said of held-out examples into probabilities: of the topic, and of being in scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.scope.evidence import Flags, Floats
from assistant.perimeter.scope.heads import FEATURES, log_softmax
from assistant.perimeter.scope.thresholds import ASSUMED_OUT_OF_SCOPE

PRIOR_WEIGHTS = (2.15, -0.24, -0.68, 1.13, 0.0, 0.47, -1.18, 0.51, -0.47, -0.08, 0.5, 0.5)
PRIOR_BIAS = 2.3
"""What a shop's own questions are told by from near ones of others where none are labelled: fitted on 40 shops drawn
from CLINC150's training part (CC BY 3.0, clinc/oos-eval) by benchmarks/perimeter_shops.py."""
_PRIOR_STRENGTH = 1.0
_LABELLED_ENOUGH = 20
_CLIP = 8.0
_BESIDE_EXTRA = 0.25


@dataclass(frozen=True, slots=True)
class Combiner:
    """`centre`, `spread` and `weights` are of each feature, after what held-out examples in scope show of it.

    The bias is for the share of questions that is taken to be out of scope; `temperature` divides the topics' logits.
    """

    centre: Floats
    spread: Floats
    weights: Floats
    bias: float
    temperature: float

    def in_scope(self, features: Floats) -> Floats:
        """The probability of being in scope."""
        scaled = np.clip((features - self.centre) / self.spread, -_CLIP, _CLIP)
        return np.asarray(1 / (1 + np.exp(-(scaled @ self.weights + self.bias))), np.float32)

    def topics(self, logits: Floats) -> Floats:
        """The probability of each topic, given that it is one of them."""
        return np.asarray(np.exp(log_softmax(logits / self.temperature)), np.float32)


def fit_combiner(
    logits: Floats, features: Floats, topics: NDArray[np.int64], *, extra_prior: Sequence[float] = ()
) -> Combiner:
    """Fit on held-out evidence; `topics` are numbers, -1 for out of scope.

    `ASSUMED_OUT_OF_SCOPE` of the questions are taken to be out of scope; where hardly any are labelled, half of them.
    """
    inside = topics >= 0
    own = features[inside] if inside.any() else features
    centre, spread = own.mean(axis=0), own.std(axis=0) + 1e-3
    prior = np.zeros(features.shape[1])
    prior[: len(FEATURES)] = np.multiply(PRIOR_WEIGHTS, _BESIDE_EXTRA if extra_prior else 1.0)
    prior[len(FEATURES) : len(FEATURES) + len(extra_prior)] = extra_prior
    scaled = np.clip((features - centre) / spread, -_CLIP, _CLIP)
    weights, bias = _nearest_to_prior(scaled, inside, prior)
    if int((~inside).sum()) >= _LABELLED_ENOUGH:
        bias += float(np.log((1 - ASSUMED_OUT_OF_SCOPE) / ASSUMED_OUT_OF_SCOPE))
    temperature = _temperature(logits[inside], topics[inside])
    return Combiner(
        np.asarray(centre, np.float32), np.asarray(spread, np.float32), np.asarray(weights, np.float32), bias,
        temperature,
    )  # fmt: skip


def _nearest_to_prior(scaled: Floats, inside: Flags, prior: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Logistic regression with both sides of equal weight, held to the prior the more, the fewer are out of scope."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    outside = int((~inside).sum())
    if not outside or outside == len(inside):
        return prior, PRIOR_BIAS
    sides = np.where(inside, outside / inside.sum(), 1.0)
    signs = np.where(inside, 1.0, -1.0)
    start = np.append(prior, PRIOR_BIAS)
    rows = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1).astype(np.float64)

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (rows @ at)
        value = (sides * np.logaddexp(0, -margins)).sum() + _PRIOR_STRENGTH / 2 * ((at - start) ** 2).sum()
        slope = -(rows.T @ (sides * signs / (1 + np.exp(margins)))) + _PRIOR_STRENGTH * (at - start)
        return float(value), slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found[:-1], float(found[-1])


def _temperature(logits: Floats, topics: NDArray[np.int64]) -> float:
    """The temperature (Guo et al. 2017, arXiv:1706.04599) with the least log loss on held-out examples."""
    from scipy.optimize import minimize_scalar

    if not len(logits) or logits.shape[1] < 2:
        return 1.0

    def loss(at: float) -> float:
        return float(-log_softmax(np.asarray(logits / np.exp(at), np.float32))[np.arange(len(topics)), topics].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))
