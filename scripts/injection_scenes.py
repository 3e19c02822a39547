"""Long role-plays for training the injection guard: a frame, a request, what spells it out, in sentences of ours.

Harmful and harmless ones share their frames and manners, so that what is asked for decides, not how it is dressed.
What does away with rules (`bypass`) stands in many of the harmful ones and in a few harmless ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Fill = Callable[[str, random.Random], str]
Lines = Sequence[tuple[str, str]]  # of a file: the family a line stands under, and the line

BYPASS = {True: (0, 1, 1, 2), False: (0, 0, 0, 0, 0, 0, 0, 0, 0, 1)}  # how many such sentences, drawn from
MORE = (0, 0, 1)  # further requests of the same subject


@dataclass(frozen=True, slots=True)
class Scene:
    """A text, its subject, and the line of its request."""

    text: str
    subject: str
    line: str


def scenes(sides: dict[bool, Lines], parts: Lines, fill: Fill, *, seed: int, times: int) -> list[tuple[Scene, bool]]:
    """`times` long texts for each request of either side, and the bare request once; True marks an attack.

    A request's texts depend on the seed, the request and the sentences around it alone.
    """
    return [
        (Scene(text, family.split("/")[0], line), attack)
        for attack, lines in sides.items()
        for family, line in lines
        if family.endswith("/goal")
        for text in _texts(family.split("/")[0], line, attack, sides, parts, fill, f"{seed} {line}", times)
    ]


def with_request(line: str, request: str, fill: Fill, rng: random.Random) -> str:
    """A line with the request where it has {x}, or {x_} at the beginning of a sentence, and its choices made."""
    return fill(line.replace("{x}", request).replace("{x_}", request[:1].upper() + request[1:]), rng)


def excerpts(story: str, rng: random.Random, *, count: int = 3) -> set[str]:
    """A story with one of its sentences left out, or two sentences swapped: `count` times, some in lower case."""
    told = re.findall(r"[^.!?]+[.!?]+[\"']?", story)
    found = set()
    for _ in range(count):
        order = list(range(len(told)))
        if rng.random() < 0.6:
            order.pop(rng.randrange(len(order)))
        else:
            at = rng.randrange(len(order) - 1)
            order[at : at + 2] = [order[at + 1], order[at]]
        found.add(_cased("".join(told[each] for each in order).strip(), rng))
    return found


def _texts(
    subject: str, line: str, attack: bool, sides: dict[bool, Lines], parts: Lines, fill: Fill, seed: str, times: int
) -> list[str]:
    rng = random.Random(seed)
    bare = fill(line, rng)
    played = [_cased(_scene(subject, line, attack, sides, parts, fill, rng), rng) for _ in range(times)]
    return [bare[:1].upper() + bare[1:] + ".", *played]


def _scene(
    subject: str, line: str, attack: bool, sides: dict[bool, Lines], parts: Lines, fill: Fill, rng: random.Random
) -> str:
    def some(of: Lines, family: str, counts: Sequence[int]) -> list[str]:
        known = [each for name, each in of if name == family]
        return [fill(each, rng) for each in rng.sample(known, min(len(known), rng.choice(counts)))]

    asks = [each for name, each in parts if name == "ask"]
    wanted = [line, *rng.sample([each for name, each in sides[attack] if name == f"{subject}/goal"], rng.choice(MORE))]
    asked = [with_request(rng.choice(asks), fill(each, rng), fill, rng) for each in wanted]
    details = some(sides[attack], f"{subject}/detail", (0, 1, 1, 2, 2, 3))
    around = some(parts, "bypass", BYPASS[attack]) + some(parts, "manner", (1, 2, 2, 3, 4))
    if attack and rng.random() < 0.2:
        around += some(sides[False], f"{subject}/detail", (1,))
    rng.shuffle(around)
    before, after = (around[:1], around[1:]) if rng.random() < 0.25 else ([], around)
    opening, setting = some(parts, "opening", (1, 1, 1, 0, 2)), some(parts, "setting", (1, 2, 2, 3, 4))
    told = [*opening, *setting] if rng.random() < 0.8 else [*setting, *opening]
    return " ".join([*told, *before, *asked, *details, *after])


def _cased(text: str, rng: random.Random) -> str:
    """Now and then all in lower case, or in two paragraphs."""
    draw = rng.random()
    if draw < 0.12:
        return text.lower()
    at = text.find(". ", len(text) // 3)
    return f"{text[: at + 1]}\n\n{text[at + 2 :]}" if draw < 0.25 and at > 0 else text
