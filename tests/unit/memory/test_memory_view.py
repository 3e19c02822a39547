"""A memory as its user sees it."""

from __future__ import annotations

import pytest

from assistant.memory.contents import Memory, Pin, SummaryLine, WindowTurn
from assistant.memory.view import view_of


def line(text: str) -> SummaryLine:
    return {"id": "l", "section": "facts", "text": text, "turns": ["t1"], "documents": {"returns.md": "1"}}


def pin(name: str, superseded_by: str = "") -> Pin:
    return {
        "id": name,
        "kind": "identifier",
        "label": "order number",
        "text": f"HH-{name}",
        "speaker": "user",
        "turn": "t1",
        "documents": {},
        "superseded_by": superseded_by,
    }


def turn(name: str) -> WindowTurn:
    return {"turn": name, "at": "", "user": "hello there", "assistant": "good day", "documents": {}, "titles": []}


@pytest.mark.parametrize(
    ("text", "shown", "said_by"),
    [
        ("User: the lamp broke", "the lamp broke", "user"),
        ("Assistant: it goes back free of charge", "it goes back free of charge", "assistant"),
        ("They agreed: Monday", "They agreed: Monday", ""),
    ],
)
def test_a_line_names_its_speaker_beside_its_words(text: str, shown: str, said_by: str) -> None:
    [item] = view_of({"summary": [line(text)]}, budget=100, recalls_across=False).items
    assert (item.text, item.said_by, item.turns, item.documents) == (shown, said_by, ("t1",), ("returns.md",))


def test_a_corrected_pin_is_superseded_and_stays() -> None:
    items = view_of({"pins": [pin("new"), pin("old", "new")]}, budget=100, recalls_across=False).items
    assert [(item.id, item.superseded) for item in items] == [("new", False), ("old", True)]


def test_the_window_begins_nowhere_until_something_was_folded() -> None:
    memory: Memory = {"window": [turn("t1"), turn("t2")]}
    assert view_of(memory, budget=100, recalls_across=False).window_begins == ""
    assert view_of({**memory, "folded": 3}, budget=100, recalls_across=False).window_begins == "t1"


def test_what_is_in_use_never_exceeds_the_budget() -> None:
    view = view_of({"window": [turn(str(n)) for n in range(50)]}, budget=100, recalls_across=True)
    assert (view.tokens, view.budget, view.recalls_across) == (100, 100, True)
