"""What the plain text of a PDF leaves out: which lines are headings, which are running heads, where paragraphs end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BULLET = re.compile(r"[ \t]*(?:[-*•‣▪◦●–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+\S")
_HEADING_CHARS = 90


@dataclass(frozen=True, slots=True)
class Layout:
    """Heading levels (1 to 3) by the line's text, and lines that run along from page to page, digits as `#`."""

    headings: Mapping[str, int] = field(default_factory=dict)
    running: frozenset[str] = frozenset()


def read_layout(path: Path) -> Layout:
    """From the sizes and weights of the type, and from what stands first or last on several pages."""
    import pdfplumber

    lines: list[tuple[str, float, bool]] = []
    edges: Counter[str] = Counter()
    with pdfplumber.open(path) as pdf:
        pages = len(pdf.pages)
        for page in pdf.pages:
            found = page.extract_text_lines(return_chars=True)
            lines += [_measured(line) for line in found]
            edges.update({_numberless(line["text"]) for line in (*found[:1], *found[-1:])})
            page.close()
    running = frozenset(text for text, count in edges.items() if count > 1 and count >= 0.5 * pages)
    return Layout(_headings(lines, running), running)


def tidied(text: str, layout: Layout | None = None) -> str:
    """Markdown: paragraphs rejoined, hyphenated words made whole, headings marked, running lines dropped.

    Lists and tables keep their lines.
    """
    layout = layout or Layout()
    text = text.replace("\x0c", "\n\n").replace("\u00ad\n", "").replace("\r\n", "\n")
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        plain = _plain(line)
        if not plain or _numberless(plain) in layout.running:
            blocks.append([])
        elif plain in layout.headings:
            blocks += [[f"{'#' * layout.headings[plain]} {plain}"], []]
        elif bool(_BULLET.match(line)) and blocks[-1] and not _BULLET.match(blocks[-1][0]):
            blocks.append([line.rstrip()])
        else:
            blocks[-1].append(line.rstrip())
    width = max((len(line) for block in blocks for line in block if "|" not in line), default=0)
    return "\n\n".join(_rejoined(block, width) for block in blocks if block)


def _rejoined(lines: Sequence[str], width: int) -> str:
    longest = max(len(line) for line in lines) if len(lines) > 3 else width
    out: list[str] = []
    last = 0
    for line in lines:
        if out and ("|" in line) != ("|" in out[-1]):
            out += ["", line]
        elif not out or "|" in line or _BULLET.match(line):
            out.append(line)
        elif re.search(r"[a-zà-ÿ]-$", out[-1]) and re.match(r"\s*[a-zà-ÿ]", line):
            out[-1] = out[-1][:-1] + line.strip()
        elif last >= (0.9 if re.search(r"[.:!?]$", out[-1]) else 0.6) * longest:
            out[-1] = f"{out[-1]} {line.strip()}"
        else:
            out += ["", line] if not _BULLET.match(out[-1]) else [line]
        last = len(line)
    return "\n".join(out)


def _headings(lines: Sequence[tuple[str, float, bool]], running: frozenset[str]) -> dict[str, int]:
    sizes: Counter[float] = Counter()
    bold_chars = 0
    for text, size, bold in lines:
        sizes[size] += len(text)
        bold_chars += len(text) * bold
    if not sizes:
        return {}
    body = sizes.most_common(1)[0][0]
    weighs = bold_chars < 0.3 * sizes.total()
    larger = sorted({size for _, size, _ in lines if size > 1.1 * body}, reverse=True)
    found: dict[str, int] = {}
    for text, size, bold in lines:
        plain = _plain(text)
        fits = len(plain) <= _HEADING_CHARS and not re.search(r"[.,;]$", plain) and not _BULLET.match(plain)
        if not fits or _numberless(plain) in running or not any(char.isalpha() for char in plain):
            continue
        if size in larger:
            found[plain] = min(3, larger.index(size) + 1)
        elif bold and weighs and size >= body:
            found[plain] = min(3, len(larger) + 1)
    return found


def _measured(line: Mapping[str, Any]) -> tuple[str, float, bool]:
    chars = [char for char in line["chars"] if char["text"].strip()]
    size = Counter(round(float(char["size"]) * 2) / 2 for char in chars).most_common(1)
    bold = sum("bold" in str(char["fontname"]).lower() for char in chars) > 0.9 * len(chars) if chars else False
    return line["text"], size[0][0] if size else 0.0, bold


def _plain(line: str) -> str:
    return " ".join(line.split())


def _numberless(line: str) -> str:
    return re.sub(r"\d+", "#", _plain(line))
