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
from assistant.perimeter.scope.grounds import Grounds, grounds_of, join, unseen
from assistant.perimeter.scope.heads import Heads
from assistant.perimeter.scope.nearness import Nearness
from assistant.perimeter.scope.thresholds import ASSUMED_OUT_OF_SCOPE, Zones, held_limit, upper_bound, zones_of

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

    def read(
        self,
        texts: Sequence[str],
        vectors: Floats,
        extra: Sequence[HeadEvidence] = (),
        near: Nearness | None = None,
    ) -> tuple[Floats, Floats]:
        """The probabilities of each topic (n, K) and of being in scope (n); `near` spares working it out again."""
        if self.heads is None:
            return np.zeros((len(texts), 0), np.float32), np.zeros(len(texts), np.float32)
        evidence = join([self.heads.read(texts, vectors, near), *extra])
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
    if all(example.label == OOS for example in examples):
        return _nothing(costs or Costs())
    grounds = grounds_of(examples, vectors, validation=validation, seed=seed)
    return fit_on(grounds, background=background, costs=costs, max_false_answers=max_false_answers, extra=extra)


def fit_on(
    grounds: Grounds,
    *,
    background: tuple[Sequence[Example], Floats] = ((), np.zeros((0, 1), np.float32)),
    costs: Costs | None = None,
    max_false_answers: float = 0.05,
    extra: Sequence[ExtraHead] = (),
) -> ScopeModel:
    """The scope on these grounds, further heads joined; the arguments are those of `fit_quick`."""
    began = time.perf_counter()
    evidence, truth = unseen(grounds, extra)
    prior = [weight for head in extra for weight in head.prior]
    combiner = fit_combiner(evidence.logits, evidence.features, truth, extra_prior=prior)
    texts, vectors = [example.text for example in background[0]], background[1]
    aside = grounds.heads.read(texts, vectors) if texts and not extra else None
    zones, held = _judged(combiner, evidence, truth, aside, costs or Costs(), max_false_answers)
    seconds = grounds.seconds + time.perf_counter() - began
    return ScopeModel(grounds.topics, grounds.heads, combiner, zones, held, seconds)


def _nothing(costs: Costs) -> ScopeModel:
    empty = np.zeros(0, np.float32)
    held = HeldOut(0, 0, 0, 0, 0, 0, 1.0, on_background=False, cost=0.0)
    return ScopeModel((), None, Combiner(empty, empty, empty, 0.0, 1.0), zones_of(costs), held, 0.0)


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
