"""Parses the Markdown of a passage into blocks, with exact character spans.

Made for real documentation: headings that lost their marks, tables that were flattened to lines, sentences that
introduce what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from assistant.answering.blocks import Block, Kind, Unit
from assistant.answering.lists import read_list
from assistant.answering.markup import (
    ATX,
    COMMAND,
    FENCE,
    NOISE,
    RULE,
    SEPARATOR,
    Line,
    are_rows,
    is_bare_heading,
    is_item,
    is_table,
    item_of,
    lines_of,
    strip_links,
)
from assistant.answering.sentences import split_sentences


@dataclass(slots=True)
class _Reader:
    text: str
    lines: list[Line]
    at: int = 0
    blocks: list[Block] = field(default_factory=list)


def parse_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a passage, in order. Every span lies in `text`; blocks do not overlap."""
    reader = _Reader(text, list(lines_of(text)))
    while reader.at < len(reader.lines):
        _read_block(reader)
    return tuple(_with_headings(text, _with_leads(text, reader.blocks)))


def _read_block(reader: _Reader) -> None:
    line = reader.lines[reader.at]
    if line.blank or RULE.match(line.text):
        reader.at += 1
    elif FENCE.match(line.text):
        _read_code(reader)
    elif ATX.match(line.text):
        _add(reader, "heading", reader.at, reader.at + 1)
    elif is_item(line.text):
        _read_list(reader)
    elif _is_table(reader, reader.at):
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
    while stop < len(reader.lines) and not FENCE.match(reader.lines[stop].text):
        stop += 1
    stop = min(stop + 1, len(reader.lines))
    _add(reader, "code", reader.at, stop)


def _read_list(reader: _Reader) -> None:
    found = read_list(reader.lines, reader.at)
    _add(reader, "procedure" if found.numbered else "bullets", reader.at, found.stop, found.units, cut=found.cut)


def _is_table(reader: _Reader, at: int) -> bool:
    return is_table(reader.lines[at].text, reader.lines[at + 1].text if at + 1 < len(reader.lines) else "")


def _read_table(reader: _Reader) -> None:
    stop = reader.at
    while stop < len(reader.lines) and "|" in reader.lines[stop].text:
        stop += 1
    rows = reader.lines[reader.at : stop]
    has_header = len(rows) > 1 and bool(SEPARATOR.match(rows[1].text))
    body = [_unit(row) for row in rows[2 if has_header else 0 :]]
    header = _unit(rows[0]) if has_header else None
    _add(reader, "table", reader.at, stop, tuple(body), header=header)


def _unit(line: Line) -> Unit:
    lead = len(line.text) - len(line.text.lstrip())
    return Unit(line.start + lead, line.start + len(line.text.rstrip()))


def _read_paragraph(reader: _Reader) -> None:
    first = stop = reader.at
    while stop < len(reader.lines) and not _ends_paragraph(reader, stop, first):
        stop += 1
    if stop < len(reader.lines) and stop - first == 1 and re.match(r"^\s*(=|-){3,}\s*$", reader.lines[stop].text):
        return _add(reader, "heading", first, stop)
    lines = reader.lines[first:stop]
    alone = (first == 0 or reader.lines[first - 1].blank) and (stop == len(reader.lines) or reader.lines[stop].blank)
    if len(lines) == 1 and NOISE.match(lines[0].text):
        return _add(reader, "noise", first, stop)
    if len(lines) == 1 and alone and is_bare_heading(lines[0].text):
        return _add(reader, "heading", first, stop)
    if all(COMMAND.match(line.text) for line in lines[:2]) and not lines[-1].text.rstrip().endswith("."):
        return _add(reader, "code", first, stop)
    if len(lines) > 1 and are_rows(lines):
        kept = tuple(_unit(line) for line in lines if not NOISE.match(line.text))
        return _add(reader, "rows", first, stop, kept)
    spans = split_sentences(reader.text, lines[0].start, lines[-1].end)
    return _add(reader, "paragraph", first, stop, tuple(Unit(a, b) for a, b in spans))


def _ends_paragraph(reader: _Reader, at: int, first: int) -> bool:
    text = reader.lines[at].text
    if reader.lines[at].blank or ATX.match(text) or FENCE.match(text) or (at > first and RULE.match(text)):
        return True
    if at == first:
        return False
    if is_item(text):
        return (item_of(text).number or 0) <= 99  # a wrapped line may begin with a year
    return _is_table(reader, at)


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
    match = ATX.match(raw)
    return strip_links((match.group(1) if match else raw).split("\n")[0]).strip().strip("*_ ").strip()
