"""What a message asks for apart from its subject: a person, small talk, a ticket's status; and whether it is vague.

English here, seven more languages in `intent_tables`. Rules, whole-word, on folded text. They err on the side of
silence: a missed phrase costs a normal answer, a false match takes a real question away from the documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.perimeter import intent_foreign
from assistant.perimeter.wording import STOP_WORDS, fold, words

SmallTalk = Literal["", "thanks", "hello", "bye", "how_are_you", "capabilities", "identity", "acknowledge"]

_MAX_CHARS = 2_000
_DET = (
    r"(?:(?:a|an|the|some|any|your|one of your|another|actual|real|live|human|proper|customer|support|service|sales)\s)"
)
_PERSON = (
    r"(?:human(?: being)?s?|person|people|someone|somebody|anyone|anybody|agents?|representatives?|reps?|advis[eo]rs?|"
    r"operators?|staff|employees?|team|manager|supervisor|(?:customer|support) (?:service|support|care|services)|"
    r"support|customer care|somebody real|someone real)(?: (?:member|team|service|agent|person))?"
)
_TARGET = rf"{_DET}{{0,4}}(?:members? of (?:your |the )?(?:staff|team)|{_PERSON})(?!\w)"
_TALK = r"(?:speak|talk|chat|speaking|talking|chatting)(?: directly| now| live| again)?(?: to| with)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w){_TALK} {_TARGET}",
        r"(?<!\w)(?:connect|transfer|forward|escalate|put|pass|hand|refer|redirect|switch) (?:me|us|this|it|my \w+) "
        rf"(?:directly )?(?:through |over |on |along )?(?:to|with) {_TARGET}",
        rf"(?<!\w)(?:someone|somebody|anyone|anybody|{_DET}{{1,3}}(?:human|person|agent|representative|rep|"
        rf"advis[eo]r)) "
        r"(?:that |who |whom )?(?:i|we) (?:can|could|may|might) (?:please )?(?:\w+ or )?(?:talk|speak|chat|write) "
        r"(?:to |with )?(?:\w+ )?(?=to|with|who|that|about|$)",
        r"(?<!\w)(?:someone|somebody|anyone|anybody|a person|people) (?:\w+ ){0,8}(?:who|that)(?:'s not|(?: is|"
        r"'s)? not| isn't) "
        r"(?:a |an )?(?:ro)?(?:bot|machine|computer|ai)(?!\w)",
        r"(?<!\w)(?:want|need|prefer|would like|'d like|get me|give me|let me have|get) (?:to have )?(?:to see )?"
        r"(?:(?:a|an|some|the|actual|real|live|human|support|customer service|service)\s){0,4}"
        r"(?:human(?: being)?|real person|live person|live agent|person|agent|representative|human help|human support)"
        r"(?=$| (?:please|now|instead|here|asap|not a|to (?:help|talk|speak|call|contact|answer|assist)|on the))",
        r"(?<!\w)(?:escalate (?:this|it|my (?:case|issue|complaint|problem|request|ticket)))(?!\w)",
        r"(?<!\w)(?:can|could|may|will|would) (?:a|an|some) (?:(?:real|human|live|actual) (?:person|agent|being|"
        r"representative|advis[eo]r)|human) (?:please )?(?:help|look|answer|take over|assist|call|contact|reply|deal)",
        r"(?<!\w)(?:have|can|could|ask|get|let) (?:someone|somebody|an? agent|a person|a human|a representative) "
        r"(?:from your team )?(?:to )?(?:please )?(?:call|phone|contact|ring|write to|get back to) (?:me|us)(?!\w)",
        r"(?:don't|do not|dont|hate|tired of|sick of|stop) (?:want to |wanna |like )?(?:to )?(?:talk|speak|chat|deal)"
        r"(?:ing)? (?:to|with) (?:a |an |this |the |your )?(?:stupid |dumb )?(?:ro)?(?:bots?|machines?|computer|"
        r"ai)(?!\w)",
        r"^(?:please |can you |could you |i want to |i'd like to |i would like to |just )*(?:open|raise|create|file|"
        r"submit) "
        r"(?:me )?(?:a|an) (?:new )?(?:support )?(?:ticket|case)(?: for me| please| with support| now)*$",
        r"^(?:please )?call me(?: back)?(?: please| now| asap)*$",
    )
)
_BARE = re.compile(
    rf"^(?:(?:please|hi|hello|hey|no|just|ok) )*{_DET}{{0,3}}(?:human(?: being)?|agent|representative|operator|"
    rf"real person|"
    r"person|live agent|human agent|live chat|customer (?:service|support|care)|support agent|talk to human)"
    r"(?: (?:please|now|asap|instead))*$"
)
_NEGATED = re.compile(
    r"(?:(?:don't|do not|dont|didn't|doesn't|never|wouldn't|would not)(?: (?:really|actually|even|just))?"
    r"(?: (?:want|need|wish|like|care|have|wanna|ask|asked))?|(?:no need|not necessary|without|without having|"
    r"instead of|"
    r"rather than|rather not|avoid|before|not asking|no way)(?: having)?)"
    r"(?: (?:to|you to|for|me|be|please|just|yet))*$"
)
_THIRD_PERSON = re.compile(
    r"(?:(?<!\w)(?:customers?|users?|clients?|callers?|visitors?|employees?|they|he|she|them|him|her|bot|skill|chatbot|"
    r"webhook|application|app|did|was|were|been|am i|are you|is this|after|while|when|for)(?: \w+){0,3}|"
    r"how (?:does|do) \w+(?: \w+){0,3}) ?$"
)
_PAST = re.compile(r"(?:(?<!\w)(?:was|were|been)|(?<!i )(?<!we )(?:wanted|wants|tried|asked) to|(?<!\w)had to)$")
_FIRST_PERSON = re.compile(r"(?<!\w)(?:i|me|we|us|i'd|i'll|i'm)(?!\w)")
_CLAUSE = re.compile(r"[.!?;,:\n]+| but | because ")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message asks for apart from its subject."""

    asked_for_person: bool = False
    small_talk: SmallTalk = ""
    unhappy: bool = False
    ticket_status: bool = False
    ticket_number: str = ""
    vague: bool = False


