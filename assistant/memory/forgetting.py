"""What a user has deleted from memory: gone from every part of it, and never taken in again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import cast

from assistant.memory.contents import REMOVED, Memory, Pin, WindowTurn
from assistant.memory.pin_supersession import normal
from assistant.memory.pins import find_pins


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to go: these words wherever they stand, and all that was said in these turns. `memory` is what stays."""

    memory: Memory
    texts: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()


def delete_item(memory: Memory, item_id: str, turns: Sequence[WindowTurn]) -> Deletion | None:
    """Take the pin or the line of this id out of a memory; None when there is none.

    A pin's value goes from every turn and line, in every spelling that `turns`, all of the conversation's, have of it;
    with a line go the turns behind it and what was pinned from them.
    """
    for pin in memory.get("pins", []):
        if pin["id"] == item_id:
            texts = _spellings(pin, memory.get("pins", []), turns)
            return Deletion(_without(memory, texts=texts), texts=texts)
    for line in memory.get("summary", []):
        if line["id"] == item_id:
            return Deletion(_without(memory, turns=set(line["turns"])), turns=tuple(line["turns"]))
    return None


def redact(text: str, forgotten: Sequence[str]) -> str:
    """A text without the words that were deleted, where they stand as words; "" among them stands for all of it."""
    for words in forgotten:
        text = _standing(words).sub(REMOVED, text) if words else REMOVED
    return text


def _standing(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


def _spellings(pin: Pin, pins: Iterable[Pin], turns: Iterable[WindowTurn]) -> tuple[str, ...]:
    """The pin's value as it was written in this conversation, the longest first."""
    value = normal(pin["kind"], pin["text"])
    found = (each for turn in turns for each in find_pins(turn))
    like = {each["text"] for each in (*pins, *found) if normal(each["kind"], each["text"]) == value}
    return tuple(sorted(like | {pin["text"]}, key=len, reverse=True))


def _without(memory: Memory, *, texts: Sequence[str] = (), turns: Set[str] = frozenset()) -> Memory:
    def stays(said: str, behind: Sequence[str]) -> bool:
        return redact(said, texts) == said if texts else turns.isdisjoint(behind)

    kept = {
        **memory,
        "window": [_struck(turn, texts, turns) for turn in memory.get("window", [])],
        "pins": [pin for pin in memory.get("pins", []) if stays(pin["text"], [pin["turn"]])],
        "summary": [line for line in memory.get("summary", []) if stays(line["text"], line["turns"])],
        "deletions": memory.get("deletions", 0) + 1,
    }
    return cast("Memory", kept)


def _struck(turn: WindowTurn, texts: Sequence[str], turns: Set[str]) -> WindowTurn:
    gone = texts or ([""] if turn["turn"] in turns else [])
    said = {"user": redact(turn["user"], gone), "assistant": redact(turn["assistant"], gone)}
    return cast("WindowTurn", {**turn, **said})
