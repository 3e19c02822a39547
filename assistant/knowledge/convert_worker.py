"""Converts PDF, DOCX and HTML to Markdown in a process of its own, one request after the other.

Run as `python -m assistant.knowledge.convert_worker MEMORY_MB`. Requests are lines of JSON on standard input (`path`,
`kind`: pdf, docx, html); replies are lines of JSON on standard output (`text`, `title`, `url`, `updated`, or `error`).
A file that was made to do harm can at most end this process.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

_NOISE = ("script", "style", "nav", "footer", "noscript", "template", "iframe", "form", "svg")


def main() -> None:
    """Serve until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not look like a reply
    warnings.simplefilter("ignore")
    from markitdown import converters

    limit = int(sys.argv[1]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = convert(Path(request["path"]), request["kind"], converters)
        except Exception as exc:  # noqa: BLE001 - parsers raise anything on broken files; the caller gets the reason
            reply = {"error": _reason(exc)}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def convert(path: Path, kind: str, converters: Any) -> dict[str, str]:
    """The Markdown of a file and what it says of itself."""
    if kind == "html":
        return _html(path.read_bytes(), converters)
    from markitdown import StreamInfo

    converter = converters.PdfConverter() if kind == "pdf" else converters.DocxConverter()
    with path.open("rb") as stream:
        result = converter.convert(stream, StreamInfo(extension=f".{kind}"))
    text = result.markdown
    if kind == "pdf":
        from assistant.knowledge.pdf_layout import read_layout, tidied

        text = tidied(text, read_layout(path))
    return {"text": text, "title": (result.title or "").strip()}


def _html(raw: bytes, converters: Any) -> dict[str, str]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(raw, "html.parser")
    canonical = soup.find("link", rel="canonical")
    updated = soup.find("meta", attrs={"name": re.compile(r"^(updated|last-modified|date)$", re.I)})
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for element in soup(_NOISE):
        element.decompose()
    main = soup.find("main") or soup.find("article") or soup.body or soup
    for element in main.find_all("img"):
        element.replace_with(str(element.get("alt") or ""))
    result = converters.HtmlConverter().convert_string(f"<body>{main.decode()}</body>", strict=False)
    return {
        "text": result.markdown,
        "title": title,
        "url": str(canonical.get("href") or "") if canonical else "",
        "updated": str(updated.get("content") or "") if updated else "",
    }


def _reason(exc: Exception) -> str:
    name = type(exc).__name__
    if "Password" in name or "Encryption" in name:
        return "it is encrypted"
    if isinstance(exc, MemoryError):
        return "it needs more memory than is allowed"
    return f"it can't be parsed ({name}: {exc})"[:300]


if __name__ == "__main__":
    main()
