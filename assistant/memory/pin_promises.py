"""Promises of either side, as the clause that makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.memory.pin_reading import Span, joined, plain_text
from assistant.memory.tokens import count

PROMISES = 20  # of one utterance
PROMISE_TOKENS = 25


def _pattern(text: str, **parts: str) -> re.Pattern[str]:
    text = joined(text)
    for name, part in parts.items():
        text = text.replace(f"<{name}>", part)
    return re.compile(rf"(?i){text}")


_SENTENCE = re.compile(r"[^\n.!?]{1,600}(?:[.!?](?=\S)[^\n.!?]{1,200}){0,8}")
_FUTURE = joined(
    r"""(?:i|we)(?:'ll| will| shall| am going to|'m going to| are going to|'re going to|'m gonna|'re gonna|
    am about to|'m about to)(?: (?:definitely|certainly|also|then|now|personally|gladly|happily|be sure to|
    make sure (?:to|that i|that we|i|we)|of course|just|always|still|both|be able to|be|be happy to|go ahead and|
    get|have|
    each|first|only|surely))?"""
)
_VERB = joined(
    r"""(?:send|sending|email|e-mail|mail|post|refund|refunding|replace|replacing|call|calling|ring|phone|ship|shipping|
    deliver|delivering|pay|paying|return|returning|credit|crediting|waive|waiving|transfer|repair|fix|bring|bringing|
    forward|submit|sign|book|arrange|schedule|escalate|upgrade|reimburse|compensate|confirm|drop|pick up|pick you up|
    collect|dispatch|issue|extend|cancel|provide|renew|review|get back|get .{1,30} (?:to|for) you|follow up|hold|
    reserve|
    file|prepare|finish|complete|open|close|update|contact|text|message|upload|install|deduct|cover|charge|discount|
    match|
    honou?r|process|remove|add|apply|change|switch|reset|unlock|notify|inform|inspect|investigate|report|respond|
    reply|
    answer|settle|resend|reship|expedite|courier|order|set aside|put aside|
    keep .{1,30} (?:for you|free|open|reserved|safe|until|warm|ready)|fax|
    print|
    share .{1,60} with|lend|give you|give .{1,20} back|water|feed|write to|write you|hand|leave .{1,40} (?:at|with|
    for)|
    translate|clean|test|check back|come by|stop by|meet|visit|attend|show up|donate|knit|bake|make you|pass)"""
)
_DEADLINE = _pattern(
    r"""\b(?:by|before|until|till|no later than|not later than|within|on|this|next|at|after|in|between)
    (?: (?:the|an?|last|end of|close of|next|this|first|early|late|about|around|half)){0,4}\ (?:monday|tuesday|
    wednesday|
    thursday|
    friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|tomorrow|tonight|today|noon|midnight|day|week|weekend|month|
    year|
    morning|afternoon|evening|business|january|february|march|april|may|june|july|august|september|october|november|
    december|christmas|easter|lunch|hour|couple|minute|payday|eod|cob|\d|(?:one|two|three|four|five|six|seven|eight|
    ten|twelve|fourteen|twenty|thirty|forty)\ (?:more )?(?:business |working )?(?:minute|hour|day|week|month|
    year)s?|end of)|
    \b(?:tomorrow|tonight|right away|immediately|first thing|asap|shortly|free of charge|at no (?:extra )?cost|today|
    every (?:day|week|month|morning|\w{3,6}day)|bis|d'ici|antes del?|avant|entro|até|morgen|demain|mañana|domani)\b|
    \d"""
)
_EXPLICIT = _pattern(
    r"""\b(?:(?:i|we)(?:'ll| will| do| can| hereby|'d)? (?:personally |also )?(?:promise|guarantee|commit to|pledge|
    swear|
    undertake to|vow|assure you)|(?:have|got|give you) (?:my|our) word|(?:i|we) (?:owe|give) you (?:my|our|a|the|an)|
    count on (?:me|us) to|consider it done|(?:ich|wir) versprech\w{1,3}|versprochen|je (?:vous |te )?promets|
    nous (?:vous )?promettons|(?:te|le|les|se lo) prometo|prometo|prometemos|(?:ti |vi )?prometto|promettiamo|
    obiecuj\w{1,3}|обещаю|обещаем|beloof)\b"""
)
_SERVICE = _pattern(
    r"""\b<future> (?:<verb>)\b|
    \b(?:i|we) (?:won't|will not|will never|shall not) (?:share|disclose|sell|charge|bill|cancel|contact|tell|use|
    close|
    ship|release|increase|raise|renew|pass|forward|publish|deduct|store|keep|call|email|miss the|be late)\b|
    \b(?:our|the|a|an|my|your|one of our) (?:courier|technician|engineer|colleagues?|driver|manager|team|department|
    specialist|agent|plumber|electrician|supervisor|representative|warehouse|bank|shop|store|company|insurer|contractor|
    office|support team|service team)(?:'ll| will) (?:<verb>)\b|
    \byou(?:'ll| will| can expect to)(?: also| then)? (?:receive|get (?:an?\b|your\b|the\b|\d)|
    have (?:it|your|the) |be (?:refunded|credited|reimbursed|contacted|charged|notified|paid|called|sent|given|
    compensated)|hear (?:back )?from)|
    (?<!you)(?: will|'ll| is going to| are going to)(?: then| also| definitely| all)? (?:arrive|
    be (?:delivered|refunded|
    shipped|sent|
    credited|paid|replaced|repaired|dispatched|waived|reimbursed|fixed|processed|issued|ready|returned|completed|
    cancelled|canceled|activated|renewed|at your|in touch|with you|posted|transferred|resolved|collected|
    picked up|mailed|emailed|applied|deducted|extended|reviewed|back)|
    (?:call|contact|email|visit|reach out to|get back to|come (?:by|to|on|over)) ?(?:you|your|on|by|out)?\b)|
    \b(?:ich|wir) (?:werden?|schicken?|senden?|erstatten?|melden?|rufen?|liefern?|überweisen?|bringen?)\b|
    \b(?:je|nous) (?:vous |te |t'|le |la |les |lui )?(?:enverr\w{1,3}|rembourser\w{1,3}|rappeller\w{1,3}|envoie|
    envoyons|rappelle|livrer\w{1,3}|vais (?:vous |te )?\w{4,12}|allons (?:vous )?\w{4,12})|
    \b(?:le|te|les|os|lo|la|se lo|se la) (?:enviar|reembolsar|llamar|mandar|devolver|entregar)(?:é|emos|á|án)\b|
    \b(?:enviaremos|enviaré|reembolsaremos|llamaremos|vi invieremo|invierò|rimborseremo|richiamer\w{1,3}|enviarei)\b""",
    future=_FUTURE,
    verb=_VERB,
)
_ANY_FUTURE = _pattern(
    r"\b<future> [a-z]{2,15}\b|\b(?:i'm|we're) (?:sending|bringing|paying|returning|calling|mailing|shipping)\b",
    future=_FUTURE,
)
_CHATTER = _pattern(
    r"""\b(?:i|we)(?:'ll| will| shall|'m going to| am going to)(?: \w{2,10})? (?:love|never|see|remember|miss|enjoy|try|
    think|keep|believe|look (?:forward|at|for|back)|need|stay|cherish|treasure|always|get there|
    say|admit|know|feel|want|hope|learn|find|
    grow|bet|
    wait|probably|maybe|support|cheer|win|rock|make it|take (?:it|that|your|a|some|the)|be (?:looking|rooting|
    thinking|
    honest|fine|okay|ok|happy|glad|so|very|waiting|proud|cheering|praying)|tell|ask|let you know how|
    give (?:it|that|them|those|this)|check (?:it|that|them|this|those|out)|definitely check|do my best|do our best|
    watch|
    read|listen|buy|ever|not|explain|show)\b"""
)
_CONDITION = _pattern(
    r"""^(?:if|when|once|as soon as|unless|provided|by|after|before|until|within|on|in|should|wenn|sobald|si|dès|
    cuando)\b"""
)
_OPENERS = _pattern(
    r"""^(?:(?:and|so|but|ok(?:ay)?|well|also|then|yes|yeah|sure|oh|great|thanks|perfect|alright|right|good|no|
    of course|
    now|plus|because|since|that|which means|don't worry|as promised)\b[,:]? ?){1,3}"""
)
_TURNS = r"(?:but|so|because|although|though|however|since|while|aber|mais|pero)"
_BORDER = _pattern(r", (?:<turns>\b|and then\b|which\b)?|; | - |: ", turns=_TURNS)
_CUT = _pattern(
    r"""\ - |; | \(|, <turns>\b|\ because |\ (?:and|but|so) (?:i|we|you|my|the|it|please|can|what|how|do)\b""",
    turns=_TURNS,
)
_LEFT_HANGING = _pattern(r"[ ,;:-]*(?: (?:and|or|but|so|then))?[ ,;:-]*$")
_OWN = _pattern(r"(?:i|we)\b")


def promise_spans(plain: str) -> Iterator[Span]:
    """The clauses in which somebody takes something upon themselves, at most `PROMISE_TOKENS` each."""
    return islice(_clauses(plain), PROMISES)


def promise_rank(text: str) -> int:
    """0 for a promise of service with a day or in so many words, 1 for one of the two, 2 for the rest."""
    plain = plain_text(text)
    service = _SERVICE.search(plain) is not None
    bound = _DEADLINE.search(plain) is not None or _EXPLICIT.search(plain) is not None
    return 2 - service - bound


def _clauses(plain: str) -> Iterator[Span]:
    for sentence in _SENTENCE.finditer(plain):
        start, end = sentence.span()
        cue = _cue(sentence.group())
        if cue is None or _OFFER.search(sentence.group()):
            continue
        asks = plain[end : end + 1] == "?" and not _OWN.match(sentence.group(), cue)
        if not asks and (span := _clause(plain, start, end, start + cue)):
            yield span


# What is only done when the other asks for it binds nobody.
_OFFER = re.compile(
    r"\bjust (?:say so|ask|tell me|let (?:me|us) know)\b|\bif you(?:'d| would)? (?:rather|prefer|like|want)\b", re.I
)


def _cue(sentence: str) -> int | None:
    """Where a promise begins in a sentence."""
    explicit = _EXPLICIT.search(sentence)
    if explicit and len(sentence) - explicit.end() > 8:
        return explicit.start()
    if service := _SERVICE.search(sentence):
        return service.start()
    future = _ANY_FUTURE.search(sentence)
    if future is None or _CHATTER.match(sentence, future.start()):
        return None
    return future.start() if _DEADLINE.search(sentence, future.end()) else None


def _clause(plain: str, start: int, end: int, cue: int) -> Span | None:
    """The clause around the cue, with the condition or the day that stands before it."""
    begin = start
    for border in islice(_BORDER.finditer(plain, start, cue), 20):
        if not _CONDITION.match(plain[begin : border.start()].strip()):
            begin = border.end()
    begin = cue - len(plain[begin:cue].lstrip())
    if opener := _OPENERS.match(plain[begin:cue]):
        begin += opener.end()
    cut = _CUT.search(plain, max(cue + 8, begin), end)
    stop = _fitted(plain, begin, cut.start() if cut else end)
    return Span("promise", begin, stop) if stop - begin >= 8 else None


def _fitted(plain: str, begin: int, end: int) -> int:
    """The end of what fits: at a comma where one comes late enough, else between words."""
    end = min(end, begin + 8 * PROMISE_TOKENS)
    while count(plain[begin:end]) > PROMISE_TOKENS:
        comma, space = plain.rfind(",", begin + 30, end), plain.rfind(" ", begin, end)
        end = max(comma, space)
        if end <= begin:
            return begin
    return begin + len(_LEFT_HANGING.sub("", plain[begin:end]))
