"""Which section of the summary a clause belongs in, by rules; and when an open question is settled."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.memory.contents import Section, SummaryLine, WindowTurn
from assistant.memory.summary_clauses import Clause, kept_words
from assistant.memory.summary_rendering import split_speaker
from assistant.memory.summary_words import stems

_ASKED_AGAIN = 0.6  # of an open question's words
_REFUSAL_CHARACTERS = 300  # who declines does so at once
_REFUSED = re.compile(
    r"outside what i can|(?:don't|doesn't|do not|does not) (?:answer that|cover)|finds? nothing about|"
    r"\bi(?:'m afraid i)? (?:can't|cannot|can not|couldn't|could not) (?:answer|find|help|give|check|say)|"
    r"\bi (?:don't|do not) (?:know|have (?:any |that |this )?information)|no information (?:about|on)|"
    r"passing (?:you|it|this) on|tell me a little more|could you (?:please )?(?:clarify|rephrase)|"
    r"\b(?:leider|désolée?|lo siento|purtroppo|infelizmente|helaas|niestety|tyvärr|beklager)\b",
    re.I,
)
_TRIED = re.compile(
    r"\b(?:i|we)(?:'ve| have| had)?(?: already| also| just| even| then| now)? (?:tried|restarted|rebooted|reinstalled|"
    r"reset|checked|replaced|followed|unplugged|contacted|called|emailed|e-mailed|updated|cleared|switched)\b|"
    r"\b(?:didn't|did not|doesn't|does not|don't|won't) (?:work|help|change|fix|solve)|\bno luck\b|\bto no avail\b|"
    r"\bsame (?:error|problem|issue|result|thing)\b|\bstill (?:not|no|doesn't|does not|won't|can't|get(?:ting)?|"
    r"see(?:ing)?|shows?|says?|fails?|broken)\b|\bdid (?:that|this|it|so)\b.{0,30}\b(?:already|times|twice|before)\b|"
    r"\b(?:versucht|probiert|essayé|probado|intentado|provato|geprobeerd)\b",
    re.I,
)
_WANTED = re.compile(
    r"\b(?:i'm|i am|we're|we are) (?:trying|looking|hoping|planning) |\b(?:i|we) (?:need|want|would like|wish)\b|"
    r"\b(?:i|we)'d like\b|\bhelp me\b|\bmy goal\b|\bin order to\b|\bich (?:brauche|möchte|will|suche)\b|"
    r"\bj'ai besoin\b|\bje (?:voudrais|veux|cherche)\b|\b(?:necesito|quiero|quisiera|busco|vorrei)\b",
    re.I,
)
_WHO = re.compile(
    r"\bmy name(?:'s| is)\b|\bin the name of\b|\bon behalf of\b|\bich heiße\b|\bmein name\b|\bje m'appelle\b|"
    r"\bme llamo\b|\bmi chiamo\b|\bi work (?:for|at)\b|\bwe are an? \w+ (?:company|team|shop|school|office)\b",
    re.I,
)
_PROMISED = re.compile(
    r"\b(?:i|we)(?:'ll| will| promise| shall)\b|\b(?:i'm|i am|we're|we are) going to\b|"
    r"\byou(?:'ll| will) (?:get|receive|hear)\b|\bpassing (?:you|it|this) on\b|\bi(?:'ve| have) (?:opened|created)|"
    r"\b(?:ich werde|wir werden|wir (?:senden|schicken)|je vais|nous allons)\b",
    re.I,
)
_COURTESY = re.compile(
    r"anything else i can|you're welcome|sorry (?:to hear|about that|for the)|would you like to know|talk to a person|"
    r"thank(?:s| you) for (?:stopping|reaching|contacting|your (?:patience|message|question))|"
    r"(?:happy|glad) to help|i can help with|documents don't answer that|have a (?:nice|great|good|lovely)|goodbye|"
    r"the nearest i have|what can i do for you|hope (?:this|that) helps|let me know if",
    re.I,
)


# A pattern is tried only on sentences that hold one of its words: looking words up costs a tenth of searching.
_TRIED_WORDS = frozenset(
    "tried restarted rebooted reinstalled reset checked replaced followed unplugged contacted called emailed e-mailed "
    "updated cleared switched work help change fix solve luck avail same still did versucht probiert essayé probado "
    "intentado provato geprobeerd".split()
)
_WANTED_WORDS = frozenset(
    "trying looking hoping planning need want like wish help goal order brauche möchte will suche besoin voudrais veux "
    "cherche necesito quiero quisiera busco vorrei".split()
)
_WHO_WORDS = frozenset("name name's behalf heiße m'appelle llamo chiamo work are".split())
_PROMISED_WORDS = frozenset(
    "i'll we'll you'll will promise shall going passing opened created werde werden senden schicken vais allons".split()
)
_COURTESY_WORDS = frozenset(
    "else welcome sorry like person thanks thank happy glad help answer have goodbye nearest what hope let".split()
)


def refused(turn: WindowTurn) -> bool:
    """Whether the turn's question went without an answer: refused, handed to a person, asked back, or cut short."""
    beginning = kept_words(turn, "assistant")[:_REFUSAL_CHARACTERS].replace("’", "'")
    return not beginning.strip() or bool(_REFUSED.search(beginning))


def idle(clause: Clause) -> bool:
    """Whether nobody needs it later: the assistant's courtesies and its questions, whose answers tell more."""
    return clause.speaker == "assistant" and (clause.question or _says(_COURTESY, _COURTESY_WORDS, clause))


def section(clause: Clause, *, opening: bool, unanswered: bool) -> Section:
    """The section of a clause, `opening` when nothing was said before, `unanswered` when its turn's question was."""
    if clause.speaker == "user":
        wanted = clause.question or _says(_WANTED, _WANTED_WORDS, clause)
        if not clause.question and _says(_TRIED, _TRIED_WORDS, clause):
            return "tried"
        if wanted or opening or _says(_WHO, _WHO_WORDS, clause):
            return "open" if wanted and unanswered else "purpose"
    promised = not clause.question and _says(_PROMISED, _PROMISED_WORDS, clause)
    return "commitments" if promised else "facts"


def settled(line: SummaryLine, later: Iterable[WindowTurn]) -> bool:
    """Whether an open question was asked again later, in much the same words, and answered."""
    asked = stems(split_speaker(line["text"])[1])
    return bool(asked) and any(
        len(asked & stems(turn["user"])) >= _ASKED_AGAIN * len(asked) and not refused(turn) for turn in later
    )


def _says(pattern: re.Pattern[str], triggers: frozenset[str], clause: Clause) -> bool:
    return not triggers.isdisjoint(clause.held) and bool(pattern.search(clause.sentence))
