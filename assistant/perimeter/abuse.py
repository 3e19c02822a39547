"""Insults, threats and sexual harassment aimed at the assistant or the staff. Annoyance and swearing at a thing aren't.

A finding of kind `abuse`, with its severity as weight: 0.4 an insult, 0.7 sexual harassment, 0.9 a threat. It decides
nothing by itself: an abusive user may still have a question.
"""

from __future__ import annotations

import re

from assistant.perimeter.injection import Finding
from assistant.perimeter.wording import fold

_SLUR = (
    r"(?:idiots?|morons?|imbeciles?|retards?|scumbags?|bastards?|bitch(?:es)?|assholes?|arseholes?|cunts?|dickheads?|"
    r"dumbass(?:es)?|jackass|wankers?|sluts?|whores?|pieces? of shit|trash|garbage|vermin|pigs?|fuckers?|"
    r"motherfuckers?)"
)
_STRONG = (
    r"(?:fucking|bloody|goddamn|stupid|dumb|worthless|useless|filthy|dirty|little|complete|total|bunch of|"
    r"an?|such|all|just|nothing but)"
)
_PEOPLE = r"(?:staff|agents?|employees?|colleagues?|team|support people|manager|boss|driver|technician|operator)"
_HARM = r"(?:kill|murder|stab|shoot|strangle|beat up|hurt|rape|burn|hunt down|bomb|smash your face|break your)"

_RULES: tuple[tuple[str, float, str], ...] = (
    ("threat", 0.9, rf"(?:i'll|i will|i am going to|i'm going to|i'm gonna|we will|we'll) (?:come (?:over "
                    rf")?(?:and|to) )?(?:find and )?{_HARM} "
                    rf"(?:you(?! (?:an?|the|some|over)(?!\w))|your (?:{_PEOPLE}|family|kids?|children|mother|"
                    rf"wife|husband|face|house|"
                    rf"office|shop)|everyone|everybody|one of you|that (?:{_PEOPLE}))(?!\w)"),
    ("threat", 0.9, r"(?:i know where you (?:live|work)|you(?:'ll| will) (?:all )?(?:be dead|die for this|"
                    r"regret being born)|"
                    r"hope you (?:all )?(?:die|get cancer|burn)|go (?:and )?(?:kill|hang) yourself|kys(?!\w)|"
                    r"watch your back(?!\w))"),
    ("threat", 0.9, r"(?:ich (?:bringe|bring) (?:dich|euch|sie) um|ich weiß,? wo du wohnst|je vais te tuer|te "
                    r"voy a matar|ti ammazzo|я тебя убью)"),
    ("sexual", 0.7, r"(?:suck my (?:dick|cock)|(?:send|show) (?:me )?(?:your )?(?:nudes|tits|boobs)|want to "
                    r"(?:fuck|sleep with|have sex with) you|"
                    r"what are you wearing(?!\w)|sit on my (?:face|lap)|(?:you are|you're|u r) (?:so )?(?:sexy|"
                    r"horny)|talk dirty to me|blow ?job)"),
    ("insult", 0.4, rf"(?:you(?: are|'re| r| all are| people are| lot are)|u r|ur|your (?:{_PEOPLE}) (?:is|are)|"
                    rf"you(?= )) (?:{_STRONG} ){{0,4}}{_SLUR}(?!\w)(?! (?:bag|bin|can|disposal|collection))"),
    ("insult", 0.4, r"(?:(?:fuck|screw|damn) (?:you|off|u)(?!\w)|go to hell|shut (?:the fuck )?up(?!\w)|piss "
                    r"off|eat shit|f\*+ ?(?:you|off))"),
    ("insult", 0.4, r"(?:du (?:bist (?:ein(?:e)? )?)?(?:idiot|arschloch|vollidiot|hurensohn|schlampe)|fick dich|"
                    r"halt die fresse|leck mich|"
                    r"va te faire|ferme ta gueule|connard|hijo de puta|vete a la mierda|vaffanculo|stronzo|"
                    r"пошёл на|пошел на|иди на хуй|傻逼|滚蛋)"),
)  # fmt: skip
_COMPILED = tuple((kind, weight, re.compile(r"(?<!\w)" + pattern)) for kind, weight, pattern in _RULES)


def abuse_findings(text: str) -> tuple[Finding, ...]:
    """The worst abuse of each sort in a text."""
    plain = fold(text)
    worst: dict[str, Finding] = {}
    for sort, weight, pattern in _COMPILED:
        if sort not in worst and (match := pattern.search(plain)):
            worst[sort] = Finding("abuse", f"{sort}: {match.group(0)[:60]}", weight)
    return tuple(worst.values())
