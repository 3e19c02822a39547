"""`assistant perimeter` as an operator meets it: what is drafted loads, what is measured sets the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.perimeter.policy_file import load_policy
from tests.integration.test_command_line import refused, run

POLICY = """\
version: 1
organisation: The Museum
contact: hello@museum.example
topics:
  - name: visiting
    examples: ["when do you open", "opening hours", "how much is a ticket", "is there a lift", "can I bring my dog"]
  - name: law
    action: refuse
    reason: "I can't give legal advice."
    examples: ["can I sue you", "do I need a lawyer", "is this legal", "who is liable", "write a letter to my lawyer"]
"""
HOURS = """\
# Opening hours

The museum opens at 9:45 on weekdays. You can bring a guide dog. You must book a ticket for groups.

## Tickets

A ticket costs 12 euros. Write to hello@museum.example for groups.
"""


@pytest.fixture
def museum(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "hours.md").write_text(HOURS)
    (tmp_path / "perimeter.yaml").write_text(POLICY)
    return tmp_path


def test_a_policy_that_can_be_used_is_counted(museum: Path) -> None:
    done = run("perimeter", "check", cwd=museum)
    assert (done.returncode, done.stdout.strip()) == (0, "The Museum: 2 topics, 0 sensitive.")


def test_a_policy_given_by_path_is_the_one_checked(museum: Path) -> None:
    (museum / "other.yaml").write_text("version: 1\nmax_false_answers: 7\n")
    refused(run("perimeter", "check", "other.yaml", cwd=museum), 2, "other.yaml, line 2", "between 0 and 1")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "--report", "r.html"], "no cases"),
        (["check", "--max-false-answers", "0.1"], "no cases"),
        (["check", "--cases", "gone.csv"], "gone.csv"),
        (["check", "--golden", "gone"], "gone is no folder"),
        (["check", "--cases", "bad.csv"], "bad.csv, line 2"),
        (["check", "--cases", "good.csv", "--report", "no/such/r.html"], "no/such/r.html"),
        (["check", "--cases", "good.csv", "--max-false-answers", "2"], "--max-false-answers"),
        (["explain", " "], "empty"),
        (["explain", "hello", "--history", "gone.txt"], "gone.txt"),
        (["init"], "--force"),
    ],
)
def test_wrong_use_is_named_before_anything_is_opened(museum: Path, arguments: list[str], says: str) -> None:
    (museum / "bad.csv").write_text("text,expected\nwhen do you open\n")
    (museum / "good.csv").write_text("text,expected\nwhen do you open,visiting\n")
    done = run("perimeter", *arguments, cwd=museum)
    assert done.returncode == 2, done.stderr
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (museum / "data" / "index").exists()


@pytest.mark.slow
def test_cases_are_measured_reported_and_held_to_limits(museum: Path) -> None:
    run("ingest", "papers", cwd=museum)
    (museum / "cases.csv").write_text(
        "text,expected\nWhen does the museum open on weekdays?,visiting\ncan I sue you,law\n"
        "When does the museum open on <script>alert(1)</script> weekdays?,refuse\n"
    )
    given = ["perimeter", "check", "--cases", "cases.csv"]
    done = run(*given, "--json", "--report", "report.html", "--max-false-answers", "1", cwd=museum)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["cases"], found["held"]) == (3, True)
    assert set(found["topics"]) == {"visiting", "law", "to refuse"}
    assert found["topics"]["visiting"]["right"]["count"] == 1
    page = (museum / "report.html").read_text("utf-8")
    assert "<script>alert" not in page
    if found["wrong"]:
        assert "&lt;script&gt;alert" in page
    share = found["mistakes"]["false_answer"]["share"]
    strict = run(*given, "--strict", "--max-false-answers", str(min(0.99, share)), cwd=museum)
    assert strict.returncode == 1
    assert "passed" in strict.stdout
    (museum / "only.csv").write_text("text,expected\nwhen do you open,visiting\n")
    refused(
        run("perimeter", "check", "--cases", "only.csv", "--max-false-answers", "0.1", cwd=museum), 2, "hold nothing"
    )
    (museum / "odd.csv").write_text("text,expected\nwhen do you open,visitng\n")
    refused(run("perimeter", "check", "--cases", "odd.csv", cwd=museum), 2, "odd.csv, line 2", "visitng", "visiting")


@pytest.mark.slow
def test_a_decision_is_explained_for_people_and_for_programs(museum: Path) -> None:
    run("ingest", "papers", cwd=museum)
    done = run("perimeter", "explain", "When does the museum open on weekdays?", "--json", cwd=museum)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"question", "verdict", "parts", "nearest", "scope", "evidence", "timings_ms"}
    assert found["verdict"]["decision"] == "answer"
    assert found["evidence"]["kept"][0]["document"] == "hours.md"
    told = run("perimeter", "explain", "can I sue you [/bold] \x1b]0;owned\x07", cwd=museum)
    assert told.returncode == 0, told.stderr
    assert "refuse" in told.stdout
    assert "Numbers" in told.stdout
    assert "\x1b]" not in told.stdout
    assert "no user" not in told.stderr
    listed = run("tickets", "list", cwd=museum)
    assert "T-1" not in listed.stdout


@pytest.mark.slow
def test_a_draft_is_written_once_and_loads(museum: Path) -> None:
    refused(run("perimeter", "init", "draft.yaml", cwd=museum), 2, "Nothing is indexed", "assistant ingest")
    run("ingest", "papers", cwd=museum)
    done = run("perimeter", "init", "draft.yaml", cwd=museum)
    assert done.returncode == 0, done.stderr
    drafted = load_policy(museum / "draft.yaml")
    assert drafted.contact == "hello@museum.example"
    assert "Can I bring a guide dog?" in drafted.answered()[0].examples
    refused(run("perimeter", "init", "draft.yaml", cwd=museum), 2, "draft.yaml", "--force")
    assert run("perimeter", "init", "draft.yaml", "--force", cwd=museum).returncode == 0


@pytest.mark.slow
def test_a_fit_says_what_it_was_made_of(museum: Path) -> None:
    done = run("perimeter", "fit", "--json", cwd=museum)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["topics"] == 2
    assert Path(found["path"]).is_relative_to(museum / "data")
    told = run("perimeter", "fit", cwd=museum)
    assert "2 topics" in told.stdout
    (museum / "more.csv").write_text("text,label\nhello,nonsense\n")
    refused(run("perimeter", "fit", "--examples", "more.csv", cwd=museum), 2, "more.csv", "nonsense")
