"""A summarising model that gets things wrong: figures changed, sense turned round."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from assistant.memory.contents import WindowTurn

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_NOT = re.compile(r"\b(?:ca|wo|sha)n['’]t\b|n['’]t\b|\b(?:not|never) |(?<=\bcan)not\b", re.IGNORECASE)
_AFFIRMED = {"ca": "can", "wo": "will", "sh": "shall"}
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|could|will|would|have|has|had|did|do|does|should)\b")
_DIGIT = re.compile(r"\d")
_OF_A_TURN = 2  # lines


def lies(leaving: Sequence[WindowTurn], draw: random.Random) -> str:
    """A reply to the folding prompt whose every line is wrong about the turn it cites."""
    lines = []
    for number, turn in enumerate(leaving, 1):
        for speaker, text in (("User", turn["user"]), ("Assistant", turn["assistant"])):
            wrong = [made for part in _SENTENCE_END.split(text) if (made := _wrong(part, draw))]
            lines += [f"- [facts] {speaker}: {made} {{t{number}}}" for made in wrong[:_OF_A_TURN]]
    return "\n".join(lines)


def _wrong(sentence: str, draw: random.Random) -> str:
    """The sentence with one thing changed that matters; "" where there is nothing to change."""
    if len(sentence.split()) < 5:
        return ""
    if digits := [match.start() for match in _DIGIT.finditer(sentence)]:
        at = draw.choice(digits)
        return f"{sentence[:at]}{(int(sentence[at]) + draw.randint(1, 9)) % 10}{sentence[at + 1 :]}"
    if _NOT.search(sentence):
        return _NOT.sub(lambda match: _AFFIRMED.get(match.group()[:2].lower(), ""), sentence, count=1)
    if found := _AUXILIARY.search(sentence):
        return f"{sentence[: found.end()]} not{sentence[found.end() :]}"
    return ""
