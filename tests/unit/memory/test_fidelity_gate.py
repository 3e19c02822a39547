"""The fidelity gate: whatever is folded away, the facts of a conversation stay word for word within 250 tokens.

Three support chats of some sixty turns each, with twenty facts said in the first twenty-five and three values corrected
later (tests/data/fidelity). They are folded in small steps, with no model, and looked at after 1, 3 and 10 folds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from assistant.memory.contents import Pin, SummaryLine
from assistant.memory.pins import choose_pins, render_pins
from assistant.memory.summary_rendering import render_summary
from assistant.memory.tokens import count
from assistant.memory.window import WindowPolicy
from benchmarks.context_contradictions import contradictions
from benchmarks.context_fidelity import Remembering, turns_of

FOLDER = Path(__file__).parents[2] / "data" / "fidelity"
PIN_TOKENS = 250
SMALL = WindowPolicy(high_tokens=240, low_tokens=120, summary_tokens=300)

chats = pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
folds = pytest.mark.parametrize("after", [1, 3, 10])


@dataclass(frozen=True)
class Chat:
    """A conversation's turns, its facts as they hold in the end, and the values that were corrected (old, new)."""

    pairs: list[tuple[str, str]]
    facts: list[str]
    corrected: list[tuple[str, str]]

    def said(self, turns: int) -> str:
        return "\n".join(text for pair in self.pairs[:turns] for text in pair)

    def holding(self, turns: int) -> list[str]:
        """The values that hold after so many turns: those said, and of a corrected one the newest."""
        said = self.said(turns)
        old = {new: old for old, new in self.corrected}
        newest = [value if value in said or value not in old else old[value] for value in self.facts]
        return [value for value in newest if value in said]


@dataclass(frozen=True)
class Look:
    """A conversation's memory right after a fold: the pins, those shown, the summary, and the turns taken in."""

    pins: list[Pin]
    shown: list[str]
    summary: list[SummaryLine]
    turns: int


@cache
def read(name: str) -> Chat:
    talk, _, told = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").partition("---\n")
    said = [line.partition(": ")[2] for line in talk.splitlines()]
    fields = [line.partition(": ")[2].split(" | ") for line in told.splitlines()]
    kinds = [line.partition(": ")[0] for line in told.splitlines()]
    return Chat(
        pairs=list(zip(said[::2], said[1::2], strict=True)),
        facts=[value for kind, (_, value) in zip(kinds, fields, strict=True) if kind == "fact"],
        corrected=[(old, new) for kind, (old, new) in zip(kinds, fields, strict=True) if kind == "corrected"],
    )


@cache
def looks(name: str) -> dict[int, Look]:
    """What the memory was like after each fold."""
    return dict(_looks(read(name)))


def _looks(chat: Chat) -> Iterator[tuple[int, Look]]:
    remembering = Remembering(SMALL)
    for number, turn in enumerate(turns_of(chat.pairs), start=1):
        if remembering.take(turn):
            pins = remembering.memory["pins"]
            shown = render_pins(choose_pins(pins, limit_tokens=PIN_TOKENS))
            yield remembering.folds, Look(pins, shown, remembering.memory["summary"], number)


@chats
def test_a_conversation_states_twenty_facts_and_three_corrections(name: str):
    chat = read(name)
    assert len(set(chat.facts)) == 20
    assert len(chat.corrected) == 3
    assert len(chat.holding(len(chat.pairs))) == 20
    assert len(chat.pairs) >= 60


@chats
@folds
def test_every_fact_said_so_far_is_pinned_verbatim(name: str, after: int):
    chat, look = read(name), looks(name)[after]
    shown = "\n".join(look.shown)
    assert [value for value in chat.holding(look.turns) if value not in shown] == []


@chats
@folds
def test_the_pins_take_no_more_than_their_tokens(name: str, after: int):
    assert count("\n".join(looks(name)[after].shown)) <= PIN_TOKENS


@chats
def test_a_corrected_value_is_marked_as_superseded(name: str):
    chat, look = read(name), looks(name)[10]
    superseded = {pin["text"] for pin in look.pins if pin["superseded_by"]}
    held = {pin["text"] for pin in look.pins if not pin["superseded_by"]}
    assert {old for old, _ in chat.corrected} <= superseded - held


@chats
def test_a_value_that_holds_is_not_marked_as_superseded(name: str):
    chat, look = read(name), looks(name)[10]
    superseded = {pin["text"] for pin in look.pins if pin["superseded_by"]}
    assert superseded.isdisjoint(chat.holding(look.turns))


@chats
def test_a_corrected_value_is_shown_only_beside_its_correction(name: str):
    chat, look = read(name), looks(name)[10]
    assert [line for line in look.shown for old, new in chat.corrected if old in line and new not in line] == []


@chats
@folds
def test_no_line_of_the_summary_contradicts_its_turns(name: str, after: int):
    chat, look = read(name), looks(name)[after]
    turns = {turn["turn"]: [turn["user"], turn["assistant"]] for turn in turns_of(chat.pairs)}
    for line in look.summary:
        sources = [text for turn in line["turns"] for text in turns[turn]]
        assert contradictions(line["text"].partition(": ")[2], sources) == [], line["text"]


@chats
def test_the_summary_keeps_within_its_tokens(name: str):
    for look in looks(name).values():
        assert count("\n".join(render_summary(look.summary))) <= SMALL.summary_tokens
