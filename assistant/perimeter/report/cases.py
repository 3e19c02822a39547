"""Cases from files: a CSV with `text` and `expected`, or a folder of golden cases (JSON lines)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import ConfigurationError
from assistant.perimeter.report.measuring import Case
from assistant.values import PUBLIC

_COLUMNS = frozenset({"text", "expected", "groups", "history", "id", "kind"})


def read_cases(path: Path) -> list[Case]:
    """Cases of a CSV: `text,expected`, and `groups` (separated by spaces), `history` (a line for each earlier message
    of the user), `id` and `kind` where wanted.

    Raises:
        ConfigurationError: naming file and line of what can't be used.
    """
    rows = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    columns = rows.fieldnames or ()
    if not {"text", "expected"} <= set(columns):
        raise ConfigurationError(f"{path}, line 1: the columns `text` and `expected` are needed, not {list(columns)}.")
    unknown = [column for column in columns if column not in _COLUMNS]
    if unknown:
        known = ", ".join(sorted(_COLUMNS))
        raise ConfigurationError(f"{path}, line 1: the column {unknown[0]!r} means nothing here. Known: {known}.")
    found: list[Case] = []
    line = rows.line_num + 1
    try:
        for row in rows:
            found.append(_case(row, f"{path}, line {line}", len(found) + 1))
            line = rows.line_num + 1
    except csv.Error as exc:
        raise ConfigurationError(f"{path}, line {line}: this is not valid CSV ({exc}).") from exc
    return _some(found, path)


def read_golden(folder: Path) -> list[Case]:
    """The golden cases of a folder's `*.jsonl` files; see golden/README.md for their form.

    Raises:
        ConfigurationError: naming file and line of what can't be used.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder. Name one that holds golden cases as *.jsonl files.")
    return _some([case for file in sorted(folder.glob("*.jsonl")) for case in _golden(file)], folder)


def read_history(path: Path) -> tuple[str, ...]:
    """A user's earlier messages: a line each, or JSON lines with `role` and `text`, of which the user's count."""
    lines = [(number, line) for number, line in enumerate(_text(path).splitlines(), 1) if line.strip()]
    if path.suffix != ".jsonl":
        return tuple(line for _, line in lines)
    return tuple(text for number, line in lines for text in _message(line, f"{path}, line {number}"))


def _message(line: str, place: str) -> tuple[str, ...]:
    try:
        return _said([json.loads(line)])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise ConfigurationError(f"{place}: write an object with `role` and `text` ({exc!r}).") from exc


def _golden(file: Path) -> Iterator[Case]:
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip():
            continue
        place = f"{file}, line {number}"
        try:
            entry: dict[str, Any] = json.loads(line)
            yield Case(
                id=str(entry.get("id") or f"{file.stem}-{number}"),
                text=str(entry["question"]),
                expected=str(entry["expect"]["decision"]),
                groups=frozenset(map(str, entry.get("groups") or [PUBLIC])),
                history=_said(entry.get("history", ())),
                kind=str(entry.get("kind") or file.stem).replace("_", " "),
                place=place,
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
            raise ConfigurationError(f"{place}: this is no golden case ({exc!r}). See golden/README.md.") from exc


def _said(turns: Any) -> tuple[str, ...]:
    return tuple(str(turn["text"]) for turn in turns if turn.get("role", "user") == "user")


def _case(row: dict[str, Any], place: str, number: int) -> Case:
    if None in row or None in row.values():
        raise ConfigurationError(f"{place}: this row has more or fewer fields than the first line has columns.")
    if not row["text"].strip() or not row["expected"].strip():
        raise ConfigurationError(f"{place}: `text` and `expected` must both be filled in.")
    return Case(
        id=row.get("id") or str(number),
        text=row["text"].strip(),
        expected=row["expected"].strip(),
        groups=frozenset((row.get("groups") or PUBLIC).replace(",", " ").split()),
        history=tuple(line for line in (row.get("history") or "").splitlines() if line.strip()),
        kind=row.get("kind") or "",
        place=place,
    )


def _some(cases: list[Case], path: Path) -> list[Case]:
    if not cases:
        raise ConfigurationError(f"{path} holds no cases.")
    return cases


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path} can't be read ({exc}). Save it as UTF-8 text.") from exc
