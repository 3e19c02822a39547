"""Whether what a model wrote stands in what it cites: numbers, identifiers, names, polarity. Simple means, strict ones.

It sees what words can show. Two names that changed places in an otherwise faithful line it does not see.
"""

from __future__ import annotations

import re

from assistant.memory.summary_clauses import plain
from assistant.memory.summary_words import raw_words, stem, stems

_CODE = re.compile(r"(?=.*\d)(?=.*[A-Z@/_]).{5,}", re.DOTALL)
_SIDES = frozenset("User Assistant Customer Client They".split())
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_SUBCLAUSE = re.compile(r"[.!?;,:…]+(?=\s|$)|\n|\s[-–—]\s|\b(?:but|whereas|aber|sondern|mais|pero|ma)\b", re.I)
_INTERJECTION = re.compile(r"(?:^|[.!?]\s+)no\s*[,.!]\s*", re.I)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|neither|nor|without|cannot|unable|non|nicht|kein\w*|nie|niemals|ohne|"
    r"pas|jamais|aucune?|sans|nunca|sin|non|mai|senza|niet|geen)\b|n['’]t\b",
    re.I,
)
_PREFIXES = ("un", "in", "im", "ir", "dis", "non")
_OPPOSITES = tuple(
    (stem(one), stem(other))
    for one, other in (
        pair.split("/")
        for pair in "before/after more/less most/least accept/refuse accept/reject allow/forbid open/close on/off "
        "enable/disable include/exclude increase/decrease minimum/maximum buy/sell first/last early/late higher/lower "
        "cheaper/dearer start/stop free/paid always/never with/without all/none yes/no success/failure "
        "succeed/fail arrived/missing".split()
    )
)
_SHARE = 0.4  # of a line's telling words that its grounds must hold
_JUDGED = 0.6  # of the words of a part that another must hold to be taken for the same statement
_NEAR = 6  # words between a number and a word that belongs to it


def supported(text: str, grounds: str) -> bool:
    """Whether the line says nothing that its grounds don't, as far as its words can show."""
    said, known = plain(text), plain(grounds)
    return (
        _overlaps(said, known)
        and _copied(said, known)
        and _placed(said, known)
        and _same_sense(said, known)
        and _same_polarity(said, known)
    )


def _overlaps(said: str, known: str) -> bool:
    telling = stems(said)
    return bool(telling) and len(telling & stems(known)) >= _SHARE * len(telling)


def _copied(said: str, known: str) -> bool:
    """Numbers, identifiers and names stand in the grounds as they are, an identifier whole."""
    held = raw_words(known)
    numbers = {run for word in held if not _CODE.match(word) for run in _DIGITS.findall(word)}
    whole = {word.casefold() for word in held}
    parts = whole | {part.casefold() for word in held for part in re.split(r"[-/.'’]", word)} | {*map(stem, held)}
    ours = raw_words(said)
    codes = [word for word in ours if _CODE.match(word)]
    runs = {run for word in ours if not _CODE.match(word) for run in _DIGITS.findall(word)}
    return (
        runs <= numbers
        and all(word.casefold() in whole for word in codes)
        and all(name.casefold() in parts or stem(name) in parts for name in _names(ours))
    )


def _names(written: list[str]) -> list[str]:
    """Words with a capital; the first one only when the second has one too, since every line begins with one."""
    capital = [word[0].isupper() for word in written]
    first = written[:1] if capital[:2] == [True, True] and written[0] not in _SIDES else []
    return [re.split("['’]", word)[0] for word in first + [w for w in written[1:] if w[0].isupper()]]


def _placed(said: str, known: str) -> bool:
    """A number stands near a word it stands near in the grounds: "2 lamps for 40 EUR" is not "40 lamps for 2 EUR"."""
    ours, theirs = [stem(word) for word in raw_words(said)], [stem(word) for word in raw_words(known)]
    return all(_near(ours, at, theirs) for at, word in enumerate(ours) if word.isdigit())


def _near(ours: list[str], at: int, theirs: list[str]) -> bool:
    beside = {each for each in (*ours[max(0, at - 1) : at], *ours[at + 1 : at + 2]) if not each.isdigit()}
    places = [place for place, each in enumerate(theirs) if each == ours[at]]
    if not beside or not places:
        return True
    near = {each for place in places for each in theirs[max(0, place - _NEAR) : place + _NEAR + 1]}
    following = ours[at + 1 : at + 2]
    return bool(beside & near) and not (following and not _follows(following[0], places, theirs))


def _follows(word: str, places: list[int], theirs: list[str]) -> bool:
    """Whether a unit written right after a number elsewhere also stands right after this one, or never after any."""
    after_any = {theirs[at + 1] for at, each in enumerate(theirs[:-1]) if each.isdigit()}
    return word not in after_any or any(theirs[place + 1 : place + 2] == [word] for place in places)


def _same_sense(said: str, known: str) -> bool:
    """No word of the line has only its opposite in the grounds."""
    ours = {stem(word) for word in raw_words(said)}
    theirs = {stem(part) for word in raw_words(known) for part in (word, *word.split("-"))}
    if any(one in ours and one not in theirs and other in theirs for one, other in _both_ways()):
        return False
    turned = {each for word in ours - theirs for each in _turned(word)}
    return not turned & theirs


def _both_ways() -> list[tuple[str, str]]:
    return [*_OPPOSITES, *((other, one) for one, other in _OPPOSITES)]


def _turned(word: str) -> list[str]:
    longer = [prefix + word for prefix in _PREFIXES if len(word) > 3]
    return longer + [word[len(each) :] for each in _PREFIXES if word.startswith(each) and len(word) > len(each) + 3]


def _same_polarity(said: str, known: str) -> bool:
    """Each part of the line is negated as the part of the grounds that it is nearest to."""
    theirs = [(stems(part), _negated(part)) for part in _SUBCLAUSE.split(_INTERJECTION.sub(" ", known)) if part.strip()]
    for part in _SUBCLAUSE.split(_INTERJECTION.sub(" ", said)):
        telling = stems(part)
        shared = [(len(telling & words), negated) for words, negated in theirs]
        best = max((number for number, _ in shared), default=0)
        if best >= max(1, _JUDGED * len(telling)) and not any(
            number == best and negated == _negated(part) for number, negated in shared
        ):
            return False
    return True


def _negated(part: str) -> bool:
    return bool(_NEGATION.search(part))
