"""Which pins go first, and how they read in the prompt.

The rule: what can't be guessed again goes first (contact data, numbers with a name, addresses, amounts and dates
with a
label, promises with a day), then what is vaguer (values without a label, names, loose promises); the user's own words
before the assistant's; what was corrected last. Among equals the one said first goes first: the newest turns stand
whole in the window anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.memory.contents import Pin, PinKind
from assistant.memory.pin_labels import DATE_WORDS, NUMBER_WORDS
from assistant.memory.pin_promises import promise_rank
from assistant.memory.tokens import count

SPECIFIC = 4  # below this rank a pin is worth more than the labels of others

_LABELLED: dict[PinKind, int] = {"identifier": 0, "email": 0, "phone": 0, "url": 1, "amount": 1, "date": 1, "name": 3}
_BARE: dict[PinKind, int] = {"identifier": 1, "email": 0, "phone": 0, "url": 1, "amount": 3, "date": 4, "name": 6}
_STATED_NAMES = frozenset({"name", "contact"})
_LOOSE_NAMES = frozenset({"place", "product", "from", "named", "works at"})
_SPEAKS_FOR_ITSELF: frozenset[PinKind] = frozenset({"email", "phone", "url"})
_LAST = 100


def rank(pin: Pin) -> int:
    """Lower goes first."""
    if pin["superseded_by"]:
        return _LAST
    if pin["kind"] == "promise":
        return 1 + 3 * promise_rank(pin["text"])
    base = (_LABELLED if pin["label"] else _BARE)[pin["kind"]]
    if pin["kind"] == "name":
        base = 1 if pin["label"] in _STATED_NAMES else 5 if pin["label"] in _LOOSE_NAMES else base
    if pin["kind"] == "date" and any(c.isdigit() for c in pin["text"][-4:]) and not pin["label"]:
        base = 3
    return base + (2 if pin["speaker"] == "assistant" else 0)


def first_things_first(pins: Sequence[Pin]) -> list[Pin]:
    """All of them by rank; pins come newest first, so among equals the order turns round."""
    return sorted(pins[::-1], key=rank)


def choose_pins(pins: Sequence[Pin], *, limit_tokens: int) -> list[Pin]:
    """The pins whose rendering fits, newest first.

    Where the specific ones don't all fit with their labels, labels go before values do.
    """
    best: list[Pin] = []
    for lean in (_labelled, _short, _bare):
        best = _fitting([lean(pin) for pin in pins], limit_tokens)
        held = {pin["id"] for pin in best}
        if all(pin["id"] in held or _stands(pin, best) for pin in pins if rank(pin) < SPECIFIC):
            return best
    return best


def render_pins(pins: Sequence[Pin]) -> list[str]:
    """A line a pin, newest first; what a value corrected stands behind it."""
    held = {pin["id"] for pin in pins}
    old: dict[str, list[str]] = {}
    for pin in pins:
        if pin["superseded_by"] in held:
            old.setdefault(pin["superseded_by"], []).append(pin["text"])
    return [
        _line(pin) + "".join(f" (was {text} until corrected)" for text in old.get(pin["id"], ()))
        for pin in pins
        if pin["superseded_by"] not in held
    ]


def _line(pin: Pin) -> str:
    label = f"{pin['label']} " if pin["label"] else ""
    who = "assistant: " if pin["speaker"] == "assistant" else ""
    if pin["kind"] == "promise":
        return f"{pin['speaker']} promised: {pin['text']}"
    if pin["superseded_by"]:
        return f"{who}{label}was {pin['text']} until corrected"
    return f"{who}{label}{pin['text']}"


def _fitting(pins: list[Pin], limit: int) -> list[Pin]:
    chosen: list[Pin] = []
    used = 0
    for pin in first_things_first(pins):
        cost = count(_line(pin) + "\n")
        if used + cost <= limit and not _stands(pin, chosen):
            chosen.append(pin)
            used += cost
    held = {pin["id"] for pin in chosen}
    kept = [pin for pin in pins if pin["id"] in held]
    while kept and count("\n".join(render_pins(kept))) > limit:
        kept.remove(first_things_first(kept)[-1])
    return kept


def _stands(pin: Pin, chosen: list[Pin]) -> bool:
    """Whether a chosen pin holds this one's words: a day within a promise needs no line of its own."""
    if pin["label"] and pin["kind"] not in ("date", "amount"):
        return any(pin["text"] == other["text"] and pin["id"] != other["id"] for other in chosen)
    return any(
        pin["text"] in other["text"] and pin["id"] != other["id"] and not other["superseded_by"] for other in chosen
    )


def _labelled(pin: Pin) -> Pin:
    return pin


def _short(pin: Pin) -> Pin:
    """Labels as short as they say something: "order" for "order number", none where the value says it itself."""
    if pin["kind"] in _SPEAKS_FOR_ITSELF or pin["label"] in ("address", "name"):
        return Pin(**{**pin, "label": ""})
    words = [word for word in pin["label"].split() if word not in NUMBER_WORDS]
    return Pin(**{**pin, "label": (words or [""])[-1] if pin["label"] not in DATE_WORDS else pin["label"]})


def _bare(pin: Pin) -> Pin:
    return Pin(**{**pin, "label": ""})
