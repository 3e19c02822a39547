from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import REMOVED, Memory, Pin, SummaryLine, WindowTurn
from assistant.memory.forgetting import delete_item, redact


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
    deletion = delete_item(memory(), "p1")
    assert deletion is not None
    assert deletion.text == "SO-4711"
    assert "SO-4711" not in str(deletion.memory)
    assert deletion.memory["window"][0]["user"] == f"Is {REMOVED} there?"


def test_with_a_deleted_line_go_the_turns_behind_it_and_their_pins() -> None:
    deletion = delete_item(memory(), "l2")
    assert deletion is not None
    assert deletion.turns == ("b",)
    assert [line["id"] for line in deletion.memory["summary"]] == ["l1"]
    assert [pin["id"] for pin in deletion.memory["pins"]] == ["p1"]


def test_what_is_not_there_cannot_be_deleted() -> None:
    assert delete_item(memory(), "l9") is None
    assert delete_item(Memory(), "") is None


def test_each_deletion_is_counted_so_that_nobody_goes_on_with_an_older_copy() -> None:
    deletion = delete_item(memory(), "p1")
    assert deletion is not None
    assert deletion.memory["deletions"] == 1


def test_all_of_a_turn_goes_when_nothing_is_named() -> None:
    assert redact("anything", [""]) == REMOVED


@given(st.text(), st.text(min_size=1), st.text())
def test_deleted_words_never_come_back(before: str, words: str, after: str) -> None:
    if words not in REMOVED:
        assert all(words not in part for part in redact(before + words + after, [words]).split(REMOVED))
