"""What was said, taken apart: the clauses of a turn, each a verbatim span of its plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.memory.contents import NOTES, Speaker, WindowTurn
from assistant.memory.summary_words import raw_words

_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\((?:[^()\s]|\([^()\s]*\)){0,2000}\)")
_CITATION = re.compile(r"\s?\[\d+\]")
_MARKUP = re.compile(r"\*\*|__|`+|^#{1,6}\s|^>\s")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]")
_ABBREVIATED = re.compile(
    r"\b(?:e\.g|i\.e|etc|mrs?|ms|dr|prof|st|no|nr|vs|approx|ca|str|z\.b|bzw|usw)\.$|(?:^|\s)\w\.$", re.I
)
_JOINT = re.compile(r";\s+|\s[-–—]\s|,?\s+(?=(?:and|so|then)\s(?:i|we|you|he|she|it|they|that['’]s|it['’]s)\b)", re.I)
_BOUND = frozenset(  # words of sentences whose parts mean something else when they stand alone
    "not no never none nor neither without only except unless until if whether when while cannot hardly instead but "
    "although though however because nicht kein keine keinen keiner ohne nur wenn falls aber pas jamais sans sauf mais "
    "si sin pero salvo non senza ma".split()
)
_LEAD_IN = re.compile(
    r"^(?:(?:wow|oh|ah|aw+|hey|hi|hello|good (?:morning|afternoon|evening)|guten (?:tag|morgen|abend)|hallo|bonjour|"
    r"salut|hola|ciao|buongiorno|yeah|yep|yes|yup|ok|okay|well|so|and|but|then|also|plus|anyway|actually|honestly|"
    r"basically|thanks|thank you|thx|cheers|please|sure|great|cool|awesome|nice|haha|lol|hmm+|um+|of course|"
    r"by the way|btw|you know|i mean|i think|i guess|just|sorry)\b(?:\s*[,!.…:–—-]+\s*|\s+|$))+",
    re.I,
)
_SUBJECT = re.compile(  # who speaks is said already, and a pointing word points nowhere here
    r"^(?:(?:i|we)(?=\s(?!do|did|can|could|would|should|will|shall|may|might|must|am|was|were|are|have|had|not|never)"
    r"[a-z])|(?:i|we)['’](?:m|re|ve)|i am|we are|it['’]s|that['’]s|there['’]s|the|an?)\s+",
    re.I,
)
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
_EDGES = ' \t,;:.!…–—-"“”‘*'
_FEWEST_WORDS = 3
_FAR_ENOUGH = 200  # characters that hold so few words in any case
_LONGEST_ABBREVIATION = 12  # characters


SPEAKERS: tuple[Speaker, ...] = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Clause:
    """`text`, a span of what `speaker` said, out of `sentence`, which holds the words `held`, in lower case.

    `question` says that the sentence asks. Apostrophes of the sentence are straight.
    """

    speaker: Speaker
    text: str
    sentence: str
    held: frozenset[str]
    question: bool


def plain(text: str) -> str:
    """The text without markup, link targets and citation marks, blank lines and repeated spaces."""
    lines = (_bare(" ".join(line.split())) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _bare(line: str) -> str:
    return _BULLET.sub("", _MARKUP.sub("", _CITATION.sub("", _LINK.sub(r"\1", line)))).strip()


def clauses(turn: WindowTurn) -> list[Clause]:
    """All clauses of a turn that say something, the user's first, in the order they were said."""
    return [clause for speaker in SPEAKERS for clause in _spoken(turn, speaker)]


def kept_words(turn: WindowTurn, speaker: Speaker) -> str:
    """What the speaker said, "" where only a note stands in its place."""
    return "" if turn[speaker] in NOTES else turn[speaker]


def _spoken(turn: WindowTurn, speaker: Speaker) -> Iterator[Clause]:
    quoted = speaker == "assistant" and bool(turn["documents"])  # what documents say keeps its conditions
    for line in plain(kept_words(turn, speaker)).splitlines():
        for sentence in _sentences(line):
            question = sentence.rstrip("\"'”’)] ").endswith(("?", "？"))
            straight = sentence.replace("’", "'")
            held = frozenset(raw_words(straight.lower()))
            whole = quoted or question or "n't" in straight or not _BOUND.isdisjoint(held)
            for span in [sentence] if whole else _parts(sentence):
                if trimmed := _trimmed(span):
                    yield Clause(speaker, trimmed, straight, held, question)


def _sentences(line: str) -> list[str]:
    found, start = [], 0
    for end in _SENTENCE_END.finditer(line):
        if not (
            end.group() == "." and _ABBREVIATED.search(line[max(start, end.end() - _LONGEST_ABBREVIATION) : end.end()])
        ):
            found.append(line[start : end.end()].strip())
            start = end.end()
    return [*filter(None, found), *filter(None, [line[start:].strip()])]


def _parts(sentence: str) -> list[str]:
    """The sentence at its joints, where both sides are long enough to say something."""
    cuts, start = [], 0
    for joint in _JOINT.finditer(sentence):
        left = sentence[start : min(joint.start(), start + _FAR_ENOUGH)]
        right = sentence[joint.end() : joint.end() + _FAR_ENOUGH]
        if min(len(raw_words(left)), len(raw_words(right))) >= _FEWEST_WORDS:
            cuts.append(sentence[start : joint.start()])
            start = joint.end()
    return [*cuts, sentence[start:]]


def _trimmed(span: str) -> str:
    bare = _LEAD_IN.sub("", _NUMBERED.sub("", span.strip(_EDGES))).strip(_EDGES)
    while (shorter := _SUBJECT.sub("", bare, count=1)) != bare:
        bare = shorter
    return bare if raw_words(bare) else ""
