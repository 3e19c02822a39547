"""Splits a message that asks several questions into parts that each stand alone, as far as its wording allows.

A false split is worse than a missed one: what could be one question with two clauses stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant.perimeter.wording import STOP_WORDS, words

_MAX_PARTS = 4
_MAX_CHARS = 2_000
_MAX_CONTEXT_WORDS = 30

_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|may|might|must|has|have|had|shall|isn't|aren't|"
    r"don't|doesn't|didn't|can't|couldn't|won't|wouldn't|shouldn't)"
)
_PRONOUN = r"(?:i|we|you|it|they|he|she|there|this|that|these|those|anyone|someone|people)"
_DETERMINER = r"(?:the|an?|my|your|our|their|this|that|these|those|any|some|each|every)"
_QUESTION = re.compile(
    r"(?:"
    rf"(?:what|who|where|when|why|how)(?:'s|'re|'ll|\s+{_AUXILIARY})(?!\w)|(?:who|what)\s+(?:happens|pays|comes|counts)(?!\w)"
    r"|how\s+to\s|how\s+come\s|(?:what|how)\s+(?:if|about)\s"
    rf"|(?:what|which|how|whose)\s+(?!{_PRONOUN}\s|{_DETERMINER}\s|{_AUXILIARY}\s)(?:[\w'-]+\s+){{1,4}}?{_AUXILIARY}(?!\w)"
    rf"|(?:do|don't|may|might|must)\s+{_PRONOUN}(?!\w)|have\s+(?:i|we|you|they)(?!\w)"
    rf"|(?:has|had)\s+(?:{_PRONOUN}|the|my|your|our)(?!\w)"
    r"|(?:is|are|was|were|does|did|can|could|will|would|should|shall|isn't|aren't|doesn't|didn't|can't|couldn't|"
    r"won't|wouldn't|shouldn't)\s+\w"
    r")",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:and|also|so|but|ok(?:ay)?|thanks|thank you|hi|hello|hey|good (?:morning|afternoon|evening)|please|plus|"
    r"then|wait|now|well|another (?:question|thing)|next|lastly|finally|secondly|first(?:ly)?|if (?:so|not)|und|et|"
    r"y|e|en)\b(?!\s+(?:if|when|while)\b)[\s,:;!-]*)+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.](?=\w)[^.!?\n]*)*[.!?\n]*")
_JOINT = re.compile(r"\s*[,;]?\s+(?:and\s+also|and|also|plus)\s+|\s*[,;]\s+", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“«][^\"”»]*[\"”»]")
_RELATIVE = re.compile(rf"(?:which|who)\s+{_AUXILIARY}(?!\w)", re.IGNORECASE)
_EMBEDDING = re.compile(
    r"\b(?:find out|know|tell|see|check|decide|choose|explain|understand|learn|wonder(?:ing)?|say|says|show)"
    r"(?: me| us)? (?:what|how|where|when|why|which|who|whether|if)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:or|if|whether|i mean|you know|because|in case|like|for example|such as|meaning|"
    r"(?:on|in|at|with|for|from|to|by|of)(?! (?:what|which|whom|how)))\b",
    re.IGNORECASE,
)
_ASKED_PLAINLY = re.compile(r"(?:what|who|where|when|why|how|which|do|can|could|will|would|should)\b", re.IGNORECASE)
_HELPLESS = frozenset(
    "fix help work works ideas idea suggestions advice possible right correct true ok okay sure problem question "
    "questions wrong normal anyone anybody someone somebody hello today fine think".split()
)
_REFERRING = re.compile(r"\b(?:it|them|they|its|their)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|would|will)\s+it\s+(?:\w+\s+){0,3}?(?:that|to|if|when)\b|\bit\s+takes?\b|\bit\s+(?:is|was)\s+\w+\s+to\b",
    re.IGNORECASE,
)
_VERBS = frozenset(
    """cost costs work works take takes last lasts come comes need needs mean means arrive arrives support fit fits
    weigh include includes run runs use uses cover covers offer go goes start starts stop stops learn leave lead deliver
    ship
    made valid refundable loud big free safe available waterproof compatible still always already ever also here open
    opened closed broken included received late slow cheap expensive long often without with from at by in to into as
    off out up down over than when if while after before until and or but not so first next twice again today now
    please instead kind kinds
    type types sort sorts one ones something anything name""".split()
)
_OBJECT = re.compile(r"\b(?:for|of|about|with)\s+$", re.IGNORECASE)
_AFTER_PREPOSITION = re.compile(r"\b(?:to|in|at|with|from|for|of|by|on|without)\s+$", re.IGNORECASE)
_NOUN = r"[\w'-]+"
_PHRASE = re.compile(rf"\b(?:the|an?|my|your|our)\s+((?:{_NOUN}\s*){{1,4}})", re.IGNORECASE)
_OF = re.compile(rf"\s+(?:on|of|for)\s+(?:(?:the|an?|my|your)\s+)?((?:{_NOUN}\s*){{1,3}})", re.IGNORECASE)
_BARE = re.compile(
    rf"\b(?:is|are|was|were|does|do|about|has|which|what|many)\s+(?!{_PRONOUN}\b|{_AUXILIARY}\b)((?:{_NOUN}\s*){{1,3}})",
    re.IGNORECASE,
)


def split_questions(text: str) -> tuple[str, ...]:
    """The questions of a message, one to four; the message as it is where it asks only one."""
    if len(text) > _MAX_CHARS:
        return (text,)
    context, asked = _sorted(_QUOTED.sub(lambda found: "_" * len(found[0]), text), text)
    if sum(len(told.split()) for told in context) > _MAX_CONTEXT_WORDS:
        return (text,)  # a story: no part would stand alone without it
    parts = [part for question in asked for part in _coordinated(question)]
    whole = _weighty(parts)
    if len(whole) < 2:
        return (text,)
    kept = [*whole[: _MAX_PARTS - 1], " ".join(whole[_MAX_PARTS - 1 :])] if len(whole) > _MAX_PARTS else whole
    alone, before = list[str](), " ".join(context)
    for part in kept:
        alone.append(_standing_alone(part, before))
        before = f"{alone[-1]} {before}"
    if len(asked) == 1 and any(_leans(part) and len(words(part)) <= 4 for part in alone[1:]):
        return (text,)  # what "it" is can't be told apart
    return tuple(_with_context(part, context) for part in alone)


def _sorted(masked: str, text: str) -> tuple[list[str], list[str]]:
    """The sentences that tell something, and those that ask; what is quoted asks nothing."""
    context: list[str] = []
    asked: list[str] = []
    for found in _SENTENCE.finditer(masked):
        sentence, shown = found[0].strip(), text[found.start() : found.end()].strip()
        bare = _OPENER.sub("", shown)
        if not words(bare):
            continue
        unmarked = not sentence.endswith((".", "!")) or _ASKED_PLAINLY.match(bare)
        if sentence.endswith("?") or (unmarked and _QUESTION.match(bare)):
            asked.append(bare)
        else:
            context.append(bare)
    return context, asked


def _coordinated(sentence: str) -> list[str]:
    """`how long is it and how do I claim it` as two; one where the second clause asks nothing of its own."""
    start, parts = 0, list[str]()
    for joint in _JOINT.finditer(sentence):
        left, right = sentence[start : joint.start()], _OPENER.sub("", sentence[joint.end() :])
        if _asks(left) and _QUESTION.match(right) and not _RELATIVE.match(right):
            if not _subject_terms(left):
                continue
            parts.append(left.rstrip(" ,;") + "?")
            start = joint.end()
    return [*parts, _OPENER.sub("", sentence[start:])]


def _asks(left: str) -> bool:
    return bool(_QUESTION.match(_OPENER.sub("", left))) and not _EMBEDDING.search(left)


def _weighty(parts: Sequence[str]) -> list[str]:
    """Parts that name something; one that only leans on the one before ("if so, how?") stays with it."""
    kept: list[str] = []
    for part in parts:
        if (kept and (_LEANING.match(part) or not _own_weight(part))) or (kept and not _own_weight(kept[-1])):
            kept[-1] = f"{kept[-1]} {part}"
        else:
            kept.append(part)
    return kept


def _own_weight(part: str) -> bool:
    told = words(part)
    if len(told) < 3:
        return False
    return bool(_subject_terms(part)) or not part.isascii() or (_leans(part) and not _HELPLESS.intersection(told))


def _leans(part: str) -> bool:
    return bool(_REFERRING.search(_EXPLETIVE.sub("", part)))


def _subject_terms(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOP_WORDS and word not in _HELPLESS and len(word) > 1]


def _standing_alone(part: str, before: str) -> str:
    """The part with what its pronoun stands for, or as it is."""
    bare = _EXPLETIVE.sub(lambda found: "_" * len(found[0]), part)
    found = _REFERRING.search(bare)
    if not found or (_PHRASE.search(part[: found.start()]) and not _OBJECT.search(part[: found.start()])):
        return part
    pronoun = found[0].lower()
    thing = _thing(before, many=pronoun in ("they", "them", "their"))
    if not thing:
        return part
    own = "'s" if pronoun in ("its", "their") else ""
    return f"{part[: found.start()]}{thing}{own}{part[found.end() :]}"


def _thing(text: str, *, many: bool) -> str:
    """What a question is about: its first noun phrase of that number, with the `on the hub` that belongs to it."""
    for pattern in (_PHRASE, _BARE):
        for found in pattern.finditer(text):
            noun = _noun(found[1].split())
            if (
                noun
                and not noun.endswith("ing")
                and noun.endswith("s") == many
                and not _AFTER_PREPOSITION.search(text[: found.start()])
            ):
                end = found.start(1) + found[1].index(noun) + len(noun)
                start = found.start(1) if pattern is _BARE else found.start()
                thing = text[start:end] if pattern is _BARE else text[start].lower() + text[start + 1 : end]
                return f"{thing}{_belonging(text[end:])}"
    return ""


def _belonging(rest: str) -> str:
    """The `on the hub` after `the warranty`."""
    found = _OF.match(rest)
    noun = _noun(found[1].split()) if found else ""
    return rest[: rest.index(noun) + len(noun)] if noun else ""


def _noun(tokens: Sequence[str]) -> str:
    return " ".join(takewhile(lambda token: token.lower() not in _VERBS and token.lower() not in STOP_WORDS, tokens))


def _with_context(part: str, context: Sequence[str]) -> str:
    told = " ".join(context)
    part = part[:1].upper() + part[1:]
    return f"{told} {part}" if told and len(told.split()) <= _MAX_CONTEXT_WORDS else part
