"""Facts kept verbatim: found by rules, or by a model and then checked; merged, capped, chosen for the prompt.

A pin's text always stands letter for letter in the words it was found in. Secrets are never pinned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from assistant.memory.contents import Pin, PinKind, Speaker, WindowTurn
from assistant.memory.pin_choice import choose_pins, first_things_first, render_pins
from assistant.memory.pin_cues import confirms
from assistant.memory.pin_labels import asked_label
from assistant.memory.pin_names import name_end, name_spans
from assistant.memory.pin_patterns import shaped_spans
from assistant.memory.pin_promises import promise_spans
from assistant.memory.pin_reading import Reading, Span, overlaps, readings
from assistant.memory.pin_secrets import secret_spans
from assistant.memory.pin_supersession import Correction, FoundPin, corrections, merged

__all__ = [
    "MODEL_FORM",
    "PinPolicy",
    "choose_pins",
    "find_pins",
    "lost_pins",
    "merge_pins",
    "pins_from_model",
    "render_pins",
]

MODEL_FORM = "kind | label | text"
"""What a model is asked for, a line each; `none` when there is nothing. Kinds as in `PinKind`; text copied exactly."""

ANSWER_CHARACTERS = 60  # a reply this short may be no more than the answer to a question

_KINDS: tuple[PinKind, ...] = get_args(PinKind)
_MODEL_TEXT_CHARACTERS = 200
_MODEL_LABEL_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class PinPolicy:
    """`tokens` is the cap in the prompt, `kept` in the state, `of_a_turn` what one utterance may bring."""

    tokens: int = 300
    kept: int = 200
    of_a_turn: int = 40


def find_pins(turn: WindowTurn, *, before: WindowTurn | None = None, policy: PinPolicy | None = None) -> list[FoundPin]:
    """The facts of a turn in the order they were said; what the user said rests on no document.

    `before` is the turn before it: when the user begins by agreeing, the assistant's values there count as confirmed.
    """
    limit = (policy or PinPolicy()).of_a_turn
    confirmed = _confirmed(before, limit) if before and confirms(turn["user"]) else []
    said = _found(turn, "user", limit)
    if before and len(turn["user"]) <= ANSWER_CHARACTERS:
        said = _answers(turn, said, before["assistant"])
    return [*confirmed, *said, *_found(turn, "assistant", limit)]


def merge_pins(pins: Sequence[Pin], fresh: Sequence[Pin], policy: PinPolicy) -> list[Pin]:
    """The pins after a turn, newest first: each value once, corrected values marked, at most `kept` of them.

    The user's own words are never superseded by the assistant's, and never replaced by its restating them.
    """
    held = merged(pins, [cast("FoundPin", pin) for pin in fresh])
    if len(held) <= policy.kept:
        return held
    staying = {pin["id"] for pin in first_things_first(held)[: policy.kept]}
    return [pin for pin in held if pin["id"] in staying]


def lost_pins(pins: Iterable[Pin], text: str) -> list[Pin]:
    """The pins whose words don't stand in a text."""
    return [pin for pin in pins if pin["text"] not in text]


def pins_from_model(reply: str, turn: WindowTurn) -> list[Pin] | None:
    """The pins of a model's reply (`MODEL_FORM`) that stand letter for letter in the turn; None when it is junk.

    A text that neither side said, an unknown kind, a secret: dropped.
    """
    lines = [line.strip().lstrip("-*• ").strip() for line in reply.splitlines() if line.strip()]
    if lines and all(line.lower().strip(".") == "none" for line in lines):
        return []
    parts = [tuple(part.strip() for part in line.split("|", 2)) for line in lines]
    told = [part for part in parts if len(part) == 3]
    if not told:
        return None
    pins = [pin for kind, label, text in told if (pin := _from_model(kind, label, text, turn))]
    return list({pin["id"]: pin for pin in pins}.values())


def _said(turn: WindowTurn, speaker: Speaker) -> str:
    return turn["user"] if speaker == "user" else turn["assistant"]


def _from_model(kind: str, label: str, text: str, turn: WindowTurn) -> Pin | None:
    known = next((k for k in _KINDS if k == kind.lower()), None)
    speaker = next((side for side in get_args(Speaker) if text in _said(turn, side)), None)
    if known is None or speaker is None or not 2 <= len(text) <= _MODEL_TEXT_CHARACTERS:
        return None
    said = _said(turn, speaker)
    start = said.find(text)
    around = said[max(0, start - 100) : start + len(text) + 20]
    if any(text in around[a:b] or around[a:b] in text for a, b in secret_spans(around, [])):
        return None
    return _pin(turn, speaker, known, " ".join(label.lower().split())[:_MODEL_LABEL_CHARACTERS], text)


def _answers(turn: WindowTurn, said: list[FoundPin], question: str) -> list[FoundPin]:
    """A short reply is labelled by what was asked for: "7916676427" by "your order ID, please?"."""
    asked = asked_label(question)
    if not said and "name" in asked.split() and (end := name_end(turn["user"], 0)) >= len(turn["user"].rstrip(" .!")):
        return [_pin(turn, "user", "name", "name", turn["user"][:end])]
    for pin in said:
        if pin["kind"] == "identifier" and not pin["label"] and asked and "name" not in asked.split():
            pin["label"] = asked
    return said


def _confirmed(before: WindowTurn, limit: int) -> list[FoundPin]:
    found = [pin for pin in _found(before, "assistant", limit) if pin["label"] and pin["kind"] != "promise"]
    for pin in found:
        pin["correction"], pin["confirmed"] = Correction(values=[], about=[], by_label=True), True
    return found


def _found(turn: WindowTurn, speaker: Speaker, limit: int) -> list[FoundPin]:
    pins: dict[str, FoundPin] = {}
    for reading in readings(_said(turn, speaker)):
        for pin in _in_reading(turn, speaker, reading):
            pins.setdefault(pin["id"], pin)
    found = list(pins.values())
    staying = {pin["id"] for pin in first_things_first(found[::-1])[:limit]}
    return [pin for pin in found if pin["id"] in staying]


def _in_reading(turn: WindowTurn, speaker: Speaker, reading: Reading) -> Iterator[FoundPin]:
    spans = _spans(reading.plain)
    replacing = corrections(reading.plain, spans)
    for span in sorted(spans, key=lambda span: span in replacing):
        text = reading.quote(span.start, span.end)
        if not text.strip():
            continue
        pin = _pin(turn, speaker, span.kind, span.label, text)
        if span in replacing:
            pin["correction"] = replacing[span]
        yield pin


def _spans(plain: str) -> list[Span]:
    """All facts of a text by place; names keep clear of the rest, promises may hold the rest."""
    spans, secrets = shaped_spans(plain)
    taken = [*secrets, *((span.start, span.end) for span in spans)]
    for name in name_spans(plain):
        if not overlaps(taken, name.start, name.end):
            taken.append((name.start, name.end))
            spans.append(name)
    spans += [span for span in promise_spans(plain) if not overlaps(secrets, span.start, span.end)]
    return sorted(spans, key=lambda span: (span.start, span.end))


def _pin(turn: WindowTurn, speaker: Speaker, kind: PinKind, label: str, text: str) -> FoundPin:
    named = "\0".join((turn["turn"], speaker, kind, text)).encode("utf-8", "surrogatepass")
    return FoundPin(
        id=hashlib.sha256(named).hexdigest()[:16],
        kind=kind,
        label=label,
        text=text,
        speaker=speaker,
        turn=turn["turn"],
        documents={} if speaker == "user" else dict(turn["documents"]),
        superseded_by="",
    )
