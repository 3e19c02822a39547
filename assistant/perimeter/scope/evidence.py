"""What a head of the stack says of texts, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HeadEvidence:
    """Of n texts: `logits` (n, K) for the K topics in the order of their names, `features` (n, F) for the scope, the
    larger the more in scope."""

    logits: Floats
    features: Floats


@dataclass(frozen=True, slots=True)
class ExtraHead:
    """One more head of the stack, fitted elsewhere.

    `held_out` is what it says of each training example without having seen it; only the rows of `known` were read so,
    the others are left out when the stack is combined. `validation` is what it says of the validation examples. `prior`
    holds the weights its features begin at; where there are any, the stack's own begin at a quarter.
    """

    name: str
    held_out: HeadEvidence
    known: Flags
    validation: HeadEvidence | None = None
    prior: tuple[float, ...] = ()
