"""Answers and what they cite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["extractive", "model", "fixed", "person"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What `[index]` in an answer stands for. `quote` stands verbatim in the passage; `start`/`end` in the document."""

    index: int
    passage_id: str
    document_id: str
    title: str
    section: str
    quote: str
    url: str = ""
    start: int = 0
    end: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked and delivered. `support` says how well the evidence holds it, 0 to 1."""

    text: str
    citations: tuple[Citation, ...] = ()
    support: float = 0.0
    origin: Origin = "extractive"
