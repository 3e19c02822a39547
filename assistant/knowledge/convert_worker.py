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

_BULLET = re.compile(r"[ \t]*(?:[-*•‣▪◦●–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+\S")
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
    text = tidied_pdf(result.markdown) if kind == "pdf" else result.markdown
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


def tidied_pdf(text: str) -> str:
    """Lines of a paragraph rejoined and hyphenated words made whole; lists, tables and headings keep their lines."""
    text = text.replace("\x0c", "\n\n").replace("\u00ad\n", "").replace("\r\n", "\n")
    paragraphs = re.split(r"\n[ \t]*\n+", text)
    return "\n\n".join(joined for paragraph in paragraphs if (joined := _rejoined(paragraph.strip("\n"))))


def _rejoined(paragraph: str) -> str:
    lines = [line.rstrip() for line in paragraph.split("\n") if line.strip()]
    longest = max((len(line) for line in lines), default=0)
    out: list[str] = []
    for line in lines:
        if not out or "|" in line or "|" in out[-1] or _BULLET.match(line):
            out.append(line)
        elif re.search(r"[a-zà-ÿ]-$", out[-1]) and re.match(r"\s*[a-zà-ÿ]", line):
            out[-1] = out[-1][:-1] + line.strip()
        elif len(out[-1].rpartition("\n")[2]) >= 0.6 * longest or out[-1].endswith(","):
            out[-1] = f"{out[-1]} {line.strip()}"
        else:
            out.append(line)
    return "\n".join(out)


def _reason(exc: Exception) -> str:
    name = type(exc).__name__
    if "Password" in name or "Encryption" in name:
        return "it is encrypted"
    if isinstance(exc, MemoryError):
        return "it needs more memory than is allowed"
    return f"it can't be parsed ({name}: {exc})"[:300]


if __name__ == "__main__":
    main()
