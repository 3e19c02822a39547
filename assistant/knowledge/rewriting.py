"""Making a follow-up stand alone, by rules: what it leaves out is taken from the questions before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal["first question", "self-contained", "other case", "short", "pronoun", "comparison", "continuation"]

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STOP = frozenset(
    """
    a about above after afterwards again all also am an and answer any anybody anyone anything are aren't as ask
    at away be because been before being below best between both but by can can't cannot cool could couldn't
    describe did didn't difference different do does doesn't doing don't down during each either else even ever
    every everything explain few find first for from further get gets getting give go goes going good got great
    had has hasn't have haven't having he hello help her here hers hi him his hm hmm how how's however i i'd
    i'll i'm i've if important in info information instead interested into is isn't it it's its just know let
    like list look main make makes many may maybe me mean means might mine more most much must my need needed
    needs no nor not nothing now of off ok okay on once one ones only or other others our out over own perfect
    please possible put question really right said same say see she should show since so some somebody something
    sorry still such sure take tell than thank thanks that that's the their them then there there's these they
    they're thing things this those through till to together too try two under understand until up us use used
    using very want wanted wants was wasn't way we well were what what's when where which while who who's why
    will with within without won't wonder wondering would wouldn't yeah yes yet you your yours
    """.split()
)
# What a question asks of its subject: a follow-up brings its own, so these are not carried over.
_ASPECTS = frozenset(
    """cost costs price prices pay long far big size weight loud time times work works happen happens often old
    valid start begin types type kinds kind symptoms example examples steps average best better good bad common
    famous become becoming became required require requires requirement requirements live lives known called happen
    cause causes caused affect affects effect effects treat treated treatment spread per
    people person someone everyone different similar popular typical normal safe dangerous necessary purpose
    function role meaning definition origin history reason reasons way ways advantages
    disadvantages pros cons""".split()
)
_OPENING = re.compile(
    r"^\s*(?:ok(?:ay)?,?\s+|yes,?\s+|no,?\s+|so,?\s+)*"
    r"(?:(?P<carry>and|or|but|what about|how about|what if|even if|even|also|plus|then|same for|same with)\b[\s,]*)"
    r"(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|they|them|their|theirs|this|these|those|that|that's|ones?|he|him|his|she|her|there|then)\b", re.I
)
_NOT_REFERRING = re.compile(
    r"\b(?:(?:is|was|would|will|does|be)\s+it\s+(?:\w+\s+){0,2}?(?:that|to|if|when)\b"
    r"|it(?:'s| is| was| takes?)\s+(?:\w+\s+){0,2}?(?:that|to)\b"
    r"|(?:is|are|was|were|will|can)\s+there\b|there\s+(?:is|are|was|were|any)\b"
    r"|\w{3,}\s+that\s+(?:i|you|we|is|are|was|were|can|have|has)\b"
    r"|(?:which|what|any|no|the|a|each|every|more than|at least)\s+ones?\b|one\s+\w{3,}|(?:so|such)\s+that\b"
    r"|(?:this|that)\s+(?:week|month|year|morning|evening|time|way))",
    re.IGNORECASE,
)
# "how many can I order?", "which is the cheapest?": the thing itself is left out.
_NOUN_LEFT_OUT = re.compile(
    r"^\W*(?:how many|which)\s+(?:can|could|do|does|did|are|is|should|will|would|have)\b"
    r"|\bthe (?:best|worst|cheapest|smallest|largest|biggest|fastest|slowest|newest|oldest|longest|shortest|safest|"
    r"strongest|easiest|quietest|loudest|most \w+)(?:\s+(?:for|in|of|at)\b|\W*$)",
    re.IGNORECASE,
)
_PREPOSITIONS = ("in", "for", "to", "from", "on", "with", "at", "by", "of")
_PREPOSITION = rf"(?:{'|'.join(_PREPOSITIONS)})(?:\s+(?:the|an?|my|your))?"
_CASE = re.compile(
    rf"^(?P<prep>{_PREPOSITION}\s+|(?:the|an?|my)\s+)?(?P<thing>[\w'’.-]+(?:\s+[\w'’.-]+){{0,2}})$", re.I
)
_COMPARISON = re.compile(r"\b(?:other|others|another|similar|else|instead|afterwards?|too|either|besides)\b", re.I)
_REPLY = re.compile(r"\s*(?:yes|yeah|yep|no|nope|ok(?:ay)?|thanks?)\b", re.I)
_TRAILING = re.compile(r"(?:[ ,]+(?:again|then|instead|though|too|also|please|as well))+$", re.I)
_DETERMINERS = frozenset("a an the my your our this that these those".split())
_BARE_WORDS = 3  # "and the cost?" asks this of the thing, not of what was asked about it
_TERMS = 5
_SHORT_TERMS = 1
_COMPARED_TERMS = 3


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question that stands alone, and why it was changed or wasn't."""

    text: str
    reason: Reason


def rewrite(question: str, history: Sequence[str], last_answer_titles: Sequence[str] = ()) -> Rewritten:
    """Complete a question that leans on the conversation; leave one that doesn't as it is.

    `history` holds the user's earlier questions, oldest first; `last_answer_titles` what the last answer quoted from,
    which serves where the earlier questions name nothing.
    """
    earlier = [text for text in history if content_terms(text)]
    if not earlier and not last_answer_titles:
        return Rewritten(question, "first question")
    reason = _leaning(question)
    if reason == "self-contained":
        return Rewritten(question, reason)
    base = _standing_alone(earlier)
    if reason == "continuation" and base and (other := _other_case(question, base)):
        return Rewritten(other, "other case")
    terms = _carried(question, earlier) or _missing(question, content_terms(" ".join(last_answer_titles[:1])))
    if not terms:
        return Rewritten(question, "self-contained")
    stem = question.strip().rstrip("?!. ")
    mark = "?" if "?" in question.strip()[len(stem) :] else ""
    return Rewritten(f"{stem} ({' '.join(terms)}){mark}", reason)


