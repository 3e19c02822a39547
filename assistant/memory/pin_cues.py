"""The words that correct: which sentences replace a value, and which value of a sentence is the old one."""

from __future__ import annotations

import re
from typing import Literal

from assistant.memory.pin_reading import joined

Force = Literal[0, 1, 2]
"""How much a sentence corrects: not at all, a value of its own label only, or whatever value is like it."""

_CHANGED = joined(
    r"""(?:chang(?:e|ed|es|ing)|mov(?:e|ed|es|ing)|reschedul\w{1,4}|postpon\w{1,4}|push(?:ed)?|put back|shift(?:ed)?|
    slip(?:s|ped)?|delay(?:ed)?|br(?:ing|ought) forward|updat(?:e|ed|ing)|switch(?:ed)?|swap(?:ped)?|amend(?:ed)?|
    correct(?:ed)?|rais(?:e|ed)|increas(?:e|ed)|lower(?:ed)?|reduc(?:e|ed)|cut|dropp?(?:ed|s)?|fell|fallen|rose|risen|
    grew|grown|bump(?:ed)?|revis(?:e|ed)|adjust(?:ed)?|extend(?:ed)?|stretch(?:ed)?|went|gone|goes|going|came|
    come)"""
)
_MISTAKE = re.compile(
    joined(
        r"""(?i)\b(?:i (?:actually )?(?:meant|mean)\b(?! (?:it|to|that|for)\b)|mis(?:spoke|typed?|read|spelled|spelt|
        said|quoted|counted|heard|remembered|stated|wrote|dialled)|correction|scratch (?:that|it)|strike that|
        let me (?:correct|rephrase|restate|fix)|to correct|typos?\b|erratum|edit:|my (?:mistake|error|bad)\b|
        (?:a|by|an) (?:mistake|error|slip)|in error|swapped|transposed|mixed up|
        (?:gave|told|sent|typed|copied|wrote|read|spelled|put|got|entered|noted|had|quoted|said)\b.{0,40}
        \b(?:wrong(?:ly)?|incorrect(?:ly)?|old one)|wrong \w{2,12},|(?:is|was|are|were|'s)\ (?:wrong|incorrect|
        a mistake|a typo|not right|not correct|outdated|out of date|old|obsolete|invalid)\b|
        (?:isn't|wasn't|not) (?:right|correct|valid)\b|(?:should|ought to|supposed to) (?:be|have been|read|say)|
        did i say|i should have said|what i meant|on second thought|double-checked|checked again|
        look(?:ed|ing) (?:at it |at that )?again|turn(?:s|ed)? out|after all|
        (?:that's|that is|that was|it's|it was) (?:not it|not right|the wrong)|one (?:row|line|digit) off|
        (?:digits?|letters?|number) wrong|fix (?:it|that|the|my)\b|read it off|but (?:it is|it's) (?=\S*\d)|
        (?:disregard|ignore|forget|discard|scrap)\b|
        (?:sorry|actually|apologies|oops|whoops|wait|no)\b[,.! ]{1,3}(?:\w+ ){0,2}
        (?:it's|it is|it was|that's|that is)\b|
        the (?:right|correct|actual|real)\ (?:\w+ ){0,2}(?:is|was|one)\b|correct(?:ed)? (?:\w+ ){0,2}?\w+:|
        ich meinte|korrektur|sondern|berichtigung|stimmt nicht|falsch|vertippt|je voulais dire|rectification|
        quise decir|quería decir|corrección|corrijo|me equivoqué|volevo dire|correzione|quis dizer|correção|
        ik bedoelde|chciałem powiedzieć|вернее|точнее|исправлен)"""
    )
)
_CHANGE = re.compile(
    joined(
        rf"""(?i)(?:\b(?:{_CHANGED}(?: \S{{1,15}}){{0,6}}? (?:to|until|till|from|for)\b|
        (?:has|have|'s|'ve|had|was|were|just|recently)\ (?:\w+ )?(?:changed|moved|been (?:changed|moved|updated|
        rescheduled|postponed|replaced|corrected))|
        (?:change|update|correct|amend|switch) (?:it|that|this|the|my)\b|
        (?:make|let's say) (?:that|it|this|(?:the|my|our) [\w-]{{2,20}})\ (?=(?:on |at |to )?\S*\d)|
        (?:the|my|our) (?:new|updated|revised|latest|current)\ (?:\w+ ){{0,3}}(?:is|:)|
        (?:have|got|a) new (?:\w+ ){{0,2}}(?:number|address|email|mail|date|account|phone|mobile)|
        (?:is|are|it's|that's|they're|i'm|we're)\ now\b|now (?:is|it's|live|reside|use)\b|
        it's (?:\S{{2,40}} ){{1,4}}now\b|these days|from now on|
        (?:gone|went|go) (?:up|down)\b(?! by\b)|different now|a different|i'd rather|changed:|
        not (?:to|the) (?:the )?other|
        don't (?:call|write|use|send)|
        as of (?:now|today)|no longer|not any ?more|any ?longer|any ?more|used to be|replac(?:e|es|ed|ing)|
        in place of|instead|rather than|not .{{1,60}}(?:,| but\b| it's| rather)|(?:isn't|wasn't|won't be|weren't)
        .{{1,60}}(?:,|;| but\b| it's)|
        (?:is|'s) the (?:right|correct|current|new|good) one|(?:is|'s) right\b|statt|au lieu|plutôt que|et non|
        en lugar|en vez|sino|invece|anziché|em vez)|
        ^\W{{0,3}}(?:(?:an? )?updated?|new|changed?)\s?:|,\ not \S)"""
    )
)
_WEAK = re.compile(
    joined(
        r"""(?i)\b(?:actually|sorry|apologies|oops|whoops|in fact|now|new|latest|updated?|changed|wait|no,|
        eigentlich|entschuldigung|jetzt|neue[rsn]?|doch|en fait|pardon|désolée?|nouve(?:au|lle)|maintenant|en realidad|
        perdón|ahora|nuev[oa]|in realtà|scusa|adesso|nuov[oa]|na verdade|desculpe|agora|nov[oa])\b"""
    )
)
_FURTHER = re.compile(
    r"(?i)\b(?:also|another|additional(?:ly)?|second|other|as well|too|both|besides|auch|noch ein\w{0,2}|zusätzlich|"
    r"weiter\w{2}|aussi|également|autre|también|otr[oa]|anche|altr[oa]|também|outr[oa])\b"
)
_AND_ALSO = re.compile(
    r"(?i)(?:^\W{0,3}(?:and |oh,? )?(?:also|besides)\b|\balso\b"
    r"(?! (?:have|has|got|use|own|ordered|there|a |an |my ))|\b(?:as well|too)\b)"
)
_OF_ANOTHER = re.compile(
    joined(
        r"""(?i)\b(?:his|her|their|(?:my|our|the) (?:\w+ )?(?:wife|husband|partner|son|daughter|mother|father|mum|mom|
        dad|brother|sister|boss|manager|colleague|landlord|landlady|neighbou?r|assistant|friend|accountant|lawyer|
        agent|team|company|doctor)(?:'s)?)\b"""
    )
)
_OLD_AHEAD = re.compile(
    joined(
        r"""(?i)(?:\b(?:not|instead of|rather than|in place of|no longer|wasn't|isn't|aren't|won't be|used to be|
        previously|formerly|replac(?:e|es|ed|ing)|disregard|ignore|forget|discard|scrap|drop|did i say|
        don't (?:call|write to|use|send to)|
        i said|i wrote|(?<!\bis )(?<!\bwas )(?:wrong|old)(?!\s?:)|
        nicht|statt|anstatt|kein\w{0,2}|pas|et non|au lieu de|no es|
        en lugar de|en vez de|y no|non|invece di|anziché|não|em vez de|nie|не)
        (?: (?:the|my|our|to|at|on|is|it's|it|number|be|a|for|under|use|used|using|der|die|das|la|le|el|es|old|one|
        address|call|mr|von|previous|earlier)){0,3}[\s:,\"'#(]*)$"""
    )
)
_OLD_BEHIND = re.compile(
    joined(
        r"""(?i)^["')]?,?\ (?:(?:that )?(?:i (?:gave|sent|told|said|mentioned)\ (?:you )?)?(?:before |earlier )?)?
        (?:is|was|isn't|wasn't|'s)\ (?:now |actually |completely |just )?(?:wrong|incorrect|old|outdated|out of date|
        no longer|a typo|a mistake|not right|not correct|right|correct|my old|the old|obsolete|invalid|not valid|
        not the|replaced|dead|cancelled)\b"""
    )
)
_STILL_RIGHT = re.compile(r"(?i)^[\"')]?,? (?:(?:is|was|'s) )(?:right|correct)\b")
_BEFOREHAND = re.compile(r"(?i)\b(?:from|was|were)(?: (?:the|at|on|to))?[\s:,\"'#(]*$")
_CONFIRMED = re.compile(
    r"(?i)\s*(?:yes|yep|yeah|yup|correct|right|exactly|that's (?:right|correct|it|the one)|confirmed|i confirm|"
    r"perfect|ja\b|genau|richtig|stimmt|oui|exact|c'est (?:ça|exact)|sí\b|correcto|exacto|esatto|giusto|sim\b|certo|"
    r"tak\b|да\b|верно)(?!\w)(?!,? but)"
)


def confirms(words: str) -> bool:
    """Whether a message begins by agreeing with what was said before it."""
    return _CONFIRMED.match(words[:80]) is not None


def force(sentence: str) -> Force:
    """How much a sentence corrects; one that adds a further value corrects nothing unless it owns to a mistake."""
    if _MISTAKE.search(sentence):
        return 2
    if _FURTHER.search(_AND_ALSO.sub(" ", sentence) if _CHANGE.search(sentence) else sentence):
        return 0
    if _CHANGE.search(sentence):
        return 2
    return 1 if _WEAK.search(sentence) and not _OF_ANOTHER.search(sentence) else 0


def is_mistake(sentence: str) -> bool:
    """Whether a sentence says that something said was wrong."""
    return _MISTAKE.search(sentence) is not None


def is_old(before: str, after: str) -> bool:
    """Whether the words around a value say that it is the one replaced: "not …", "… is wrong"."""
    if _OLD_AHEAD.search(before) is not None:
        return True
    return _OLD_BEHIND.match(after) is not None and _STILL_RIGHT.match(after) is None


def was_before(before: str) -> bool:
    """Whether the words before a value make it the earlier one of two: "from …", "was …"."""
    return _BEFOREHAND.search(before) is not None
