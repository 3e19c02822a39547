"""Reads lists and procedures: how far they go, though paragraphs interrupt their items, and what their items are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.blocks import Unit
from assistant.answering.markup import ATX, Line, is_item, item_of


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read: the line after it, its items, whether they are numbered and whether one of them is empty,
    since the passage cuts the list there."""

    stop: int
    units: tuple[Unit, ...]
    numbered: bool
    cut: bool


def read_list(lines: Sequence[Line], first: int) -> ReadList:
    """The list that begins with the line `first`."""
    stop = _end(lines, first)
    units = _units(lines, first, stop)
    real = tuple(unit for unit in units if unit.end > unit.start)
    return ReadList(stop, real, item_of(lines[first].text).number is not None, len(real) < len(units))


@dataclass(slots=True)
class _ListState:
    """Where a list stands while it is read. `nested` is set inside sub-points that lost their indentation."""

    indent: int
    number: int | None
    nested: bool = False

    @classmethod
    def of(cls, text: str) -> _ListState:
        item = item_of(text)
        return cls(item.indent, item.number)

    def takes(self, text: str, previous: str) -> bool:
        """Whether the item `text` belongs to the list, after the line `previous`."""
        item = _ListState.of(text)
        if item.indent >= self.indent + 2:
            return True
        if item.indent < self.indent:
            return False
        if self.number is None:
            return item.number is None
        if item.number is None:
            self.nested = self.nested or previous.rstrip().endswith(":")
            return self.nested
        if item.number < self.number or item.number > self.number + 1:
            return False
        self.number, self.nested = item.number, False
        return True


def _end(lines: Sequence[Line], first: int) -> int:
    state = _ListState.of(lines[first].text)
    stop = first + 1
    while stop < len(lines):
        line, previous = lines[stop], _previous_text(lines, stop)
        if line.blank:
            following = _continuation(lines, stop, state)
            if following is None:
                break
            stop = following
        elif ATX.match(line.text) or (is_item(line.text) and not state.takes(line.text, previous)):
            break
        else:
            stop += 1
    while stop - 1 > first and lines[stop - 1].blank:
        stop -= 1
    return stop


def _previous_text(lines: Sequence[Line], at: int) -> str:
    at -= 1
    while at > 0 and lines[at].blank:
        at -= 1
    return lines[at].text


def _continuation(lines: Sequence[Line], blank: int, state: _ListState) -> int | None:
    """The line after a blank where the list goes on, or None when it is over."""
    at = blank
    while at < len(lines) and lines[at].blank:
        at += 1
    if at >= len(lines) or ATX.match(lines[at].text):
        return None
    text = lines[at].text
    if is_item(text):
        return at if replace(state).takes(text, _previous_text(lines, at)) else None
    if len(text) - len(text.lstrip()) >= state.indent + 2:
        return at
    return at if at - blank <= 1 and _interrupts(lines, at, state) else None


def _interrupts(lines: Sequence[Line], at: int, state: _ListState) -> bool:
    """Whether the paragraph at `at` belongs to the item above, since the list goes on right after it."""
    stop = at
    while stop < len(lines) and not lines[stop].blank and not is_item(lines[stop].text):
        stop += 1
    glued = stop < len(lines) and not lines[stop].blank
    while stop < len(lines) and lines[stop].blank:
        stop += 1
    if stop >= len(lines) or not is_item(lines[stop].text):
        return False
    item = _ListState.of(lines[stop].text)
    if state.number is not None:
        return item.number == state.number + 1 and item.indent == state.indent
    return glued and item.number is None and not lines[stop - 1].text.rstrip().endswith(":")


def _units(lines: Sequence[Line], first: int, stop: int) -> list[Unit]:
    base = item_of(lines[first].text)
    starts = [at for at in range(first, stop) if is_item(lines[at].text)]
    units: list[Unit] = []
    for at, following in zip(starts, [*starts[1:], stop], strict=True):
        item = item_of(lines[at].text)
        piece = "\n".join(line.text for line in lines[at:following])[item.body :]
        begin = lines[at].start + item.body + len(piece) - len(piece.lstrip())
        depth = int(item.indent >= base.indent + 2 or (item.number is None) != (base.number is None))
        units.append(Unit(begin, begin + len(piece.strip()), item.number if depth == 0 else None, depth))
    return units
