"""Promises of either side, as the clause that makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.memory.pin_reading import Span
from assistant.memory.tokens import count

PROMISES = 20  # of one utterance
PROMISE_TOKENS = 25
_SENTENCE_CHARACTERS = 600

_SENTENCE = re.compile(r"[^\n.!?]{1,600}(?:[.!?](?=\S)[^\n.!?]{1,200}){0,8}")
_FUTURE = (
    r"(?:i|we)(?:'ll| will| shall| am going to|'m going to| are going to|'re going to|'m gonna|'re gonna|"
    r" are about to)"
    r"(?: (?:definitely|certainly|also|then|now|personally|gladly|happily|be sure to|make sure (?:to|that|i|we)|"
    r"try to|"
    r"of course|just|always|still|both|be able to|be|be happy to|go ahead and|get|have|each|first|only|surely))?"
)
_VERB = (
    r"(?:send|sending|email|e-mail|mail|post|refund|refunding|replace|replacing|call|calling|ring|phone|ship|"
    r"shipping|"
    r"deliver|delivering|pay|paying|return|returning|credit|crediting|waive|waiving|transfer|repair|fix|bring|"
    r"bringing|"
    r"forward|submit|sign|book|arrange|schedule|escalate|upgrade|reimburse|compensate|confirm|drop|pick up|collect|"
    r"dispatch|issue|extend|cancel|provide|renew|review|get back|follow up|hold|reserve|file|prepare|finish|complete|"
    r"open|close|update|contact|text|message|upload|install|deduct|cover|charge|discount|match|honou?r|process|"
    r"remove|"
    r"add|apply|change|switch|reset|unlock|notify|inform|inspect|investigate|report|respond|reply|answer|settle|"
    r"resend|reship|expedite|courier|order|set aside|put aside|keep .{1,30} (?:for you|free|open)|fax|print|"
    r"share .{1,60} with|"
    r"lend|give you|give .{1,20} back|water|feed|write to|write you|hand|leave .{1,40} (?:at|with|for)|translate|"
    r"clean|"
    r"test|check back|come by|stop by|meet|visit|attend|show up|be there|donate|knit|bake|make you|pass)"
)
_DEADLINE = re.compile(
    r"(?i)\b(?:by|before|until|no later than|not later than|within|on|this|next|at|after|in)\ (?:the\ |an?\ |"
    r"end\ of\ |close\ of\ |"
    r"next\ |this\ |first\ |early\ |late\ |about\ |around\ |half\ )*"
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|tomorrow|tonight|today|"
    r"noon|midnight|day|week|weekend|month|year|morning|afternoon|evening|business|january|february|march|april|may|"
    r"june|july|august|september|october|november|december|christmas|easter|lunch|hour|couple|minute|payday|eod|cob|"
    r"\d|one|two|three|four|five|six|seven|eight|ten|twelve|twenty|fourteen|thirty|forty)|\b(?:tomorrow|tonight|"
    r"right away|"
    r"immediately|first thing|asap|shortly|free of charge|at no (?:extra )?cost|today|every (?:day|week|month|"
    r"morning|"
    r"\w{3,6}day)|bis|d'ici|antes del?|avant|entro|até|morgen|demain|mañana|domani)\b|\d"
)
_EXPLICIT = re.compile(
    r"(?i)\b(?:(?:i|we)(?:'ll| will| do| can| hereby|'d)? (?:personally |also )?(?:promise|guarantee|commit to|"
    r"pledge|swear|"
    r"undertake to|vow|assure you)|you have (?:my|our) word|(?:my|our) word|(?:i|we) (?:owe|give) you (?:my|our|a|"
    r"the|an)|count on (?:me|us)|"
    r"consider it done|(?:ich|wir) versprech\w{1,3}|versprochen|je (?:vous |te )?promets|nous (?:vous )?promettons|"
    r"(?:te|le|les|se lo) prometo|prometo|prometemos|(?:ti |vi )?prometto|promettiamo|obiecuj\w{1,3}|обещаю|"
    r"обещаем|beloof)\b"
)
_SERVICE = re.compile(
    rf"(?i)\b{_FUTURE} (?:{_VERB})\b"
    r"|\byou(?:'ll| will| should| can expect to)(?: also| then)? (?:receive|get (?:an?|your|the|\d)|"
    r"be (?:refunded|credited|reimbursed|"
    r"contacted|charged|notified|paid|called|sent|given|compensated)|hear (?:back )?from|have (?:it|your|the|an?) )"
    r"|\b(?:will|'ll|is going to|are going to)(?: then| also| definitely)? (?:arrive|be (?:delivered|refunded|"
    r"shipped|sent|credited|paid|replaced|repaired|"
    r"dispatched|waived|reimbursed|fixed|processed|issued|ready|returned|completed|cancelled|canceled|activated|"
    r"renewed|there|at your|"
    r"in touch|with you|posted|transferred|resolved|collected|picked up|mailed|emailed|applied|deducted|extended|"
    r"reviewed)|"
    r"(?:call|contact|email|visit|reach out to|get back to|come (?:by|to|on|over)) ?(?:you|your|on|by|out)?\b)"
    r"|\b(?:ich|wir) (?:werden?|schicken?|senden?|erstatten?|melden?|rufen?|liefern?|überweisen?|bringen?)\b"
    r"|\b(?:je|nous) (?:vous |te |t'|le |la |les |lui )?(?:enverr\w{1,3}|rembourser\w{1,3}|rappeller\w{1,3}|"
    r"envoie|envoyons|"
    r"rappelle|livrer\w{1,3}|vais (?:vous |te )?\w{4,12}|allons (?:vous )?\w{4,12})"
    r"|\b(?:le|te|les|os|lo|la|se lo|se la) (?:enviar|reembolsar|llamar|mandar|devolver|entregar)(?:é|emos|á|án)\b"
    r"|\b(?:enviaremos|enviaré|reembolsaremos|llamaremos|vi invieremo|invierò|rimborseremo|richiamer\w{1,3}|"
    r"enviarei)\b"
)
_ANY_FUTURE = re.compile(
    rf"(?i)\b{_FUTURE} (?P<verb>[a-z]{{2,15}})\b|\bi'm (?:sending|bringing|paying|returning|calling|mailing)\b"
)
_CHATTER = re.compile(
    r"(?i)\b(?:i|we)(?:'ll| will| shall|'m going to| am going to)(?: \w{2,10})? (?:love|never|see|remember|miss|"
    r"enjoy|try|think|keep|"
    r"believe|look|need|stay|cherish|treasure|always|get there|say|admit|know|feel|want|hope|learn|find|grow|bet|"
    r"wait|probably|"
    r"maybe|support|cheer|win|rock|make it|take (?:it|that|your|a|some|the)|be (?:looking|rooting|thinking|honest|"
    r"fine|okay|ok|"
    r"happy|glad|so|very|waiting|proud|cheering|praying)|tell|ask|let you know how|give (?:it|that|them|those|this)|"
    r"check (?:it|that|them|this|those|out)|definitely check|do my best|do our best|watch|read|listen|buy|ever|"
    r"not|explain|show)\b"
)
_CONDITION = re.compile(
    r"(?i)^(?:if|when|once|as soon as|unless|provided|by|after|before|until|within|on|in|should|wenn|sobald|si|dès|cuando)\b"
)
_OPENERS = re.compile(
    r"(?i)^(?:(?:and|so|but|ok(?:ay)?|well|also|then|yes|yeah|sure|oh|great|thanks|perfect|alright|right|good|no|"
    r"of course|now|plus|"
    r"because|since|that|which means|don't worry|as promised)\b[,:]?\ ?){1,3}"
)
_BORDER = re.compile(
    r"(?:,\ (?:but|so|because|and then|which|although|though|however|since|while|aber|mais|pero)\b|;\ |\ -\ |:\ |,\ )"
)
_CUT = re.compile(
    r"(?i),\ (?:but|so|because|although|though|however|since|while|aber|mais|pero)\b|;\ |\ -\ |\ \(|\ because\ |\ (?:and|but|so) (?:i|we|you|my|the|it|please|can|what|how|do)\b"
)
_QUESTION_START = re.compile(
    r"(?i)^(?:what|when|where|who|why|how|which|can|could|will|would|do|does|did|is|are|should|shall|have|has)\b"
)


def promise_spans(plain: str) -> Iterator[Span]:
    """The clauses in which somebody takes something upon themselves, at most `PROMISE_TOKENS` each."""
    found = 0
    for sentence in _SENTENCE.finditer(plain):
        start, end = sentence.span()
        question = plain[end : end + 1] == "?"
        cue = _cue(sentence.group())
        if cue is None or (question and _QUESTION_START.match(sentence.group().strip())):
            continue
        span = _clause(plain, start, end, start + cue.start())
        if span:
            yield span
            found += 1
        if found >= PROMISES:
            return


def promise_rank(text: str) -> int:
    """0 for a promise of service with a day or in so many words, 1 for one of the two, 2 for the rest."""
    service = _SERVICE.search(text) is not None
    bound = _DEADLINE.search(text) is not None or _EXPLICIT.search(text) is not None
    return 2 - service - bound


def _cue(sentence: str) -> re.Match[str] | None:
    explicit = _EXPLICIT.search(sentence)
    if explicit and len(sentence) - explicit.end() > 8:
        return explicit
    if _CHATTER.search(sentence):
        return None
    if service := _SERVICE.search(sentence):
        return service
    future = _ANY_FUTURE.search(sentence)
    return future if future and _DEADLINE.search(sentence, future.end()) else None


def _clause(plain: str, start: int, end: int, cue: int) -> Span | None:
    """The clause around the cue, with the condition or the day that stands before it."""
    begin = start
    for border in islice(_BORDER.finditer(plain, start, cue), 20):
        if not _CONDITION.match(plain[begin : border.start()].strip()):
            begin = border.end()
    opener = _OPENERS.match(plain[begin:cue].lstrip())
    begin += len(plain[begin:cue]) - len(plain[begin:cue].lstrip()) + (opener.end() if opener else 0)
    cut = _CUT.search(plain, max(cue + 8, begin), end)
    stop = _fitted(plain, begin, cut.start() if cut else end)
    return Span("promise", begin, stop) if stop - begin >= 8 else None


def _fitted(plain: str, begin: int, end: int) -> int:
    """The end of what fits: at a comma where one comes late enough, else between words."""
    end = begin + len(plain[begin : min(end, begin + 8 * PROMISE_TOKENS)].rstrip(" ,;:-"))
    while count(plain[begin:end]) > PROMISE_TOKENS:
        comma, space = plain.rfind(",", begin + 30, end), plain.rfind(" ", begin, end)
        cut = max(comma, space)
        if cut <= begin:
            return begin
        end = cut
    return end
