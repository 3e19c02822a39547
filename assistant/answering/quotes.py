"""Grows what answers into what can be quoted honestly: whole procedures, lists with their introduction, table rows with
their header, sentences with what they refer to and with the exceptions that follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.answering.blocks import Block
from assistant.answering.candidates import Candidate, Page, is_exception, is_pointer, is_whole, needs_antecedent
from assistant.answering.markup import strip_links
from assistant.answering.terms import QuestionKind

Form = Literal["prose", "list", "table", "rows", "code"]
Span = tuple[int, int]

_SHORT_ANSWERS: frozenset[QuestionKind] = frozenset({"amount", "contact", "decision", "meaning"})


@dataclass(frozen=True, slots=True)
class Quote:
    """Text of one passage to quote: spans in order, without overlap. `focus` is the one that answers.

    `title` is a heading of the source to show above a list or table that has no introduction of its own; `continues`
    marks the rest of a procedure that began in the passage quoted just before.
    """

    page: int
    form: Form
    spans: tuple[Span, ...]
    focus: Span
    title: str = ""
    continues: bool = False
    begins_earlier: bool = False
    goes_on: bool = False

    def holds(self, page: int, start: int, end: int) -> bool:
        """Whether a stretch of a passage is within the quote already."""
        return page == self.page and any(a <= start and end <= b for a, b in self.spans)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Characters: a paragraph up to `paragraph` is quoted whole, or up to `fact` when a fact is asked for; a list up to
    `whole_list`; a table up to `table_rows` rows."""

    paragraph: int = 450
    fact: int = 260
    whole_list: int = 700
    table_rows: int = 6


def grow(candidate: Candidate, pages: Sequence[Page], kind: QuestionKind, lengths: Lengths) -> tuple[Quote, ...]:
    """The quote around a candidate; more than one where a procedure goes on in another passage."""
    page = pages[candidate.page]
    block = page.blocks[candidate.block]
    if block.kind == "procedure" and (candidate.unit is None or kind == "procedure"):
        return _procedure(candidate, pages)
    if block.kind == "bullets":
        return (_bullets(candidate, page, kind, lengths),)
    if block.kind == "code":
        return (_code(candidate, page),)
    if block.kind in ("table", "rows"):
        return (rows_quote(candidate.page, page, candidate.block, [candidate.unit or 0], lengths),)
    return (_prose(candidate, page, kind, lengths),)


def rows_quote(at: int, page: Page, number: int, rows: Sequence[int], lengths: Lengths) -> Quote:
    """Rows of a table with its header; the whole table when it is small. `rows` begins with the row that answers."""
    block = page.blocks[number]
    best = block.units[rows[0]]
    units = [block.units[row] for row in sorted(set(rows))]
    if block.kind == "table" and len(block.units) <= lengths.table_rows:
        units = list(block.units)
    spans = [(unit.start, unit.end) for unit in units]
    if block.header is not None:
        spans.insert(0, (block.header.start, block.header.end))
    title = _title(page, block)
    return Quote(at, "table" if block.kind == "table" else "rows", tuple(spans), (best.start, best.end), title)


def _title(page: Page, block: Block) -> str:
    """A heading to stand above a block: only where the block has no introduction that stands for itself."""
    if block.lead is not None and not needs_antecedent(page.clip(block.lead.start, block.lead.end)):
        return ""
    return block.heading or page.hit.passage.section.split(" > ")[-1] or page.hit.passage.title


def _with_lead(block: Block) -> Span:
    return (block.lead.start if block.lead is not None else block.start), block.end


def _code(candidate: Candidate, page: Page) -> Quote:
    block = page.blocks[candidate.block]
    lead = ((block.lead.start, block.lead.end),) if block.lead is not None else ()
    return Quote(
        candidate.page, "code", (*lead, (block.start, block.end)), (block.start, block.end), _title(page, block)
    )


