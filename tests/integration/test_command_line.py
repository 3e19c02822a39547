"""The command line as an operator meets it: exit codes, and errors of one line that name the thing and the way out."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.adapters.data_folder import hold_data_folder

ROOT = Path(__file__).parents[2]
CLOSED = "127.0.0.1:1"


def run(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment |= {"ASSISTANT_DATA_DIR": str(cwd / "data"), "COLUMNS": "200", **settings}
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        stdin=subprocess.DEVNULL,
    )


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    said = " ".join(done.stderr.split())
    assert [word for word in words if word not in said] == []


@pytest.mark.slow
def test_ingest_then_ask_prints_the_fixed_form(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "hours.md").write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays.\n")
    (papers / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 not text")
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 this is none")
    (papers / os.fsdecode(b"bad\xffname.md")).write_text("# Lost\n\nNobody can name this.\n")
    ingested = run("ingest", str(papers), cwd=tmp_path)
    assert ingested.returncode == 0
    assert "photo.jpg" in ingested.stderr
    assert "broken.pdf" in ingested.stderr
    assert "can't be shown" in ingested.stderr
    assert "1 may be seen by everyone" in ingested.stderr

    asked = run("ask", "When does the museum open on weekdays?", "--json", cwd=tmp_path)
    assert asked.returncode == 0
    reply = json.loads(asked.stdout)
    assert "9:45" in reply["answer"]
    assert reply["verdict"]["decision"] == "answer"
    assert set(reply["verdict"]) == {"decision", "rule", "reason", "scores"}
    assert set(reply["citations"][0]) == {"document", "section", "quote", "url"}
    assert reply["citations"][0]["document"] == "hours.md"
    assert set(reply["tokens"]) == {"prompt", "completion", "by_section"}
    assert reply["timings_ms"]["total"] > 0
    assert reply["ticket"] is None
    assert reply["thread_id"]
    assert len(reply["trace_id"]) == 32


@pytest.mark.parametrize("message", ["", " \n\t "])
def test_an_empty_question_is_wrong_use(message: str, tmp_path: Path) -> None:
    refused(run("ask", message, cwd=tmp_path), 2, "empty")


def test_a_text_that_is_too_long_is_wrong_use_and_both_numbers_are_said(tmp_path: Path) -> None:
    done = run("ask", "a" * 100_000, cwd=tmp_path)
    refused(done, 2, "100,000 characters", "8,000")


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    refused(run("ingest", "nothing", cwd=tmp_path), 1, "nothing")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    refused(run("ingest", "no-such-folder", cwd=tmp_path), 1, "no-such-folder")


def test_an_unknown_key_in_the_policy_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "perimeter.yaml").write_text("version: 1\norganisation: Acme\nlanguage: [en]\n")
    refused(run("perimeter", "check", cwd=tmp_path), 2, "perimeter.yaml", "3", "language", "languages")
    refused(run("ask", "hello", cwd=tmp_path), 2, "perimeter.yaml", "language")


def test_a_policy_file_that_is_set_and_missing_is_an_error(tmp_path: Path) -> None:
    refused(run("ask", "hello", cwd=tmp_path, ASSISTANT_PERIMETER="no-such.yaml"), 2, "no-such.yaml")


@pytest.mark.parametrize("folder", ["/etc/passwd", "/proc/none"])
def test_a_data_folder_that_cannot_be_used_is_named(folder: str, tmp_path: Path) -> None:
    refused(run("users", "list", cwd=tmp_path, ASSISTANT_DATA_DIR=folder), 2, folder, "ASSISTANT_DATA_DIR")


def test_one_langfuse_key_without_the_other_is_refused(tmp_path: Path) -> None:
    refused(run("doctor", cwd=tmp_path, LANGFUSE_PUBLIC_KEY="pk"), 2, "LANGFUSE_SECRET_KEY")


def test_what_users_write_cannot_break_or_steer_the_operators_terminal(tmp_path: Path) -> None:
    asked = run("ask", "I want to talk to a person about [/bold] \x1b]0;owned\x07", "--json", cwd=tmp_path)
    assert json.loads(asked.stdout)["ticket"] == "T-1001"
    listed = run("tickets", "list", cwd=tmp_path)
    shown = run("tickets", "show", "T-1001", cwd=tmp_path)
    assert listed.returncode == shown.returncode == 0
    assert "[/bold]" in listed.stdout
    assert "\x1b]" not in listed.stdout + shown.stdout


def test_a_dead_model_is_one_line_on_stderr_and_the_answer_stands(tmp_path: Path) -> None:
    (tmp_path / "hours.md").write_text("# Opening hours\n\nThe museum opens at 9:45 on weekdays.\n")
    run("ingest", "hours.md", cwd=tmp_path)
    model = {"ASSISTANT_MODEL": "openai:none", "ASSISTANT_MODEL_BASE_URL": f"http://{CLOSED}/v1"}
    asked = run("ask", "When does the museum open on weekdays?", cwd=tmp_path, ASSISTANT_MODEL_API_KEY="x", **model)
    assert asked.returncode == 0
    assert "9:45" in asked.stdout
    assert "Traceback" not in asked.stderr
    assert "Traceback" in (tmp_path / "data" / "assistant.log").read_text()


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(run("serve", "--port", str(port), cwd=tmp_path), 2, str(port), "ASSISTANT_PORT")


def test_a_data_folder_in_use_is_named_with_its_holder(tmp_path: Path) -> None:
    with hold_data_folder(tmp_path / "data"):
        refused(run("ask", "hello", cwd=tmp_path), 1, str(tmp_path / "data"), str(os.getpid()), "ASSISTANT_DATA_DIR")


@pytest.mark.parametrize(
    ("setting", "value", "part"),
    [
        ("ASSISTANT_REDIS_URL", f"redis://:s3cret@{CLOSED}", "redis"),
        ("ASSISTANT_DATABASE_URL", f"postgresql://u:s3cret@{CLOSED}/x", "database"),
        ("ASSISTANT_QDRANT_URL", f"http://{CLOSED}", "index"),
    ],
)
def test_a_service_that_is_set_and_unreachable_is_an_error_at_start_and_in_the_doctor(
    setting: str, value: str, part: str, tmp_path: Path
) -> None:
    asked = run("ask", "hello", cwd=tmp_path, **{setting: value})
    refused(asked, 1, part, CLOSED)
    assert "s3cret" not in asked.stderr
    doctor = run("doctor", cwd=tmp_path, **{setting: value})
    assert doctor.returncode == 1
    assert "unwell" in doctor.stdout
    assert "s3cret" not in doctor.stdout


def test_a_misspelt_setting_is_refused_with_what_was_meant(tmp_path: Path) -> None:
    refused(run("doctor", cwd=tmp_path, ASSISTANT_REDIS_ULR="redis://x"), 2, "ASSISTANT_REDIS_URL")


def test_a_setting_that_cannot_work_is_named(tmp_path: Path) -> None:
    refused(run("doctor", cwd=tmp_path, ASSISTANT_PORT="eight"), 2, "ASSISTANT_PORT")


def test_asking_as_an_account_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    refused(run("ask", "hello", "--as", "nobody@example.com", cwd=tmp_path), 2, "nobody@example.com")


def test_accounts_are_made_listed_and_closed(tmp_path: Path) -> None:
    made = run("users", "add", "ann@example.com", "--role", "staff", cwd=tmp_path, NEW_USER_PASSWORD="correct horse")
    assert made.returncode == 0, made.stderr
    assert "staff" in run("users", "list", cwd=tmp_path).stdout
    closed = run("users", "change", "ann@example.com", "--inactive", cwd=tmp_path)
    assert "inactive" in closed.stdout
    refused(run("ask", "hello", "--as", "ann@example.com", cwd=tmp_path), 2, "ann@example.com")


def test_a_short_password_and_a_second_account_of_one_address_are_refused(tmp_path: Path) -> None:
    refused(run("users", "add", "ann@example.com", cwd=tmp_path, NEW_USER_PASSWORD="short"), 2, "10 to 1000 characters")
    run("users", "add", "ann@example.com", cwd=tmp_path, NEW_USER_PASSWORD="correct horse")
    again = run("users", "add", "Ann@example.com", cwd=tmp_path, NEW_USER_PASSWORD="correct horse")
    refused(again, 2, "nn@example.com")


def test_a_full_disk_is_named_before_anything_is_taken_in(tmp_path: Path) -> None:
    refused(run("ask", "hello", cwd=tmp_path, ASSISTANT_FREE_DISK_FLOOR_MB="999999999"), 1, "data folder", "MB left")
