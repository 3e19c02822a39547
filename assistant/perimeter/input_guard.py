"""Takes a message in: cleans what can't be seen, refuses what can't be read, looks for attacks. Pure and linear."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from assistant.perimeter import messages
from assistant.perimeter.injection import Finding, injection_findings, injection_score, suspicious
from assistant.perimeter.policy import Policy

__all__ = ["Finding", "Screened", "clean", "screen", "suspicious"]

InputOutcome = Literal["ok", "blocked", "could_not_check"]

# NULs and other controls but tab and newline, soft hyphens, zero-width characters (the joiner between emoji stays),
# bidirectional overrides and isolates, lone surrogates, interlinear and tag characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)


@dataclass(frozen=True, slots=True)
class Screened:
    """A message after the input guard. `text` is what every later stage reads; `original_length` in characters.

    `blocked` with a `message` for the user when it can't be taken in or is an attack; `could_not_check` is neither
    safe nor an attack, and goes to a person.
    """

    text: str
    original_length: int
    outcome: InputOutcome = "ok"
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    injection_score: float = 0.0
    message: str = ""


def screen(text: str, policy: Policy) -> Screened:
    """Screen a message as it came in. Over the policy's `max_chars` it is refused without being read."""
    if len(text) > policy.max_chars:
        said = messages.too_long(len(text), policy.max_chars)
        return Screened("", len(text), "blocked", (Finding("too_long", f"{len(text)} characters"),), message=said)
    try:
        cleaned = clean(text)
        if not cleaned:
            return Screened("", len(text), "blocked", (Finding("empty", "no text"),), message=messages.EMPTY)
        attacks = injection_findings(cleaned) + _hidden(text)
    except (UnicodeError, ValueError, RecursionError) as exc:
        return Screened("", len(text), "could_not_check", (Finding("not_checked", type(exc).__name__),))
    score = injection_score(attacks)
    removed = len(text) - len(cleaned)
    notes = (Finding("invisible", f"{removed} characters removed", 0.0),) if _INVISIBLE.search(text) else ()
    if score >= policy.thresholds.injection:
        return Screened(cleaned, len(text), "blocked", attacks + notes, score, messages.INJECTION)
    return Screened(cleaned, len(text), "ok", attacks + notes, score)


def clean(text: str) -> str:
    """The text without what can't be seen: NULs, surrogates, zero-width, tag and bidirectional control characters."""
    return _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _hidden(text: str) -> tuple[Finding, ...]:
    """What is written in tag characters, which people can't see and models can read."""
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    return tuple(Finding(f.kind, "hidden " + f.detail, f.weight) for f in injection_findings(tags)) if tags else ()
