"""What the log says: what went wrong, and nothing personal of what was asked."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from assistant.cli.terminal import OneLine, WithStack, log_to_file
from assistant.errors import ModelError

SAID = "400: bad input: my mail is jane.doe@example.com, card 4111 1111 1111 1111"


def record(message: str, *args: object) -> logging.LogRecord:
    """A record as `log.exception` makes it while an error that quotes a message is handled."""
    try:
        try:
            raise ModelError(SAID)
        except ModelError as exc:
            raise ModelError(f"again, {SAID}") from exc
    except ModelError:
        info = sys.exc_info()
    return logging.LogRecord("a.b", logging.ERROR, __file__, 1, message, args, info, sinfo=f"Stack:\n  {SAID}")


@pytest.mark.parametrize("formatter", [OneLine(), WithStack()])
def test_a_log_holds_no_personal_data_of_message_error_or_stack(formatter: logging.Formatter):
    made = record("rewrite failed: %s", SAID)
    made.exc_text = SAID  # as a formatter before this one may leave it
    line = formatter.format(made)
    assert "rewrite failed: 400: bad input" in line
    assert "ModelError" in line
    assert "<email>" in line
    assert "jane" not in line
    assert "4111" not in line.replace("ending 1111", "")
    assert "ending 1111" in line


def test_a_record_stays_what_it_was_for_others():
    made = record("rewrite failed: %s", SAID)
    WithStack().format(made)
    assert made.getMessage() == f"rewrite failed: {SAID}"


def test_the_file_keeps_time_and_stack_without_personal_data(tmp_path: Path):
    log_to_file(tmp_path)
    handler = logging.getLogger().handlers.pop()
    handler.handle(record("rewrite failed"))
    handler.close()
    written = (tmp_path / "assistant.log").read_text("utf-8")
    assert written.split()[0].count("-") == 2
    assert "Traceback" in written
    assert "Stack:" in written
    assert "jane" not in written
