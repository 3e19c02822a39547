"""The lines of a passage and what their marks say of them: Markdown as real documentation has it.

Made for hard-wrapped lines, headings that lost their marks, leftovers of pictures and navigation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ITEM = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<bullet>[-*+•–])|(?P<number>\d{1,3})[.)])(?:[ \t]+|$)(?P<body>.*)$")
ATX = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^\s*(```|~~~)")
RULE = re.compile(r"^\s*([-*_=]\s*){3,}$")
SEPARATOR = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
PIPES = re.compile(r"^\s*\|.*\|\s*$|^[^|\n]+\s\|\s[^|\n]+(\s\|\s[^|\n]*)*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
NOISE = re.compile(
    r"^\s*(zoom|!|figure \d+\..*|!\[.*\]\(.*\)|video transcript.*|\[?(skip to|back to top|help home|home)\b.*|"
    r"(last )?updated:?\s.*|(web ?page|url|source|title):\s\S.*|page \d+( of \d+)?|table \d+\..*|\W{1,3})\s*$",
    re.IGNORECASE,
)
COMMAND = re.compile(r"^\s*(\$ |[a-z][\w.-]*( [\w./-]+)* -{1,2}\w|[{}]|<(?!br)\w|[a-z_]+ ?=|curl |import |\"\w+\" ?:)")
LABELLED = re.compile(r"^\s*\**[A-Z][\w /&()'-]{1,40}:\**\s+\S")
_FRONT_MATTER = re.compile(r"\A\s*---\n(?:[\w-]+:.*\n)+?---\s*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end: `passage[start:end]` is `text`."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Item:
    """The mark of a list item: its indentation in columns, its number if it has one, and where its text begins."""

    indent: int
    number: int | None
    body: int


def strip_links(text: str) -> str:
    """The text with Markdown links replaced by their labels, and emphasis marks removed."""
    return _LINK.sub(r"\1", text).replace("**", "").replace("`", "")


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text, without what stands before it about it (front matter)."""
    front = _FRONT_MATTER.match(text)
    at = front.end() if front else 0
    for raw in text[at:].split("\n"):
        yield Line(at, at + len(raw), raw)
        at += len(raw) + 1


def item_of(text: str) -> Item:
    """The mark of a line; one without indentation or number where it has none."""
    match = ITEM.match(text)
    if match is None:
        return Item(0, None, 0)
    return Item(
        len(match["indent"].expandtabs(4)), int(match["number"]) if match["number"] else None, match.start("body")
    )


def is_item(text: str) -> bool:
    """Whether a line begins a list item, and is neither a rule nor bold text."""
    match = ITEM.match(text)
    return match is not None and not text.strip().startswith("**") and not RULE.match(text)


def is_table(line: str, following: str) -> bool:
    """Whether a table begins with this line, as the one after it shows."""
    return bool(PIPES.match(line)) and (bool(SEPARATOR.match(following)) or line.lstrip().startswith("|"))


def is_bare_heading(text: str) -> bool:
    """Whether a line that stands alone is a heading that lost its marks."""
    line = text.strip()
    if line.endswith((".", ":", ";", ",", "!")) or len(line) > 90 or len(line.split()) > 14 or COMMAND.match(text):
        return False
    return line[0].isupper() or line[0] in "\"'“*`[(" or line[0].isdigit() or text.startswith(" ")


def are_rows(lines: Sequence[Line]) -> bool:
    """Whether lines are the rows of a table that was flattened."""
    indented = sum(line.text.startswith(" ") for line in lines)
    labelled = sum(bool(LABELLED.match(line.text)) for line in lines)
    return indented >= 0.8 * len(lines) or labelled == len(lines)