def _bullets(candidate: Candidate, page: Page, kind: QuestionKind, lengths: Lengths) -> Quote:
    block = page.blocks[candidate.block]
    whole = _with_lead(block)
    visible = len(strip_links(page.clip(*whole)))
    limit = lengths.whole_list * (1.4 if kind == "list" else 1.0 if candidate.unit is None else 0.7)
    if candidate.unit is None or visible <= limit:
        return Quote(candidate.page, "list", (whole,), whole, _title(page, block))
    first, last = _item_family(page, block, candidate.unit)
    focus = (block.units[candidate.unit].start, block.units[candidate.unit].end)
    items = [_item_span(page, block, index) for index in range(first, last + 1)]
    if first == last and _stands_alone(page.clip(*focus)) and block.lead is None:
        return Quote(candidate.page, "prose", (focus,), focus)
    lead = [(block.lead.start, block.lead.end)] if block.lead is not None else []
    return Quote(candidate.page, "list", (*lead, *items), focus, _title(page, block))


def _stands_alone(text: str) -> bool:
    return len(text.split()) >= 6 and text.rstrip().endswith((".", "!")) and not needs_antecedent(text)


def _item_span(page: Page, block: Block, index: int) -> Span:
    """An item with its mark."""
    unit = block.units[index]
    line = page.hit.passage.text.rfind("\n", 0, unit.start) + 1
    return max(line, block.start), unit.end


def _item_family(page: Page, block: Block, index: int) -> Span:
    """First and last index of an item with its parent, its sub-points and the exceptions in the items after it."""
    first = last = index
    while block.units[first].depth > 0 and first > 0:
        first -= 1
    while last + 1 < len(block.units) and (block.units[last + 1].depth > block.units[index].depth):
        last += 1
    while last + 1 < len(block.units) and is_exception(
        page.clip(block.units[last + 1].start, block.units[last + 1].end)
    ):
        last += 1
    return first, last


def _procedure(candidate: Candidate, pages: Sequence[Page]) -> tuple[Quote, ...]:
    chain = _chain(candidate.page, candidate.block, pages)
    quotes: list[Quote] = []
    for place, (at, number) in enumerate(chain):
        page = pages[at]
        block = page.blocks[number]
        start, end = _with_lead(block)
        if place + 1 < len(chain):
            end = _before_number(block, _first_number(pages[chain[place + 1][0]].blocks[chain[place + 1][1]]))
        elif (after := _after(page, number)) is not None:
            end = after
        quotes.append(Quote(at, "list", ((start, end),), (start, end), "" if place else _title(page, block), place > 0))
    quotes[0] = replace(quotes[0], begins_earlier=_first_number(pages[chain[0][0]].blocks[chain[0][1]]) > 1)
    last = pages[chain[-1][0]]
    quotes[-1] = replace(quotes[-1], goes_on=_is_cut(last, last.blocks[chain[-1][1]]))
    return tuple(quotes)


def _is_cut(page: Page, block: Block) -> bool:
    """Whether the passage ends within the procedure: an empty last step, or one that ends without a full stop."""
    rest = page.hit.passage.text[block.end :].strip()
    return block.cut and not rest


def _first_number(block: Block) -> int:
    return next((unit.number for unit in block.units if unit.number is not None), 1)


def _last_number(block: Block) -> int:
    return next((unit.number for unit in reversed(block.units) if unit.number is not None), 1)


def _before_number(block: Block, number: int) -> int:
    """The end of the last step before `number`."""
    end = block.end
    for unit, following in zip(block.units, block.units[1:], strict=False):
        if following.number is not None and following.number >= number:
            return unit.end
        end = following.end
    return end


def _after(page: Page, number: int) -> int | None:
    """The end of the sentence right after a procedure, when it limits it."""
    if number + 1 >= len(page.blocks):
        return None
    block = page.blocks[number + 1]
    if block.kind != "paragraph" or not block.units:
        return None
    first = block.units[0]
    text = page.clip(first.start, first.end)
    return first.end if is_exception(text) and is_whole(page, block, 0) and not text.endswith(":") else None


def _chain(at: int, number: int, pages: Sequence[Page]) -> list[tuple[int, int]]:
    """The blocks a procedure is made of, in order: passages may cut it."""
    chain = [(at, number)]
    while len(chain) < 4 and (before := _neighbour(chain[0], pages, -1)) is not None:
        chain.insert(0, before)
    while len(chain) < 4 and (after := _neighbour(chain[-1], pages, 1)) is not None:
        chain.append(after)
    return chain


