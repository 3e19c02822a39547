"""The retrieval benchmark's figures and what it reads."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks.retrieval import Query, main, ndcg, read_queries, scores

WANTED = {"a": 1.0, "b": 1.0}


def query(**wanted: float) -> Query:
    return Query("q", "where is it?", (), wanted)


def test_a_perfect_order_has_full_marks() -> None:
    found = scores([query(a=1.0, b=1.0)], [["a", "b", "c"]])
    assert found == {"recall_5": 1.0, "ndcg_5": 1.0, "recall_10": 1.0, "ndcg_10": 1.0, "mrr_10": 1.0}


def test_what_comes_later_counts_less_and_what_comes_too_late_not_at_all() -> None:
    found = scores([query(a=1.0)], [["x", "a"]])
    assert found["recall_5"] == 1.0
    assert found["ndcg_5"] == pytest.approx(1 / math.log2(3), abs=1e-4)
    assert found["mrr_10"] == 0.5
    assert scores([query(a=1.0)], [[*"vwxyz", "a"]])["recall_5"] == 0.0


def test_a_higher_grade_gains_more() -> None:
    graded = {"a": 2.0, "b": 1.0}
    assert ndcg(graded, ["a", "b"], 5) == 1.0
    assert ndcg(graded, ["b", "a"], 5) < 1.0


def test_recall_is_the_share_of_all_that_is_wanted() -> None:
    assert scores([query(a=1.0, b=1.0)], [["a"]])["recall_10"] == 0.5


def test_queries_come_with_their_history_and_only_where_something_answers(tmp_path: Path) -> None:
    files = written(tmp_path)
    (first, second) = read_queries(files["queries"], files["qrels"], files["tasks"])
    assert (first.text, first.earlier, first.wanted) == ("How long is the lamp covered?", (), {"p1": 1.0})
    assert second.earlier == ("How long is the lamp covered?",)


def test_a_whole_run_finds_what_answers_and_a_second_run_embeds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path)
    given = [f"--{name}={path}" for name, path in files.items()]
    main([*given, f"--index={tmp_path / 'index'}"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["queries"] == 2
    assert found["recall_5"] == 1.0
    assert set(found["query_ms"]) == {"rewrite", "encode", "search"}
    assert {"machine", "seed", "wall_s", "index_s", "disk_mb", "peak_mb"} <= set(found)


def written(folder: Path) -> dict[str, Path]:
    """A collection of three passages and two turns of one conversation."""
    passages = {
        "p1": "The lamp is covered for five years.",
        "p2": "The kettle boils in a minute.",
        "p3": "We are closed.",
    }
    rows = {
        "corpus": [{"_id": id_, "title": "", "text": text} for id_, text in passages.items()],
        "queries": [
            {"_id": "t1", "text": "|user|: How long is the lamp covered?"},
            {"_id": "t2", "text": "|user|: And the kettle, how quickly does it boil?"},
            {"_id": "t3", "text": "|user|: Nobody knows"},
        ],
        "tasks": [
            {"task_id": "t1", "history": []},
            {
                "task_id": "t2",
                "history": [
                    {"speaker": "user", "text": "How long is the lamp covered?"},
                    {"speaker": "agent", "text": "Five years."},
                ],
            },
        ],
    }
    files = {name: folder / f"{name}.jsonl" for name in rows} | {"qrels": folder / "qrels.tsv"}
    for name, lines in rows.items():
        files[name].write_text("".join(json.dumps(line) + "\n" for line in lines))
    files["qrels"].write_text("query-id\tcorpus-id\tscore\nt1\tp1\t1\nt2\tp2\t1\n")
    return files
