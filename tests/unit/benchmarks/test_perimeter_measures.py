"""The figures of the perimeter's benchmark, and the noise it adds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.perimeter_measures import Predictions, coverage_accuracy, figures
from benchmarks.perimeter_noise import NOISES, lower_case, missing_spaces

TRUTH = ["a", "a", "b", "oos", "oos"]


def said(topics, inside, accepted):
    inside = np.array(inside, float)
    return Predictions(np.array(topics), inside, inside, np.array(accepted))


def test_everything_right_is_one_everywhere():
    found = figures(TRUTH, said(["a", "a", "b", "a", "b"], [0.9, 0.8, 0.7, 0.2, 0.1], [1, 1, 1, 0, 0]))
    kept = ("closed_accuracy", "in_scope_accuracy", "oos_f1", "macro_f1", "auroc", "aupr", "mcc")
    assert {found[name] for name in kept} == {1.0}


def test_a_rejected_question_counts_against_the_accuracy_but_not_with_rejection_off():
    found = figures(TRUTH, said(["a", "a", "b", "a", "b"], [0.9, 0.1, 0.7, 0.3, 0.2], [1, 0, 1, 0, 0]))
    assert (found["closed_accuracy"], found["in_scope_accuracy"]) == (1.0, 0.6667)
    assert (found["oos_recall"], found["oos_precision"]) == (1.0, 0.6667)


def test_out_of_scope_is_a_class_of_its_own_in_the_mcc():
    better = figures(TRUTH, said(["a", "a", "b", "a", "b"], [1, 1, 1, 0, 0], [1, 1, 1, 0, 0]))["mcc"]
    worse = figures(TRUTH, said(["a", "a", "b", "a", "b"], [1, 1, 1, 0, 0], [1, 1, 1, 1, 1]))["mcc"]
    assert better > worse


def test_coverage_keeps_the_surest():
    right = np.array([True] * 8 + [False] * 2)
    assert coverage_accuracy(right, np.arange(10)[::-1])["0.8"] == 1.0
    assert coverage_accuracy(right, np.arange(10))["0.8"] == 0.75


def test_without_anything_out_of_scope_there_is_no_auroc():
    assert figures(["a", "b"], said(["a", "b"], [1, 1], [1, 1]))["auroc"] is None


@pytest.mark.parametrize("name", NOISES)
@given(text=st.text(st.characters(categories=["L", "Zs", "P"]), max_size=80), seed=st.integers(0, 9))
def test_noise_is_the_same_for_the_same_seed(name, text, seed):
    noise = NOISES[name]
    assert noise(text, random.Random(seed)) == noise(text, random.Random(seed))


@given(text=st.text(st.characters(categories=["Ll", "Zs"]), max_size=80), seed=st.integers(0, 9))
def test_missing_spaces_lose_nothing_but_spaces(text, seed):
    assert missing_spaces(text, random.Random(seed)).replace(" ", "") == text.replace(" ", "")


def test_each_noise_changes_an_ordinary_question():
    text = "Please tell me what the delivery to my home in Paris costs, and when I can have it!"
    for noise in NOISES.values():
        assert noise(text, random.Random(1)) != text


def test_lower_case_drops_punctuation():
    assert lower_case("Where's my Parcel??", random.Random(0)) == "wheres my parcel"