def _neighbour(place: tuple[int, int], pages: Sequence[Page], step: int) -> tuple[int, int] | None:
    page, block = pages[place[0]], pages[place[0]].blocks[place[1]]
    if (step > 0 and page.hit.passage.text[block.end :].strip()) or (step < 0 and _first_number(block) == 1):
        return None
    for at, other in enumerate(pages):
        same = other.hit.passage.document_id == page.hit.passage.document_id
        if not same or other.hit.passage.ordinal != page.hit.passage.ordinal + step:
            continue
        numbers = (
            range(min(2, len(other.blocks))) if step > 0 else range(len(other.blocks) - 1, len(other.blocks) - 2, -1)
        )
        for number in numbers:
            if number >= 0 and other.blocks[number].kind == "procedure" and other.blocks[number].units:
                first, second = (block, other.blocks[number]) if step > 0 else (other.blocks[number], block)
                if 1 < _first_number(second) <= _last_number(first) + 1:
                    return at, number
    return None


def _prose(candidate: Candidate, page: Page, kind: QuestionKind, lengths: Lengths) -> Quote:
    block = page.blocks[candidate.block]
    at = candidate.unit or 0
    focus = (block.units[at].start, block.units[at].end)
    if block.kind == "procedure":
        return Quote(candidate.page, "prose", (focus,), focus)
    first, last = _sentences(page, block, at, lengths.fact if kind in _SHORT_ANSWERS else lengths.paragraph)
    start, end = block.units[first].start, block.units[last].end
    if first == 0 and needs_antecedent(page.clip(start, end)):
        start = _antecedent(page, candidate.block) or start
    form: Form = "prose"
    if last == len(block.units) - 1:
        end, form = _exceptions_after(page, candidate.block, end)
    return Quote(candidate.page, form, ((start, end),), focus)


def _sentences(page: Page, block: Block, at: int, limit: int) -> Span:
    """First and last sentence to quote: with what they refer to, with the exceptions after them, whole if short."""
    texts = [page.clip(unit.start, unit.end) for unit in block.units]
    good = [is_whole(page, block, n) and not is_pointer(text) and text[-1] != ":" for n, text in enumerate(texts)]
    first = last = at
    while first > 0 and needs_antecedent(texts[first]) and good[first - 1] and at - first < 2:
        first -= 1
    while last + 1 < len(texts) and good[last + 1] and is_exception(texts[last + 1]):
        last += 1
    while last + 1 < len(texts) and good[last + 1] and _length(block, first, last + 1) <= limit:
        last += 1
    while first > 0 and good[first - 1] and _length(block, first - 1, last) <= limit:
        first -= 1
    return first, last


def _length(block: Block, first: int, last: int) -> int:
    return block.units[last].end - block.units[first].start


def _antecedent(page: Page, number: int) -> int | None:
    """Where the last sentence of the paragraph above begins."""
    above = page.blocks[number - 1] if number else None
    if above is None or above.kind != "paragraph" or not above.units:
        return None
    last = len(above.units) - 1
    return above.units[last].start if is_whole(page, above, last) else None


def _exceptions_after(page: Page, number: int, end: int) -> tuple[int, Form]:
    """How far the exceptions go on after the end of a paragraph: sentences of the next one, or a list it introduces."""
    following = [block for block in page.blocks[number + 1 : number + 3] if block.units]
    if not following:
        return end, "prose"
    block = following[0]
    if block.lead is not None and block.kind == "bullets":
        limits = is_exception(page.clip(block.lead.start, block.lead.end)) and block.end - end <= 700
        return (block.end, "list") if limits else (end, "prose")
    if block is not page.blocks[number + 1] or block.kind != "paragraph":
        return end, "prose"
    for index, unit in enumerate(block.units):
        text = page.clip(unit.start, unit.end)
        if not is_exception(text) or not is_whole(page, block, index) or text.endswith(":"):
            break
        end = unit.end
    return end, "prose"
