"""Which value holds: a correction supersedes what it corrects; both stay, the newest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypedDict

from assistant.memory.contents import Pin, PinKind
from assistant.memory.pin_cues import force, is_mistake, is_old, was_before
from assistant.memory.pin_labels import label_key
from assistant.memory.pin_reading import Span


class Correction(TypedDict):
    """What a value replaces: `values` as they were named, if they were; the words `about` it.

    `by_label` says that the cue is weak: only a value of the same label, or a code of the same shape, is meant.
    """

    values: list[str]
    about: list[str]
    by_label: bool


class FoundPin(Pin, total=False):
    """A pin just found; `correction` where it replaces another, `confirmed` when the user agreed to it."""

    correction: Correction
    confirmed: bool


SINGLE_LABELS = frozenset(
    {"address", "delivery address", "shipping address", "billing address", "home address", "postal address"}
    | {"budget", "maximum budget", "birthday", "date of birth", "birth date", "username", "postcode", "zip code", "zip"}
    | {"delivery date", "due date", "wedding date", "lieferadresse", "rechnungsadresse"}
)
"""Of these one has one at a time: a new value needs no word of correction."""

_NEEDS_NO_LABEL: frozenset[PinKind] = frozenset({"email", "phone"})
_ONE_OF_A_KIND: frozenset[PinKind] = frozenset({"identifier", "email", "phone", "url", "name"})
_NOTHING = Correction(values=[], about=[], by_label=True)
_BORDER = re.compile(r"[.!?](?=\s|$)|\n")
_WORD = re.compile(r"[^\W\d_][\w-]{1,24}")
_DENIED = re.compile(r"(?i)\b(?:not|instead of|rather than) (?:the )?#?(\d[\w.,/-]{0,20}\w)")
_ALIKE = 0.7  # of two values that a sentence without a label may be about


def corrections(plain: str, spans: Sequence[Span]) -> dict[Span, Correction]:
    """The spans that correct, and what each replaces.

    Take them after the others: they may correct a value of the same sentence.
    """
    found: dict[Span, Correction] = {}
    if not spans:
        return found
    borders = [0, *(m.end() for m in _BORDER.finditer(plain)), len(plain)]
    pending, since = 0, 0  # 2: a strong cue was said, there, and no value yet
    last: list[Span] = []
    for begin, end in pairwise(borders):
        inside = [span for span in spans if begin <= span.start < end and span.kind != "promise"]
        sentence = plain[begin:end]
        if not inside:
            strong = end - begin < 160 and force(sentence) == 2
            if strong and last and is_mistake(sentence) and not any(s.start >= end for s in spans):
                found |= _corrected(plain, (last[0].start, begin, end), last, weak=False)
            if strong:
                pending, since = 2, begin
            elif end - since > 200:
                pending, since = 0, end
            continue
        strength = max(_force(sentence, plain, inside), pending)
        if strength:
            found |= _corrected(plain, (begin, since if pending else begin, end), inside, weak=strength == 1)
        pending, since, last = 0, end, inside
    return found


def _force(sentence: str, plain: str, inside: list[Span]) -> int:
    explicit = len(inside) > 1 and any(is_old(*_around(plain, 0, span)) for span in inside)
    return 2 if explicit else force(sentence)


def _around(plain: str, begin: int, span: Span) -> tuple[str, str]:
    return plain[max(begin, span.start - 40) : span.start], plain[span.end : span.end + 60]


def _corrected(plain: str, places: tuple[int, int, int], inside: list[Span], *, weak: bool) -> dict[Span, Correction]:
    """`places`: where the sentence begins, where its cue's sentence begins, and where both end."""
    begin, since, end = places
    replaced = [span for span in inside if is_old(*_around(plain, begin, span))]
    fresh = [span for span in inside if span not in replaced]
    former = [span for span in fresh if was_before(_around(plain, begin, span)[0])]
    if any(new.kind == old.kind for old in former for new in fresh if new not in former):
        replaced, fresh = replaced + former, [span for span in fresh if span not in former]
    about = sorted({word.lower() for word in _WORD.findall(plain[since : min(end, since + 300)])})
    denied = [] if replaced else [m[1] for m in _DENIED.finditer(plain[begin:end])]
    found: dict[Span, Correction] = {}
    for new in fresh:
        old = [plain[span.start : span.end] for span in replaced if span.kind == new.kind]
        alike = [plain[span.start : span.end] for span in replaced if span.kind == new.kind and _same_label(span, new)]
        found[new] = Correction(values=alike or old or denied, about=about, by_label=weak and not old)
    return found


