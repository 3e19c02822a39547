"""Names of people, places and things that a text introduces as such; a capital alone makes no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from assistant.memory.pin_people import CAPITAL as _CAPITAL
from assistant.memory.pin_people import ROLE, person_spans
from assistant.memory.pin_reading import Span, joined

NAMES = 60  # behind one cue in one utterance
_WORDS = 6  # of one name, with its particles


class _Cue(NamedTuple):
    """Words that introduce a name, and what it is then of ("": what the cue itself says in its group `of`)."""

    words: re.Pattern[str]
    label: str
    lower: bool = False
    """Whether a name without capitals is taken too."""


def _cue(words: str, label: str, *, lower: bool = False) -> _Cue:
    ahead = "" if lower else rf"(?={_CAPITAL})"
    return _Cue(re.compile(rf"(?i:\b(?:{joined(words)})){ahead}"), label, lower)


_CUES = (
    _cue(
        r"""(?:my (?:full |real |first |last |legal )?name(?:'s| is| was| would be)(?: now| actually)?|
        name ?:|
        name on (?:the|my) (?:account|order|booking|card|policy|reservation)(?: is| ?:)|
        the name's|the name is|
        mein name ist|ich heiße|ich heisse|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|
        meu nome é|me chamo|chamo-me|ik heet|mijn naam is|nazywam się|jag heter|jeg hedder|jeg heter|меня зовут|
        моё имя|اسمي) ?""",
        "name",
        lower=True,
    ),
    _cue("(?:i am called|i'm called|call me|i go by|knows? me as) ", "name"),
    _cue(
        r"""(?:(?:booked|registered|account is|reservation is|order is|booking is|it's|filed|
        listed) under(?: the name)?(?: of)?|under the name(?: of)?|in the name of) ?""",
        "under",
    ),
    _cue(
        r"""(?:ask for|asking for|speak (?:to|with)|talk (?:to|with)|spoke (?:to|with)|spoken (?:to|with)|get hold of|
        reach out to|contact(?: person)?(?: is| ?:)?|attn\.?:?|attention:|for the attention of|c/o|care of|report to|
        on behalf of|reach|assigned to|handled by|looked after by|escalated to|referred (?:to|by)|signed by|
        addressed to|
        made out to|dealing with|sign it over to|leave (?:it|them) with|give it to|ansprechpartner(?:in)?(?: ist)?:?|
        fragen sie nach|demandez|pregunte por|chiedere di|chieda di) """,
        "contact",
    ),
    _cue(
        rf"""(?:my|our|the|his|her|your) (?:[a-z]{{2,12}} )?(?P<of>{ROLE})(?:'s)?(?: name)?(?:,|:|
        (?: [a-z']{{1,12}}){{0,4}}?(?: is| will be| was| would be| named| called)(?: now| named| called)?:?)? """,
        "",
    ),
    _cue(r"""(?:named|called|nicknamed|titled|entitled|goes by|known as|(?:his|her|its|their|whose|the|maiden|middle|
        last|first|sur)[ -]?name(?:'s| is| was)|name of (?:the |my |our )?[\w' -]{2,30}? is) """, "named"),
    _cue(
        r"""(?:(?:i|we) (?:(?:now|currently|actually) )?(?:live|reside|stay)(?: now)? (?:in|near)|
        (?:i'm|we're|i am|we are) (?:now )?(?:living|based|located|staying) (?:in|at|near)|
        (?:moved|moving|relocated|relocating) to|home ?town is|born in|ich wohne in|j'habite (?:à|en)|vivo (?:en|a)|
        abito a|moro em) """,
        "lives in",
    ),
    _cue(r"(?:(?:i'm|we're|i am|we are|calling|writing|originally) from|grew up in|(?:i'm|i am|we're) at) ", "from"),
    _cue(r"(?:i meant|ich meinte|je voulais dire|quise decir|volevo dire|spelled|spelt) ", ""),
    _cue(
        r"""(?:(?:i|we) (?:currently |now )?(?:work|study|studied|worked) (?:at|for|with)|employed (?:at|by)|
        i (?:run|own|founded)) (?:a company called )?""",
        "works at",
    ),
    _cue(
        r"""(?:staying at|venue is|hotel is|meet(?:ing)? (?:you |me |us )?at|pick(?:ed)? up (?:at|from)|
        deliver(?:ed)? to|
        collect(?:ed)? from|flying (?:to|from|into)|travell?ing to) (?:the )?""",
        "place",
    ),
    _cue(
        r"""(?:(?:i|we) (?:just |recently )?(?:bought|ordered|own|purchased|use|have) (?:an? |the |your |one )?|
        (?:the )?(?:product|model|plan|device|item|tariff|package|subscription)(?: name)?(?: is| ?:) (?:the )?)""",
        "product",
    ),
)  # fmt: skip
_FULL = rf"{_CAPITAL}[\w'.-]{{1,24}}(?: {_CAPITAL}[\w'.-]{{0,24}}){{1,3}}"
_PRESENTED = (
    re.compile(rf"\b(?i:i'm|i am|this is) (?={_FULL}(?:[,.!;]|$| (?i:and|from|here|speaking|calling|at|by|with)\b))"),
    re.compile(
        rf"\b(?i:this is|it's|you're speaking (?:to|with)) (?={_CAPITAL}[\w'-]{{1,24}} "
        r"(?:from|here|speaking|calling)\b)"
    ),
    re.compile(rf"(?:^|(?<=[.!?,\n] )|(?<=[\n]))(?={_FULL} (?:here|speaking)\b)"),
    re.compile(
        r"(?i:(?:(?:best|kind|warm)?\ ?(?:regards|wishes)|sincerely|cheers|thanks|many thanks|thank you|yours|"
        r"grüße|gruß|"
        rf"cordialement|saludos|saluti)[,!.]?)\n{{1,2}}(?={_CAPITAL})"
    ),
)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Sig|Sir|Dame)\.? "
    rf"(?={_CAPITAL})"
)
_WORD = re.compile(r"[^\W_](?:[\w&+]|['.-](?=\w)){0,29}")
_INITIAL = re.compile(r"[A-ZÀ-ÞĀ-Ž]\.")
_PARTICLES = frozenset(
    "van von der den de la le di da dos das del della bin ibn al el ter ten zu und of the y e st. & du af av".split()
)
_NOT_NAMES = frozenset(
    """i i'm i've i'll i'd it it's he she they we you this that these those the a an and but or so yes no not my your
    our his her their what when where who why how monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december today tomorrow yesterday ok okay hi
    hello hey please thanks thank sorry well sure just also here there if is are was were be been am do does did have
    has had can could will would should may might must mr mrs ms dr sir god christmas easter english german french
    spanish italian chinese japanese american british indian russian dutch portuguese mom dad pm tv us omg lol asap
    faq pdf let me us him them someone anyone everyone nobody customer support service sales team help wow oh aww
    glad great bye goodbye good haha congrats wait right really maybe guess ugh yeah yep nope cool nice""".split()
)
_STOP_LOWER = _NOT_NAMES | frozenset(
    """from calling speaking at on in with for to by of as because since about regarding need needs want like got get
    having trying looking wrong spelled spelt spelling misspelled missing now then good bad really too very back ma'am
    under still always never only even though while than into out up down off over again already""".split()
)


