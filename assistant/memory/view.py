"""What a conversation's memory looks like to its user: every line and pin, where it came from, how full it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.memory.contents import PinKind, Section, Speaker


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """A line of the summary or a pin.

    `turns` are trace ids, oldest first; `documents` are ids of documents it rests on; `said_by` is "" where both did.
    A `superseded` pin was corrected by a later one and is kept beside it.
    """

    id: str
    kind: Literal["line", "pin"]
    section: Section | PinKind
    label: str
    text: str
    said_by: Speaker | Literal[""] = ""
    turns: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class MemoryView:
    """All that is remembered of one conversation.

    `folded` counts the turns that left the window; `window_begins` is the trace id of the first turn still in it, ""
    when nothing was folded. `tokens` of `budget` are in use, `sections` says by what. `recalls_across`: the user wants
    their other conversations recalled too.
    """

    items: tuple[MemoryItem, ...] = ()
    folded: int = 0
    window_begins: str = ""
    tokens: int = 0
    budget: int = 0
    sections: Mapping[str, int] = field(default_factory=dict)
    recalls_across: bool = False
