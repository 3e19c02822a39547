"""People who are named in full near a word of what they do, hold or are asked for: before the name or after it.

Two to four capitalised parts, with initials, particles and apostrophes, make the shape of a personal name; the shape
alone is no fact (brands, places and titles have it too): a cue in the same sentence makes it one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.memory.pin_reading import Span, clause_before, joined

CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я]"
NAMED = 60  # in one utterance

ROLE = joined(
    r"""(?:wife|husband|partner|son|daughter|mother|father|mum|mom|dad|brother|sister|boss|manager|supervisor|doctor|gp|
    dentist|lawyer|solicitor|accountant|landlord|landlady|tenant|neighbou?r|colleague|co-?worker|assistant|teacher|
    agent|technician|plumber|electrician|nurse|therapist|coach|dog|cat|puppy|kitten|horse|company|business|employer|
    school|project|team|client|contractor|contact|fiancée?|girlfriend|boyfriend|aunt|uncle|cousin|grandmother|
    grandfather|grandma|grandpa|nephew|niece|flatmate|roommate|kid|baby|child|consultant|engineer|advis[eo]r|
    representative|rep|carer|surgeon|vet|builder|architect|broker|designer|tutor|mentor|secretary|director|bank|insurer|
    holder|owner|person|caseworker|inspector|mechanic|driver|courier|guide|host|buyer|seller|beneficiary|recipient|
    addressee|author|editor|lead|coordinator|officer|clerk|receptionist|vendor|supplier|provider|carrier|hotel|venue|
    restaurant|clinic|hospital)"""
)
_PERSONS = joined(
    r"""(?:wife|husband|spouse|boss|(?:account |line |property |project |site |store |shift )manager|manager|supervisor|
    doctor|gp|physician|dentist|lawyer|solicitor|attorney|notary|accountant|bookkeeper|landlord|landlady|tenant|
    lodger|neighbou?r|colleague|co-?worker|assistant|(?:contact|key|delivery) person|technician|plumber|electrician|
    consultant|adviser|advisor|representative|carer|guardian|surgeon|builder|broker|secretary|director|
    (?:account|policy|card|lease|ticket)[ -]?holder|co-?owner|owner|person|caseworker|inspector|mechanic|driver|courier|
    buyer|seller|beneficiary|recipient|addressee|coordinator|organi[sz]er|officer|clerk|receptionist|caretaker|
    janitor|porter|concierge|foreman|trustee|executor|payee|payer|passenger|applicant|claimant|insured|subscriber|
    deputy|witness|speaker|treasurer|next of kin|registrant|signatory|handler|employee|guest of honou?r|housekeeper|
    in charge|responsible)"""
)
_PART = rf"(?:[ld]'|(?:al|el|ibn|bin)[-'])?{CAPITAL}(?:[^\W\d_]|['’-](?=[^\W\d_])){{1,24}}"
_PARTICLE = r"(?:van|von|der|den|de|la|le|di|da|dos|das|del|della|bin|ibn|al|el|ter|ten|zu|af|av|du|y)"
_PERSON = re.compile(
    rf"(?<![\w'.@/&-])(?:{_PART}|{CAPITAL}\.)(?: (?:St\.|{CAPITAL}\.|{CAPITAL}(?= )|{_PARTICLE}(?= )|{_PART})){{0,5}}"
    rf" {_PART}(?![\w@&/])"
)
_BEFORE = re.compile(
    joined(
        rf"""(?i)(?:\b{_PERSONS}\b|\b(?:contact|attn|attention|account|behalf|name of|authori[sz]ed|booked for|
        reserved for|made out)\b|\b(?:spoke|spoken|speaking|speak|talk|talked|dealt|dealing|phone call) (?:to|with)\b|
        \b(?:ask|asked|call|reach|email|phone|ring|notify|inform)(?: for)?\ (?:me or |us or )?$|
        \b(?:told|helped|informed|advised|served|signed|sent|handled|accepted|received|approved|confirmed|collected|
        ordered|paid|assigned|done|represented|replaced|accompanied)\ (?:\w+ ){{0,3}}?by\ $|
        \b(?:registered|addressed|assigned|belongs?|belonging|handed|transferred|issued|billed|forwarded?|delivered|
        shipped|sent|passed|escalated|given|owed|payable|made out|leave (?:it|them) with|go(?:es)? to)(?: over)?
        (?: to)?\ (?:\w+ ){{0,2}}?$|
        \b(?:it's|it is|that's|that is|it'll be|that will be|it will be|that would be|that'd be|it was|that was|
        he's|she's|'s name is|name is|the name|i am|i'm|live with|lives with|(?:share|shares|shared)\ .{{1,25}}with|
        someone (?:named|called)|called|named)\ $|
        \b(?:add|put|list|name|register|enter|note|have)\ $)"""
    )
)
_AFTER = re.compile(
    joined(
        rf"""(?i)^(?:'s)?,?(?:\ (?:who|is|was|and|will be|'ll be)\b.{{0,45}}|.{{0,30}}\bas\b.{{0,30}})?
        \b(?:{_PERSONS}|contact)\b|
        ^(?:'s)?,?\ (?:(?:who|will|would|can|could|may|should|is|has|to|also|already|usually|always|normally|'ll|
        going|be|alone|herself|himself)\ ){{0,4}}
        (?:signs?|signed|signing|sign for|collects?|collect(?:ed|ing)|picks?\ (?:it |them |that )?up|picked|
        picking|takes?\ (?:it|in|the (?:delivery|parcel|package|call)|delivery|over|care)|took (?:it|in|the)|accepts?|
        accepted|receives?|received|handles?|handled|handling|deals?|looks? after|runs? the|answers? the|manages?|
        managed|authori[sz]ed|(?:lives?|living|resides?|staying) (?:here|there|at|with|on|in that|in the same)|
        calls? you|called you|get(?:s|ting)? back|in touch|contact|visit you|com(?:e|ing) (?:to|on|at|by)|
        at (?:home|the desk|reception|the door)|opens?\ the|lets?\ (?:you|them|him|her)|let\ (?:you|them|him|her) in|
        on duty|pays?|paid|representing|represents?|to sign|allowed|entitled|there to|helped me|told me|promised|
        confirmed|the (?:one|person|contact)|in (?:accounting|accounts|sales|finance|billing|
        claims|logistics|hr|legal|support|dispatch|reception|procurement|purchasing|it)|from (?:the|our|your|my)
        (?: \w+)?\ (?:team|department|office|desk|branch|side))\b|
        ^'s\ (?:direct |mobile |phone |new |own |account |customer |contact |email |work ){{0,2}}(?:number|phone|
        mobile|email|e-mail|address|extension|account|name|signature|policy|contract|line)\b|
        ^\ (?:on|at)\ (?:\+|\(?0)\d|^,\ (?:\+|\(?0)\d"""
    )
)
_LOOSE_BEFORE = re.compile(
    r"(?i)(?:(?<!\" )\b(?:for|to|by|with|under|from|at|mention|remember)(?: the name)? $|"
    r"\b(?:the|my|our|your|their|his|her)(?! (?:favou?rite|best|top)) \w+(?: \w+){0,4} (?:is|was|will be|named?) $)"
)
_LOOSE_AFTER = re.compile(
    r"(?i)^(?:,? (?:is|was|has|will|can|could|should|would|must|may|made|knows|placed|ordered|booked|bought|wants|"
    r"needs|asked|agreed|sold|gave|called|works|takes|arranged|organi[sz]ed)\b"
    r"(?! (?:my|the|a|an|so|such|really|amazing|great) ?(?:favou?rite|best|top)?)|"
    r", (?:our|my|your|the)\b|[.?!] (?:he|she)\b)"
)
_STRONG_PART = re.compile(rf"{CAPITAL}\.|(?:Ma?c|[OD]['’]){CAPITAL}|[a-z]{{2,5}}|.*[^\x00-\x7f].*")
_CONTRACTED = re.compile(r"'(?:s|m|ve|ll|re|d)$")
_OPENERS = frozenset(
    """please ask call tell contact add put use let give send thank thanks with and from for when if since because then
    once after before although as only both even now dear hi hey hello is was will can could should would does did do
    has have today tomorrow yesterday later also perhaps maybe well oh ah yes no sorry actually instead although
    though while but or so like about at by to on in of the a an my our your his her their that this it i we he she
    they you talk speak write email phone ring text meet visit note remember name contact attention attn regarding re
    not neither either unless until whether who whom whose where via through per under over into behind next regards
    yeah yep hmm aww bye congrats go whenever lately
    quote just cheers sincerely address invoice deliver ship forward remove replace register list enter someone
    somebody everything except unlike mr mrs ms mx dr prof professor herr frau madame monsieur sir""".split()
)
_NO_PERSON = frozenset(
    """street st road avenue lane drive court square place park hill bridge station airport city county state country
    island beach lake river mountain mount canyon valley north south east west new old central great grand upper lower
    saint san los las united kingdom states america europe africa asia england scotland ireland wales germany france
    spain italy london paris berlin university college school academy institute hospital clinic museum library hotel
    inn bar cafe café restaurant bank insurance limited ltd inc gmbh corp company group holdings foundation trust
    association club society church union office department team support service services customer care sales
    reception desk plan standard premium basic pro plus max mini ultra deluxe edition version model series order
    account settings details policy privacy terms conditions invoice number code card gift credit delivery returns
    warranty contract agreement google microsoft apple samsung amazon facebook adobe windows chrome office excel word
    outlook teams android galaxy iphone ipad macbook xbox playstation home smart assistant echo alexa router hub
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december birthday christmas easter thanksgiving halloween anniversary day week month year
    festival bowl cup league parade awards show band orchestra trek wars game games book club project film movie
    good happy best merry morning evening night afternoon english german french spanish italian dutch american
    british chinese japanese ok okay wow great nice cool awesome thank thanks street's center centre mall market
    shop store studio gallery theater theatre stadium arena tower building house room floor suite hall""".split()
)


def person_spans(plain: str) -> Iterator[Span]:
    """Full names with a cue of what the person has to do with the matter, labelled by the role before them."""
    for m in islice(_PERSON.finditer(plain), NAMED):
        start, end = _bounds(plain, m)
        if start < end and (label := _cue(plain, start, end)):
            yield Span("name", start, end, label)


def _bounds(plain: str, m: re.Match[str]) -> tuple[int, int]:
    """The name without a sentence's first word and without "'s"; empty when it isn't a person's."""
    start, end = m.span()
    end -= 2 if plain[start:end].endswith("'s") else 0
    words = plain[start:end].split(" ")
    while words and (words[0].lower() in _OPENERS or _CONTRACTED.search(words[0])):
        start += len(words.pop(0)) + 1
    capitalised = [word for word in words if word[0].isupper() or "-" in word]
    if len(capitalised) < 2 or any(word.lower() in _NO_PERSON for word in words):
        return 0, 0
    if any(_CONTRACTED.search(word) for word in words):
        return 0, 0
    shouted = any(word.isupper() and len(word) > 1 and word[1] != "." for word in words)
    return (0, 0) if shouted else (start, end)


def _cue(plain: str, start: int, end: int) -> str:
    before = clause_before(plain, start, characters=70)
    if found := _BEFORE.search(before):
        role = re.fullmatch(rf"(?i){_PERSONS}", found.group())
        return found.group().lower() if role else "person"
    if plain[start - 1 : start] in ('"', "“") or re.search(r"(?i)\b(?:an?|the) $", before):
        return ""
    after = re.split(r"[.!?;](?:\s|$)|\n", plain[end : end + 90], maxsplit=1)[0]
    if _AFTER.search(after) or any(_STRONG_PART.match(word) for word in plain[start:end].split(" ")):
        return "person"
    loose = _LOOSE_BEFORE.search(before) or _LOOSE_AFTER.match(plain[end : end + 60])
    return "named" if loose else ""
