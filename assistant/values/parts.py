"""The parts of the system: how they are, and what models are used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operation = Literal["generate", "classify", "rewrite", "summarise", "judge"]


@dataclass(frozen=True, slots=True)
class Part:
    """The health of one part of the system, as `assistant doctor` prints it."""

    name: str
    where: str
    version: str
    well: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many tokens a provider counts for one that we count, learned from `samples` of its own reports."""

    ratio: float
    samples: int
