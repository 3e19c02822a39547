"""The rolling summary without a model: each folded turn becomes one line that names its turn and documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.memory.tokens import count, encoding
from assistant.memory.window import WindowPolicy, bounded

_MARKER = re.compile(r"\s*\[\d+\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")


def summarise(lines: Sequence[SummaryLine], leaving: Sequence[WindowTurn], policy: WindowPolicy) -> list[SummaryLine]:
    """The old lines and one for each leaving turn, within the cap (the oldest go first).

    Folding a turn twice adds nothing.
    """
    known = {turn for line in lines for turn in line["turns"]}
    fresh = [_line(turn, policy) for turn in leaving if turn["turn"] not in known]
    return bounded([*lines, *fresh], policy)


def from_model(
    reply: str, lines: Sequence[SummaryLine], leaving: Sequence[WindowTurn], policy: WindowPolicy
) -> list[SummaryLine] | None:
    """A model's summary, a line each `- text [turn ids]`; None when it can't be trusted.

    A line must name at least one turn it rests on, and every number in it must occur in what it rests on.
    """
    sources = {turn["turn"]: f"{turn['user']} {turn['assistant']}" for turn in leaving}
    documents = {turn["turn"]: turn["documents"] for turn in leaving}
    for line in lines:
        for turn_id in line["turns"]:
            sources[turn_id] = f"{sources.get(turn_id, '')} {line['text']}"
            documents.setdefault(turn_id, line["documents"])
    made = [parsed for raw in reply.splitlines() if (parsed := _parsed(raw, sources, documents))]
    covered = {turn_id for line in made for turn_id in line["turns"]}
    untouched = [line for line in lines if not covered & set(line["turns"])]
    kept = bounded([*untouched, *made], policy)
    held = {turn_id for line in kept for turn_id in line["turns"]}
    return kept if {turn["turn"] for turn in leaving} <= held else None


def _parsed(raw: str, sources: dict[str, str], documents: dict[str, list[str]]) -> SummaryLine | None:
    text = raw.strip().lstrip("-*• ").strip()
    turns = [turn_id for turn_id in sources if turn_id in text]
    for turn_id in turns:
        text = text.replace(turn_id, "")
    text = re.sub(r"\s*\[[\s,;]*\]\s*", " ", text).strip()
    grounds = " ".join(sources[turn_id] for turn_id in turns)
    if not text or not turns or any(number not in grounds for number in re.findall(r"\d[\d.,]*\d|\d", text)):
        return None
    return SummaryLine(
        id="",
        section="facts",
        text=text,
        turns=turns,
        documents={d: v for t in turns for d, v in documents.get(t, {}).items()},
    )


def _line(turn: WindowTurn, policy: WindowPolicy) -> SummaryLine:
    asked = _clip(turn["user"], policy.line_tokens // 2)
    first = next((part for part in _SENTENCE_END.split(_MARKER.sub("", turn["assistant"])) if part.strip()), "")
    said = _clip(first, policy.line_tokens // 2)
    text = f"The user asked: {asked}" + (f" The assistant said: {said}" if said else "")
    return SummaryLine(
        id=turn["turn"], section="facts", text=text, turns=[turn["turn"]], documents=dict(turn["documents"])
    )


def _clip(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    if count(flat) <= limit:
        return flat
    return encoding().decode(encoding().encode_ordinary(flat)[: limit - 1], errors="ignore").rstrip() + "…"
