"""What could be quoted: the sentences, items, steps, rows, lists and procedures of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.blocks import Block, Unit
from assistant.answering.markup import strip_links
from assistant.answering.parsing import parse_blocks
from assistant.values import Hit

_ANAPHOR = re.compile(
    r"^\W*(it|its|this|these|those|they|their|them|that|such|both|he|she|the (latter|former|same|other)|in contrast|"
    r"in (this|that|such) case|in that event|otherwise|then|also|to do (this|so)|if so|if not|after (this|that)|"
    r"until then|either way|instead|however|but|and|or|so|therefore|thus|hence|additionally|moreover|furthermore|"
    r"for (example|instance)|as a result|similarly|likewise|again|afterwards|here|there(?! (is|are)\b)|even then|"
    r"neither)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"^\W*(except\w*|unless|without|however|but|only|otherwise|(this|that|it) does(n't| not)|(these|they) do(n't| not)|"
    r"it (can(not|'t)|is not)|not (included|covered)|the (only )?exceptions?|there (is|are) (one|two|an?|some|no) "
    r"exceptions?|if (you|it|they|the|your|a|an)\b.{0,60}\b(not|no|never|must|cannot)|we (do|can|cannot|will) ?not|"
    r"you (cannot|can't|may not|must not)|this excludes|excluded|note\b|important|warning)",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"\b(except|unless|only if|provided that|as long as|but not|does not apply)\b", re.IGNORECASE)
_POINTER = re.compile(
    r"^\W*((for|to) (more|further|additional|learn|find|see|read)\b.*\bsee\b|see (also )?[\[\"'“]|see the\b.{0,60}$|"
    r"learn more|for [^,]{3,60}, see \[|"
    r"for (more|further) (information|details)|(please )?(refer to|check out|visit|read)\b.{0,25}\[|"
    r"the following (table|image|diagram|figure|example|list|sections?)\b|review the following|watch the|"
    r"table \d|figure \d|in contrast, a$)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?…:;][\"'”’)\]*_`]*$")


@dataclass(frozen=True, slots=True)
class Page:
    """A passage of the evidence and its blocks."""

    hit: Hit
    blocks: tuple[Block, ...]

    def clip(self, start: int, end: int) -> str:
        return self.hit.passage.text[start:end]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could answer. `unit` is None for a whole list, procedure or code block.

    `text` is what is compared with the question, without links; `heading` the nearest heading.
    """

    page: int
    block: int
    unit: int | None
    text: str
    heading: str


def read_pages(hits: Sequence[Hit]) -> tuple[Page, ...]:
    """Parse the passages of the evidence, best first."""
    return tuple(Page(hit, parse_blocks(hit.passage.text)) for hit in hits)


def list_candidates(pages: Sequence[Page]) -> list[Candidate]:
    """Everything in the evidence that can be quoted, in order."""
    return [found for at, page in enumerate(pages) for found in _of_page(at, page)]


def _of_page(at: int, page: Page) -> Iterator[Candidate]:
    for number, block in enumerate(page.blocks):
        heading = block.heading or page.hit.passage.section
        lead = strip_links(page.clip(block.lead.start, block.lead.end)) if block.lead else ""
        if block.kind in ("procedure", "bullets", "code") and (block.units or block.kind == "code"):
            raw = page.clip(block.start, block.end)
            whole = strip_links(raw)
            if block.kind == "bullets" and len(whole) < 0.45 * len(raw):
                continue  # a list of links, not of facts
            yield Candidate(at, number, None, f"{lead} {whole}".strip(), heading)
        if block.kind in ("heading", "noise", "code"):
            continue
        for index, unit in enumerate(block.units):
            raw = page.clip(unit.start, unit.end)
            if _is_quotable(page, block, index, raw):
                yield Candidate(at, number, index, _scored_text(page, block, unit, lead), heading)


def _scored_text(page: Page, block: Block, unit: Unit, lead: str) -> str:
    text = strip_links(page.clip(unit.start, unit.end))
    if block.kind == "table" and block.header is not None:
        names = cells(page.clip(block.header.start, block.header.end))
        values = cells(text)
        return "; ".join(f"{name}: {value}" if name else value for name, value in zip(names, values, strict=False))
    if block.kind == "bullets" and lead and len(text) < 160:
        return f"{lead} {text}"
    return text


def cells(row: str) -> list[str]:
    """The cells of a Markdown table row."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _is_quotable(page: Page, block: Block, index: int, raw: str) -> bool:
    if is_pointer(raw) or raw.rstrip("*_ ").endswith("?") or sum(character.isalpha() for character in raw) < 3:
        return False
    if block.kind == "paragraph":
        return is_whole(page, block, index) and not raw.rstrip("*_ ").endswith(":")
    if block.kind in ("bullets", "procedure"):
        visible = strip_links(raw)
        return len(visible) > 0.3 * len(raw) or not raw.startswith("[")
    return True


def is_pointer(sentence: str) -> bool:
    """Whether a sentence only points elsewhere ("For more information, see …")."""
    return bool(_POINTER.match(sentence))


def is_whole(page: Page, block: Block, index: int) -> bool:
    """Whether a sentence begins and ends in the passage: chunks may cut the first and the last."""
    text = page.hit.passage.text
    unit = block.units[index]
    raw = text[unit.start : unit.end]
    if index == 0 and (raw[:1].islower() or raw[:1] in ",;)"):
        return False
    rest = text[unit.end :].strip()
    return bool(_ENDED.search(raw)) or (len(raw.split()) > 6 and bool(rest) and not rest[0].islower())


def needs_antecedent(sentence: str) -> bool:
    """Whether a sentence can't stand alone, since it speaks of something said before it."""
    return bool(_ANAPHOR.match(sentence))


def is_exception(sentence: str) -> bool:
    """Whether a sentence limits what was said just before it. Leaving it out would make the answer false."""
    return bool(_EXCEPTION.match(sentence)) or bool(_HEDGE.search(sentence[:40]))
