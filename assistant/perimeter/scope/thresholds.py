"""Where the zones begin, from what mistakes cost; and bounds on rates that were counted in a sample. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.reading import Zone

ASSUMED_OUT_OF_SCOPE = 0.3
"""The share of users' questions taken to be out of scope: examples are collected, so their own share says nothing."""
STRONG_EVIDENCE = 25.0
_NEVER = 1.01
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Zones:
    """Probabilities of being in scope: below `sure_out` is out, from `sure_in` on is in, between them the band.

    `cut` is where a decision by the scope alone would turn; in the product the evidence decides in the band.
    """

    sure_out: float
    cut: float
    sure_in: float

    def zone(self, probability: float) -> Zone:
        """The zone a probability falls in."""
        if probability >= self.sure_in:
            return "in"
        return "out" if probability < self.sure_out else "band"


def zones_of(costs: Costs, *, held_limit: float = 0.0) -> Zones:
    """The zones that make the expected cost least, for calibrated probabilities p.

    By the scope alone an answer is worth its risk where (1 - p) · wrong_answer ≤ p · needless_refusal. A question is
    surely out where not even strong evidence, which raises the odds `STRONG_EVIDENCE` times, would make it so.
    `held_limit` is what the bound on false answers asks for: no question below it is surely in.
    """
    answer = costs.wrong_answer / (costs.wrong_answer + costs.needless_refusal)
    out = costs.wrong_answer / (costs.wrong_answer + costs.needless_refusal * STRONG_EVIDENCE)
    return Zones(sure_out=out, cut=answer, sure_in=max(answer, held_limit))


def held_limit(outside: Sequence[float], most: float) -> float:
    """The lowest limit at which the expected share of out-of-scope questions at or above it is `most` or less.

    Conformal risk control (Angelopoulos et al. 2024, arXiv:2208.02814): with n held-out questions, k of them above,
    (k + 1) / (n + 1) ≤ most. Too few questions to hold it give a limit that nothing reaches.
    """
    allowed = math.floor(most * (len(outside) + 1) + 1e-9) - 1
    if allowed < 0:
        return _NEVER
    ordered = sorted(outside, reverse=True)
    return math.nextafter(ordered[allowed], 2.0) if allowed < len(ordered) else 0.0


def upper_bound(count: int, total: int, *, confidence: float = 0.95) -> float:
    """The exact one-sided upper bound (Clopper and Pearson 1934) on a rate seen `count` times in `total`."""
    if count >= total:
        return 1.0
    from scipy.stats import beta  # type: ignore[import-untyped]

    return float(beta.ppf(confidence, count + 1, total - count))
