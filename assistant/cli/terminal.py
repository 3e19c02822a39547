"""How the command line speaks: results to stdout, all else to stderr, nothing that could steer a terminal."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from copy import copy
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from assistant.errors import AssistantError
from assistant.privacy import mask_personal_data

out = Console()
err = Console(stderr=True)


def log_to_stderr() -> None:
    """One line a record; what went wrong is named, without its stack."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def log_to_file(folder: Path) -> None:
    """Warnings and errors with their stacks, kept in the data folder: three files of 5 MB at most."""
    handler = RotatingFileHandler(folder / "assistant.log", maxBytes=5_000_000, backupCount=2, delay=True)
    handler.setFormatter(WithStack("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


class OneLine(logging.Formatter):
    """A record without its stack, and without personal data: what a model's server complains of may quote a message."""

    def format(self, record: logging.LogRecord) -> str:
        line = record.getMessage()
        told = f"{line} ({record.exc_info[1]!r})" if record.exc_info else line
        return f"{record.levelname} {record.name}: {mask_personal_data(told)}"


class WithStack(logging.Formatter):
    """A record with its stack, both without personal data; the time before it stays as it is."""

    def format(self, record: logging.LogRecord) -> str:
        masked = copy(record)
        masked.msg, masked.args = mask_personal_data(record.getMessage()), None
        masked.exc_text = None  # another formatter may have left it here unmasked
        return super().format(masked)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return mask_personal_data(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        return mask_personal_data(super().formatStack(stack_info))


def complain(error: AssistantError) -> None:
    err.print(Text.assemble(("error", "bold red"), f": {shown(str(error))}"), soft_wrap=True)


def shown(text: str) -> str:
    """A text as a terminal may show it: without control and direction characters, whoever wrote it."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


def cell(text: str) -> Text:
    return Text(shown(text))


class Counted(Protocol):
    """How far a piece of work has come."""

    def __call__(self, done: int, total: int, what: str = ...) -> None: ...


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Counted]:
    """A progress bar on stderr; what is yielded tells it how much is done, of how much, and of what now."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=total)

        def counted(done: int, total: int, what: str = what) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield counted


def run(work: Coroutine[Any, Any, int | None]) -> None:
    code = asyncio.run(work)
    if code:
        raise typer.Exit(code)
