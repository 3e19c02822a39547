"""A document as a page: Markdown rendered with everything escaped, the quoted words marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from markdown_it import MarkdownIt

from assistant.values import Citation, Document

_OPEN, _CLOSE = "\ue000", "\ue001"
_PREFIX = re.compile(r"(?:\s|>|#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s)*")
_RULE = re.compile(r"^[\s|:=-]*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"\s*<h1>.*?</h1>", re.DOTALL)
_TAG = re.compile(r"(<[^>]*>)")
_CONTEXT_CHARS = 700
_QUOTE_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote with its surroundings. `found` is False when the document no longer says it."""

    before: str
    quote: str
    after: str
    found: bool


def render_document(text: str, start: int = 0, end: int = 0) -> str:
    """Safe HTML of a Markdown text, with the characters from `start` to `end` in `<mark>`; the first has id `quote`."""
    text = text.replace(_OPEN, " ").replace(_CLOSE, " ").replace("\r\n", " \n")
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    marked = _with_marks(text, start, end) if end > start else text
    return _marks_to_html(_markdown().render(marked))


def readable_date(text: str) -> str:
    """An ISO date as people write it; anything else as it is."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def split_heading(body: str) -> tuple[str, str]:
    """Rendered HTML as its leading `<h1>`, or nothing, and the rest."""
    found = _HEADING.match(body)
    return (found.group(0).strip(), body[found.end() :]) if found else ("", body)


def excerpt(document: Document, citation: Citation) -> Excerpt:
    """The cited words in the document as it is now, with some text around them, cut at line ends."""
    text, start, end = document.text, citation.start, citation.end
    if not citation.quote or text[start:end] != citation.quote:
        start = text.find(citation.quote) if citation.quote else -1
        end = start + len(citation.quote)
    if start < 0:
        return Excerpt("", citation.quote[:_QUOTE_CHARS], "", found=False)
    before = text[max(0, start - _CONTEXT_CHARS) : start]
    after = text[end : end + _CONTEXT_CHARS]
    if start > _CONTEXT_CHARS:
        before = before.partition("\n")[2]
    if end + _CONTEXT_CHARS < len(text):
        after = after.rpartition("\n")[0]
    return Excerpt(before, text[start:end][:_QUOTE_CHARS], after, found=True)


def excerpt_html(found: Excerpt) -> str:
    """The excerpt as safe HTML with the quote marked."""
    text = found.before + found.quote + found.after
    return render_document(text, len(found.before), len(found.before) + len(found.quote))


def _markdown() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    renderer.add_render_rule("link_open", _link_open)
    return renderer


def _link_open(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    if str(token.attrs.get("href", "")).startswith(("http://", "https://")):
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noopener noreferrer nofollow")
    return str(self.renderToken(tokens, index, options, env))


def _with_marks(text: str, start: int, end: int) -> str:
    """Put invisible marks around the span, line by line and cell by cell, so that no block loses its form."""
    out, offset = [], 0
    for line in text.splitlines(keepends=True):
        low, high = max(start - offset, 0), min(end - offset, len(line))
        out.append(_mark_line(line, low, high) if low < high else line)
        offset += len(line)
    return "".join(out)


def _mark_line(line: str, low: int, high: int) -> str:
    if _RULE.match(line.strip()) or _FENCE.match(line):
        return line
    body = line.rstrip()
    prefix = _PREFIX.match(body)
    low, high = max(low, prefix.end() if prefix else 0), min(high, len(body))
    if low >= high:
        return line
    quoted = body[low:high]
    cells = quoted.split("|") if body.lstrip().startswith("|") else [quoted]
    quoted = "|".join(_mark(cell) for cell in cells)
    return body[:low] + quoted + body[high:] + line[len(body) :]


def _mark(text: str) -> str:
    if not text.strip():
        return text
    lead = len(text) - len(text.lstrip())
    trail = len(text.rstrip())
    return f"{text[:lead]}{_OPEN}{text[lead:trail]}{_CLOSE}{text[trail:]}"


def _marks_to_html(html: str) -> str:
    """Turn the invisible marks into elements, wrapping each run of text by itself so that tags stay nested."""
    out: list[str] = []
    inside, first = False, True
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            out.append(piece.replace(_OPEN, "").replace(_CLOSE, ""))
            continue
        for part in re.split(f"([{_OPEN}{_CLOSE}])", piece):
            if part in (_OPEN, _CLOSE):
                inside = part == _OPEN
            elif inside and part.strip():
                out.append(f'<mark id="quote">{part}</mark>' if first else f"<mark>{part}</mark>")
                first = False
            else:
                out.append(part)
    return "".join(out)