def read_intent(message: str, question: str = "") -> Intent:
    """Read a message as the user wrote it; `question` is its stand-alone form, by which vagueness is judged."""
    text = message[:_MAX_CHARS]
    number = ticket_number(text)
    return Intent(
        asked_for_person=asks_for_person(text),
        small_talk=small_talk_kind(text),
        unhappy=is_unhappy(text),
        ticket_status=asks_ticket_status(text),
        ticket_number=number,
        vague=is_vague(question or text),
    )


def asks_for_person(message: str) -> bool:
    """True when the user asks to be put in touch with a person, now."""
    clauses = [clause.strip() for clause in _CLAUSE.split(_lines(message)) if clause.strip()]
    return any(_clause_asks(clause) or intent_foreign.asks_for_person(clause) for clause in clauses)


def _lines(message: str) -> str:
    return "\n".join(fold(line) for line in message.splitlines())


def _clause_asks(clause: str) -> bool:
    if _BARE.match(clause):
        return True
    for pattern in _PATTERNS:
        found = pattern.search(clause)
        if found and not _disclaimed(clause[: found.start()].rstrip()):
            return True
    return False


def _disclaimed(before: str) -> bool:
    """True when what stands before the wish denies it or gives it to somebody else."""
    if _NEGATED.search(before) or _PAST.search(before):
        return True
    return bool(_THIRD_PERSON.search(before)) and not _FIRST_PERSON.search(" ".join(before.split()[-3:]))


