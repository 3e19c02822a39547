"""The block structure of a Markdown text: headings, lists, tables, code and paragraphs, with exact spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Kind = Literal["heading", "list", "table", "code", "paragraph"]

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣▪]|\d{1,3}[.)])[ \t]+\S")
_TOP_ITEM = re.compile(r" {0,1}(?:[-*+•‣▪]|\d{1,3}[.)])[ \t]+\S")
_RULE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_CAPITALS = re.compile(r"(?=.*[A-Z]{3})[^a-z|:]{3,70}$")


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the text, in characters. `level` and `title` are a heading's."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def read_blocks(text: str) -> list[Block]:
    """Blocks in order, without overlap; between them there is only white space."""
    lines = list(_lines(text))
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        if lines[at].blank:
            at += 1
            continue
        block, at = _read(lines, at)
        blocks.append(block)
    return blocks


def parts_of(text: str, block: Block) -> list[tuple[int, int]]:
    """Where a block too long for one passage may be cut: items, rows, lines or sentences, as spans that touch."""
    body = text[block.start : block.end]
    if block.kind == "list":
        cuts = [m.start() for m in re.finditer(r"(?m)^ {0,1}(?:[-*+•‣▪]|\d{1,3}[.)])[ \t]+\S", body)]
    elif block.kind in ("table", "code"):
        cuts = [m.end() for m in re.finditer(r"\n", body)]
    else:
        cuts = [m.end() for m in re.finditer(r"[.!?…][\"'”’)\]]*\s+|\n", body)]
    edges = sorted({0, len(body), *cuts})
    return [(block.start + a, block.start + b) for a, b in pairwise(edges)]


def columns_of(text: str, block: Block) -> str:
    """The header cells of a table, for the rows that are cut off from it."""
    cells = [cell.strip() for cell in text[block.start : block.end].partition("\n")[0].strip().strip("|").split("|")]
    return " | ".join(cell for cell in cells if cell)


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for raw in text.splitlines(keepends=True):
        end = start + len(raw)
        yield _Line(start, start + len(raw.rstrip()), raw.rstrip())
        start = end


def _read(lines: list[_Line], at: int) -> tuple[Block, int]:
    line = lines[at]
    if heading := _heading(lines, at):
        return heading
    if fence := _FENCE.match(line.text):
        return _span("code", lines, at, _after_fence(lines, at, fence[1]))
    if "|" in line.text and at + 1 < len(lines) and "|" in lines[at + 1].text:
        return _span("table", lines, at, _after_table(lines, at))
    if _ITEM.match(line.text):
        return _span("list", lines, at, _after_list(lines, at))
    return _span("paragraph", lines, at, _after_paragraph(lines, at))


def _heading(lines: list[_Line], at: int) -> tuple[Block, int] | None:
    line = lines[at]
    if match := _HEADING.match(line.text):
        return Block("heading", line.start, line.end, len(match[1]), _plain(match[2])), at + 1
    below = lines[at + 1] if at + 1 < len(lines) else None
    if below is not None and _RULE.match(below.text) and not line.text.startswith((" ", "\t", "-", "|")):
        level = 1 if "=" in below.text else 2
        return Block("heading", line.start, below.end, level, _plain(line.text)), at + 2
    alone = (at == 0 or lines[at - 1].blank) and (below is None or below.blank)
    if alone and _CAPITALS.match(line.text) and not _ITEM.match(line.text):
        return Block("heading", line.start, line.end, 2, _plain(line.text).capitalize()), at + 1
    return None


def _span(kind: Kind, lines: list[_Line], at: int, end: int) -> tuple[Block, int]:
    last = max(n for n in range(at, end) if not lines[n].blank)
    return Block(kind, lines[at].start, lines[last].end), end


def _after_table(lines: list[_Line], at: int) -> int:
    end = at
    while end < len(lines) and "|" in lines[end].text:
        end += 1
    return end


def _after_fence(lines: list[_Line], at: int, fence: str) -> int:
    for end in range(at + 1, len(lines)):
        if lines[end].text.strip().startswith(fence):
            return end + 1
    return len(lines)


def _after_list(lines: list[_Line], at: int) -> int:
    """Items, their indented or lazy continuations, and single blank lines between them."""
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if line.blank:
            follows = lines[end + 1].text if end + 1 < len(lines) else ""
            if not (_ITEM.match(follows) or follows.startswith(("  ", "\t"))):
                return end
        elif _heading(lines, end) and not line.text.startswith((" ", "\t")):
            return end
        end += 1
    return end


def _after_paragraph(lines: list[_Line], at: int) -> int:
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if line.blank or _heading(lines, end) or _FENCE.match(line.text) or _TOP_ITEM.match(line.text):
            return end
        if "|" in line.text and end + 1 < len(lines) and "|" in lines[end + 1].text:
            return end
        end += 1
    return end


def _plain(title: str) -> str:
    """A heading's text without emphasis, code marks and link targets."""
    title = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}", r"\1", title).strip()
