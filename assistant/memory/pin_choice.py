"""Which pins go first, and how they read in the prompt.

The rule: what can't be guessed again goes first (contact data, numbers with a name, addresses, amounts and dates
with a
label, promises with a day), then what is vaguer (values without a label, names, loose promises); the user's own words
before the assistant's; what was corrected last. Among equals the one said first goes first: the newest turns stand
whole in the window anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.memory.contents import Pin, PinKind
from assistant.memory.pin_labels import NUMBER_WORDS, PREPOSITIONS
from assistant.memory.pin_promises import promise_rank
from assistant.memory.tokens import count

SPECIFIC = 7  # below this rank a value is worth more than the labels of others
SAID_BY_ASSISTANT = "said by the assistant:"

_LABELLED: dict[PinKind, int] = {"identifier": 0, "email": 0, "phone": 0, "url": 1, "amount": 1, "date": 1, "name": 3}
_BARE: dict[PinKind, int] = {"identifier": 1, "email": 0, "phone": 0, "url": 1, "amount": 2, "date": 4, "name": 6}
_STATED_NAMES = frozenset({"name", "contact", "under", "person"})
_LOOSE_NAMES = frozenset({"place", "product", "from", "named", "works at"})
_SPEAKS_FOR_ITSELF: frozenset[PinKind] = frozenset({"email", "phone", "url"})
_LAST = 100


def rank(pin: Pin) -> int:
    """Lower goes first."""
    if pin["superseded_by"]:
        return _LAST
    if pin["kind"] == "promise":
        return 1 + 3 * promise_rank(pin["text"])
    return _value_rank(pin) + (2 if pin["speaker"] == "assistant" else 0)


def _value_rank(pin: Pin) -> int:
    label = "" if pin["label"] in PREPOSITIONS else pin["label"]
    if pin["kind"] == "name" and label in _STATED_NAMES:
        return 1
    if pin["kind"] == "name" and label in _LOOSE_NAMES:
        return 4
    if pin["kind"] == "date" and not label and pin["text"][-4:].isdigit():
        return 2
    return (_LABELLED if label else _BARE)[pin["kind"]]


def first_things_first(pins: Sequence[Pin]) -> list[Pin]:
    """All of them by rank; pins come newest first, so among equals the order turns round.

    A promise goes before the values of its rank: it may hold them.
    """
    oldest_first = list(pins)[::-1]
    return sorted(oldest_first, key=lambda pin: (rank(pin), pin["kind"] != "promise"))


def choose_pins(pins: Sequence[Pin], *, limit_tokens: int) -> list[Pin]:
    """The pins whose rendering fits, newest first.

    Where the specific ones don't all fit with their labels, labels are shortened and go before values do.
    """
    wanted = [pin for pin in pins if rank(pin) < SPECIFIC]
    best: list[Pin] = []
    fewest = len(wanted) + 1
    for lean in _LEAN:
        chosen = _fitting(pins, lean, limit_tokens)
        held = {pin["id"] for pin in chosen}
        missing = sum(pin["id"] not in held and not _stands(pin, chosen) for pin in wanted)
        if missing < fewest:
            best, fewest = chosen, missing
        if not missing:
            break
    return best


def render_pins(pins: Sequence[Pin]) -> list[str]:
    """A line a pin, newest first, the user's and then the assistant's; what a value corrected stands behind it."""
    held = {pin["id"] for pin in pins}
    old: dict[str, list[str]] = {}
    for pin in pins:
        if pin["superseded_by"] in held:
            old.setdefault(pin["superseded_by"], []).append(pin["text"])
    lines: dict[str, list[str]] = {"user": [], "assistant": []}
    for pin in pins:
        if pin["superseded_by"] not in held:
            was = "".join(f" (was {text} until corrected)" for text in old.get(pin["id"], ()))
            lines[pin["speaker"]].append(_line(pin) + was)
    return lines["user"] + ([SAID_BY_ASSISTANT, *lines["assistant"]] if lines["assistant"] else [])


def _line(pin: Pin) -> str:
    if pin["kind"] == "promise":
        return f"promised: {pin['text']}" if pin["speaker"] == "assistant" else f"user promised: {pin['text']}"
    label = f"{pin['label']} " if pin["label"] else ""
    return f"{label}was {pin['text']} until corrected" if pin["superseded_by"] else label + pin["text"]


def _fitting(pins: Sequence[Pin], lean: Callable[[Pin], Pin], limit: int) -> list[Pin]:
    """By rank, while there is room; a smaller one may still fit where a bigger one didn't."""
    chosen: list[Pin] = []
    used = count(SAID_BY_ASSISTANT + "\n") if any(pin["speaker"] == "assistant" for pin in pins) else 0
    for pin in map(lean, first_things_first(pins)):
        cost = count(_line(pin) + "\n")
        if used + cost <= limit and not _stands(pin, chosen) and _may_show(pin, chosen):
            chosen.append(pin)
            used += cost
    order = {pin["id"]: place for place, pin in enumerate(pins)}
    while chosen and count("\n".join(render_pins(_in_order(chosen, order)))) > limit:
        chosen.pop()  # by rank: what was corrected goes before its correction
    return _in_order(chosen, order)


def _may_show(pin: Pin, chosen: list[Pin]) -> bool:
    """Whether a pin holds, or its correction is shown: an old value alone would pass for one that holds."""
    return not pin["superseded_by"] or any(other["id"] == pin["superseded_by"] for other in chosen)


def _in_order(chosen: list[Pin], order: dict[str, int]) -> list[Pin]:
    return sorted(chosen, key=lambda pin: order[pin["id"]])


def _stands(pin: Pin, chosen: list[Pin]) -> bool:
    """Whether a chosen pin of its speaker holds this one's words: a day within a promise needs no line of its own."""
    return any(
        pin["text"] in other["text"] and not other["superseded_by"]
        for other in chosen
        if pin["id"] != other["id"] and (pin["turn"] == other["turn"] or pin["kind"] == other["kind"])
    )


def _whole(pin: Pin) -> Pin:
    return pin


def _short(pin: Pin) -> Pin:
    """Labels as short as they say something: "order" for "order number", none where the value says it itself."""
    if pin["kind"] in _SPEAKS_FOR_ITSELF or pin["label"] in PREPOSITIONS | {"address", "street address"}:
        return _labelled(pin, "")
    words = [word for word in pin["label"].split() if word not in NUMBER_WORDS]
    return _labelled(pin, words[-1] if words else "")


def _shorter(pin: Pin) -> Pin:
    """Only bare numbers, which nobody could tell apart, keep a label."""
    return _short(pin) if pin["kind"] in ("identifier", "amount") and pin["text"].isdigit() else _labelled(pin, "")


def _labelled(pin: Pin, label: str) -> Pin:
    return Pin(**{**pin, "label": label})


_LEAN: tuple[Callable[[Pin], Pin], ...] = (_whole, _short, _shorter)
