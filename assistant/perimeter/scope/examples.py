"""Labelled examples a scope is fitted on: the policy's, a CSV's, and generic questions out of anybody's scope."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy

OOS = "oos"
_COLUMNS = ("text", "label")


@dataclass(frozen=True, slots=True)
class Example:
    """A question as a user asks it, and its topic's name, or `oos` for out of scope.

    `place` is the file and the line it was just read from.
    """

    text: str
    label: str
    place: str = field(default="", compare=False)


def read_examples(path: Path, *, topics: Collection[str] = ()) -> tuple[Example, ...]:
    """The examples of a CSV file with the columns text and label; labels must be among `topics` unless that is empty.

    Raises:
        ConfigurationError: the file can't be read, or a row of it can't be used; names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path}: can't be read ({exc}). Save it as a UTF-8 CSV file.") from exc
    examples = _examples(text, path, topics)
    if not examples:
        raise ConfigurationError(f"{path}: there are no examples in it. Write one question with its label a line.")
    return examples


def _examples(text: str, path: Path, topics: Collection[str]) -> tuple[Example, ...]:
    found: list[Example] = []
    line = 1
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        _refuse_columns(rows.fieldnames or (), path)
        line = rows.line_num + 1
        for row in rows:
            found.append(_example(row, f"{path}, line {line}", topics))
            line = rows.line_num + 1
    except csv.Error as exc:
        raise ConfigurationError(f"{path}, line {line}: this is not valid CSV ({exc}). Close what is quoted.") from exc
    return tuple(found)


def _refuse_columns(columns: Collection[str], path: Path) -> None:
    if not set(_COLUMNS) <= set(columns):
        raise ConfigurationError(f"{path}, line 1: the columns must be called text and label.")
    unknown = next((column for column in columns if column not in _COLUMNS), None)
    if unknown is not None:
        raise ConfigurationError(
            f"{path}, line 1: the column {unknown!r} means nothing here. Keep text and label, and remove the others."
        )


def policy_examples(policy: Policy) -> tuple[Example, ...]:
    """Every topic's examples, and its description as one more."""
    return tuple(
        Example(text, topic.name)
        for topic in policy.topics
        for text in (*topic.examples, *((topic.description,) if topic.description else ()))
    )


def background() -> tuple[Example, ...]:
    """Generic questions out of anybody's scope, written for this package."""
    text = resources.files(__package__).joinpath("background.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(Example(line, OOS) for line in lines if line and not line.startswith("#"))


def distinct(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The examples without those that say the same words again; the first one's label stands.

    Raises:
        ConfigurationError: an example just read from a file says what an earlier one says, under another label; names
            both places.
    """
    kept: dict[str, Example] = {}
    for example in examples:
        first = kept.setdefault(" ".join(example.text.casefold().split()), example)
        if example.place and first.label != example.label:
            where = first.place or "the policy"
            raise ConfigurationError(
                f"{example.place}: {example.text!r} is labelled {example.label!r}, but {first.label!r} in {where}. "
                "Keep one of them."
            )
    return tuple(kept.values())


def _example(row: dict[str, str | None], where: str, topics: Collection[str]) -> Example:
    if None in row or None in row.values():
        raise ConfigurationError(f"{where}: this row has more or fewer fields than the first line. Quote its commas.")
    text, label = ((row.get(column) or "").strip() for column in _COLUMNS)
    if not text or not label:
        raise ConfigurationError(f"{where}: a text and a label are needed. Fill in both, or delete the line.")
    if topics and label != OOS and label not in topics:
        known = ", ".join((*topics, OOS))
        raise ConfigurationError(f"{where}: {label!r} is no topic of the policy. Write one of: {known}.")
    return Example(text, label, where)
