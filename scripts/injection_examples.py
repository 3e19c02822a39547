"""The injection guard's own training texts: expands the lines of `injection_data/` with a fixed seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from injection_scenes import excerpts, scenes, with_request

DATA = Path(__file__).parent / "injection_data"
CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
PLAIN = ("{r}.", "Please {r}.", "I want you to {r}.", "Can you {r}?", "I need you to {r}. {p}", "{r} {p}")
LONG = {"long_attacks": True, "long_harmless": False, "stories_harmful": True, "stories_harmless": False}
PARTS = ("role", "setting", "ask", "style")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, whether it is an attack, its family, the line it comes from, and whether that is a request in a frame."""

    text: str
    attack: bool
    family: str
    group: str
    request: bool = False


@dataclass(frozen=True, slots=True)
class Frames:
    """What is put around requests: whole frames, parts that frames are made of, and sentences for the end."""

    whole: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]
    pressure: tuple[str, ...]
    courtesy: tuple[str, ...]


def examples(*, seed: int = 0, scene_times: int = 6) -> list[Example]:
    """All training texts."""
    return short_examples(seed=seed) + long_examples(seed=seed, times=scene_times)


def short_examples(*, seed: int = 0, framed: int = 2, made_up: int = 3, goals: int = 4) -> list[Example]:
    """Direct attacks and harmless messages expanded, requests plain and in frames.

    Each request is put in `framed` written frames and `made_up` ones made of parts; each line of goals gives that many
    requests. A line's texts depend on the seed and the line alone, so that a new line changes no other.
    """
    made = [
        Example(text, attack, family, line)
        for name, attack in (("attacks", True), ("harmless", False))
        for family, line in _lines(name)
        for text in _expanded(line, random.Random(f"{seed} {line}"))
    ]
    frames = _frames()
    sources = (("harmful_requests", True, 1), ("benign_requests", False, 1))
    for name, attack, times in (*sources, ("goals_harmful", True, goals), ("goals_benign", False, goals)):
        for family, line in _lines(name):
            rng = random.Random(f"{seed} {line}")
            for request in sorted({_filled(line, rng) for _ in range(times)}):
                shown = (framed, made_up) if times == 1 else (1, 3)
                texts = _requests(request, attack, frames, rng, shown)
                made += [Example(text, attack, family, line, request=True) for text in texts]
    return made


def long_examples(*, seed: int = 0, times: int = 6) -> list[Example]:
    """Long role-plays of both sides, `times` for each request; long set-ups that do away with rules, harmless tasks."""
    sides = {True: _lines("scenes_harmful"), False: _lines("scenes_benign")}
    played = scenes(sides, _lines("scene_parts"), _filled, seed=seed, times=times)
    made = [Example(each.text, attack, each.subject, each.line, request=True) for each, attack in played]
    goals = [line for lines in sides.values() for family, line in lines if family.endswith("/goal")]
    for name, attack in LONG.items():
        for family, line in _lines(name):
            rng = random.Random(f"{seed} {line}")
            texts = {with_request(line, _filled(rng.choice(goals), rng), _filled, rng) for _ in range(2 * times)}
            texts |= excerpts(line, rng) if name.startswith("stories") else set()
            made += [Example(text, attack, family, line) for text in sorted(texts)]
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


def _frames() -> Frames:
    whole, pressure, courtesy = (tuple(line for _, line in _lines(n)) for n in ("frames", "pressure", "courtesy"))
    parts = {name: tuple(line for family, line in _lines("frame_parts") if family == name) for name in PARTS}
    return Frames(whole, parts, pressure, courtesy)


def _expanded(line: str, rng: random.Random) -> list[str]:
    """Variants of a line: more where there are more choices."""
    choices = sum(part.count("|") for part in CHOICE.findall(line))
    return sorted({_chosen(line, rng) for _ in range(min(16, 2 + choices * 2))})


def _chosen(line: str, rng: random.Random) -> str:
    text = _filled(line, rng)
    return rng.choice((text, text, text, text.lower(), text.rstrip(".!?"), text[:1].lower() + text[1:])).strip()


def _filled(line: str, rng: random.Random) -> str:
    """A line with one of each choice taken, the innermost first."""
    while (chosen := CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), line)) != line:
        line = chosen
    return re.sub(r"\s+", " ", line).strip()


def _requests(request: str, attack: bool, frames: Frames, rng: random.Random, times: tuple[int, int]) -> list[str]:
    """A request as it is, politely, and in frames; what presses for an answer is likelier on harmful ones."""

    def pushed() -> str:
        harsh = rng.random() < (0.6 if attack else 0.25)
        said = rng.sample(frames.pressure if harsh else frames.courtesy, rng.choice((0, 1, 1, 2)))
        return " ".join(_filled(line, rng) for line in said)

    plain = [form.format(r=request, p=pushed()) for form in rng.sample(PLAIN, 1)]
    plain.append(request[:1].upper() + request[1:] + ("?" if request.startswith(("how", "what", "why")) else "."))
    around = rng.sample(frames.whole, times[0]) + [_made_up(frames.parts, rng) for _ in range(times[1])]
    inside = [
        frame.replace("{request}", request).replace("{request_}", request[:1].upper() + request[1:]) + " " + pushed()
        for frame in around
    ]
    return [re.sub(r"\s+", " ", text).strip() for text in plain + inside]


def _made_up(parts: dict[str, tuple[str, ...]], rng: random.Random) -> str:
    """A frame made of parts: always what is asked, mostly a role or a setting, sometimes both in either order."""
    before = [rng.choice(parts[name]) for name in rng.sample(("role", "setting"), rng.choice((1, 1, 2)))]
    after = rng.sample(parts["style"], rng.choice((0, 1, 1, 2)))
    return " ".join(_filled(part, rng) for part in (*before, rng.choice(parts["ask"]), *after))
