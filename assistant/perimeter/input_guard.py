"""Takes a message in: cleans what can't be seen, refuses what can't be read, looks for attacks. Pure and linear."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.perimeter import messages
from assistant.perimeter.abuse import abuse_findings
from assistant.perimeter.injection import (
    Finding,
    injection_findings,
    injection_score,
    learned_findings,
    suspicious,
    vector_finding,
)
from assistant.perimeter.injection_disguises import layers
from assistant.perimeter.injection_model import Weights, shipped_weights
from assistant.perimeter.policy import Policy

__all__ = ["Finding", "Screened", "clean", "screen", "suspicious", "weigh"]

InputOutcome = Literal["ok", "blocked", "could_not_check"]
ReadWeights = Callable[[], Weights]

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
    safe nor an attack, and goes to a person. `readings` is what else the text says under disguises and encodings, for
    rules that look for words. Findings of kind `abuse` and `invisible` have no part in the score.
    """

    text: str
    original_length: int
    outcome: InputOutcome = "ok"
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    injection_score: float = 0.0
    message: str = ""
    readings: tuple[str, ...] = ()


def screen(text: str, policy: Policy, *, weights: ReadWeights = shipped_weights) -> Screened:
    """Screen a message as it came in. Over the policy's `max_chars` it is refused without being read."""
    if len(text) > policy.max_chars:
        said = messages.too_long(len(text), policy.max_chars)
        return Screened("", len(text), "blocked", (Finding("too_long", f"{len(text)} characters"),), message=said)
    try:
        return _screened(text, policy, weights())
    except Exception as exc:  # noqa: BLE001 - whatever fails in here, the message counts as unchecked, never as safe
        return _unchecked(Screened("", len(text)), exc)


def weigh(
    screened: Screened,
    vector: Sequence[float],
    policy: Policy,
    *,
    embedder: str,
    weights: ReadWeights = shipped_weights,
) -> Screened:
    """A second look at a message that passed, with its sentence vector (of the text itself, unit length).

    Vectors of an embedder that the weights were not made with say nothing: the first look stands.
    """
    if screened.outcome != "ok":
        return screened
    try:
        known = weights()
        if known.embedder != embedder:
            return screened
        seen = vector_finding(screened.text, vector, known)
    except Exception as exc:  # noqa: BLE001 - as in `screen`
        return _unchecked(screened, exc)
    return _judged(replace(screened, findings=(*screened.findings, seen)), policy) if seen else screened


def clean(text: str) -> str:
    """The text without what can't be seen: NULs, surrogates, zero-width, tag and bidirectional control characters."""
    return _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _screened(text: str, policy: Policy, weights: Weights) -> Screened:
    cleaned = clean(text)
    if not cleaned:
        return Screened("", len(text), "blocked", (Finding("empty", "no text"),), message=messages.EMPTY)
    under = layers(text if text != cleaned and _INVISIBLE.search(text) else cleaned)
    attacks = injection_findings(cleaned, under) + learned_findings(cleaned, under, weights)
    removed = len(text) - len(cleaned)
    notes = (Finding("invisible", f"{removed} characters removed", 0.0),) if _INVISIBLE.search(text) else ()
    found = attacks + abuse_findings(cleaned) + notes
    return _judged(Screened(cleaned, len(text), findings=found, readings=tuple(each.text for each in under)), policy)


def _judged(screened: Screened, policy: Policy) -> Screened:
    score = injection_score(tuple(f for f in screened.findings if f.kind not in ("abuse", "invisible")))
    if score >= policy.thresholds.injection:
        return replace(screened, outcome="blocked", injection_score=score, message=messages.INJECTION)
    return replace(screened, injection_score=score)


def _unchecked(screened: Screened, exc: Exception) -> Screened:
    return replace(screened, text="", outcome="could_not_check", findings=(Finding("not_checked", type(exc).__name__),))
