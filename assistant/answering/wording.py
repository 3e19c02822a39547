"""Loose wording made comparable: everyday phrases put as one word, and the part of a message that asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.sentences import split_sentences

_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (r"\bset(s|ting)?[ -]up\b", "setup"),
        (r"\b(2|two|multi)[ -]?(factor|step)( (authentication|auth|verification|login|log-?in|sign[ -]in))?\b"
         r"|\b[2m]fa\b", "two-step sign-in"),
        (r"\b(log|sign)(s|ged|ging|ned|ing)?[ -]?(in|on)(to)?\b", "sign-in"),
        (r"\b(turn|switch)(s|es|ed|ing)? (\w+ )?on\b|\b(enabl|activat)(e|es|ed|ing)\b", "enable"),
        (r"\b(turn|switch)(s|es|ed|ing)? (\w+ )?off\b|\b(disabl|deactivat)(e|es|ed|ing)\b", "disable"),
        (r"\b(send|sends|sending|sent|give|giving|take|taking|took|bring|goes?|post) "
         r"((?:(?!the money|my money)[\w'-]+ ){0,4}?)back\b", r"return \2"),
        (r"\b(my |the )?money back\b|\breimburse\w*\b", "refund"),
        (r"\b(ring|call|phone) (you|us)\b|\bgive you a (ring|call)\b", "phone"),
        (r"\bguarantee(s|d)?\b", "warranty"),
        (r"\bsecond[ -]hand\b|\bpre-?owned\b", "used owner"),
        (r"\bcall(s|ed|ing)? (it |them |this )?off\b", "cancel"),
        (r"\b(any|some)thing off\b", "discount"),
    )
)  # fmt: skip
_OPENERS = (
    r"(?:how|what|which|who|whom|whose|when|where|why|til+ what|until what|can|could|may|do|does|did|is|are|am|was|were"
    r"|will|would|should|must|has|have)(?:'s|'re|'ll|s)?"
)
_ASKS = re.compile(rf"\?\W*$|^\W*(?:(?:so|and|but|ok(?:ay)?|please),? )*{_OPENERS}\b", re.IGNORECASE)
_BIDS = re.compile(
    r"^\W*(please )?(tell|show|explain|describe|list|(walk|talk|take|guide) me|give me|help|i (need|want))\b",
    re.IGNORECASE,
)
_CLAUSE_ASKS = re.compile(
    r"(?:[,;:–]|\s-+)\s*(?=(?:how|what|which|who|whose|when|where|why)\b"
    r"|(?:can|could|may|do|does|did|is|are|will|would|should|must|has|have) (?:i|we|you|it|they|there|the|my|your|"
    r"that|this|u)\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\W*(?:\w+ ){0,2}(if|when|once|after|before|while|unless|with|without|for|in)\b", re.IGNORECASE
)
_WHEREABOUTS = re.compile(
    r"\b(?:i'?m|i am|we'?re|we are|(?:i |we )?live|living|based|here) (?:in|near|from) ([\w-]+)", re.I
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message taken apart: the part that asks, and what is told around it."""

    core: str
    background: str = ""


def plain(text: str) -> str:
    """The text with everyday phrases put as the one word documents use."""
    for pattern, word in _PHRASES:
        text = pattern.sub(word, text)
    return text


def take_apart(message: str) -> Asked:
    """The sentences and clauses that ask, and the rest; all of it asks when nothing plainly does."""
    sentences = [message[start:end] for start, end in split_sentences(message)]
    asking = [_asks(sentence) for sentence in sentences]
    if not any(asking):
        return Asked(message)
    core, background = [], []
    for sentence, asks in zip(sentences, asking, strict=True):
        clause = _CLAUSE_ASKS.search(sentence) if asks else None
        if not asks:
            background.append(sentence)
        elif clause is not None and not _opens(sentence) and not _CONDITION.match(sentence):
            background.append(sentence[: clause.start()])
            core.append(sentence[clause.end() :])
        else:
            core.append(sentence)
    return Asked(" ".join(core), " ".join(background))


def whereabouts(message: str) -> frozenset[str]:
    """Where the asker says to be, in lower case: `leeds` in "I'm in Leeds and …"."""
    return frozenset(match.group(1).lower() for match in _WHEREABOUTS.finditer(message))


def _asks(sentence: str) -> bool:
    return bool(_ASKS.search(sentence) or _BIDS.match(sentence) or _CLAUSE_ASKS.search(sentence))


def _opens(sentence: str) -> bool:
    """Whether a sentence begins with its question."""
    return bool(re.match(rf"\W*(?:(?:so|and|but|ok(?:ay)?|please),? )*{_OPENERS}\b", sentence, re.IGNORECASE))
