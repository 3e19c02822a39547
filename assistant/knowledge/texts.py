"""Text and Markdown files: decoding, front matter, title."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import Any

import yaml

from assistant.errors import DocumentError
from assistant.knowledge.audience import groups_of
from assistant.knowledge.blocks import read_blocks

_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_ADDRESS = re.compile(r"(?i)\b(?:web page|url|source|on the web):[ \t]+(https?://[^\s<>\"')]+)")
_UPDATED = re.compile(
    r"(?i)\b(?:updated|last updated|in force since|as of):?[ \t]+"
    r"(\d{1,2}\.? \w+ \d{4}|\d{4}-\d\d-\d\d|\w+ \d{1,2}, \d{4})"
)
_SAID_WITHIN_CHARS = 600
_FRONT_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Text:
    """A body of text and what it says of itself; `audience` is None when it says nothing of that."""

    body: str
    title: str = ""
    url: str = ""
    updated: str = ""
    audience: frozenset[str] | None = None
    superseded_by: str = ""

    def heading(self) -> str:
        """The first heading, if the body begins with one."""
        blocks = read_blocks(self.body[:2_000])
        return blocks[0].title if blocks and blocks[0].kind == "heading" else ""


def decoded(raw: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark, with plain line ends. Raises DocumentError for anything else."""
    utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as exc:
        raise DocumentError(f"it is not UTF-8 text (byte {exc.start})") from exc
    if "\0" in text:
        raise DocumentError("it is not text (it holds NUL characters)")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_markdown(content: str) -> Text:
    """Markdown with or without YAML front matter. Raises DocumentError for front matter that can't be read."""
    match = _FRONT.match(content[:_FRONT_CHARS])
    if match is None:
        return Text(content)
    front = _front_matter(match[1])
    try:
        audience = groups_of(front["audience"]) if front.get("audience") is not None else None
    except ValueError as exc:
        raise DocumentError(f"front matter: {exc}") from exc
    return Text(
        content[match.end() :],
        title=_said(front, "title"),
        url=_said(front, "url"),
        updated=_said(front, "updated"),
        audience=audience,
        superseded_by=_said(front, "superseded_by"),
    )


def read_plain(content: str) -> Text:
    """Plain text, with front matter or with lines such as `Last updated: 12 May 2026` near its beginning."""
    return with_remarks(read_markdown(content))


def with_remarks(text: Text) -> Text:
    """Address and date from remarks near the beginning, where nothing else names them."""
    beginning = text.body[:_SAID_WITHIN_CHARS]
    url, updated = _ADDRESS.search(beginning), _UPDATED.search(beginning)
    return replace(
        text,
        url=text.url or (url[1].rstrip(".,;") if url else ""),
        updated=text.updated or (updated[1] if updated else ""),
    )


def without_surrogates(text: str) -> str:
    """Lone surrogates, which no store can encode, become the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _front_matter(source: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(source) or {}
    except yaml.YAMLError as exc:
        raise DocumentError(f"its front matter is not YAML ({' '.join(str(exc).split())[:200]})") from exc
    if not isinstance(front, dict):
        raise DocumentError("its front matter is not a list of `key: value`")
    return front


def _said(front: dict[str, Any], key: str) -> str:
    value = front.get(key)
    return "" if value is None else str(value).strip()
