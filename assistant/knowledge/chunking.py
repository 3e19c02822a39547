"""Cutting a document into passages that can be cited, along its headings, lists, tables and code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.knowledge.blocks import Block, columns_of, parts_of, read_blocks
from assistant.values import Document, Passage

CHUNKING_VERSION = "2"


@dataclass(frozen=True, slots=True)
class ChunkingPolicy:
    """Lengths in characters. 1,000 are about 220 word pieces, which the packaged embedder reads whole (256).

    A list, table or piece of code stays whole up to `max_chars`; a text that comes as a passage already up to
    `whole_chars`.
    """

    target_chars: int = 1_000
    max_chars: int = 1_800
    whole_chars: int = 2_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span with the section it stands in. `joined` pieces stay with the piece before them if there is room."""

    start: int
    end: int
    section: str
    joined: bool = False


def split(document: Document, policy: ChunkingPolicy | None = None, *, whole: bool = False) -> list[Passage]:
    """Passages in order, without overlap, covering all text that isn't blank.

    `whole` keeps a document that was published as a passage in one piece, if it isn't longer than `whole_chars`.
    """
    policy = policy or ChunkingPolicy()
    text = document.text
    if whole and len(text.strip()) <= policy.whole_chars:
        spans = _stripped(text, _Piece(0, len(text), ""))
    else:
        spans = (piece for packed in _packed(_pieces(document, policy), policy) for piece in _stripped(text, packed))
    return [_passage(document, ordinal, piece) for ordinal, piece in enumerate(spans)]


def _passage(document: Document, ordinal: int, piece: _Piece) -> Passage:
    return Passage(
        id=f"{document.id}@{ordinal}",
        document_id=document.id,
        title=document.title,
        section=piece.section,
        text=document.text[piece.start : piece.end],
        start=piece.start,
        end=piece.end,
        ordinal=ordinal,
        version=document.version,
        audience=document.audience,
        url=document.url,
        superseded_by=document.superseded_by,
        updated=document.updated,
    )


def _pieces(document: Document, policy: ChunkingPolicy) -> Iterator[_Piece]:
    """Blocks under their section, headings and lead-ins glued to what they introduce, long blocks cut."""
    text = document.text
    stack: list[tuple[int, str]] = []
    lead = False
    for block in read_blocks(text):
        if block.kind == "heading":
            stack = [(level, title) for level, title in stack if level < block.level] + [(block.level, block.title)]
        section = _section(stack, document.title)
        spans = [(block.start, block.end)]
        if block.end - block.start > policy.max_chars:
            spans = _fitting(parts_of(text, block), policy)
        for number, (start, end) in enumerate(spans):
            columns = columns_of(text, block) if number and block.kind == "table" else ""
            named = " > ".join(part for part in (section, columns) if part)
            yield _Piece(start, end, named, joined=lead and number == 0)
        lead = block.kind == "heading" or _introduces(text, block)


def _introduces(text: str, block: Block) -> bool:
    return block.kind == "paragraph" and text[block.start : block.end].rstrip("*_ ").endswith(":")


def _section(stack: list[tuple[int, str]], title: str) -> str:
    """Headings from the outside in, without one that only repeats the document's title."""
    names = [name for _, name in stack if name and name.casefold() != title.casefold()]
    return " > ".join(names)


def _packed(pieces: Iterator[_Piece], policy: ChunkingPolicy) -> Iterator[_Piece]:
    """Neighbours of one section together up to the target; glued ones are one piece up to the maximum."""
    current: _Piece | None = None
    for piece in _glued(pieces, policy):
        if current is None:
            current = piece
        elif piece.section == current.section and piece.end - current.start <= policy.target_chars:
            current = _Piece(current.start, piece.end, piece.section)
        else:
            yield current
            current = piece
    if current is not None:
        yield current


def _glued(pieces: Iterator[_Piece], policy: ChunkingPolicy) -> Iterator[_Piece]:
    current: _Piece | None = None
    for piece in pieces:
        if current is not None and piece.joined and piece.end - current.start <= policy.max_chars:
            current = _Piece(current.start, piece.end, piece.section)
            continue
        if current is not None:
            yield current
        current = piece
    if current is not None:
        yield current


def _fitting(parts: list[tuple[int, int]], policy: ChunkingPolicy) -> list[tuple[int, int]]:
    """Parts joined up to the target, each no longer than the maximum even if that cuts a word."""
    spans: list[tuple[int, int]] = []
    for start, end in parts:
        if spans and end - spans[-1][0] <= policy.target_chars:
            spans[-1] = (spans[-1][0], end)
            continue
        while end - start > policy.max_chars:
            spans.append((start, start + policy.target_chars))
            start += policy.target_chars
        spans.append((start, end))
    return spans


def _stripped(text: str, piece: _Piece) -> Iterator[_Piece]:
    body = text[piece.start : piece.end]
    if body.strip():
        start = piece.start + len(body) - len(body.lstrip())
        yield _Piece(start, piece.start + len(body.rstrip()), piece.section)
