"""A model's summary, taken apart: each line with its section and the aliases it cites (t1 a turn, l1 a line)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.memory.contents import SECTIONS, Section

_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_HEAD = re.compile(rf"^\W*({'|'.join(SECTIONS)})\W*$", re.I)
_TAG = re.compile(rf"^[\[(*]*({'|'.join(SECTIONS)})[\])*]*\s*:?\s+", re.I)
_CITED = re.compile(r"\s*[\[({]\s*((?:[tl]\d{1,4}(?:\s*[,;]\s*|\s+)?)+)\s*[\])}]", re.I)
_PIN = re.compile(r"^[\s*•–-]*pin\s+t(\d{1,4})\s*\|\s*(.+)$", re.I)
_ALIAS = re.compile(r"[tl]\d+", re.I)
_LONGEST_REPLY, _LONGEST_LINE = 50_000, 1_000  # characters; a model that runs on costs time


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a reply: its text without marks, its section, the aliases it cites."""

    section: Section
    text: str
    cited: tuple[str, ...]


def said(reply: str) -> Iterator[Said]:
    """The lines of the reply that cite anything. A section named alone on a line holds for those that follow."""
    current: Section = "facts"
    for raw in (" ".join(line.split()) for line in reply[:_LONGEST_REPLY].splitlines()):
        if len(raw) > _LONGEST_LINE:
            continue
        if named := _HEAD.match(raw):
            current = _section(named.group(1))
            continue
        text = _ITEM.sub("", raw)
        tag = _TAG.match(text)
        cited = [alias.lower() for group in _CITED.findall(text) for alias in _ALIAS.findall(group)]
        bare = " ".join(_CITED.sub("", text[tag.end() :] if tag else text).split()).strip(" -*")
        if bare and cited:
            yield Said(_section(tag.group(1)) if tag else current, bare, tuple(dict.fromkeys(cited)))


def pinned(reply: str) -> dict[int, str]:
    """The lines `pin t1 | …` of the reply without their beginning, by the number of the turn."""
    found: dict[int, list[str]] = {}
    for line in reply[:_LONGEST_REPLY].splitlines():
        if len(line) <= _LONGEST_LINE and (pin := _PIN.match(line)):
            found.setdefault(int(pin.group(1)), []).append(pin.group(2))
    return {number: "\n".join(lines) for number, lines in found.items()}


def _section(name: str) -> Section:
    return next(each for each in SECTIONS if each == name.lower())
