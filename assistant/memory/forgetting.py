"""What a user has deleted from memory: gone from every part of it, and never taken in again."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import cast

from assistant.memory.contents import REMOVED, Memory, WindowTurn


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to go: these words wherever they stand, and all that was said in these turns. `memory` is what stays."""

    memory: Memory
    text: str = ""
    turns: tuple[str, ...] = ()


def delete_item(memory: Memory, item_id: str) -> Deletion | None:
    """Take the pin or the line of this id out of a memory; None when there is none.

    A pin's words go from every turn and line; with a line go the turns behind it and what was pinned from them.
    """
    for pin in memory.get("pins", []):
        if pin["id"] == item_id:
            return Deletion(_without(memory, text=pin["text"]), text=pin["text"])
    for line in memory.get("summary", []):
        if line["id"] == item_id:
            return Deletion(_without(memory, turns=set(line["turns"])), turns=tuple(line["turns"]))
    return None


def redact(text: str, forgotten: Sequence[str]) -> str:
    """A text without the words that were deleted; "" among them stands for all of it."""
    for words in forgotten:
        text = text.replace(words, REMOVED) if words else REMOVED
    return text


def _without(memory: Memory, *, text: str = "", turns: Set[str] = frozenset()) -> Memory:
    def stays(said: str, behind: Sequence[str]) -> bool:
        return text not in said if text else turns.isdisjoint(behind)

    kept = {
        **memory,
        "window": [_struck(turn, text, turns) for turn in memory.get("window", [])],
        "pins": [pin for pin in memory.get("pins", []) if stays(pin["text"], [pin["turn"]])],
        "summary": [line for line in memory.get("summary", []) if stays(line["text"], line["turns"])],
        "deletions": memory.get("deletions", 0) + 1,
    }
    return cast("Memory", kept)


def _struck(turn: WindowTurn, text: str, turns: Set[str]) -> WindowTurn:
    gone = [text] if text else [""] if turn["turn"] in turns else []
    said = {"user": redact(turn["user"], gone), "assistant": redact(turn["assistant"], gone)}
    return cast("WindowTurn", {**turn, **said})
