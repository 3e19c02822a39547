"""Memory that knows its sources: what rests on a document that changed, went or may no longer be read is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from assistant.memory.contents import OUTDATED, Memory, WindowTurn


@dataclass(frozen=True, slots=True)
class Cleansing:
    """A memory without what is stale. `bereft` are the turns whose only line is gone: their own words stay true."""

    memory: Memory
    bereft: tuple[str, ...] = ()


def sources(memory: Memory) -> set[str]:
    """Ids of all documents that something in a memory rests on."""
    parts = (*memory.get("window", []), *memory.get("summary", []), *memory.get("pins", []))
    return {document for part in parts for document in part["documents"]}


def holds(documents: Mapping[str, str], current: Mapping[str, str]) -> bool:
    """Whether every document is there, readable and in the version that was used."""
    return all(current.get(document) == version for document, version in documents.items())


def cleanse(memory: Memory, current: Mapping[str, str]) -> Cleansing:
    """Drop every line, pin and answer that rests on a stale document. What users said themselves stays.

    `current` maps the documents that the caller may read now to their versions.
    """
    summary = [line for line in memory.get("summary", []) if holds(line["documents"], current)]
    lost = {turn for line in memory.get("summary", []) for turn in line["turns"]}
    lost -= {turn for line in summary for turn in line["turns"]}
    cleansed = {
        **memory,
        "window": [turn if holds(turn["documents"], current) else outdated(turn) for turn in memory.get("window", [])],
        "pins": [pin for pin in memory.get("pins", []) if holds(pin["documents"], current)],
        "summary": summary,
    }
    return Cleansing(cast("Memory", cleansed), tuple(sorted(lost)))


def outdated(turn: WindowTurn) -> WindowTurn:
    """A turn of which only the question still counts."""
    return cast("WindowTurn", {**turn, "assistant": OUTDATED, "documents": {}, "titles": []})