_SMALL_TALK: dict[SmallTalk, str] = {
    "capabilities": """what can you do|what can you tell me|what can you help with|what can you help me with|
        what do you do|
        how can you help|how can you help me|what can i ask|what can i ask you|what are you able to do|
        what do you know|what kind of questions can you answer|what questions can you answer|what can you answer|
        what are you for|who are you and what can you do|what can you do for me|tell me what you can do|
        tell me what you can do for me|can you tell me what you can help with|what things can you do|
        what can i ask you about|how do you work|what topics can you help with""",
    "identity": """are you a bot|are you a robot|are you human|are you a human|are you a real person|are you real|
        are you an ai|are you ai|who are you|what are you|what's your name|what is your name|
        am i talking to a bot|am i talking to a human|am i talking to a person|am i talking to a real person|
        are you a person|am i speaking to a person|am i speaking with a human|is this a bot|are you a machine|
        are you a chatbot""",
    "how_are_you": """how are you|how are you doing|how are you today|how are you doing today|how's it going|
        how is it going|
        how do you do|what's up|whats up|sup|how have you been|hope you are well|hope you're well|
        nice to meet you|how's your day|how is your day""",
    "bye": """bye|bye bye|goodbye|good bye|see you|see ya|see you later|cya|have a nice day|have a good day|
        have a great day|good night|take care|farewell|that's all|that is all|that's all for now|that was all|
        that's it|that will be all|nothing else|talk later|have a good one|have a nice weekend|
        have a good weekend""",
    "thanks": """thanks|thank you|thankyou|thx|ty|tysm|cheers|ta|much appreciated|appreciated|i appreciate it|
        i appreciate that|thank you very much|thank you so much|thanks a lot|thanks a million|thanks a bunch|
        many thanks|thanks so much|thanks for your help|thank you for your help|thanks for the help|
        thank you for the help|thanks for the info|thanks for the information|thank you for the information|
        no thanks|no thank you|that helps|that helped|that was helpful|very helpful|you've been very helpful|
        you were very helpful|that's helpful|you're the best|you are the best|thanks again|thank you again|
        that's very helpful|you have been very helpful""",
    "hello": """hello|hi|hiya|hey|hey there|hi there|hello there|good morning|good afternoon|good evening|greetings|
        howdy|good day|morning|evening|yo|hello again|hi again|g'day|hallo""",
    "acknowledge": """ok|okay|okey|k|great|perfect|excellent|awesome|cool|nice|got it|i see|understood|alright|
        all right|good|
        very good|wonderful|fantastic|brilliant|lovely|super|sounds good|makes sense|good to know|that works|
        great job|good job|well done|lol|haha|good bot|noted|amazing|fine|right""",
}
_FILLERS = frozenset("and so oh ah well please then everyone all you there mate bot assistant team again yes no "
                     "yeah nope"
                     " yep much very really for now today friend dear".split())  # fmt: skip
_PHRASES: dict[tuple[str, ...], str] = {
    tuple(phrase.split()): kind for kind, phrases in _SMALL_TALK.items() for phrase in phrases.split("|")
}
_PRECEDENCE: tuple[SmallTalk, ...] = tuple(_SMALL_TALK)


def small_talk_kind(message: str) -> SmallTalk:
    """The kind of small talk, when the message is nothing else; "" otherwise."""
    kinds = intent_foreign.consists_of(words(message[:400]), _PHRASES, _FILLERS)
    if not kinds:
        kinds = intent_foreign.small_talk(message[:400])
    return next((kind for kind in _PRECEDENCE if kind in kinds), "")


