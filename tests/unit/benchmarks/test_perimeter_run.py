"""The perimeter's benchmark from end to end, on a few questions of two topics."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from assistant.bootstrap.fitting import one_thread
from assistant.perimeter.scope.examples import Example
from benchmarks import perimeter, perimeter_peers, perimeter_shops
from benchmarks.perimeter_data import Part, load
from benchmarks.perimeter_measures import OOS
from benchmarks.perimeter_noise import NOISES

ASKED = {
    "delivery": "where is my parcel",
    "returns": "send it back please",
    OOS: "sing a funny song",
}


def questions(path: Path, each: int, *, outside: int) -> Path:
    """A CSV with so many questions of each topic, and so many out of scope."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for label, text in ASKED.items():
            rows.writerows([f"{text} {at} {path.stem}", label] for at in range(outside if label == OOS else each))
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    train, validation, test = (
        questions(tmp_path / f"{name}.csv", each, outside=outside)
        for name, each, outside in (("train", 8, 0), ("validation", 4, 20), ("test", 3, 3))
    )
    return ["--train", str(train), "--validation", str(validation), "--test", str(test)]


def test_a_run_ends_in_a_line_of_json_with_the_figures_agreed(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    perimeter.main([*files, "--vectors", str(tmp_path / "vectors")])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"closed_accuracy", "oos_f1", "macro_f1", "auroc", "mcc", "coverage_accuracy", "machine", "seed"} <= set(
        found
    )
    assert {"p50", "p95"} <= set(found["classify_ms"])
    assert set(found["noise"]) == set(NOISES)
    assert found["held_out"]["outside"] == 20


def test_vectors_that_are_kept_are_not_encoded_again(tmp_path: Path) -> None:
    path, cache = questions(tmp_path / "few.csv", 2, outside=1), tmp_path / "vectors"
    first = load(path, limit=0, cache=cache)
    [kept] = cache.iterdir()
    np.save(kept, np.zeros_like(first.vectors))
    assert not load(path, limit=0, cache=cache).vectors.any()


def test_a_limit_is_of_each_label(tmp_path: Path) -> None:
    part = load(questions(tmp_path / "some.csv", 5, outside=4), limit=2, cache=None)
    assert [part.labels.count(label) for label in ASKED] == [2, 2, 2]


def test_what_a_peer_is_given_is_what_was_loaded(tmp_path: Path) -> None:
    part = load(questions(tmp_path / "some.csv", 2, outside=1), limit=0, cache=None)
    perimeter_peers._write(tmp_path / "work.npz", part, part, part)
    read = perimeter_peers._read(tmp_path / "work.npz")
    assert set(read) == {"train", "validation", "test"}
    texts, labels, vectors = read["test"]
    assert (texts, labels) == (part.texts, part.labels)
    assert vectors.tolist() == part.vectors.tolist()
    assert perimeter_peers._inside(read["test"])[1].count(OOS) == 0


def test_a_peer_is_given_the_threshold_with_the_best_mcc_on_what_it_has_not_seen() -> None:
    vectors = np.eye(4, dtype=np.float32)
    train = (["p", "r"], ["delivery", "returns"], vectors[:2])
    asked = (["a", "b", "c", "d"], ["delivery", "returns", OOS, OOS], vectors)
    scores = {"a": 0.9, "b": 0.7, "c": 0.4, "d": 0.2}

    def said(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        topics = {"a": "delivery", "b": "returns"}
        return np.array([topics.get(text, "delivery") for text in texts]), np.array([scores[text] for text in texts])

    limit, questions = perimeter_peers._one_threshold(
        {"train": train, "validation": asked, "test": asked}, lambda *_: None, lambda _: said, None
    )
    assert 0.4 < limit <= 0.7
    assert [label for _, label in questions] == asked[1]


def test_the_release_in_the_folder_given_is_the_one_that_runs(tmp_path: Path) -> None:
    (tmp_path / "semantic_router.py").write_text("""print('{"this one": {}}')\nraise SystemExit(0)\n""")
    part = load(questions(tmp_path / "some.csv", 2, outside=1), limit=0, cache=None)
    assert perimeter_peers.run_peers([tmp_path], part, part, part) == {"this one": {}}


def test_a_shops_users_ask_what_it_was_not_fitted_on_and_what_others_are_about() -> None:
    topics = [f"topic{at}" for at in range(39)]
    examples = tuple(Example(f"{topic} question {at}", topic) for topic in topics for at in range(30))
    vectors = np.random.default_rng(0).normal(size=(len(examples), 16)).astype(np.float32)
    part = Part(examples, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    domains = {"one": topics[:13], "two": topics[13:26], "three": topics[26:]}
    shop = perimeter_shops.draw(part, domains, np.random.default_rng(3))
    outside = np.array([label == OOS for label in shop.truth])
    assert 5 <= len(shop.topics) <= 24
    assert set(shop.truth) - {OOS} <= set(shop.topics)
    assert not shop.near[~outside].any()
    assert 0 < shop.near[outside].mean() < 1


def test_one_thread_leaves_one_thread_of_linear_algebra() -> None:
    with threadpool_limits(2, user_api="blas"):
        one_thread()
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
