"""Cuts a growing answer into units that can be checked alone: sentences, list items, table rows, lines of code.

Units rejoin into the text exactly, and where they are cut depends on the text alone, never on how it was fed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LONGEST_UNIT = 4_000
_LINES_OF_A_LINK = 20
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]*_]*(?:\s?\[\d{1,3}\])*(?:[ \t]+|(?<=[。！？]))")
_ORDINAL = re.compile(r"\s*(?:>\s*)*(?:[-*+]\s+)?(?:\d{1,3}|[A-Za-z])[.)]\s*")
_CITATION_START = re.compile(r"\[(?:\d{0,3}|\d{1,3}\])\Z")
_OPEN_DESTINATION = re.compile(r"\]\((?:[^()\n]|\([^()\n]*\))*$")
_FENCE = re.compile(r"(`{3,}(?!.*`)|~{3,})")
_FENCE_END = {"`": re.compile(r"(`{3,})[ \t]*\n?$"), "~": re.compile(r"(~{3,})[ \t]*\n?$")}


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of an answer. `code` when it is a line of a fenced block, or the fence itself."""

    text: str
    code: bool = False


@dataclass(slots=True)
class Units:
    """Takes text in, gives whole units out."""

    _held: str = ""
    _fence: str = ""
    _at_line_start: bool = True
    _cut: list[Unit] = field(default_factory=list)

    def feed(self, text: str) -> list[Unit]:
        """The units that are whole now."""
        self._held += text
        while (end := self._end()) > 0:
            self._take(end)
        return self._given()

    def close(self) -> list[Unit]:
        """What is left, whole or not."""
        if self._held:
            self._take(len(self._held))
        return self._given()

    def _given(self) -> list[Unit]:
        given, self._cut = self._cut, []
        return given

    def _take(self, end: int) -> None:
        text, self._held = self._held[:end], self._held[end:]
        code = bool(self._fence)
        if self._at_line_start:
            code = self._follow_fence(text) or code
        self._at_line_start = text.endswith("\n")
        self._cut.append(Unit(text, code))

    def _follow_fence(self, line: str) -> bool:
        """True when this line opens or closes a block. Only a fence in the first column counts: one that is indented
        or quoted ends with its container, which the renderer knows and we don't."""
        if self._fence:
            closed = _FENCE_END[self._fence[0]].match(line)
            if closed and len(closed.group(1)) >= len(self._fence):
                self._fence = ""
                return True
            return False
        opened = _FENCE.match(line)
        if opened:
            self._fence = opened.group(1)
        return bool(opened)

    def _end(self) -> int:
        """The length of the first whole unit; 0 when none is whole yet."""
        line = self._line_end()
        if self._fence or (self._at_line_start and self._held[:1] in ("|", "`", "~")):
            end = line
        else:
            end = self._sentence_end(line or len(self._held), over=line > 0) or line
        return end if 0 < end <= _LONGEST_UNIT else self._forced()

    def _line_end(self) -> int:
        """After the first line break that no unfinished link destination spans; blank lines end those, and so do many
        lines: no renderer takes a link for one then."""
        at = self._held.find("\n")
        for _ in range(_LINES_OF_A_LINK):
            if at < 0:
                return 0
            if self._fence or not _OPEN_DESTINATION.search(self._held[:at].replace("\n", " ")):
                return at + 1
            following = self._held.find("\n", at + 1)
            if following >= 0 and not self._held[at + 1 : following].strip():
                return at + 1
            at = following
        return at + 1

    def _sentence_end(self, limit: int, *, over: bool) -> int:
        """After a sentence's end and the citations behind it, once what follows shows that it was one."""
        for match in _SENTENCE_END.finditer(self._held, 0, limit):
            end = match.end()
            rest = self._held[end:limit]
            following = rest.lstrip(" \t")
            if not following:
                return 0
            if not over and _CITATION_START.match(following):
                return 0
            if following[0].islower() or following.startswith("\n"):
                continue
            if _ORDINAL.fullmatch(self._held[:end]) or _is_open(self._held[:end]):
                continue
            return end
        return 0

    def _forced(self) -> int:
        if len(self._held) <= _LONGEST_UNIT:
            return 0
        at = self._held.rfind(" ", 1, _LONGEST_UNIT)
        return at + 1 if at > 0 else _LONGEST_UNIT


def _is_open(text: str) -> bool:
    """True inside a bracket or a tag that hasn't ended: what follows belongs to it."""
    line = text[text.rfind("\n") + 1 :]
    if line.count("[") > line.count("]") or bool(_OPEN_DESTINATION.search(line)):
        return True
    tag = max(line.rfind("<"), 0)
    return line[tag : tag + 1] == "<" and ">" not in line[tag:] and line[tag + 1 : tag + 2].isalpha()
