"""The summary as text: for the answer's prompt, and for the model that folds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.memory.contents import SECTIONS, Pin, Section, SummaryLine, WindowTurn
from assistant.memory.tokens import count

SECTION_NAMES: dict[Section, str] = {
    "purpose": "Purpose",
    "facts": "Facts",
    "tried": "Tried",
    "open": "Open",
    "commitments": "Promised",
}
ITEM_TOKENS = 60
_MARK = "{} (corrected later: {})"
SPEAKERS = ("User", "Assistant")
_FORGED = re.compile(r"[\[({]\s*((?:[tl]\d+[\s,;]*)+)[\])}]", re.I)


def render_summary(lines: Sequence[SummaryLine]) -> list[str]:
    """The summary as the items of a list: lines of one section and speaker side by side, their head once in front.

    An item ends after some `ITEM_TOKENS`, so that little goes when one doesn't fit.
    """
    groups: dict[tuple[Section, str], list[str]] = {}
    for line in lines:
        speaker, text = split_speaker(line["text"])
        groups.setdefault((line["section"], speaker), []).append(text)
    keys = sorted(groups, key=lambda each: (SECTIONS.index(each[0]), each[1] != "User", each[1]))
    return [item for key in keys for item in _items(head(*key), groups[key])]


def corrected(lines: Sequence[SummaryLine], pins: Sequence[Pin]) -> list[SummaryLine]:
    """The lines, with a mark behind each value in them that was corrected later, and what it was corrected to."""
    newer = {pin["id"]: pin["text"] for pin in pins}
    old = {pin["text"]: newer[pin["superseded_by"]] for pin in pins if pin["superseded_by"] in newer}
    return [_marked(line, old) for line in lines]


def _marked(line: SummaryLine, old: Mapping[str, str]) -> SummaryLine:
    text = line["text"]
    for value, now in old.items():
        if now not in text:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", lambda found, now=now: _MARK.format(found[0], now), text)  # type: ignore[misc]
    return line if text == line["text"] else {**line, "text": text}


def rendered_tokens(lines: Sequence[SummaryLine]) -> int:
    """Tokens of the rendered summary as a list in a prompt."""
    return sum(count(f"- {item}\n") for item in render_summary(lines))


def _items(title: str, texts: Sequence[str]) -> list[str]:
    items, used = [f"{title} {texts[0]}"], count(texts[0])
    for text in texts[1:]:
        used += (cost := count(text))
        if used > ITEM_TOKENS:
            items.append(text)
            used = cost
        else:
            items[-1] += f"; {text}"
    return items


def head(section: Section, speaker: str) -> str:
    """What stands above a group of lines."""
    return f"{SECTION_NAMES[section]} ({speaker.lower()}):" if speaker else f"{SECTION_NAMES[section]}:"


def split_speaker(text: str) -> tuple[str, str]:
    """A line's speaker ("" when it names none) and the rest of it."""
    speaker, colon, rest = text.partition(": ")
    return (speaker, rest) if colon and speaker in SPEAKERS else ("", text)


def told(lines: Sequence[SummaryLine]) -> str:
    """The old summary as the folding model reads it: `l1 [facts] text`, a line each."""
    return "\n".join(f"l{n} [{line['section']}] {flat(line['text'])}" for n, line in enumerate(lines, 1))


def told_turns(leaving: Sequence[WindowTurn]) -> str:
    """The leaving turns as the folding model reads them: `t1 User: …`, what was said on one line each."""
    return "\n".join(_both(turn, number) for number, turn in enumerate(leaving, 1))


def _both(turn: WindowTurn, number: int) -> str:
    return f"t{number} User: {flat(turn['user'])}\nt{number} Assistant: {flat(turn['assistant'])}"


def flat(text: str) -> str:
    """The text on one line, whatever Unicode takes for a line break, and without forged citations.

    So nothing in it can pose as a line of the prompt, nor be copied as one that cites.
    """
    return _FORGED.sub(r"'\1'", " ".join(text.split()))
