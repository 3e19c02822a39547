"""What a passage states, piece by piece: sentences, list items, and each cell of a table with its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.perimeter.output.figures import known_figures
from assistant.perimeter.output.negation import Polarities, denies, polarities
from assistant.perimeter.output.synonyms import all_terms

_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)*_]*\s+(?=[\"'“(*_]*[A-Z0-9])")
_RULE = re.compile(r"^\|?[\s:|\-]+\|?$")
_WRAPPED = 60
_MARK = re.compile(r"^\s*(?:[-*+>]\s+|\d{1,3}[.)]\s+)+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of a passage that can be compared with a sentence. `terms` include those of its heading."""

    text: str
    terms: frozenset[str]
    figures: frozenset[str]
    polarities: Polarities


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a statement is made of; `around` is what it shares its words with.

    Headings, and rows as wholes, say nothing that could be denied.
    """

    heading: str
    text: str
    listed: bool = False
    row: bool = False
    around: str = ""


def statements(text: str) -> list[Statement]:
    """All that a passage states. Pure; linear in its length."""
    first = text.strip().partition("\n")[0]
    title = first if _is_heading(first) else ""
    return [_statement(piece, title) for piece in _pieces(text) if piece.text.strip()]


def _statement(piece: _Piece, title: str) -> Statement:
    said = {} if piece.row else polarities(piece.text)
    if piece.listed and all(said.values()) and denies(piece.heading):
        said = dict.fromkeys((*said, *polarities(piece.heading)), False)
    terms = all_terms(f"{title} {piece.around or piece.heading} {piece.text}")
    figures = known_figures(piece.text) | known_figures(f"{title} {piece.heading}")
    return Statement(piece.text, terms, figures, said)


def _pieces(text: str) -> Iterator[_Piece]:
    """Each piece with the heading it stands under: the passage's first line, or the last heading before it."""
    lines = text.splitlines()
    heading, header = "", list[str]()
    for line in _joined(lines):
        if line.lstrip().startswith("|"):
            cells = _cells(line)
            if header and not _RULE.match(line.strip()):
                yield from _row(heading, header, cells)
            header = header or cells
            continue
        header = []
        if _is_heading(line):
            heading = line.strip("#*: ")
            yield _Piece(heading, heading, row=True)
        else:
            listed = bool(_MARK.match(line))
            around = f"{heading} {line}" if listed else heading
            yield from (_Piece(heading, piece, listed, around=around) for piece in _SENTENCE.split(_MARK.sub("", line)))


def _is_heading(line: str) -> bool:
    """Marked as one, or short and without an end, or what introduces a list."""
    plain = line.strip()
    if plain.startswith("#"):
        return True
    return len(plain) < 70 and not _MARK.match(line) and not plain.endswith((".", "!", "?", ",", ";"))


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Lines, with those that only wrap a paragraph put together."""
    held = ""
    for line in lines:
        starts = not line.strip() or line.lstrip()[:1] in "|#" or bool(_MARK.match(line)) or not held
        if starts or held.lstrip()[:1] in "|#" or held.rstrip().endswith((".", ":", "!", "?")) or len(held) < _WRAPPED:
            if held.strip():
                yield held
            held = line
        else:
            held = f"{held} {line.strip()}"
    if held.strip():
        yield held


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(heading: str, header: Sequence[str], cells: Sequence[str]) -> Iterator[_Piece]:
    """The row as a whole, and each cell as a sentence of its own."""
    pairs = list(zip(header, cells, strict=False))
    yield _Piece(heading, ", ".join(f"{name} {cell}" for name, cell in pairs), row=True)
    for name, cell in pairs[1:]:
        yield _Piece(heading, f"{cells[0]} {name} {_said(cell)}")


def _said(cell: str) -> str:
    """Cells that only say yes or no, in words that can be compared."""
    match cell.casefold().partition(",")[0].rstrip("."):
        case "yes" | "always":
            return "is supported"
        case "no" | "none" | "not applicable" | "-" | "–":
            return "is not supported"
        case "closed":
            return "is not open"
    return cell