def content_terms(text: str) -> list[str]:
    """The words of a text that say what it is about, in order, each once."""
    seen: dict[str, str] = {}
    for word in _WORD.findall(text):
        bare = re.sub(r"['’]s$", "", word)
        if (
            bare.lower().replace("’", "'") not in _STOP
            and word.lower() not in _STOP
            and not (len(bare) == 1 and not bare.isdigit())
        ):
            seen.setdefault(bare.lower(), bare)
    return list(seen.values())


def _subjects(text: str) -> list[str]:
    return [term for term in content_terms(text) if term.lower() not in _ASPECTS]


def _named(text: str) -> list[str]:
    """The subjects that stand behind a determiner: things, not what was asked about them."""
    named, behind = list[str](), False
    for word in _WORD.findall(text):
        behind = word.lower() in _DETERMINERS or (behind and word.lower() not in _STOP)
        named += _subjects(word) if behind else []
    return named


def _leaning(question: str) -> Reason:
    own = content_terms(question)
    if _REPLY.match(question):
        return "continuation"
    opening = _OPENING.match(question)
    if opening and len(content_terms(opening["rest"])) <= 3:
        return "continuation"
    if len(own) <= _SHORT_TERMS:
        return "continuation" if len(_WORD.findall(question)) <= 2 and own else "short"
    if len(own) <= _COMPARED_TERMS and _NOUN_LEFT_OUT.search(question):
        return "short"
    if len(own) <= _COMPARED_TERMS and _COMPARISON.search(question):
        return "comparison"
    return "pronoun" if _refers_back(question) else "self-contained"


def _refers_back(question: str) -> bool:
    """Whether a pronoun has nothing to stand for in an earlier clause of the question itself."""
    bare = _NOT_REFERRING.sub(lambda match: " " * len(match[0]), question)
    for match in _PRONOUN.finditer(bare):
        before = question[: match.start()]
        clause = re.split(r"[,;.!?]|\b(?:and|but|or|if|when|because|after|before)\b", before)
        if not any(_subjects(part) for part in clause[:-1]):
            return True
    return False


def _standing_alone(earlier: Sequence[str]) -> str:
    """The last earlier question as it would stand alone."""
    return rewrite(earlier[-1], earlier[:-1]).text if earlier else ""


def _other_case(question: str, base: str) -> str | None:
    """`and in the EU?` after `… in the UK?`: the earlier question with the one thing put for the other."""
    opening = _OPENING.match(question)
    rest = _TRAILING.sub("", (opening["rest"] if opening else question).strip(" ?!.,"))
    match = _CASE.match(rest)
    if match is None or (opening is not None and opening["carry"].lower() in ("what if", "even if")):
        return None
    thing, preposition = match["thing"], (match["prep"] or "").strip()
    if any(word.lower() in _STOP for word in _WORD.findall(thing)):
        return None
    shape = _shape(thing)
    alike = [word for word in _WORD.findall(base) if _shape(word) == shape and word.lower() != thing.lower()]
    if shape and alike:
        return re.sub(rf"\b{re.escape(alike[-1])}\b", thing, base)
    return _same_preposition(base, rest, preposition)


def _same_preposition(base: str, rest: str, preposition: str) -> str | None:
    """`for the hub` in the place of the last `for …`."""
    first = preposition.partition(" ")[0].lower()
    if first not in _PREPOSITIONS or first == "to":
        return None
    after = rf"(?:(?!\b(?:{'|'.join(_PREPOSITIONS)})\b)[\w'’.-]+\s*){{1,3}}"
    alike = "(?:for|on|with|of)" if first == "for" else first
    found = re.search(rf"\b{alike}\s+(?:the\s+|an?\s+|my\s+|your\s+)?({after})[?!. ]*$", base, re.I)
    if found is None or not content_terms(found[1]):
        return None
    return f"{base[: found.start()]}{rest}{'?' if base.rstrip().endswith('?') else ''}"


def _shape(word: str) -> str:
    """`E1` and `S2` are alike, `UK` and `EU` are; ordinary words have no shape."""
    if not re.fullmatch(r"[A-Z]{1,4}-?\d{0,4}", word):
        return ""
    return re.sub(r"\d+", "9", re.sub(r"[A-Z]+", "A", word)) if len(word) > 1 else ""


def _carried(question: str, earlier: Sequence[str]) -> list[str]:
    """Terms of the questions before, back to one that stands alone; newest first, without what they asked about it."""
    terms: list[str] = []
    bare = len(_WORD.findall(question)) <= _BARE_WORDS and not _PRONOUN.search(question)
    for text in reversed(earlier):
        subjects = (_named(text) if bare else []) or _subjects(text)
        terms += [term for term in subjects if term not in terms]
        if _leaning(text) == "self-contained" and terms:
            break
    return _missing(question, terms)[:_TERMS]


def _missing(question: str, terms: Sequence[str]) -> list[str]:
    present = {term.lower() for term in content_terms(question)}
    return [term for term in terms if term.lower() not in present]
