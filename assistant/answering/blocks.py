"""Parses the Markdown of a passage into blocks, with exact character spans.

Made for real documentation: hard-wrapped lines, headings that lost their marks, lists whose items are interrupted by
paragraphs, tables that were flattened to lines, leftovers of pictures and navigation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.answering.sentences import split_sentences

Kind = Literal["heading", "paragraph", "bullets", "procedure", "table", "rows", "code", "noise"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing quoted: a sentence, a list item or sub-point, a table row. `number` is a step's."""

    start: int
    end: int
    number: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a passage. `text[start:end]` is the block itself; `lead` the line before it that introduces it.

    `heading` is the text of the nearest heading above, without marks; `header` the header row of a table; `cut` that
    the passage begins or ends within it.
    """

    kind: Kind
    start: int
    end: int
    heading: str = ""
    units: tuple[Unit, ...] = ()
    lead: Unit | None = None
    header: Unit | None = None
    cut: bool = False


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(slots=True)
class _Reader:
    text: str
    lines: list[_Line]
    at: int = 0
    blocks: list[Block] = field(default_factory=list)


ITEM = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<bullet>[-*+•–])|(?P<number>\d{1,3})[.)])(?:[ \t]+|$)(?P<body>.*)$")
_ATX = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_RULE = re.compile(r"^\s*([-*_=]\s*){3,}$")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_PIPES = re.compile(r"^\s*\|.*\|\s*$|^[^|\n]+\s\|\s[^|\n]+(\s\|\s[^|\n]*)*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_NOISE = re.compile(
    r"^\s*(zoom|!|figure \d+\..*|!\[.*\]\(.*\)|video transcript.*|\[?(skip to|back to top|help home|home)\b.*|"
    r"(last )?updated:?\s.*|(web ?page|url|source|title):\s\S.*|page \d+( of \d+)?|table \d+\..*|\W{1,3})\s*$",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"^\s*(\$ |[a-z][\w.-]*( [\w./-]+)* -{1,2}\w|[{}]|<(?!br)\w|[a-z_]+ ?=|curl |import |\"\w+\" ?:)")
_LABELLED = re.compile(r"^\s*\**[A-Z][\w /&()'-]{1,40}:\**\s+\S")
_FRONT_MATTER = re.compile(r"\A\s*---\n(?:[\w-]+:.*\n)+?---\s*(?:\n|\Z)")


def strip_links(text: str) -> str:
    """The text with Markdown links replaced by their labels, and emphasis marks removed."""
    return _LINK.sub(r"\1", text).replace("**", "").replace("`", "")


def parse_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a passage, in order. Every span lies in `text`; blocks do not overlap."""
    reader = _Reader(text, list(_lines(text)))
    while reader.at < len(reader.lines):
        _read_block(reader)
    return tuple(_with_headings(text, _with_leads(text, reader.blocks)))


def _lines(text: str) -> Iterator[_Line]:
    front = _FRONT_MATTER.match(text)
    at = front.end() if front else 0
    for raw in text[at:].split("\n"):
        yield _Line(at, at + len(raw), raw)
        at += len(raw) + 1


def _read_block(reader: _Reader) -> None:
    line = reader.lines[reader.at]
    if line.blank or _RULE.match(line.text):
        reader.at += 1
    elif _FENCE.match(line.text):
        _read_code(reader)
    elif _ATX.match(line.text):
        _add(reader, "heading", reader.at, reader.at + 1)
    elif ITEM.match(line.text) and _is_item(line.text):
        _read_list(reader)
    elif _is_table(reader):
        _read_table(reader)
    else:
        _read_paragraph(reader)


def _add(reader: _Reader, kind: Kind, first: int, stop: int, units: tuple[Unit, ...] = (), **more: object) -> None:
    start, end = reader.lines[first].start, reader.lines[stop - 1].end
    piece = reader.text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    reader.blocks.append(Block(kind, start, end, units=units, **more))  # type: ignore[arg-type]
    reader.at = stop


def _read_code(reader: _Reader) -> None:
    stop = reader.at + 1
    while stop < len(reader.lines) and not _FENCE.match(reader.lines[stop].text):
        stop += 1
    stop = min(stop + 1, len(reader.lines))
    _add(reader, "code", reader.at, stop)


def _item(text: str) -> tuple[int, int | None, int]:
    """Of a list item: its indentation, its number and where its text begins."""
    match = ITEM.match(text)
    if match is None:
        return 0, None, 0
    return len(match["indent"].expandtabs(4)), int(match["number"]) if match["number"] else None, match.start("body")


def _is_item(text: str) -> bool:
    match = ITEM.match(text)
    return match is not None and not text.strip().startswith("**") and not _RULE.match(text)


