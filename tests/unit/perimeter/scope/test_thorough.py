from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ConfigurationError
from assistant.perimeter.scope.evidence import Floats, HeadEvidence
from assistant.perimeter.scope.quick import HeldOut
from assistant.perimeter.scope.thorough import (
    fit_tuned,
    held_head,
    held_parts,
    is_better,
    read_tuned,
    silent,
    write_tuned,
)

TOPICS = np.repeat(np.arange(3), 20)
HELD = HeldOut(100, 90, 80, 50, 1, 5, 0.1, on_background=False, cost=0.5)


def clusters(spread: float = 0.1) -> Floats:
    random = np.random.default_rng(4)
    rows = np.eye(8)[TOPICS] + spread * random.normal(size=(len(TOPICS), 8))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_it_names_the_topic_whose_examples_lie_nearest() -> None:
    said = fit_tuned(clusters(), TOPICS, 3).read(clusters(0.12))
    assert (said.logits.argmax(axis=1) == TOPICS).all()


def test_every_feature_is_larger_in_scope_than_out_of_it() -> None:
    tuned = fit_tuned(clusters(), TOPICS, 3)
    inside, outside = tuned.read(clusters(0.12)), tuned.read(np.eye(8, dtype=np.float32)[4:])
    assert (inside.features.mean(axis=0) > outside.features.mean(axis=0)).all()


def test_examples_out_of_scope_shape_no_topic() -> None:
    rows, topics = clusters(), TOPICS.copy()
    topics[:5] = -1
    other = rows.copy()
    other[:5] = np.eye(8, dtype=np.float32)[7]
    assert np.array_equal(fit_tuned(rows, topics, 3).means, fit_tuned(other, topics, 3).means)


def test_few_examples_are_each_left_out_once() -> None:
    parts = held_parts(TOPICS, 1)
    assert np.sum(parts, axis=0).tolist() == [1] * len(TOPICS)


def test_of_many_examples_a_tenth_of_each_topic_is_left_out() -> None:
    topics = np.repeat(np.arange(-1, 49), 100)
    (part,) = held_parts(topics, 1)
    assert [int(part[topics == topic].sum()) for topic in range(-1, 49)] == [10] * 50


def test_a_topics_only_example_is_left_out_of_nothing() -> None:
    topics = np.append(TOPICS, 3)
    assert not np.any([part[-1] for part in held_parts(topics, 1)])


def test_each_example_keeps_what_the_encoder_without_it_said() -> None:
    parts = held_parts(TOPICS, 1)
    said = [
        HeadEvidence(np.full((part.sum(), 3), at, np.float32), np.full((part.sum(), 2), at, np.float32))
        for at, part in enumerate(parts)
    ]
    head = held_head("encoder", parts, said)
    assert head.known.all()
    assert all((head.held_out.features[part] == at).all() for at, part in enumerate(parts))


def test_a_silent_head_knows_the_same_examples_and_adds_nothing() -> None:
    parts = held_parts(TOPICS, 1)
    head = held_head("encoder", parts, [fit_tuned(clusters(), TOPICS, 3).read(clusters()[part]) for part in parts])
    quiet = silent(head)
    assert np.array_equal(quiet.known, head.known)
    assert not quiet.held_out.logits.any()
    assert quiet.held_out.features.shape == (len(TOPICS), 0)


@pytest.mark.parametrize(
    ("right", "cost", "kept"),
    [(95, 0.4, True), (95, 0.5, True), (90, 0.4, True), (90, 0.5, False), (89, 0.4, False), (95, 0.6, False)],
)
def test_fine_tuning_is_kept_only_where_nothing_gets_worse(right: int, cost: float, kept: bool) -> None:
    assert is_better(replace(HELD, right=right, cost=cost), HELD) is kept


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    tuned = fit_tuned(clusters(), TOPICS, 3)
    name = write_tuned(tmp_path, tuned)
    assert np.array_equal(read_tuned(tmp_path, name).within, tuned.within)


def test_weights_that_changed_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    name = write_tuned(tmp_path, fit_tuned(clusters(), TOPICS, 3))
    (tmp_path / "model.safetensors").write_bytes(b"Weights")
    with pytest.raises(ConfigurationError, match="isn't what the scope was fitted with"):
        read_tuned(tmp_path, name)
