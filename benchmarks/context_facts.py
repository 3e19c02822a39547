"""Facts as people write them in support chats, drawn by a seed and planted in a conversation's messages.

Written from how such chats read, with no knowledge of how facts are found again: it shares no pattern with the
assistant. Each value is letter for letter what must be kept. Some values are corrected a few turns later.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.context_fact_sentences import CORRECTIONS, SENTENCES, Speaker
from benchmarks.context_fact_values import VALUES

CORRECTED_SHARE = 0.15  # of the facts, how many are corrections of an earlier value
SPREAD = 30  # turns at the conversation's beginning that facts are planted in


@dataclass(frozen=True, slots=True)
class Fact:
    """A value to be kept: what it is, who said it in which turn (from 0), and the value it corrected ("" if none)."""

    kind: str
    value: str
    speaker: Speaker
    turn: int
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Planted:
    """A conversation's turns (user, assistant) with the facts in them."""

    turns: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]


def plant(turns: Sequence[tuple[str, str]], facts: int, seed: str) -> Planted:
    """The turns with this many facts in the first ones, in sentences of their own among what was said there.

    A speaker states a kind once, promises apart: which of two values holds is never a guess.
    """
    draw = random.Random(seed)
    corrected = round(facts * CORRECTED_SHARE)
    plan = _Plan(draw, _slots(draw, facts + corrected, min(SPREAD, len(turns) - 1)))
    kinds = draw.sample(sorted(CORRECTIONS), corrected)
    for kind in kinds:
        plan.correct(kind)
    stated = [(kind, speaker) for kind in SENTENCES for speaker in SENTENCES[kind]]
    free = [(kind, speaker) for kind, speaker in stated if kind not in kinds or speaker == "assistant"]
    draw.shuffle(free)
    for number in range(facts - corrected):
        plan.state(*free[number % len(free)])
    return Planted(_spoken(turns, plan.said, draw), tuple(plan.facts))


def _slots(draw: random.Random, needed: int, turns: int) -> list[int]:
    """The turns to plant in, in order; several in one turn only where there are too few."""
    return sorted(draw.sample(range(turns), needed) if needed <= turns else draw.choices(range(turns), k=needed))


@dataclass(slots=True)
class _Plan:
    """What is said where. Corrections take slots from both ends."""

    draw: random.Random
    slots: list[int]
    facts: list[Fact] = field(default_factory=list)
    said: list[tuple[int, Speaker, str]] = field(default_factory=list)

    def correct(self, kind: str) -> None:
        first, second = self.draw.choice(CORRECTIONS[kind])
        began = self.slots.pop(self.draw.randrange(len(self.slots) // 2))
        ended = self.slots.pop(self.draw.randrange(len(self.slots) // 2, len(self.slots)))
        old, new = self._value(kind), self._value(kind)
        self.said += [(began, "user", first.format(v=old)), (ended, "user", second.format(v=new, old=old))]
        self.facts.append(Fact(kind, new, "user", ended, corrects=old))

    def state(self, kind: str, speaker: Speaker) -> None:
        turn = self.slots.pop(self.draw.randrange(len(self.slots)))
        value = self._value(kind)
        self.said.append((turn, speaker, self.draw.choice(SENTENCES[kind][speaker]).format(v=value)))
        self.facts.append(Fact(kind, value, speaker, turn))

    def _value(self, kind: str) -> str:
        """One that was not said before, nor is part of one."""
        before = " | ".join(text for _, _, text in self.said)
        while (value := VALUES[kind](self.draw)) in before:
            pass
        return value


def _spoken(
    turns: Sequence[tuple[str, str]], said: Sequence[tuple[int, Speaker, str]], draw: random.Random
) -> tuple[tuple[str, str], ...]:
    spoken = [list(turn) for turn in turns]
    for turn, speaker, sentence in said:
        side = 0 if speaker == "user" else 1
        parts = [part for part in re.split(r"(?<=[.!?])\s+", spoken[turn][side]) if part]
        parts.insert(draw.randint(0, len(parts)), sentence)
        spoken[turn][side] = " ".join(parts)
    return tuple((user, assistant) for user, assistant in spoken)
