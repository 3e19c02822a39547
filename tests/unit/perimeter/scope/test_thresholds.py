"""Zones follow from costs; bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.thresholds import Zones, held_limit, upper_bound, zones_of

costs = st.floats(0.1, 100)
rates = st.floats(0, 1)


@given(costs, costs, costs, rates)
def test_the_zones_never_overlap(wrong, refusal, handoff, limit):
    zones = zones_of(Costs(wrong, refusal, handoff), held_limit=limit)
    assert 0 <= zones.sure_out <= zones.cut <= zones.sure_in


@given(costs, costs, costs, st.floats(1.01, 10))
def test_a_dearer_wrong_answer_never_lets_more_through(wrong, refusal, handoff, times):
    cheap, dear = zones_of(Costs(wrong, refusal, handoff)), zones_of(Costs(wrong * times, refusal, handoff))
    assert dear.cut > cheap.cut
    assert dear.sure_in >= cheap.sure_in
    assert dear.sure_out > cheap.sure_out


@given(costs, costs, costs, st.floats(1.01, 10))
def test_a_dearer_refusal_never_refuses_more(wrong, refusal, handoff, times):
    cheap, dear = zones_of(Costs(wrong, refusal, handoff)), zones_of(Costs(wrong, refusal * times, handoff))
    assert dear.cut < cheap.cut
    assert dear.sure_out <= cheap.sure_out


def test_the_defaults_turn_away_what_strong_evidence_could_not_save():
    zones = zones_of(Costs())
    assert (round(zones.sure_out, 3), round(zones.cut, 3)) == (0.167, 0.833)


def test_the_zones_are_read_at_their_edges():
    zones = Zones(0.3, 0.5, 0.8)
    assert [zones.zone(p) for p in (0.29, 0.3, 0.79, 0.8)] == ["out", "band", "band", "in"]


@given(st.lists(st.floats(0, 1), max_size=80), st.floats(0.01, 0.5))
def test_the_limit_lets_no_more_of_its_own_sample_through_than_the_bound(outside, most):
    limit = held_limit(outside, most)
    passed = sum(p >= limit for p in outside)
    assert passed == 0 or (passed + 1) / (len(outside) + 1) <= most + 1e-9


def test_too_few_questions_make_nothing_sure():
    assert held_limit([0.1] * 10, 0.05) > 1
    assert held_limit([0.1] * 40, 0.05) <= 1


@pytest.mark.parametrize("n", [30, 100, 400])
def test_the_expected_rate_of_false_answers_stays_below_the_bound(n):
    random, rates = np.random.default_rng(n), []
    for _ in range(800):
        limit = held_limit(random.beta(2, 5, n).tolist(), 0.1)
        rates.append(float((random.beta(2, 5, 400) >= limit).mean()))
    assert np.mean(rates) <= 0.1
    assert np.mean(rates) >= 0.1 - 3 / n - 0.01  # and isn't bought by refusing everything


def test_the_exact_bound_covers_the_true_rate_nineteen_times_in_twenty():
    random = np.random.default_rng(1)
    held = [upper_bound(int(random.binomial(120, 0.05)), 120) >= 0.05 for _ in range(1_500)]
    assert np.mean(held) >= 0.94