_UNHAPPY = re.compile(
    r"(?<!\w)(?:(?:this|that|it|you|your (?:bot|assistant|chatbot|answers?|help|service|support)|this (?:bot|"
    r"assistant|chat|"
    r"chatbot|thing|service)|the (?:bot|assistant|chatbot)) ?(?:is|are|was|'s|'re|isn't|aren't)? "
    r"(?:absolutely |totally |completely |so |really |just |utterly |beyond )?(?:useless|ridiculous|a joke|pathetic|"
    r"hopeless|no help|of no help|not helping|not helpful|no use|unacceptable|a waste of (?:my )?time|rubbish|"
    r"terrible service|"
    r"not good enough|a disgrace|worthless)|(?:the )?(?:second|third|fourth|fifth|tenth|hundredth|3rd|4th|5th|10th|"
    r"100th) "
    r"time (?:that )?(?:i|i'm|i've|i am|i have)(?: now| to)? (?:ask|asked|asking|been asking|write|written|writing|"
    r"tell|told|"
    r"telling|explain|explained|explaining|had to)|you(?:'re| are) not (?:listening|helping|understanding|"
    r"answering)|you (?:don't|do not|didn't|never) (?:listen|answer my question|help|understand (?:me|anything|"
    r"my question))|"
    r"(?:already|just) (?:told|asked) you (?:that|this|twice|three times|already|before|several times|many times)|"
    r"(?:how many times|how often) (?:do|must|should) i (?:have to )?(?:ask|say|tell|explain|repeat)|"
    r"i(?:'m| am) (?:so |really |very |extremely |getting |absolutely )?(?:fed up|frustrated|furious|angry|livid|"
    r"sick of this|"
    r"losing (?:my )?patience|running out of patience)|(?:stupid|dumb|useless|idiotic) (?:bot|chatbot|assistant|"
    r"robot|machine)|"
    r"worst (?:service|support|bot|customer service)|waste of (?:my )?time|what a joke|i(?:'ve| have) had (?:it|"
    r"enough)(?! (?:time|of the same))|"
    r"you(?:'re| are|'ll| will| must)(?: be)? (?:paying|pay) for this|dealt with formally|formal complaint)(?!\w)"
)


def is_unhappy(message: str) -> bool:
    """True when the user is plainly unhappy with the assistant or the service."""
    text = message[:_MAX_CHARS]
    return bool(_UNHAPPY.search(fold(text))) or intent_foreign.is_unhappy(text)


_TICKET_NUMBER = re.compile(r"(?<![\w-])t-(\d{3,9})(?!\w|-)")
_TICKET = r"(?:my|the|our|that) (?:support |open |last )?(?:ticket|case|request|handoff)"
_TICKET_STATUS = re.compile(
    rf"(?<!\w)(?:(?:status|state|progress|update|news|word) (?:of|on|about|for|with|from) {_TICKET}(?!\w)|"
    r"(?:check|see|track|look up) (?:on )?(?:the status of )?my (?:support )?ticket(?!\w)|my ticket(?:'s)? status|"
    r"(?:what's|what is|what) (?:happening|happened|going on) (?:with|to) my (?:support )?(?:ticket|case)|"
    r"ticket status(?=$|\?)|"
    r"(?:has|have|did) (?:any(?:one|body)|some(?:one|body)) (?:\w+ )?(?:looked at|look at|seen|see|read|answered|"
    r"answer|taken|"
    r"picked up) my (?:ticket|case)|where is my ticket|how long (?:\w+ ){0,4}my ticket)"
)


def ticket_number(message: str) -> str:
    """The first ticket number in the message as it is written on tickets (T-1042), or ""."""
    found = _TICKET_NUMBER.search(fold(message[:_MAX_CHARS]))
    return f"T-{found.group(1)}" if found else ""


def asks_ticket_status(message: str) -> bool:
    """True when the user asks how their ticket stands: by its number in a short message, or in words."""
    text = fold(message[:_MAX_CHARS])
    if _TICKET_STATUS.search(text) or intent_foreign.asks_ticket_status(text):
        return True
    return bool(_TICKET_NUMBER.search(text)) and len(text.split()) <= 12 and "rma" not in text.split()


_VAGUE_WORDS = frozenset(
    """help problem problems issue issues question questions work works working broken broke fix price prices cost costs
    info information details detail wrong trouble error doing happened happens happening stuck need needs support
    assistance advice urgent asap thing stuff ask query enquiry inquiry matter doesn't didn't won't isn't not can't
    take takes taking goes went something anything hello hi hey sorry broken? fail fails failed failing free""".split()
)


def is_vague(question: str) -> bool:
    """True when a message names no subject at all ("it doesn't work", "price?", "I have a question")."""
    tokens = words(question)
    return (
        bool(tokens) and len(tokens) <= 10 and all(t in STOP_WORDS or t in _VAGUE_WORDS or len(t) == 1 for t in tokens)
    )
