"""What a conversation's memory looks like to its user: every line and pin, where it came from, how full it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.memory.contents import Memory, Pin, PinKind, Section, Speaker, SummaryLine
from assistant.memory.pins import choose_pins, render_pins
from assistant.memory.summary_rendering import corrected, rendered_tokens, split_speaker
from assistant.memory.tokens import count
from assistant.memory.window import window_tokens

_SPEAKERS: Mapping[str, Speaker] = {"User": "user", "Assistant": "assistant"}


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


def view_of(memory: Memory, *, budget: int, recalls_across: bool) -> MemoryView:
    """A memory as its user sees it: lines as they were told, then pins. `budget` is the prompt's, in tokens."""
    window, summary, pins = memory.get("window", []), memory.get("summary", []), memory.get("pins", [])
    sections = {
        "window": window_tokens(window),
        "summary": rendered_tokens(summary),
        "pins": sum(map(count, render_pins(choose_pins(pins, limit_tokens=budget)))),
    }
    folded = memory.get("folded", 0)
    return MemoryView(
        items=(*map(_line, corrected(summary, pins)), *map(_pin, pins)),
        folded=folded,
        window_begins=window[0]["turn"] if folded and window else "",
        tokens=min(budget, sum(sections.values())),
        budget=budget,
        sections=sections,
        recalls_across=recalls_across,
    )


def _line(line: SummaryLine) -> MemoryItem:
    documents = tuple(line["documents"])
    speaker, text = split_speaker(line["text"])
    return MemoryItem(
        id=line["id"],
        kind="line",
        section=line["section"],
        label="",
        text=text,
        said_by=_SPEAKERS.get(speaker, ""),
        turns=tuple(line["turns"]),
        documents=documents,
    )


def _pin(pin: Pin) -> MemoryItem:
    return MemoryItem(
        id=pin["id"],
        kind="pin",
        section=pin["kind"],
        label=pin["label"],
        text=pin["text"],
        said_by=pin["speaker"],
        turns=(pin["turn"],),
        documents=tuple(pin["documents"]),
        superseded=bool(pin["superseded_by"]),
    )
