"""Which sentences claim something: connecting words, questions back and admissions of not knowing don't."""

from __future__ import annotations

import re

from assistant.perimeter.output.synonyms import claim_terms
from assistant.perimeter.wording import fold

_ADMISSION = re.compile(
    r"\b(?:the|these|our|your|my|those) (?:\w+ )?"
    r"(?:passages?|documents?|sources?|documentation|information|pages?)\b.{0,40}"
    r"\b(?:do not|does not|don't|doesn't|no|not|nothing)\b"
    r"|\bi (?:could not|couldn't|can't|cannot|do not|don't|did not|didn't) (?:find|know|see|have|confirm|tell|answer)\b"
    r"|\b(?:is|are) not (?:mentioned|stated|covered|described|specified) in\b"
    r"|\b(?:i'm|i am) (?:sorry|afraid)\b"
)
_COURTESY = re.compile(
    r"^\W*(?:(?:hi|hello|thanks|thank you|sure|certainly|of course|great question|good question|yes|no|sorry|you're "
    r"welcome)\b[^.!?]{0,30}|(?:let me know|feel free|i hope|hope this|is there anything|would you like|do you want|"
    r"please (?:let me know|contact us|get in touch|ask)|if you (?:have|need) (?:any |more |further )"
    r"(?:more |other |further )?(?:questions?|help|information))\b.*)$"
)


_COURTESY_CHARS = 160
_LEAST_WORDS = 2
_LEAST_IN_A_LABEL = 5


def claims(sentence: str) -> bool:
    """False for what connects, greets, asks, admits or only labels: it is checked for figures and names alone."""
    plain = fold(sentence)
    least = _LEAST_IN_A_LABEL if plain.startswith(("|", "#")) else _LEAST_WORDS
    if len(claim_terms(sentence)) < least or _ADMISSION.search(plain):
        return False
    return not (plain.rstrip("*_ ").endswith("?") or (len(plain) < _COURTESY_CHARS and _COURTESY.match(plain)))