def _same_label(one: Span, other: Span) -> bool:
    return fits(label_key(one.label), label_key(other.label))


def fits(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two labels may be of one thing: one says no more than the other."""
    return not one or not other or one <= other or other <= one


def normal(kind: PinKind, text: str) -> str:
    """A value without what people write differently: spaces, dashes and case of a number, the slash of an address."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if kind in ("identifier", "phone"):
        return "".join(c for c in folded if c.isalnum() or c == "+").removeprefix("00")
    if kind == "url":
        return re.sub(r"^https?://(?:www\.)?|/$", "", folded)
    return " ".join("".join(c for c in folded if c.isprintable()).split()).strip(".,")


def merged(pins: Sequence[Pin], fresh: Sequence[FoundPin]) -> list[Pin]:
    """The pins held and the fresh ones, newest first, each value once, what was corrected marked."""
    held = list(pins)
    for found in fresh:
        held = _take(held, found)
    return held


def _take(held: list[Pin], found: FoundPin) -> list[Pin]:
    same = [pin for pin in held if _same(pin, found)]
    correcting = "correction" in found
    for pin in same:
        if pin["superseded_by"] and not (correcting and found["speaker"] == "user"):
            return held
        if pin["speaker"] == "user" and found["speaker"] == "assistant":
            return held
    told = found["label"] if label_key(found["label"]) else ""
    label = told or next((pin["label"] for pin in same if pin["label"]), found["label"])
    stands = any(not pin["superseded_by"] for pin in same) and not found.get("correction", _NOTHING)["values"]
    replaced = (
        []
        if stands and not found.get("confirmed")
        else _replaced([pin for pin in held if pin not in same], found, label)
    )
    if len(replaced) == 1 and label_key(label) <= label_key(replaced[0]["label"]):
        label = replaced[0]["label"]
    fresh = _plain(found, label)
    gone = {pin["id"] for pin in replaced}
    old = [
        Pin(**{**pin, "superseded_by": fresh["id"]}) if pin["id"] in gone else _repointed(pin, same, fresh)
        for pin in held
        if pin not in same
    ]
    return [fresh, *old]


def _repointed(pin: Pin, same: list[Pin], fresh: Pin) -> Pin:
    """What an earlier mention of the same value superseded stays superseded, by the new mention."""
    if pin["superseded_by"] in {other["id"] for other in same}:
        return Pin(**{**pin, "superseded_by": fresh["id"]})
    return pin


def _same(pin: Pin, found: Pin) -> bool:
    if pin["kind"] != found["kind"] or normal(pin["kind"], pin["text"]) != normal(found["kind"], found["text"]):
        return False
    if pin["kind"] == "promise" and pin["speaker"] != found["speaker"]:
        return False
    return pin["kind"] in _ONE_OF_A_KIND or fits(label_key(pin["label"]), label_key(found["label"]))


def _replaced(held: list[Pin], found: FoundPin, label: str) -> list[Pin]:
    """The one pin that this one supersedes, if any. The assistant's words never supersede the user's."""
    correction = found.get("correction")
    open_ = [pin for pin in held if pin["kind"] == found["kind"] and not pin["superseded_by"] and _may(found, pin)]
    if found["kind"] == "promise" or not open_:
        return []
    if correction is None:
        single = [pin for pin in open_ if label in SINGLE_LABELS and label_key(pin["label"]) == label_key(label)]
        return [pin for pin in single if pin["turn"] != found["turn"]][:1]
    named = [pin for pin in open_ if any(_is_value(pin, value) for value in correction["values"])]
    if named:
        return _most_alike(named, found)
    key = label_key(label)
    same = [pin for pin in open_ if label_key(pin["label"]) == key and (key or found["kind"] in _NEEDS_NO_LABEL)]
    if same:
        return _most_alike(same, found)
    return _unlabelled(open_, found, key, correction)


def _unlabelled(open_: list[Pin], found: FoundPin, key: frozenset[str], correction: Correction) -> list[Pin]:
    """What a correction means that shares no whole label with any pin: one its sentence names, or one of its shape."""
    about = frozenset(correction["about"])
    if not key:
        told = [pin for pin in open_ if label_key(pin["label"]) and label_key(pin["label"]) & about]
        whole = [pin for pin in told if label_key(pin["label"]) <= about]
        if told and not correction["by_label"]:
            return _most_alike(whole or told, found)
    fitting = [pin for pin in open_ if fits(label_key(pin["label"]), key)]
    near = [pin for pin in fitting if (key and label_key(pin["label"])) or _like(pin, found)]
    if not near and found["kind"] == "identifier":  # a code so alike that its label was only told otherwise
        near = [
            pin for pin in open_ if _like(pin, found) and _likeness(pin, found) >= _ALIKE and _shape(pin) != "address"
        ]
    if correction["by_label"]:
        near = [pin for pin in near if found["kind"] == "identifier" and _like(pin, found)]
    return _most_alike(near, found)


def _may(found: FoundPin, pin: Pin) -> bool:
    return found["speaker"] == "user" or pin["speaker"] == "assistant" or found.get("confirmed", False)


def _is_value(pin: Pin, value: str) -> bool:
    """Whether a pin holds a value as it was named: "300" names "300 euros"."""
    held, named = normal(pin["kind"], pin["text"]), normal(pin["kind"], value)
    return held == named or (pin["kind"] == "amount" and re.sub(r"[^\d.,]", "", held) == named)


def _most_alike(pins: list[Pin], found: FoundPin) -> list[Pin]:
    """At most one: the most alike, among equals the newest."""
    return sorted(pins, key=lambda pin: -_likeness(pin, found))[:1]


def _like(pin: Pin, found: FoundPin) -> bool:
    """Whether two values have one shape: an amount's unit, a code's pattern or prefix; a date's and a name's is one."""
    if found["kind"] == "date":
        return True
    if found["kind"] in ("identifier", "amount"):
        return _shape(pin) == _shape(found)
    return found["kind"] in _NEEDS_NO_LABEL or found["kind"] == "url" or _likeness(pin, found) >= _ALIKE


def _shape(pin: Pin) -> str:
    """A code with 9 for each digit and its letters as they are; an amount's letters and signs; "address"."""
    text = unicodedata.normalize("NFKC", pin["text"]).casefold()
    if pin["kind"] == "amount":
        return re.sub(r"[\d.,\s]", "", text)
    if "address" in pin["label"] or text.count(" ") >= 3:
        return "address"
    prefix = re.match(r"[^\W\d_]{2,6}(?=[-_/ ]?\d)|[^\W\d_](?=[-_/ ]\d)", text)
    if prefix:
        return prefix.group()
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))


def _likeness(pin: Pin, found: Pin) -> float:
    """0 to 1: of several values a correction without a label means the one that looks most like it."""
    return SequenceMatcher(None, normal(pin["kind"], pin["text"]), normal(found["kind"], found["text"])).ratio()


def _plain(found: FoundPin, label: str) -> Pin:
    return Pin(
        id=found["id"],
        kind=found["kind"],
        label=label,
        text=found["text"],
        speaker=found["speaker"],
        turn=found["turn"],
        documents=found["documents"],
        superseded_by="",
    )
