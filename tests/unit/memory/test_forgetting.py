import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import REMOVED, Memory, Pin, SummaryLine, WindowTurn
from assistant.memory.forgetting import delete_item, redact

TURNS = [
    WindowTurn(turn="a", at="", user="My order number is SO 4711, so-4711.", assistant="Yes.", documents={}, titles=[])
]


def memory() -> Memory:
    return Memory(
        window=[
            WindowTurn(turn="c", at="", user="Is SO-4711 there?", assistant="SO-4711 is.", documents={}, titles=[])
        ],
        summary=[
            SummaryLine(id="l1", section="facts", text="User: order SO-4711", turns=["a"], documents={}),
            SummaryLine(id="l2", section="facts", text="User: has a cat", turns=["b"], documents={}),
        ],
        pins=[pin("p1", "SO-4711", "a"), pin("p2", "cat@home.example", "b")],
    )


def pin(name: str, text: str, turn: str) -> Pin:
    return Pin(
        id=name, kind="identifier", label="", text=text, speaker="user", turn=turn, documents={}, superseded_by=""
    )


def test_a_deleted_pin_goes_from_pins_lines_and_window() -> None:
    deletion = delete_item(memory(), "p1", TURNS)
    assert deletion is not None
    assert "SO-4711" in deletion.texts
    assert "SO-4711" not in str(deletion.memory)
    assert deletion.memory["window"][0]["user"] == f"Is {REMOVED} there?"


def test_with_a_deleted_line_go_the_turns_behind_it_and_their_pins() -> None:
    deletion = delete_item(memory(), "l2", TURNS)
    assert deletion is not None
    assert deletion.turns == ("b",)
    assert [line["id"] for line in deletion.memory["summary"]] == ["l1"]
    assert [pin["id"] for pin in deletion.memory["pins"]] == ["p1"]


def test_what_is_not_there_cannot_be_deleted() -> None:
    assert delete_item(memory(), "l9", TURNS) is None
    assert delete_item(Memory(), "", []) is None


def test_each_deletion_is_counted_so_that_nobody_goes_on_with_an_older_copy() -> None:
    deletion = delete_item(memory(), "p1", TURNS)
    assert deletion is not None
    assert deletion.memory["deletions"] == 1


def test_all_of_a_turn_goes_when_nothing_is_named() -> None:
    assert redact("anything", [""]) == REMOVED


def test_a_value_goes_in_every_spelling_the_conversation_has_of_it() -> None:
    deletion = delete_item(memory(), "p1", TURNS)
    assert deletion is not None
    assert {"SO-4711", "SO 4711"} <= set(deletion.texts)


def test_words_that_only_begin_alike_stay() -> None:
    assert redact("Also Alice and Al", ["Al"]) == f"Also Alice and {REMOVED}"
    assert redact("AB-1099 and AB-10", ["AB-10"]) == f"AB-1099 and {REMOVED}"


@given(st.text(), st.text("abc -1\u00e9", min_size=1), st.text())
def test_deleted_words_never_come_back(before: str, words: str, after: str) -> None:
    left = redact(f"{before} {words} {after}", [words]).replace(REMOVED, "\x00")
    assert not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", left)
