"""Which value holds: a correction supersedes what it corrects; both stay, the newest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.memory.contents import Pin, PinKind
from assistant.memory.pin_labels import label_key
from assistant.memory.pin_reading import Span


class FoundPin(Pin, total=False):
    """A pin just found. `corrects` names what it replaces: values as said, or "" for the value held so far.

    `corrects_label` says that only a value under the same label is meant, `confirmed` that the user agreed to it.
    """

    corrects: list[str]
    corrects_label: bool
    confirmed: bool


SINGLE_LABELS = frozenset(
    {"address", "delivery address", "shipping address", "billing address", "home address", "postal address"}
    | {"budget", "maximum budget", "birthday", "date of birth", "birth date", "username", "postcode", "zip code", "zip"}
    | {"delivery date", "due date", "wedding date", "lieferadresse", "rechnungsadresse"}
)
"""Of these one has one at a time: a new value needs no word of correction."""

_NEEDS_NO_LABEL: frozenset[PinKind] = frozenset({"email", "phone"})
_ONE_OF_A_KIND: frozenset[PinKind] = frozenset({"identifier", "email", "phone", "url", "name"})
_STRONG = re.compile(
    r"(?i)\b(?:i (?:actually )?(?:meant|mean)\b(?! (?:it|to|that|for))|i misspoke|i mistyped|i misread|correction|"
    r"scratch that|"
    r"strike that|let me correct|to correct|make that|make it|typo|change (?:it|that|this|the|my)|changed (?:it |"
    r"that |my \w+ )?"
    r"(?:from|to)|has changed|have changed|(?:has|have) (?:been )?(?:moved|changed|updated|rescheduled|postponed|"
    r"brought forward)|"
    r"(?:moved|rescheduled|postponed|brought forward|updated|switched)(?: \w{1,15}){0,3} (?:to|from)|"
    r"should (?:be|have been|read)|"
    r"not .{1,60}(?:,| but| it's| rather)|"
    r"instead(?: of)?|rather than|gave (?:you )?the wrong|wrong \w{2,12},|"
    r"(?:was|is|that's|were) (?:wrong|incorrect|a mistake|a typo|"
    r"outdated|old)|"
    r"by mistake|no longer|it's now|is now|are now|ich meinte|korrektur|sondern|berichtigung|stimmt nicht|statt|"
    r"falsch|"
    r"je voulais dire|rectification|plutôt que|et non|au lieu|quise decir|quería decir|corrección|corrijo|"
    r"en lugar|en vez|sino|"
    r"volevo dire|correzione|invece|anziché|quis dizer|correção|em vez|ik bedoelde|chciałem powiedzieć|вернее|"
    r"точнее|исправлен)"
)
_WEAK = re.compile(
    r"(?i)\b(?:actually|sorry|apologies|oops|whoops|my bad|in fact|now|new|latest|updated?|changed|wait|no,|"
    r"eigentlich|"
    r"entschuldigung|jetzt|neue[rsn]?|doch|en fait|pardon|désolée?|nouve(?:au|lle)|maintenant|en realidad|perdón|"
    r"ahora|nuev[oa]|"
    r"in realtà|scusa|adesso|nuov[oa]|na verdade|desculpe|agora|nov[oa])\b"
)
_FURTHER = re.compile(
    r"(?i)\b(?:also|another|additional(?:ly)?|second|other|as well|too|both|besides|auch|noch ein\w{0,2}|"
    r"zusätzlich|weiter\w{2}|"
    r"aussi|également|autre|también|otr[oa]|anche|altr[oa]|também|outr[oa])\b"
)
_REPLACED = re.compile(
    r"(?i)(?:\b(?:not|instead of|rather than|no longer|wasn't|isn't|aren't|used to be|previously|"
    r"formerly|replac(?:es|ing)|"
    r"wrong|old|nicht|statt|anstatt|kein\w{0,2}|pas|et non|au lieu de|no es|en lugar de|en vez de|y no|non|"
    r"invece di|anziché|não|em vez de|nie|не)"
    r"(?: (?:the|my|our|to|at|on|is|it's|it|number|be|a|for|under|used|der|die|das|la|le|el|es|old|one|address|"
    r"call|mr|von)){0,3}[\s:,\"'#(]*)$"
)
_REJECTED = re.compile(
    r"(?i)\b(?:not|instead of|rather than|no longer|nicht|statt|pas|non|au lieu d[eu]|en lugar de|invece di|não)"
    r"(?: (?:the|at|on|to|is|number))?[\s:,\"'#(]*$"
)
_BEFOREHAND = re.compile(r"(?i)\b(?:from|was|were)(?: (?:the|at|on|to))?[\s:,\"'#(]*$")
_BORDER = re.compile(r"[.!?](?=\s|$)|\n")
_CONFIRMED = re.compile(
    r"(?i)\s*(?:yes|yep|yeah|yup|correct|right|exactly|that's (?:right|correct|it|the one)|confirmed|i confirm|"
    r"perfect|"
    r"ja\b|genau|richtig|stimmt|oui|exact|c'est (?:ça|exact)|sí\b|correcto|exacto|esatto|giusto|sim\b|certo|tak\b|"
    r"да\b|верно)"
    r"(?!\w)(?!,? but)"
)


def confirms(words: str) -> bool:
    """Whether a message begins by agreeing with what was said before it."""
    return _CONFIRMED.match(words[:80]) is not None


def corrections(plain: str, spans: Sequence[Span]) -> dict[Span, tuple[list[str], bool]]:
    """For each span that corrects: the values it replaces ("" is the one held so far), and whether by label only.

    Take the spans that correct after the others: they may correct a value of the same sentence.
    """
    found: dict[Span, tuple[list[str], bool]] = {}
    borders = [0, *(m.end() for m in _BORDER.finditer(plain)), len(plain)]
    pending = 0  # 2: a strong cue was said and no value yet
    for begin, end in pairwise(borders):
        inside = [span for span in spans if begin <= span.start < end and span.kind != "promise"]
        force = max(_force(plain[begin:end], plain, inside), pending)
        if not inside:
            pending = 2 if force == 2 and end - begin < 160 else 0
            continue
        pending = 0
        if force:
            found |= _corrected(plain, begin, inside, weak=force == 1)
    return found


def _force(sentence: str, plain: str, inside: list[Span]) -> int:
    if any(_REJECTED.search(plain[max(0, span.start - 30) : span.start]) for span in inside) and len(inside) > 1:
        return 2
    if _FURTHER.search(sentence):
        return 0
    return 2 if _STRONG.search(sentence) else 1 if _WEAK.search(sentence) else 0


def _corrected(plain: str, begin: int, inside: list[Span], *, weak: bool) -> dict[Span, tuple[list[str], bool]]:
    replaced = [span for span in inside if _REPLACED.search(plain[max(begin, span.start - 40) : span.start])]
    fresh = [span for span in inside if span not in replaced]
    former = [span for span in fresh if _BEFOREHAND.search(plain[max(begin, span.start - 20) : span.start])]
    if any(new.kind == old.kind for old in former for new in fresh if new not in former):
        replaced, fresh = replaced + former, [span for span in fresh if span not in former]
    named = {
        new: [plain[old.start : old.end] for old in replaced if old.kind == new.kind and _alike(old.label, new.label)]
        for new in fresh
    }
    return {new: (old or [""], weak and not old) for new, old in named.items()}


def _alike(one: str, other: str) -> bool:
    a, b = label_key(one), label_key(other)
    return not a or not b or a <= b or b <= a


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
    correcting = bool(found.get("corrects"))
    for pin in same:
        if pin["superseded_by"] and not (correcting and found["speaker"] == "user"):
            return held
        if pin["speaker"] == "user" and found["speaker"] == "assistant":
            return held
    label = found["label"] or next((pin["label"] for pin in same if pin["label"]), "")
    replaced = _replaced([pin for pin in held if pin not in same], found, label)
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
    return pin["kind"] in _ONE_OF_A_KIND or _alike(pin["label"], found["label"])


def _replaced(held: list[Pin], found: FoundPin, label: str) -> list[Pin]:
    """The pins this one supersedes. The assistant's words never supersede the user's."""
    if found["kind"] == "promise":
        return []
    open_ = [
        pin
        for pin in held
        if pin["kind"] == found["kind"]
        and not pin["superseded_by"]
        and (found["speaker"] == "user" or pin["speaker"] == "assistant" or found.get("confirmed"))
    ]
    if label == "name":  # each side's own
        open_ = [pin for pin in open_ if pin["speaker"] == found["speaker"]]
    if named := {normal(found["kind"], value) for value in found.get("corrects", []) if value}:
        return [pin for pin in open_ if normal(pin["kind"], pin["text"]) in named]
    named_enough = bool(label_key(label)) or found["kind"] in _NEEDS_NO_LABEL
    alike = [pin for pin in open_ if named_enough and label_key(pin["label"]) == label_key(label)]
    if not found.get("corrects"):
        return [pin for pin in alike if label in SINGLE_LABELS and pin["turn"] != found["turn"]][:1]
    if found.get("corrects_label"):
        return alike[:1]
    candidates = alike or [pin for pin in open_ if _alike(pin["label"], label)]
    return sorted(candidates, key=lambda pin: -_likeness(pin, found))[:1]


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
