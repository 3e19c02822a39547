"""Names of persons, as far as rules go: behind a title, behind words that announce one, or led by a given name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from assistant.privacy.kinds import Found

_WORD = r"[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_PARTICLES = "van|von|de|der|den|del|della|di|da|la|le|al|bin|ibn|ter|zu"
_NAME = rf"{_WORD}(?: (?:[^\W\d_]\.?|(?:{_PARTICLES}) {_WORD}|{_WORD})){{0,3}}"
_MORE = re.compile(rf" (?:[^\W\d_]\.(?= )|(?:(?:{_PARTICLES}) ){{0,2}}(?P<word>{_WORD}))")
_TITLED = re.compile(
    rf"(?<![^\W_])(?:Mrs|Mr|Ms|Miss|Mx|Dr|Prof|Professor|Herrn?|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Signora?|Sig)\b\.?"
    rf" (?P<name>{_NAME})"
)
_ANNOUNCED = re.compile(
    r"(?<![^\W_])(?:(?:(?:my|his|her|their|your|last|first|full|maiden|family|partner['’]s) )*name(?:['’]s| is| was|:)"
    r"|(?:mein|ihr) name ist|ich hei(?:ß|ss)e|je m['’]appelle|me llamo|mi nombre es|mi chiamo|il mio nome è|jag heter"
    r"|nazywam się|meu nome é|my (?:wife|husband|son|daughter|kid|boss|colleague|partner|friend)"
    r"|(?:kind|best|warm) regards,?|yours sincerely,?|signed by|under my partner['’]s name)\s{1,4}"
    rf"(?P<name>{_NAME})",
    re.IGNORECASE,
)
_PRESENTED = re.compile(
    rf"(?<![^\W_])(?:I['’]?m|I am|[Tt]his is|[Cc]ontact|[Aa]sk for|[Ss]peak to|by|under|with) (?P<name>{_NAME})"
)
_TOKEN = re.compile(_WORD)
_NO_NAMES = frozenset(
    "i the a an this that my your our his her it and or but not in on at of for to from with is was are please hello "
    "hi thanks thank dear yes no when what why how who where if so just also after before until since "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december street road avenue order invoice company limited ltd inc llc gmbh "
    "group".split()
)
_PRESENTED_WORDS = 2


def people(text: str) -> Iterator[Found]:
    """Names of persons, each with its family name where that is written with a capital."""
    for match in _TITLED.finditer(text):
        yield from _named(text, *match.span("name"), least=1)
    for match in _ANNOUNCED.finditer(text):
        yield from _named(text, *match.span("name"), least=1)
    for match in _PRESENTED.finditer(text):
        yield from _named(text, *match.span("name"), least=_PRESENTED_WORDS)
    names = _given_names()
    place = 0
    for token in _TOKEN.finditer(text):
        if token.start() >= place and token.group().partition("-")[0] in names:
            place = _end(text, token.end())
            yield Found("person", token.start(), place)


def _named(text: str, start: int, end: int, *, least: int) -> Iterator[Found]:
    """The words of a span that can be a name, from its start, if they are at least so many."""
    words = list(_TOKEN.finditer(text, start, end))
    if sum(_capital(word.group()) for word in words[:least]) == least:
        yield Found("person", start, _end(text, words[0].end()))


def _capital(word: str) -> bool:
    return word[0].isupper() and word.lower() not in _NO_NAMES


def _end(text: str, end: int) -> int:
    """Where a name ends whose first word ends at `end`: behind its initials, particles and up to four words."""
    for _ in range(4):
        more = _MORE.match(text, end)
        if more is None or (more["word"] and not _capital(more["word"])):
            return end
        end = more.end()
    return end


@cache
def _given_names() -> frozenset[str]:
    lines = (files("assistant.privacy") / "given_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
