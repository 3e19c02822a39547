"""Names of people, places and things that a text introduces as such; a capital alone makes no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.memory.pin_reading import Span

NAMES = 60  # of one utterance
_WORDS = 4  # of one name

_KIN = (
    r"(?:wife|husband|partner|son|daughter|mother|father|mum|mom|dad|brother|sister|boss|manager|supervisor|"
    r"doctor|gp|"
    r"dentist|lawyer|solicitor|accountant|landlord|landlady|tenant|neighbou?r|colleague|assistant|teacher|agent|"
    r"technician|plumber|electrician|nurse|therapist|coach|dog|cat|puppy|kitten|horse|company|business|employer|"
    r"school|project|team|client|contractor|contact|fiancée?|girlfriend|boyfriend|aunt|uncle|cousin|grandmother|"
    r"grandfather|grandma|grandpa|nephew|niece|flatmate|roommate|kid|baby|child|consultant|engineer|adviser|advisor|"
    r"representative|rep|carer|surgeon|vet|builder|architect|broker|designer|tutor|mentor|secretary|director|bank|"
    r"insurer)"
)
# A cue, the label it gives ("" means its own first group), and whether it takes a name in lower case too.
_CUES: tuple[tuple[str, str, bool], ...] = (
    (
        r"(?i:\b(?:my (?:full |real |first |last |legal )?name(?:'s| is| was)|i am called|i'm called|call me|name ?: ?|"
        r"name on (?:the|my) (?:account|order|booking|card|policy|reservation)(?: is| ?:)|(?:booked|registered|"
        r"account is|"
        r"reservation is|order is|booking is) (?:under|in) (?:the name (?:of )?)?|under the name(?: of)?|in the name of|"
        r"mein name ist|ich heiße|ich heisse|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|"
        r"meu nome é|me chamo|chamo-me|ik heet|mijn naam is|nazywam się|jag heter|jeg hedder|jeg heter|меня зовут|"
        r"моё имя|"
        r"اسمي)) ?",
        "name",
        True,
    ),
    (
        r"(?i:\b(?:ask for|asking for|speak (?:to|with)|talk (?:to|with)|spoke (?:to|with)|get hold of|reach out to|"
        r"contact(?: person)?(?: is| ?:)?|attn\.?:?|attention:|for the attention of|c/o|care of|report to|"
        r"on behalf of|reach|assigned to|handled by|looked after by|escalated to|referred (?:to|by)|signed by|"
        r"ansprechpartner(?:in)?(?: ist)?:?|fragen sie nach|demandez|pregunte por|chiedere di|"
        r"chieda di)) ?",
        "contact",
        False,
    ),
    (
        r"(?i:\b(?:this is|it's|speaking with|you're speaking (?:to|with)|here is|i am|i'm)) (?=[^.!?\n]{2,60}"
        r"(?i:\b(?:speaking|here\b|calling|from [A-Z]|at your service)))",
        "name",
        False,
    ),
    (
        rf"(?i:\b(?:my|our|the|his|her|your) (?:new |old |late |older |younger |elder |best |account |case |site |project |"
        rf"sales |line |office |emergency |delivery |general |care |family |support |service )?({_KIN})(?:'s)?"
        r"(?: is| will be| was| would be)?(?: now)?(?: name(?: is|d)?| named| called)?,?:?) ",
        "",
        False,
    ),
    (r"(?i:\bname(?:d| of (?:the |my |our )?[\w' -]{2,30}?) is) ", "name", False),
    (
        r"(?i:\b(?:named|called|nicknamed|titled|entitled|goes by|known as|maiden name is|middle name is|surname is|"
        r"last name is|first name is|her name is|his name is|their name is|its name is)) ",
        "named",
        False,
    ),
    (
        r"(?i:\b(?:i|we) (?:(?:now|currently|actually) )?(?:live|reside|stay)(?: now)? (?:in|near)|\b(?:i'm|we're|i am|we are) "
        r"(?:now )?(?:living|based|located|staying) (?:in|at|near)|\b(?:moved|moving|relocated|relocating) to|"
        r"\bhome ?town is|\bborn in|\bich wohne in|\bj'habite (?:à|en)|\bvivo (?:en|a)|\babito a|"
        r"\bmoro em) ",
        "lives in",
        False,
    ),
    (r"(?i:\b(?:i'm|we're|i am|we are|calling|writing|originally) from) ", "from", False),
    (
        r"(?i:\b(?:i|we) (?:currently |now )?(?:work|study|studied|worked) (?:at|for|with)|\bemployed (?:at|by)|"
        r"\bi (?:run|own|founded)) (?:a company called )?",
        "works at",
        False,
    ),
    (
        r"(?i:\b(?:staying at|venue is|hotel is|meet(?:ing)? (?:you |me |us )?at|pick(?:ed)? up (?:at|from)|"
        r"deliver(?:ed)? to|collect(?:ed)? from|flying (?:to|from|into)|travell?ing to)) (?:the )?",
        "place",
        False,
    ),
    (
        r"(?i:\b(?:i|we) (?:just |recently )?(?:bought|ordered|own|purchased|use|have) (?:an? |the |your |one )?|"
        r"\b(?:the )?(?:product|model|plan|device|item|tariff|package|subscription)(?: name)?(?: is| ?:)) (?:the )?",
        "product",
        False,
    ),
)
_CUE_PATTERNS = tuple((re.compile(cue), label, lower) for cue, label, lower in _CUES)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Sig|Sir|Dame)\.? (?=[A-ZÀ-ÞĀ-Ž])"
)
_SIGNED = re.compile(
    r"(?i:(?:best|kind|warm)?\ ?(?:regards|wishes)|sincerely|cheers|thanks|many thanks|thank you|yours|grüße|gruß|"
    r"cordialement|saludos|saluti)[,!.]?\n{1,2}(?=[A-ZÀ-ÞĀ-Ž])"
)
_WORD = re.compile(r"[^\W_](?:[\w&+]|['.-](?=\w)){0,29}")
_INITIAL = re.compile(r"[A-ZÀ-ÞĀ-Ž]\.")
_PARTICLES = frozenset(
    "van von der den de la le di da dos das del della bin ibn al el ter ten zu und of the y e st. & du af av".split()
)
_NOT_NAMES = frozenset(
    """i i'm i've i'll i'd it it's he she they we you this that these those the a an and but or so yes no not my your our
    his her their what when where who why how monday tuesday wednesday thursday friday saturday sunday january
    february
    march april june july august september october november december today tomorrow yesterday ok okay hi hello hey
    please thanks thank sorry well sure just also here there if is are was were be been am do does did have has had
    can could will would should may might must mr mrs ms dr sir god christmas easter english german french spanish
    italian chinese japanese american british indian russian dutch portuguese mom dad pm tv us omg lol asap faq pdf
    let me us him them someone anyone everyone nobody customer support service sales team help wow oh aww glad great""".split()
)
_STOP_LOWER = _NOT_NAMES | frozenset(
    """from calling speaking at on in with for to by of as because since about regarding need needs want like got get
    having trying looking wrong spelled spelt spelling misspelled missing now then good bad really too very back ma'am
    under still always never only even though while than into out up down off over again already""".split()
)


def name_spans(plain: str) -> Iterator[Span]:
    """Names behind a cue ("my name is", "ask for", "I live in"), a title or a letter's closing."""
    for pattern, label, lower in _CUE_PATTERNS:
        for cue in islice(pattern.finditer(plain), NAMES):
            end = _name_end(plain, cue.end()) or (_lower_end(plain, cue.end()) if lower else 0)
            if end and (label != "product" or any(c.isupper() or c.isdigit() for c in plain[cue.end() + 1 : end])):
                yield Span("name", cue.end(), end, label or cue[1].lower())
    for cue in islice(_TITLED.finditer(plain), NAMES):
        if end := _name_end(plain, cue.end()):
            yield Span("name", cue.start(), end, "")
    for cue in islice(_SIGNED.finditer(plain), NAMES):
        if end := _name_end(plain, cue.end()):
            yield Span("name", cue.end(), end, "name")


def _name_end(plain: str, start: int) -> int:
    """Where the capitalised words from here on end; 0 when there are none."""
    place, end = start, 0
    for _ in range(_WORDS + 2):
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
    return end if end - start >= 2 else 0


def _lower_end(plain: str, start: int) -> int:
    """As `_name_end`, for people who write without capitals: up to three words that are none of the common ones."""
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