def name_spans(plain: str) -> list[Span]:
    """Names behind a cue ("my name is", "ask for", "I live in"), a title, a presentation or a letter's closing.

    Longer ones first: they may overlap.
    """
    return sorted(_names(plain), key=lambda span: span.start - span.end)


def _names(plain: str) -> Iterator[Span]:
    for pattern in _PRESENTED:
        for presented in islice(pattern.finditer(plain), NAMES):
            if end := name_end(plain, presented.end()):
                yield Span("name", presented.end(), end, "name")
    for cue, label, lower in _CUES:
        for found in islice(cue.finditer(plain), NAMES):
            end = name_end(plain, found.end()) or (_lower_end(plain, found.end()) if lower else 0)
            if end and (label != "product" or _branded(plain[found.end() : end])):
                yield Span("name", found.end(), end, label or _role(found))
    for title in islice(_TITLED.finditer(plain), NAMES):
        if end := name_end(plain, title.end()):
            yield Span("name", title.start(), end, "")
    yield from person_spans(plain)


def _role(found: re.Match[str]) -> str:
    return found["of"].lower() if "of" in found.re.groupindex else ""


def _branded(name: str) -> bool:
    """A second capital or a digit: "ThermoPro X2", not "Yesterday"."""
    return any(c.isupper() or c.isdigit() for c in name[1:])


def name_end(plain: str, start: int) -> int:
    """Where the capitalised words from here on end; 0 when there are none."""
    place, end = start, 0
    for _ in range(_WORDS):
        word = _INITIAL.match(plain, place) or _WORD.match(plain, place)
        if word is None:
            break
        text = word.group()
        if (text[0].isupper() or (end and text[0].isdigit())) and text.lower() not in _NOT_NAMES:
            end = word.end()
        elif text.lower() not in _PARTICLES or not end:
            break
        if plain[word.end() : word.end() + 1] != " ":
            break
        place = word.end() + 1
    if plain[start:end].endswith("'s"):
        end -= 2
    return end if end - start >= 2 else 0


def _lower_end(plain: str, start: int) -> int:
    """As `name_end`, for people who write without capitals: up to three words that are none of the common ones."""
    place, end = start, 0
    for _ in range(3):
        word = _WORD.match(plain, place)
        if word is None or word.group().lower() in _STOP_LOWER or any(c.isdigit() for c in word.group()):
            break
        end = word.end()
        if plain[end : end + 1] != " ":
            break
        place = end + 1
    return end if end - start >= 2 else 0
