"""The fact generator of the context benchmark."""

from __future__ import annotations

import pytest

from benchmarks.context_fact_sentences import CORRECTIONS, SENTENCES
from benchmarks.context_fact_values import VALUES
from benchmarks.context_facts import SPREAD, plant

TURNS = [(f"Hello there, number {n}. How was it?", f"It was fine. We walked for {n} hours!") for n in range(60)]

seeds = pytest.mark.parametrize("seed", ["one", "two", "three"])


@seeds
def test_every_fact_stands_in_the_turn_that_it_names(seed: str):
    planted = plant(TURNS, 20, seed)
    assert len(planted.facts) == 20
    for fact in planted.facts:
        assert fact.value in planted.turns[fact.turn][0 if fact.speaker == "user" else 1]


@seeds
def test_a_corrected_value_was_said_in_an_earlier_turn(seed: str):
    planted = plant(TURNS, 20, seed)
    corrected = [fact for fact in planted.facts if fact.corrects]
    assert len(corrected) == 3
    assert all(any(fact.corrects in said for said, _ in planted.turns[: fact.turn]) for fact in corrected)


@seeds
def test_facts_are_spread_over_the_beginning(seed: str):
    turns = [fact.turn for fact in plant(TURNS, 20, seed).facts]
    assert max(turns) < SPREAD
    assert len(set(turns)) == len(turns)


@seeds
def test_what_was_said_before_is_still_there(seed: str):
    for planted, original in zip(plant(TURNS, 20, seed).turns, TURNS, strict=True):
        for said, before in zip(planted, original, strict=True):
            assert all(part in said for part in before.replace("! ", ". ").split(". "))


def test_a_seed_makes_the_same_facts_again():
    assert plant(TURNS, 20, "one") == plant(TURNS, 20, "one")


def test_another_seed_makes_others():
    assert plant(TURNS, 20, "one") != plant(TURNS, 20, "two")


def test_no_value_is_part_of_another():
    values = [fact.value for fact in plant(TURNS, 20, "one").facts]
    assert not [one for one in values for other in values if one is not other and one in other]


def test_a_short_conversation_gets_all_facts_too():
    assert len(plant(TURNS[:4], 20, "one").facts) == 20


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_every_kind_has_eight_ways_to_be_said(kind: str):
    assert sum(map(len, SENTENCES[kind].values())) >= 8


@pytest.mark.parametrize("kind", sorted(CORRECTIONS))
def test_every_correction_gives_the_new_value(kind: str):
    assert all("{v}" in first and "{v}" in second for first, second in CORRECTIONS[kind])
