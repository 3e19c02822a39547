"""The blocks of a passage: headings, paragraphs, lists, procedures, tables and code, as exact spans of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "bullets", "procedure", "table", "rows", "code", "noise"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing quoted: a sentence, a list item or sub-point, a table row. `number` is a step's."""

    start: int
    end: int
    number: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a passage. `text[start:end]` is the block itself; `lead` the line before it that introduces it.

    `heading` is the text of the nearest heading above, without marks; `header` the header row of a table; `cut` that
    the passage begins or ends within it.
    """

    kind: Kind
    start: int
    end: int
    heading: str = ""
    units: tuple[Unit, ...] = ()
    lead: Unit | None = None
    header: Unit | None = None
    cut: bool = False
