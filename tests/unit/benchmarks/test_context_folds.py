"""What the benchmark of cost sees of summaries: who was read, who waited, what took how long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.graph import restoring
from assistant.graph.nodes import remembering
from assistant.memory.contents import Memory, WindowTurn
from assistant.memory.window import Fold, WindowPolicy
from benchmarks.context_folds import Folds, watched
from benchmarks.context_models import Summariser
from benchmarks.context_peers import Meter
from benchmarks.context_timing import SAVE, Stopwatch

POLICY = WindowPolicy()
TURNS = [
    WindowTurn(turn=name, at="", user=f"My lamp number {name} is broken.", assistant="", documents={}, titles=[])
    for name in "abcd"
]


@pytest.fixture
def folds() -> Iterator[Folds]:
    with watched(Stopwatch(lambda: 0.0, lambda: 0.0)) as seen:
        yield seen


def test_a_turn_that_left_for_a_summary_of_it_was_read(folds: Folds):
    summary = restoring.summarise([], TURNS[:2], POLICY)
    restoring.folded(Memory(window=TURNS), Fold(tuple(TURNS[:2]), tuple(TURNS[2:])), summary)
    assert folds.read == folds.told == {"a", "b"}


def test_a_summary_that_was_thrown_away_has_read_nothing(folds: Folds):
    remembering.summarise([], TURNS[:2], POLICY)
    assert folds.read == set()


def test_a_turn_that_left_without_being_summarised_was_not_read(folds: Folds):
    summary = remembering.summarise([], TURNS[:1], POLICY)
    remembering.folded(Memory(window=TURNS), Fold(tuple(TURNS[:2]), tuple(TURNS[2:])), summary)
    assert folds.read == {"a"}


def test_a_turn_that_is_taken_for_folded_before_was_not_read(folds: Folds):
    later = remembering.summarise([], TURNS[1:2], POLICY)
    summary = remembering.summarise(later, TURNS[:2], POLICY)
    remembering.folded(Memory(window=TURNS), Fold(tuple(TURNS[:2]), tuple(TURNS[2:])), summary)
    assert folds.read == set()


def test_afterwards_the_product_is_as_it_was():
    before = restoring.summarise
    with watched(Stopwatch(lambda: 0.0, lambda: 0.0)):
        assert restoring.summarise is not before
    assert restoring.summarise is before


@pytest.mark.parametrize(
    ("call", "blocked"),
    [
        ((0.0, 3.0, True), True),  # ran on to its end, then came the reply
        ((2.5, 3.0, True), True),  # begun while the user waited
        ((0.0, 3.0, False), False),  # given up
        ((0.0, 9.0, True), False),  # the reply came before its end
        ((0.0, 1.5, True), False),  # over before the message
    ],
)
def test_a_call_blocks_a_turn_that_has_to_wait_for_its_end(call: tuple[float, float, bool], blocked: bool):
    assert Summariser(Meter(), calls=[call], arrivals=[(2.0, 4.0)]).waited()[0][1] is blocked


def test_what_is_given_up_is_waited_for_until_it_has_ended():
    summariser = Summariser(Meter(), calls=[(0.0, 2.25, False)], arrivals=[(2.0, 4.0)])
    assert summariser.waited() == [(250.0, False)]


def test_only_the_first_save_of_a_turn_is_the_turns():
    watch = Stopwatch(lambda: 0.0, lambda: 0.0)
    watch.begin()
    with watch.part(SAVE, first_only=True):
        pass
    first = watch.ms[0][SAVE]
    with watch.part(SAVE, first_only=True):
        sum(range(10_000))
    assert watch.ms[0][SAVE] == first > 0
