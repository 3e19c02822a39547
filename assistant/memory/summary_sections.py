"""Which section of the summary a clause belongs in, by rules; and when an open question is settled."""

from __future__ import annotations

import re

from assistant.memory.contents import Section, WindowTurn
from assistant.memory.summary_clauses import Clause

_REFUSED = re.compile(
    r"outside what i can|(?:don't|doesn't|do not|does not) (?:answer that|cover)|finds? nothing about|"
    r"\bi(?:'m afraid i)? (?:can't|cannot|can not|couldn't|could not) (?:answer|find|help|give|check|say)|"
    r"\bi (?:don't|do not) (?:know|have (?:any |that |this )?information)|no information (?:about|on)|"
    r"passing (?:you|it|this) on|pass you on to|tell me a little more|could you (?:please )?(?:clarify|rephrase)",
    re.I,
)
_TRIED = re.compile(
    r"\b(?:i|we)(?:'ve| have| had)?(?: already| also| just| even| then| now)? (?:tried|restarted|rebooted|reinstalled|"
    r"reset|checked|replaced|followed|unplugged|contacted|called|emailed|e-mailed|updated|cleared|switched)\b|"
    r"\b(?:didn't|did not|doesn't|does not|don't|won't) (?:work|help|change|fix|solve)|\bno luck\b|\bto no avail\b|"
    r"\bsame (?:error|problem|issue|result|thing)\b|\bstill (?:not|no|doesn't|does not|won't|can't|get(?:ting)?|"
    r"see(?:ing)?|shows?|says?|fails?|broken)\b",
    re.I,
)
_WANTED = re.compile(
    r"\b(?:i'm|i am|we're|we are) (?:trying|looking|hoping|planning) |\b(?:i|we) (?:need|want|would like|wish)\b|"
    r"\b(?:i|we)'d like\b|\bhelp me\b|\bmy goal\b|\bin order to\b",
    re.I,
)
_PROMISED = re.compile(
    r"\b(?:i|we)(?:'ll|’ll| will| promise| shall)\b|\b(?:i'm|i am|we're|we are) going to\b|"
    r"\byou(?:'ll|’ll| will) (?:get|receive|hear|be)\b|\bpassing (?:you|it|this) on\b|"
    r"\bi(?:'ve| have) (?:opened|created)",
    re.I,
)


def refused(turn: WindowTurn) -> bool:
    """Whether the turn's question went without an answer: refused, handed to a person, asked back, or cut short."""
    return not turn["assistant"].strip() or bool(_REFUSED.search(turn["assistant"]))


def section(clause: Clause, *, unanswered: bool) -> Section:
    """The section of a clause; `unanswered` says that its turn's question was."""
    said = clause.sentence.replace("’", "'")
    if clause.speaker == "user":
        if clause.question:
            return "open" if unanswered else "purpose"
        if _TRIED.search(said):
            return "tried"
        if _WANTED.search(said):
            return "open" if unanswered else "purpose"
    if _PROMISED.search(said) and not clause.question:
        return "commitments"
    return "facts"
