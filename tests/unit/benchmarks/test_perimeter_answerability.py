"""The figures of the answerability benchmark, its noise, and the fit of the weights it measures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.perimeter_answerability import Row, auroc, drop, figures, noisy, questions_of
from benchmarks.perimeter_noise import NOISES
from scripts import fit_support

ROW = Row("t", "c", "q", True, 0.9, 0.5, 0.5, True, 1.0, {})
TASK = {
    "task_id": "1",
    "question": "What does the hub cost? And how do I return the hub after a month?",
    "history": [],
}


def rows(*scores: tuple[bool, float]) -> list[Row]:
    return [
        replace(ROW, answerable=answerable, score=score, conversation=str(at))
        for at, (answerable, score) in enumerate(scores)
    ]


def test_a_tie_is_half_a_win() -> None:
    assert auroc([0.5, 0.9], [0.5]) == 0.75


def test_what_reaches_the_threshold_is_answered() -> None:
    found = figures(rows((True, 0.42), (True, 0.41), (False, 0.42), (False, 0.1)), threshold=0.42, seed=0)
    assert (found["false_answer_rate"], found["false_refusal_rate"]) == (0.5, 0.5)


def test_the_drop_is_what_noise_takes() -> None:
    assert drop(1.0, rows((True, 0.2), (False, 0.2))) == {"auroc": 0.5, "drop": 0.5}


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_in_the_last_message_and_the_same_each_time(kind: str) -> None:
    task = {**TASK, "question": "What does THE Hub cost, please, and how do I return it to you after the month?"}
    changed = noisy(task, kind, 0)
    assert changed == noisy(task, kind, 0)
    assert changed["question"] != task["question"]
    assert noisy(task, "", 0) is task


def test_each_question_of_a_turn_is_asked() -> None:
    assert len(questions_of(TASK)) == 2


def written(answerable: bool, answered: float, sparse: float, at: int) -> fit_support.Row:
    return fit_support.Row("written", str(at), str(at), "real", answerable, answered, sparse, answered)


def test_the_fit_finds_what_tells_the_answerable_apart() -> None:
    draw = np.random.default_rng(0)
    found = []
    for source in fit_support.SOURCES:
        for at in range(60):
            answered, sparse = float(draw.random()), float(draw.random() * 6)
            row = written(answered + sparse / 6 > 1, answered, sparse, at)
            found.append(replace(row, source=source, group=f"{source}{at}"))
    fitted = fit_support.fitted(found)
    assert fitted["weights"]["answered"] > 0
    assert fitted["weights"]["sparse"] > 0
    assert fitted["auroc"]["written, real"]["fitted"] > fitted["auroc"]["written, real"]["answered"]
    assert set(fitted["rates"]["demo"]) == set(fit_support.THRESHOLDS)


def test_every_source_weighs_the_same_in_the_fit() -> None:
    found = [replace(written(at % 2 == 0, 0.5, 1.0, at), source="demo" if at < 4 else "written") for at in range(20)]
    found += [replace(written(at % 2 == 0, 0.5, 1.0, at), source="government") for at in range(8)]
    weight = fit_support.shares(found)
    sums = {
        source: sum(w for w, row in zip(weight, found, strict=True) if row.source == source)
        for source in fit_support.SOURCES
    }
    assert max(sums.values()) == pytest.approx(min(sums.values()))


def test_every_written_passage_has_questions_of_both_kinds() -> None:
    entries = fit_support.lines(fit_support.WRITTEN)
    asked = [fit_support.asked_of(entry) for entry in entries]
    assert all({answered for _, answered in questions} == {True, False} for questions in asked)
    assert len({question.lower() for questions in asked for question, _ in questions}) > 0.97 * sum(map(len, asked))