def _is_table(reader: _Reader) -> bool:
    line = reader.lines[reader.at]
    following = reader.lines[reader.at + 1].text if reader.at + 1 < len(reader.lines) else ""
    return bool(_PIPES.match(line.text)) and (bool(_SEPARATOR.match(following)) or line.text.lstrip().startswith("|"))


def _read_table(reader: _Reader) -> None:
    stop = reader.at
    while stop < len(reader.lines) and "|" in reader.lines[stop].text:
        stop += 1
    rows = reader.lines[reader.at : stop]
    has_header = len(rows) > 1 and bool(_SEPARATOR.match(rows[1].text))
    body = [_unit(row) for row in rows[2 if has_header else 0 :]]
    header = _unit(rows[0]) if has_header else None
    _add(reader, "table", reader.at, stop, tuple(body), header=header)


def _unit(line: _Line) -> Unit:
    lead = len(line.text) - len(line.text.lstrip())
    return Unit(line.start + lead, line.start + len(line.text.rstrip()))


@dataclass(slots=True)
class _ListState:
    """Where a list stands while it is read. `nested` is set inside sub-points that lost their indentation."""

    indent: int
    number: int | None
    nested: bool = False

    @classmethod
    def of(cls, text: str) -> _ListState:
        indent, number, _ = _item(text)
        return cls(indent, number)

    def takes(self, text: str, previous: str) -> bool:
        """Whether the item `text` belongs to the list, after the line `previous`."""
        item = _ListState.of(text)
        if item.indent >= self.indent + 2:
            return True
        if item.indent < self.indent:
            return False
        if self.number is None:
            return item.number is None
        if item.number is None:
            self.nested = self.nested or previous.rstrip().endswith(":")
            return self.nested
        if item.number < self.number or item.number > self.number + 1:
            return False
        self.number, self.nested = item.number, False
        return True


def _read_list(reader: _Reader) -> None:
    state = _ListState.of(reader.lines[reader.at].text)
    stop = reader.at + 1
    while stop < len(reader.lines):
        line, previous = reader.lines[stop], _previous_text(reader, stop)
        if line.blank:
            following = _continuation(reader, stop, state)
            if following is None:
                break
            stop = following
        elif _ATX.match(line.text) or (_is_item(line.text) and not state.takes(line.text, previous)):
            break
        else:
            stop += 1
    _add_list(reader, reader.at, stop)


def _previous_text(reader: _Reader, at: int) -> str:
    at -= 1
    while at > 0 and reader.lines[at].blank:
        at -= 1
    return reader.lines[at].text


def _continuation(reader: _Reader, blank: int, state: _ListState) -> int | None:
    """The line after a blank where the list goes on, or None when it is over."""
    at = blank
    while at < len(reader.lines) and reader.lines[at].blank:
        at += 1
    if at >= len(reader.lines) or _ATX.match(reader.lines[at].text):
        return None
    text = reader.lines[at].text
    if _is_item(text):
        return at if replace(state).takes(text, _previous_text(reader, at)) else None
    if len(text) - len(text.lstrip()) >= state.indent + 2:
        return at
    return at if at - blank <= 1 and _interrupts(reader, at, state) else None


def _interrupts(reader: _Reader, at: int, state: _ListState) -> bool:
    """Whether the paragraph at `at` belongs to the item above, since the list goes on right after it."""
    stop = at
    while stop < len(reader.lines) and not reader.lines[stop].blank and not _is_item(reader.lines[stop].text):
        stop += 1
    glued = stop < len(reader.lines) and not reader.lines[stop].blank
    while stop < len(reader.lines) and reader.lines[stop].blank:
        stop += 1
    if stop >= len(reader.lines) or not _is_item(reader.lines[stop].text):
        return False
    item = _ListState.of(reader.lines[stop].text)
    if state.number is not None:
        return item.number == state.number + 1 and item.indent == state.indent
    return glued and item.number is None and not reader.lines[stop - 1].text.rstrip().endswith(":")


def _add_list(reader: _Reader, first: int, stop: int) -> None:
    while stop - 1 > first and reader.lines[stop - 1].blank:
        stop -= 1
    base = _ListState.of(reader.lines[first].text)
    starts = [at for at in range(first, stop) if _is_item(reader.lines[at].text)]
    units: list[Unit] = []
    for at, following in zip(starts, [*starts[1:], stop], strict=True):
        begin = reader.lines[at].start + _item(reader.lines[at].text)[2]
        end = reader.lines[following - 1].end
        piece = reader.text[begin:end]
        item = _ListState.of(reader.lines[at].text)
        depth = int(item.indent >= base.indent + 2 or (item.number is None) != (base.number is None))
        number = item.number if depth == 0 else None
        begin += len(piece) - len(piece.lstrip())
        units.append(Unit(begin, begin + len(piece.strip()), number, depth))
    numbered = base.number is not None
    real = tuple(unit for unit in units if unit.end > unit.start)
    _add(reader, "procedure" if numbered else "bullets", first, stop, real, cut=len(real) < len(units))


