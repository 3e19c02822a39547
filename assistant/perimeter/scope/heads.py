"""The heads of the quick stack on a frozen encoder: two linear classifiers, distances, and the nearest examples.

A linear SVM reads the embedding beside word and piece TF-IDF; a logistic regression the embedding alone. For the scope
come the relative Mahalanobis distance (Ren et al. 2021, arXiv:2106.09022) and cosines to the nearest examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.scope.evidence import Floats, HeadEvidence
from assistant.perimeter.scope.lexicon import Lexicon, fit_lexicon
from assistant.perimeter.scope.nearness import Nearness, largest, nearness, places_of
from assistant.perimeter.scope.outside import Outside, outside_of

FEATURES = (
    "svm", "svm_margin", "regression", "mahalanobis", "topic_margin", "nearest", "near_five", "near_topic", "agreement",
    "peak", "outside", "outside_words",
)  # fmt: skip
KEPT = 40
_SVM_SCALE = 4.0
_THREE = 3


@dataclass(frozen=True, slots=True)
class Heads:
    """Fitted heads as arrays, for D dimensions, V columns of the lexicon and K topics.

    `dense` (D, K), `sparse` (V, K) and `bias` (K) are the SVM's; `regression` (D, K) and `regression_bias` the
    regression's. For the distances there are the topics' `means` (K, D) and their `lengths` (K), and the precisions
    `within` topics and `around` the centre (D, D). `near` (D, M) are the examples kept, and `places` (K, up to 40) each
    topic's rows among them, -1 for none. `outside` are examples out of scope.
    """

    lexicon: Lexicon
    dense: Floats
    sparse: Floats
    bias: Floats
    regression: Floats
    regression_bias: Floats
    means: Floats
    lengths: Floats
    centre: Floats
    within: Floats
    around: Floats
    near: Floats
    places: NDArray[np.int32]
    outside: Outside

    def nearness(self, vectors: Floats) -> Nearness:
        """How near the questions of these unit vectors lie to the examples kept."""
        return nearness(vectors, self.near, self.places)

    def read(
        self,
        texts: Sequence[str],
        vectors: Floats,
        near: Nearness | None = None,
        own: NDArray[np.int64] | None = None,
    ) -> HeadEvidence:
        """The stack's logits and the scope's features (in the order of `FEATURES`) of texts with their unit vectors.

        `near` spares working it out again; `own` is for `Outside.distances`.
        """
        svm = vectors @ self.dense + self.lexicon.times(texts, self.sparse) + self.bias
        regression = vectors @ self.regression + self.regression_bias
        first, second = log_softmax(regression), log_softmax(_SVM_SCALE * svm)
        logits = log_softmax(first + second)
        best, margin = _lead(svm)
        agreement = np.log(1e-3 + (np.exp(first) * np.exp(second)).sum(axis=1))
        peak = -np.log(1.02 - np.exp(logits.max(axis=1)))
        nearest = _nearest(near or self.nearness(vectors))
        columns = [best, margin, _log_sum(regression), *self._distances(vectors), *nearest, agreement, peak]
        columns += [*self.outside.distances(self.lexicon, texts, vectors, own).T]
        return HeadEvidence(logits.astype(np.float32), np.stack(columns, axis=1).astype(np.float32))

    def _distances(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Minus the relative distance to the nearest topic, and how much farther the second nearest is; in hundreds."""
        turned = vectors @ self.within
        ahead, lead = _lead(np.asarray(2 * turned @ self.means.T - self.lengths, np.float32))
        off = vectors - self.centre
        around = (off @ self.around * off).sum(axis=1) - (turned * vectors).sum(axis=1)
        return np.asarray((around + ahead) / 100, np.float32), np.asarray(lead / 100, np.float32)


