"""Turns quotes into Markdown with numbered citations. Nothing is said but what the sources say, and two notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.candidates import Page
from assistant.answering.citations import citation_of
from assistant.answering.markup import ITEM
from assistant.answering.quotes import Quote
from assistant.values import Citation

BEGINS_EARLIER = "_The source has steps before these._"
GOES_ON = "_The steps go on in the source._"


def render_answer(quotes: Sequence[Quote], pages: Sequence[Page]) -> tuple[str, tuple[Citation, ...]]:
    """The answer's Markdown, every quote followed by its `[n]`, and the citations: one for each passage.

    A citation's quote is the whole stretch of the passage that is quoted first: sentences, row, list or procedure.
    """
    citations: dict[int, Citation] = {}
    parts: list[str] = []
    for quote in quotes:
        page = pages[quote.page]
        if quote.page not in citations:
            citations[quote.page] = citation_of(len(citations) + 1, page.hit.passage, *_stretch(quote))
        text = _marked(_render(quote, page), citations[quote.page].index)
        parts.append(("\n" if quote.continues else "\n\n") + text if parts else text)
    return "".join(parts), tuple(citations.values())


def _stretch(quote: Quote) -> tuple[int, int]:
    """From the first to the last word quoted; of a table only the row that answers, its header stands elsewhere."""
    if quote.form in {"table", "rows"}:
        return quote.focus
    return quote.spans[0][0], quote.spans[-1][1]


def _marked(text: str, index: int) -> str:
    """The text with its mark: on its own line after a table or code, else behind the last word."""
    last = text.rsplit("\n", 1)[-1]
    return f"{text}\n\n[{index}]" if last.startswith(("|", "```")) else f"{text} [{index}]"


def _render(quote: Quote, page: Page) -> str:
    title = f"**{quote.title}**\n\n" if quote.title else ""
    texts = [page.clip(start, end) for start, end in quote.spans]
    if quote.form == "table":
        return title + _table(texts, page)
    if quote.form == "code":
        return title + _code(texts)
    if quote.form == "rows":
        return title + "\n".join(f"- {_one_line(text)}" for text in texts)
    if quote.form == "list":
        before = f"{BEGINS_EARLIER}\n\n" if quote.begins_earlier else ""
        return title + before + _list(texts) + (f"\n\n{GOES_ON}" if quote.goes_on else "")
    return " ".join(_one_line(text) for text in texts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(texts: Sequence[str], page: Page) -> str:
    rows = [_row(text) for text in texts]
    columns = rows[0].count("|") - 1
    headed = any(block.header and page.clip(block.header.start, block.header.end) == texts[0] for block in page.blocks)
    rule = "|" + " --- |" * columns
    head = [rows[0], rule] if headed else ["|" + "  |" * columns, rule, rows[0]]
    return "\n".join([*head, *rows[1:]])


def _row(text: str) -> str:
    row = text.strip()
    return row if row.startswith("|") else f"| {row} |"


def _code(texts: Sequence[str]) -> str:
    code = texts[-1] if texts[-1].lstrip().startswith(("```", "~~~")) else f"```\n{texts[-1]}\n```"
    return "\n\n".join([*(_one_line(text) for text in texts[:-1]), code.replace("~~~", "```")])


def _list(texts: Sequence[str]) -> str:
    """A list as Markdown that renders: sub-points and paragraphs of an item indented below it."""
    lines = [line.rstrip() for text in texts for line in text.split("\n") if line.strip()]
    while lines and (last := ITEM.match(lines[-1])) and not last["body"].strip():
        lines.pop()  # a passage may end behind a step's number
    out: list[str] = []
    in_list, numbered = False, False
    for number, line in enumerate(lines):
        item = ITEM.match(line)
        if item is None:
            more = any(ITEM.match(later) for later in lines[number + 1 :])
            indented = in_list and (more or line.startswith(" "))
            out.append(f"   {line.strip()}" if indented else line.strip())
            if in_list and not indented:
                out.insert(-1, "")
            continue
        if not in_list and out:
            out.append("")
        top = not in_list or (item["number"] is not None and not item["indent"])
        numbered = bool(item["number"]) if top else numbered
        in_list = True
        flat = numbered and item["bullet"] and not item["indent"]
        mark = f"{item['number']}." if item["number"] else "-"
        indent = "   " if flat or len(item["indent"]) >= 2 else ""
        out.append(f"{indent}{mark} {_one_line(item['body'])}".rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out))
