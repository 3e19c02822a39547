"""How the injection benchmark counts, keeps vectors and says what noise changes."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.guard_injection import Row, change, embedded, rates, read

ROWS = [Row("a", True, "x"), Row("b", True, "x"), Row("c", False, "x"), Row("d", False, "x"), Row("e", False, "x")]


def test_recall_refusals_and_f1_are_counted_over_their_own_texts():
    made = rates(ROWS, [True, False, True, False, False])
    assert (made["attack_recall"], made["benign_false_positive_rate"]) == (0.5, 0.3333)
    assert made["f1"] == 0.5


def test_harmless_texts_alone_have_no_f1():
    assert "f1" not in rates(ROWS[2:], [True, False, False])


def test_noise_is_told_by_what_it_changes():
    clean, noisy = rates(ROWS, [True, True, False, False, False]), rates(ROWS, [True, False, True, False, False])
    assert change(noisy, clean)["attack_recall_change"] == -0.5
    assert change(noisy, clean)["benign_false_positive_rate_change"] == 0.3333
    assert change(noisy, clean)["f1_change"] == pytest.approx(-0.5)


def test_a_text_without_a_label_is_harmless_and_its_file_the_source(tmp_path: Path):
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"text": "|user|: where is it?"}), encoding="utf-8")
    assert list(read(path)) == [Row("where is it?", False, "questions")]


def test_vectors_that_were_kept_are_not_worked_out_again(tmp_path: Path):
    kept = tmp_path / "vectors.npz"
    np.savez(kept, texts=np.array(["a", "b"]), vectors=np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32))
    assert embedded(["b", "a", "b"], kept).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
