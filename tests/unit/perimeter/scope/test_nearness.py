"""How near questions lie to the examples kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.perimeter.scope.heads import FEATURES, fit_heads
from assistant.perimeter.scope.nearness import nearness, places_of
from tests.unit.perimeter.scope.scopes import TOPICS, examples_of, vectors_of


@given(st.lists(st.integers(-1, 3), max_size=60), st.integers(1, 8))
def test_each_topic_keeps_its_own_and_no_more_than_it_may(topics, most):
    numbers = np.array(topics, np.int64)
    rows, places = places_of(numbers, 4, most)
    for topic in range(4):
        own = places[topic][places[topic] >= 0]
        assert len(own) == min(most, (numbers == topic).sum())
        assert {int(numbers[rows[at]]) for at in own} <= {topic}
    assert len(set(rows)) == len(rows)


def test_a_topic_with_fewer_examples_is_filled_up_with_nothing():
    found = nearness(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), np.array([[0, -1], [1, -1]], np.int32))
    assert found.by_topic.tolist() == [[[1, -np.inf], [0, -np.inf]], [[0, -np.inf], [1, -np.inf]]]


def test_heads_read_the_same_whoever_worked_the_nearness_out():
    examples = examples_of(6)
    numbers = np.array([TOPICS.index(example.label) for example in examples])
    heads = fit_heads([example.text for example in examples], vectors_of(examples), numbers, len(TOPICS))
    asked = examples_of(2, outside=2, seed=4)
    texts, rows = [example.text for example in asked], vectors_of(asked)
    alone, shared = heads.read(texts, rows), heads.read(texts, rows, heads.nearness(rows))
    assert alone.features.tolist() == shared.features.tolist()
    near = np.sort(rows @ vectors_of(examples).T, axis=1)[:, ::-1]
    assert alone.features[:, FEATURES.index("nearest")] == pytest.approx(near[:, 0], abs=1e-6)
    assert alone.features[:, FEATURES.index("near_five")] == pytest.approx(near[:, :5].mean(axis=1), abs=1e-6)
