"""Words as recall compares them: lower case, without English endings, irregular forms under one roof.

English-biased and harmless elsewhere: in another language a word is met by itself, and words that say little weigh
little because many utterances have them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_POSSESSIVE = re.compile(r"['’]s\b")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, kana, Han: words are not set apart
_SUFFIXES = ("ing", "ed", "es", "s", "e")
_STOP_WORDS = (
    "a about an and any are as at be been being by can could did do does for from had has have he her him his how i "
    "if in into is it its me my not of on or our she should some than that the their them then there these they this "
    "those to was we were what when where which who whom why will with would you your"
)
_PLEASANTRIES = (
    "hi hello hey thanks thank please ok okay yes yeah no nope great good nice cool perfect sure welcome bye goodbye "
    "morning evening very much so well all right sorry just got really fine awesome"
)
_IRREGULAR = (
    "go went gone|buy bought|run ran|take took taken|win won|make made|get got gotten|see saw seen|give gave given|"
    "come came|begin began begun|write wrote written|meet met|feel felt|find found|lose lost|tell told|say said|"
    "think thought|know knew known|teach taught|bring brought|catch caught|eat ate eaten|drive drove driven|"
    "ride rode ridden|fly flew flown|grow grew grown|draw drew drawn|speak spoke spoken|break broke broken|"
    "choose chose chosen|wear wore worn|sell sold|send sent|spend spent|build built|keep kept|leave left|sleep slept|"
    "hold held|hear heard|stand stood|understand understood|swim swam swum|sing sang sung|fall fell fallen|"
    "become became|lead led|pay paid|sit sat|throw threw thrown|hang hung|fight fought|seek sought|child children|"
    "man men|woman women|person people|foot feet|tooth teeth|wife wives|life lives|good better best|"
    "bad worse worst"
)


def terms(text: str) -> list[str]:
    """The words of a text, in order. Scripts without spaces fall into pairs of characters."""
    found: list[str] = []
    for word in _WORD.findall(_POSSESSIVE.sub("", text.lower())):
        found += _pairs(word) if _UNSPACED.search(word) else [stem(word)]
    return found


def topic_terms(question: str) -> list[str]:
    """The terms of a question that say what it is about, each once."""
    return list(dict.fromkeys(term for term in terms(question) if term not in _STOPS))


def is_small_talk(message: str) -> bool:
    """Whether there is nothing in it that one could look for."""
    return not set(topic_terms(message)) - _SMALL_TALK


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """An English word without its ending."""
    short = _shortened(word)
    return _ROOTS.get(short, short)


def _shortened(word: str) -> str:
    if len(word) > 4:
        suffix = next((end for end in _SUFFIXES if word.endswith(end)), "")
        word = word[: len(word) - len(suffix)]
        word = word[:-1] if word[-1] == word[-2] else word
    return f"{word[:-1]}i" if len(word) > 2 and word.endswith("y") else word


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


_ROOTS = {
    _shortened(form): _shortened(forms[0])
    for forms in (group.split() for group in _IRREGULAR.split("|"))
    for form in forms[1:]
}
_STOPS = frozenset(stem(word) for word in _STOP_WORDS.split())
_SMALL_TALK = frozenset(stem(word) for word in _PLEASANTRIES.split())
