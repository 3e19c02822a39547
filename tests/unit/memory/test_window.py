from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.memory.summary import from_model, summarise
from assistant.memory.tokens import count
from assistant.memory.window import WindowPolicy, plan_fold, window_tokens

POLICY = WindowPolicy(high_tokens=200, low_tokens=100, summary_tokens=120, line_tokens=40)


def turn(number: int, size: int = 20) -> WindowTurn:
    return WindowTurn(
        at="",
        turn=f"t{number}",
        user=f"Question {number}?",
        assistant="word " * size,
        documents={f"d{number}.md": "v1"},
    )


def test_below_the_high_mark_nothing_is_folded() -> None:
    assert plan_fold([turn(1)], POLICY) is None


def test_a_fold_takes_the_oldest_turns_down_to_the_low_mark() -> None:
    turns = [turn(n) for n in range(10)]
    fold = plan_fold(turns, POLICY)
    assert fold is not None
    assert [*fold.leaving, *fold.staying] == turns
    assert window_tokens(fold.staying) <= POLICY.low_tokens


def test_the_newest_turn_stays_however_long_it_is() -> None:
    fold = plan_fold([turn(1), turn(2, size=900)], POLICY)
    assert fold is not None
    assert [t["turn"] for t in fold.staying] == ["t2"]


def test_each_line_of_the_summary_names_its_turn_and_documents() -> None:
    (line,) = summarise([], [turn(3)], POLICY)
    assert line["turns"] == ["t3"]
    assert line["documents"] == {"d3.md": "v1"}
    assert "Question 3?" in line["text"]


def test_folding_the_same_turn_twice_adds_nothing() -> None:
    once = summarise([], [turn(1)], POLICY)
    assert summarise(once, [turn(1)], POLICY) == once


@given(st.lists(st.integers(min_value=0, max_value=200), max_size=30))
def test_the_summary_never_exceeds_its_cap(sizes: list[int]) -> None:
    lines: list[SummaryLine] = []
    for number, size in enumerate(sizes):
        lines = summarise(lines, [turn(number, size)], POLICY)
    assert sum(count(line["text"]) + 1 for line in lines) <= POLICY.summary_tokens


def test_a_models_summary_line_with_a_number_no_turn_holds_is_dropped_and_the_whole_refused_when_a_turn_is_lost() -> (
    None
):
    leaving = [
        WindowTurn(
            at="", turn="t1", user="Order 4711?", assistant="It left on Monday.", documents={"d.md": "v1"}, titles=[]
        )
    ]
    assert from_model("- Asked about order 9999 [t1]", [], leaving, POLICY) is None
    made = from_model("- Asked about order 4711 [t1]", [], leaving, POLICY)
    assert made == [
        SummaryLine(id="", section="facts", text="Asked about order 4711", turns=["t1"], documents={"d.md": "v1"})
    ]


def test_a_models_junk_is_no_summary() -> None:
    assert from_model("I can't do that.", [], [turn(1)], POLICY) is None