def _read_paragraph(reader: _Reader) -> None:
    first = stop = reader.at
    while stop < len(reader.lines) and not _ends_paragraph(reader, stop, first):
        stop += 1
    if stop < len(reader.lines) and stop - first == 1 and re.match(r"^\s*(=|-){3,}\s*$", reader.lines[stop].text):
        return _add(reader, "heading", first, stop)
    lines = reader.lines[first:stop]
    alone = (first == 0 or reader.lines[first - 1].blank) and (stop == len(reader.lines) or reader.lines[stop].blank)
    if len(lines) == 1 and _NOISE.match(lines[0].text):
        return _add(reader, "noise", first, stop)
    if len(lines) == 1 and alone and _is_bare_heading(lines[0].text):
        return _add(reader, "heading", first, stop)
    if all(_COMMAND.match(line.text) for line in lines[:2]) and not lines[-1].text.rstrip().endswith("."):
        return _add(reader, "code", first, stop)
    if len(lines) > 1 and _are_rows(lines):
        kept = tuple(_unit(line) for line in lines if not _NOISE.match(line.text))
        return _add(reader, "rows", first, stop, kept)
    spans = split_sentences(reader.text, lines[0].start, lines[-1].end)
    return _add(reader, "paragraph", first, stop, tuple(Unit(a, b) for a, b in spans))


def _ends_paragraph(reader: _Reader, at: int, first: int) -> bool:
    text = reader.lines[at].text
    if reader.lines[at].blank or _ATX.match(text) or _FENCE.match(text) or (at > first and _RULE.match(text)):
        return True
    if at == first:
        return False
    if _is_item(text):
        match = ITEM.match(text)
        # A wrapped line may begin with a year or a dash; a list inside a paragraph begins with a mark and a capital.
        return match is not None and (match["number"] is None or int(match["number"]) <= 99)
    saved, reader.at = reader.at, at
    table = _is_table(reader)
    reader.at = saved
    return table


def _is_bare_heading(text: str) -> bool:
    line = text.strip()
    if line.endswith((".", ":", ";", ",", "!")) or len(line) > 90 or len(line.split()) > 14 or _COMMAND.match(text):
        return False
    return line[0].isupper() or line[0] in "\"'“*`[(" or line[0].isdigit() or text.startswith(" ")


def _are_rows(lines: list[_Line]) -> bool:
    indented = sum(line.text.startswith(" ") for line in lines)
    labelled = sum(bool(_LABELLED.match(line.text)) for line in lines)
    return indented >= 0.8 * len(lines) or labelled == len(lines)


def _with_leads(text: str, blocks: list[Block]) -> Iterator[Block]:
    """Give a list, table or code block the sentence before it that introduces it, and take it from its paragraph."""
    for at, block in enumerate(blocks):
        following = next((b for b in blocks[at + 1 : at + 2]), None)
        previous = blocks[at - 1] if at else None
        if block.kind == "paragraph" and block.units and following is not None and _introduces(text, block, following):
            block = replace(block, units=block.units[:-1])
        if previous is not None and previous.kind == "paragraph" and previous.units:
            if _introduces(text, previous, block):
                block = replace(block, lead=previous.units[-1])
            elif _prepares(previous, block):
                block = replace(block, lead=previous.units[0])
        yield block


def _introduces(text: str, paragraph: Block, following: Block) -> bool:
    if following.kind not in ("bullets", "procedure", "table", "code", "rows"):
        return False
    last = text[paragraph.units[-1].start : paragraph.units[-1].end].rstrip("*_ ")
    if last.endswith(":"):
        return True
    return bool(re.search(r"\b(following|these steps|as follows|table \d|below)\b", last, re.IGNORECASE))


def _prepares(paragraph: Block, following: Block) -> bool:
    """Whether a short paragraph right above a procedure says when it is the one to follow."""
    return following.kind == "procedure" and len(paragraph.units) <= 2


def _with_headings(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    heading = ""
    for block in blocks:
        if block.kind == "heading":
            heading = heading_text(text, block)
        yield replace(block, heading=heading)


def heading_text(text: str, block: Block) -> str:
    """A heading without its marks."""
    raw = text[block.start : block.end]
    match = _ATX.match(raw)
    return strip_links((match.group(1) if match else raw).split("\n")[0]).strip().strip("*_ ").strip()
