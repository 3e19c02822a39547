"""Figures of a scope on labelled questions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

OOS = "oos"
COVERAGES = (0.8, 0.9, 0.95)
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Predictions:
    """What was said of each question: the topic, rejection off; how surely that topic; how surely in scope (any scale,
    the larger the more); whether it was accepted."""

    topics: NDArray[np.str_]
    sureness: Floats
    inside: Floats
    accepted: NDArray[np.bool_]


def figures(truth: Sequence[str], said: Predictions) -> dict[str, Any]:
    """The figures of one run over a test set."""
    from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef, roc_auc_score

    labels = np.asarray(truth)
    inside = labels != OOS
    final = np.where(said.accepted, said.topics, OOS)
    caught = int(((final == OOS) & ~inside).sum())
    recall = _share(caught, int((~inside).sum()))
    precision = _share(caught, int((final == OOS).sum()))
    both = inside.any() and not inside.all()
    return {
        "closed_accuracy": _mean((said.topics == labels)[inside]),
        "in_scope_accuracy": _mean((final == labels)[inside]),
        "oos_recall": recall,
        "oos_precision": precision,
        "oos_f1": _rounded(2 * precision * recall / (precision + recall) if precision + recall else 0.0),
        "macro_f1": _rounded(f1_score(labels, final, average="macro", labels=np.unique(labels), zero_division=0)),
        "auroc": _rounded(roc_auc_score(inside, said.inside)) if both else None,
        "aupr": _rounded(average_precision_score(~inside, -said.inside)) if both else None,
        "mcc": _rounded(matthews_corrcoef(labels, final)),
        "coverage_accuracy": coverage_accuracy((said.topics == labels)[inside], said.sureness[inside]),
    }


def coverage_accuracy(right: NDArray[np.bool_], sureness: Floats) -> dict[str, float]:
    """The accuracy on the surest share of the questions, for each share."""
    ordered = right[np.argsort(-sureness, kind="stable")]
    return {str(share): _mean(ordered[: max(1, round(share * len(ordered)))]) for share in COVERAGES}


def _share(count: int, total: int) -> float:
    return _rounded(count / total) if total else 0.0


def _mean(values: NDArray[np.bool_]) -> float:
    return _rounded(values.mean()) if len(values) else 0.0


def _rounded(value: Any) -> float:
    return round(float(value), 4)