def fit_heads(texts: Sequence[str], vectors: Floats, topics: NDArray[np.int64], count: int) -> Heads:
    """Fit every head on examples of `count` topics, given by number, -1 for out of scope; each topic must occur."""
    aside = topics < 0
    apart = [text for text, out in zip(texts, aside, strict=True) if out], vectors[aside]
    texts = [text for text, out in zip(texts, aside, strict=True) if not out]
    vectors, topics = vectors[~aside], topics[~aside]
    lexicon = fit_lexicon(texts)
    weights = lexicon.weigh(texts)
    dense, sparse, bias = _fit_svm(vectors, weights, topics, count)
    regression, regression_bias = _fit_regression(vectors, topics, count)
    means = np.stack([vectors[topics == topic].mean(axis=0) for topic in range(count)]).astype(np.float32)
    centre = vectors.mean(axis=0)
    within = _precision(vectors - means[topics])
    rows, places = places_of(topics, count, KEPT)
    return Heads(
        lexicon=lexicon,
        dense=dense,
        sparse=sparse,
        bias=bias,
        regression=regression,
        regression_bias=regression_bias,
        means=means,
        lengths=np.asarray((means @ within * means).sum(axis=1), np.float32),
        centre=np.asarray(centre, np.float32),
        within=within,
        around=_precision(vectors - centre),
        near=np.ascontiguousarray(vectors[rows].T),
        places=places,
        outside=outside_of(lexicon, *apart),
    )


def log_softmax(logits: Floats) -> Floats:
    """Log probabilities along the last axis."""
    return np.asarray(logits - _log_sum(logits)[..., None], np.float32)


def _log_sum(logits: Floats) -> Floats:
    top = logits.max(axis=-1)
    return np.asarray(top + np.log(np.exp(logits - top[..., None]).sum(axis=-1)), np.float32)


def _lead(scores: Floats) -> tuple[Floats, Floats]:
    best = scores.max(axis=1)
    second = largest(scores, 2).min(axis=1) if scores.shape[1] > 1 else np.full(len(scores), -1, np.float32)
    return best, best - second


def _nearest(near: Nearness) -> tuple[Floats, Floats, Floats]:
    """The nearest example's cosine, the mean of the five nearest, and of the three nearest of one topic."""
    five = np.take_along_axis(near.cosines, near.five, axis=1)
    three = largest(near.by_topic, _THREE)
    own = np.isfinite(three)
    by_topic = np.where(own, three, 0).sum(axis=2) / own.sum(axis=2)
    return five.max(axis=1), five.mean(axis=1), by_topic.max(axis=1)


def _fit_svm(vectors: Floats, weights: Any, topics: NDArray[np.int64], count: int) -> tuple[Floats, Floats, Floats]:
    from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

    size = vectors.shape[1]
    if count == 1:
        return np.zeros((size, 1), np.float32), np.zeros((weights.shape[1], 1), np.float32), np.zeros(1, np.float32)
    both = hstack([csr_matrix(vectors), weights]).tocsr()
    model = LinearSVC(C=1.0, random_state=0).fit(both, topics)
    matrix, bias = _every_class(model.coef_, model.intercept_)
    return matrix[:size], matrix[size:], bias


def _fit_regression(vectors: Floats, topics: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    if count == 1:
        return np.zeros((vectors.shape[1], 1), np.float32), np.zeros(1, np.float32)
    model = LogisticRegression(C=10.0, tol=1e-4, max_iter=2_000).fit(vectors, topics)  # looser costs accuracy
    return _every_class(model.coef_, model.intercept_)


def _every_class(weights: Any, bias: Any) -> tuple[Floats, Floats]:
    if len(weights) == 1:  # two classes: one row for both
        weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
    return np.ascontiguousarray(weights.T, np.float32), np.asarray(bias, np.float32)


def _precision(rows: Floats) -> Floats:
    """The inverse covariance, shrunk towards a sphere the more, the fewer the rows."""
    size = rows.shape[1]
    spread = rows.T.astype(np.float64) @ rows / len(rows)
    shrink = max(0.1, size / (2 * len(rows))) * max(float(np.trace(spread)) / size, 1e-6)
    return np.asarray(np.linalg.inv(spread + shrink * np.eye(size)), np.float32)
