"""The words of a question that an answer has to meet, and what kind of answer the question asks for."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

from assistant.answering.wording import plain

QuestionKind = Literal["procedure", "amount", "contact", "list", "decision", "reason", "meaning", "open"]

_WORD = re.compile(r"[A-Za-z0-9À-ɏ]+(?:[.'’_/+-][A-Za-z0-9À-ɏ]+)*")
_STOP = frozenset(
    "a about again all also am an and any anybody anyone anything are as at be because been before being but by can "
    "cannot can't could did do does doing done don't each either else ever every for from get gets getting give given "
    "go going got had happen happens has have having he her here him his how i i'd i'll i'm i've if in into is isn't "
    "it its it's just kind know let like long make many may me mean means might more most much must my need needs no "
    "not of off on one or other our ours out own please possible s say shall she should so some somebody someone "
    "something such sure t tell than that that's the their theirs them then there these they thing things this those "
    "to too u up us use used using very want was way ways we were what what's when where whether which while who whom "
    "whose why will with without won't would x yes you your yours explain describe difference hi hello thanks thank "
    "there's doesn't didn't isn't aren't wasn't haven't hasn't couldn't shouldn't work works exactly actually really "
    "step steps instructions guide show help ppl pls ok okay take takes still only tell provide mention say says "
    "example examples information details whats hows wheres whens whos heres im ive id ill dont doesnt cant wont isnt "
    "arent didnt couldnt shouldnt ago never hardly now back gotten anything down loads bit lot lots really whole "
    "entire through walk talk often during til till soon quite around keen fancy".split()
)
_LONG_WORD = re.compile(r"\b[A-Za-z]{6,}\b")
_SUFFIXES = (
    "ifications", "ification", "acies", "acy", "ations", "ation", "ments", "ment", "ities", "ity",
    "ings", "ing", "ions", "ion", "ables", "able", "ible", "ives", "ive", "ers",
    "er", "ies", "ied", "ates", "ated", "ate", "ally", "ly", "ed", "es",
    "s", "al", "y", "e",
)  # fmt: skip
_SAME = {
    "telephone": "phone", "mobile": "phone", "e-mail": "email", "mail": "email",
    "cost": "price", "costs": "price", "fee": "price", "fees": "price", "charge": "price", "charges": "price",
    "prices": "price", "pricing": "price", "signin": "sign-in",
    "login": "sign-in", "log-in": "sign-in", "broken": "faulty", "defective": "faulty", "parcel": "package",
    "parcels": "package", "packages": "package", "posted": "ship", "shipping": "delivery", "ship": "delivery",
    "shipped": "delivery", "deliver": "delivery", "remove": "delete", "removed": "delete", "erase": "delete",
    "purchase": "buy", "bought": "buy", "purchased": "buy", "set-up": "setup",
    "courier": "carrier", "screen": "display",
    "cells": "battery", "voucher": "gift", "vouchers": "gift",
    "guarantee": "warranty", "min": "minimum", "maximum": "limit", "max": "limit", "largest": "limit",
}  # fmt: skip
_KINDS: tuple[tuple[QuestionKind, str], ...] = (
    ("amount", r"\bhow (much|many|long|far|often|old|big|large|fast|soon|late|early|heavy|quick(ly)?|warm|cold|hot)\b"),
    ("amount", r"\bhow loud\b"),
    ("amount", r"\b(what|which)('?s| is| are|)( the)? (\w+ ){0,3}(price|cost|fee|limit|maximum|minimum|size|duration|"
               r"deadline|cut.?off|number of|date|time|percentage|weight|length|width|range|temperature|period)\b"),
    ("amount", r"\b(cut.?off|deadline|at the latest|price|how soon|til(l)? what time)\b"),
    ("amount", r"^(and )?(when|by when|until when|since when|what time|at what time|what day)\b"),
    ("procedure", r"\bhow (do|does|can|could|should|would|to|might|must)\b"),
    ("procedure", r"\b(steps|procedure|instructions|set ?up|(walk|talk|take|guide|run|lead) me through|go about)\b"),
    ("procedure", r"\bwhat if (i|we)\b|^how to\b|\bstep by step\b|\bstart to finish\b"),
    ("procedure", r"\bwhat (do|should|must|can) (i|we|you) do\b|^(i )?(want|need|would like) to\b"),
    ("procedure", r"\bwhere (do|can|should) (i|we|you) (download|find|see|change|set|enter|turn|get|cancel|update|"
                  r"print|add|edit|check|view|remove|switch)\b"),
    ("contact", r"\b(who|whom|where)\b|\b(contact|reach|call|ring) (you|us|someone|support)\b"),
    ("contact", r"\b(what|which|your|the|is there an?) (\w+ ){0,2}(phone|telephone|e-?mail|address|number)\b"),
    ("contact", r"^(extension|phone|e-?mail)\b"),
    ("reason", r"\bwhy\b|\breasons?\b|\bwhat causes\b"),
    ("meaning", r"\bwhat('s| is| are| does| do)\b.*\b(mean|stand for|blink\w*|flash\w*|difference|definition)\b"
                r"|\b(definition|meaning) of\b|^what('?s| is| are)( an?| the)? [\w -]{2,40}(\?|,|$)"),
    ("list", r"\b(which|list|name all|what (are|kinds?|types?|options|other|all|countries|methods|features|items))\b"),
    ("decision", r"^(so |and |but |ok(ay)?,? )*(can|could|may|do|does|did|is|are|am|will|would|should|must|has|have|"
                 r"was|were)\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

FIGURE = re.compile(
    r"[£€$]\s?\d|\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|once|twice|free|daily|weekly|monthly|yearly|"
    r"immediately|half|unlimited|no limit)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[£€$]\s?\d|\d\s?(EUR|USD|GBP|euros?|pounds?|dollars?)\b|\d\s?%|\bfree\b(?! to)", re.IGNORECASE)
_DURATION = re.compile(
    r"\b(\d+|an?|one|two|three|four|five|six|seven|ten|twelve|few)[ -](working |business |full |calendar )?"
    r"(second|minute|hour|day|week|month|year)s?\b|\b(immediately|forever|for life|permanent\w*)\b",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b\d{1,2} ?(am|pm)\b|\b(19|20)\d\d\b|"
    r"\b(january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|https?://\S+|\+?\d[\d ()/-]{6,}\d|\b\d{1,5} [A-Z]\w+ (Street|Road|Lane|Way)\b"
)


def question_kind(question: str) -> QuestionKind:
    """What kind of answer the question asks for: the first pattern that fits."""
    text = question.strip()
    return next((kind for kind, pattern in _COMPILED if pattern.search(text)), "open")


def figure_pattern(question: str) -> re.Pattern[str]:
    """What the figure asked for looks like: money, a duration, a moment or any number."""
    if re.search(r"\b(how much|costs?|prices?|fees?|charges?|expensive)\b", question, re.IGNORECASE):
        return _MONEY
    if re.search(r"\bhow (long|soon|fast|quick\w*)\b|\b(duration|deadline|period)\b", question, re.IGNORECASE):
        return _DURATION
    if re.search(r"\b(what|til+|which) (time|day|date)|\bcut.?off\b|\bhours\b", question, re.IGNORECASE):
        return _MOMENT
    if re.search(r"\bwhen\b|\blatest\b", question, re.IGNORECASE):
        return re.compile(f"{_DURATION.pattern}|{_MOMENT.pattern}", re.IGNORECASE)
    return FIGURE


def respell(text: str) -> str:
    """The text with misspelt words of everyday support put right (gaurantee), for words of six letters and more."""
    return _LONG_WORD.sub(lambda match: _right(match.group()), text)


@lru_cache(maxsize=4_096)
def _right(word: str) -> str:
    lower = word.lower()
    if lower in _SAME or lower in _STOP:
        return word
    near = get_close_matches(lower, [other for other in _SAME if other[0] == lower[0]], n=1, cutoff=0.87)
    return near[0] if near and not lower.startswith(near[0]) and not near[0].startswith(lower) else word


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


def stem(word: str) -> str:
    """A word's form for matching: synonyms of everyday support joined, endings cut. Not a word of the language."""
    word = word.removesuffix("'s")
    word = _SAME.get(word, word)
    if any(letter.isdigit() for letter in word):
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("ey") if len(word) > 4 else word.removesuffix("s") if len(word) == 4 else word


@lru_cache(maxsize=4_096)
def terms(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order; parts of compound words count apart too."""
    found: list[str] = []
    for word in words(plain(text)):
        if word in _STOP:
            continue
        found.append(stem(word))
        if re.search(r"[-_/.+]", word):
            found.extend(stem(part) for part in re.split(r"[-_/.+']", word) if len(part) > 1 and part not in _STOP)
    return tuple(found)
