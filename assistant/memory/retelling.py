"""Questions about what was said: answered word for word from the pins, and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.memory.contents import Pin, PinKind

_ASKED_BACK = re.compile(
    r"\b(?:what|which|when|where|who)(?:'s| is| was| are| were) (?:my|our)\b|"
    r"\bwh(?:at|ich|en|ere|o)\b.{0,60}\b(?:did|have|had) (?:i|we|you) (?:just |already |ever )?"
    r"(?:say|said|tell|told|give|gave|given|mention|mentioned|promise|promised|name|named|write|written)\b|"
    r"\b(?:did|have|had) (?:i|you) (?:say|said|tell|told|give|given|mention|mentioned|promise|promised)\b|"
    r"\bremind me\b|\b(?:do|can) you (?:still )?(?:remember|recall|repeat)\b|\byou (?:remember|know) my\b",
    re.I,
)
_PROMISED = re.compile(r"\bpromis|\b(?:did|have) you (?:say|said) you (?:would|will)\b", re.I)
_WORD = re.compile(r"\w+(?:[-']\w+)*")
_KIND_WORDS: dict[PinKind, frozenset[str]] = {
    "identifier": frozenset({"number", "code", "id", "reference", "serial"}),
    "amount": frozenset({"amount", "price", "cost", "budget", "sum", "much"}),
    "date": frozenset({"date", "day", "when"}),
    "email": frozenset({"email", "e-mail", "mail", "mailbox"}),
    "phone": frozenset({"phone", "telephone", "mobile", "cell"}),
    "name": frozenset({"name", "called", "contact"}),
    "url": frozenset({"link", "url", "website"}),
    "promise": frozenset({"promise", "promised"}),
}
_TOLD = "You told me: {said}."
_SAID = "I said: {said}."
_BEFORE = " Before that it was {old}."
_MOST = 3


@dataclass(frozen=True, slots=True)
class Retold:
    """What was said, and the documents (id to version) it rests on."""

    text: str
    documents: Mapping[str, str]


def retell(question: str, pins: Sequence[Pin]) -> Retold | None:
    """The answer to a question about what was said earlier, pins newest first; None when it asks for something else.

    Only a pin whose label, or whose kind if it is the only one of it, is named by the question is told.
    """
    if not _ASKED_BACK.search(question):
        return None
    standing = [pin for pin in pins if not pin["superseded_by"]]
    told = _promises(question, standing) or _named(question, standing)
    if not told:
        return None
    told = told[:_MOST]
    lines = [_line(pin, pins) for pin in told]
    text = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
    return Retold(text, {document: version for pin in told for document, version in pin["documents"].items()})


def _promises(question: str, pins: Sequence[Pin]) -> list[Pin]:
    return [pin for pin in pins if pin["kind"] == "promise"] if _PROMISED.search(question) else []


def _named(question: str, pins: Sequence[Pin]) -> list[Pin]:
    """The pins named best: by most words of their label, else those alone of the kind that is named."""
    asked = _words(question)
    by_label = [(len(asked & _words(pin["label"])) / len(_words(pin["label"])), pin) for pin in pins if pin["label"]]
    best = max((share for share, _ in by_label), default=0.0)
    if best > 0.5:
        return [pin for share, pin in by_label if share == best]
    kinds = {kind for kind, words in _KIND_WORDS.items() if asked & words}
    alone = [pin for pin in pins if pin["kind"] in kinds]
    return alone if len(alone) == 1 else []


def _line(pin: Pin, pins: Sequence[Pin]) -> str:
    said = f"{pin['label']} **{pin['text']}**" if pin["label"] else f"**{pin['text']}**"
    old = [each["text"] for each in pins if each["superseded_by"] == pin["id"]]
    frame = _TOLD if pin["speaker"] == "user" else _SAID
    return frame.format(said=said) + (_BEFORE.format(old=", then ".join(old[::-1])) if old else "")


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
