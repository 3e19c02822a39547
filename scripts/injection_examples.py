"""The injection guard's own training texts: expands the lines of `injection_data/` with a fixed seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "injection_data"
CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
PLAIN = ("{r}.", "Please {r}.", "I want you to {r}.", "Can you {r}?", "I need you to {r}. {p}", "{r} {p}")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, whether it is an attack, its family, the line it comes from, and whether that is a request in a frame."""

    text: str
    attack: bool
    family: str
    group: str
    request: bool = False


def examples(*, seed: int = 0, framed: int = 8) -> list[Example]:
    """All training texts: direct attacks and harmless messages expanded, requests plain and in `framed` frames each."""
    rng = random.Random(seed)
    made = [
        Example(text, attack, family, line)
        for name, attack in (("attacks", True), ("harmless", False))
        for family, line in _lines(name)
        for text in _expanded(line, rng)
    ]
    frames, pressure, courtesy = ([line for _, line in _lines(name)] for name in ("frames", "pressure", "courtesy"))
    for name, attack in (("harmful_requests", True), ("benign_requests", False)):
        for family, request in _lines(name):
            texts = _requests(request, attack, frames, pressure, courtesy, rng, framed)
            made += [Example(text, attack, family, request, request=True) for text in texts]
    return made


def _lines(name: str) -> list[tuple[str, str]]:
    """Each line with the family it stands under."""
    family, found = "", []
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            family = line[3:]
        elif line and not line.startswith("# "):
            found.append((family, line))
    return found


def _expanded(line: str, rng: random.Random) -> list[str]:
    """Variants of a line: more where there are more choices."""
    choices = sum(part.count("|") for part in CHOICE.findall(line))
    return sorted({_chosen(line, rng) for _ in range(min(24, 2 + choices * 2))})


def _chosen(line: str, rng: random.Random) -> str:
    text = CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), line)
    return rng.choice((text, text, text, text.lower(), text.rstrip(".!?"), text[:1].lower() + text[1:])).strip()


def _requests(
    request: str,
    attack: bool,
    frames: list[str],
    pressure: list[str],
    courtesy: list[str],
    rng: random.Random,
    framed: int,
) -> list[str]:
    """A request as it is, politely, and in frames; what presses for an answer is likelier on harmful ones."""

    def pushed() -> str:
        harsh = rng.random() < (0.6 if attack else 0.25)
        return " ".join(rng.sample(pressure if harsh else courtesy, rng.choice((0, 1, 1, 2))))

    plain = [form.format(r=request, p=pushed()) for form in rng.sample(PLAIN, 2)]
    plain.append(request[:1].upper() + request[1:] + ("?" if request.startswith(("how", "what", "why")) else "."))
    inside = [
        frame.replace("{request}", request).replace("{request_}", request[:1].upper() + request[1:]) + " " + pushed()
        for frame in rng.sample(frames, framed)
    ]
    return [re.sub(r"\s+", " ", text).strip() for text in plain + inside]
