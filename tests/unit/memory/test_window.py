import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.contents import WindowTurn
from assistant.memory.window import WindowPolicy, plan_fold, turn_tokens, window_tokens

POLICY = WindowPolicy(high_tokens=200, low_tokens=100, summary_tokens=120, batch_tokens=150, hard_tokens=400)


def turn(number: int, size: int = 20) -> WindowTurn:
    return WindowTurn(
        turn=f"{number:032x}", at="", user=f"Question {number}?", assistant="word " * size, documents={}, titles=[]
    )


def test_below_the_high_mark_nothing_is_folded() -> None:
    assert plan_fold([turn(1)], POLICY) is None


def test_folds_take_the_oldest_turns_down_to_the_low_mark() -> None:
    window = [turn(n) for n in range(10)]
    taken: list[WindowTurn] = []
    while fold := plan_fold(window, POLICY):
        assert [*fold.leaving, *fold.staying] == window
        taken += fold.leaving
        window = list(fold.staying)
    assert [*taken, *window] == [turn(n) for n in range(10)]
    assert window_tokens(window) <= POLICY.high_tokens


def test_no_turn_leaves_that_could_stay_below_the_low_mark() -> None:
    fold = plan_fold([turn(n) for n in range(9)], WindowPolicy(high_tokens=200, low_tokens=150))
    assert fold is not None
    assert window_tokens(fold.staying) <= 150 < window_tokens([fold.leaving[-1], *fold.staying])


def test_one_fold_gives_a_model_no_more_than_a_batch() -> None:
    fold = plan_fold([turn(n) for n in range(40)], POLICY)
    assert fold is not None
    assert window_tokens(fold.leaving) <= POLICY.batch_tokens


def test_a_turn_larger_than_a_batch_leaves_alone() -> None:
    fold = plan_fold([turn(1, size=300), turn(2), turn(3)], POLICY)
    assert fold is not None
    assert [t["turn"] for t in fold.leaving] == [turn(1)["turn"]]


def test_the_newest_turn_stays_however_long_it_is() -> None:
    fold = plan_fold([turn(1), turn(2, size=900)], POLICY)
    assert fold is not None
    assert list(fold.staying) == [turn(2, size=900)]
    assert plan_fold([turn(2, size=900)], POLICY) is None


def test_above_the_hard_mark_folding_goes_by_rules() -> None:
    below, above = plan_fold([turn(n) for n in range(9)], POLICY), plan_fold([turn(n) for n in range(40)], POLICY)
    assert below is not None
    assert above is not None
    assert (below.by_rules, above.by_rules) == (False, True)


@given(st.lists(st.integers(min_value=0, max_value=300), max_size=40))
def test_a_fold_always_gets_on_and_keeps_every_turn(sizes: list[int]) -> None:
    window = [turn(number, size) for number, size in enumerate(sizes)]
    fold = plan_fold(window, POLICY)
    if fold is None:
        assert window_tokens(window) <= POLICY.high_tokens or len(window) < 2
    else:
        assert fold.leaving
        assert [*fold.leaving, *fold.staying] == window
        assert len(fold.leaving) == 1 or sum(map(turn_tokens, fold.leaving)) <= POLICY.batch_tokens


@pytest.mark.parametrize(
    ("high", "low", "hard", "summary"), [(100, 200, 400, 600), (500, 200, 400, 600), (200, 100, 400, 30)]
)
def test_a_policy_that_makes_no_sense_is_refused(high: int, low: int, hard: int, summary: int) -> None:
    with pytest.raises(ValueError, match=r"must not exceed|at least"):
        WindowPolicy(high_tokens=high, low_tokens=low, hard_tokens=hard, summary_tokens=summary)
