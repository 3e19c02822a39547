"""Questions that a document could be asked, made of its headings and sentences by rules, for people to edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.perimeter.wording import STOP_WORDS, content_terms, words

_MIN_WORDS, _MAX_WORDS = 2, 16
_SKIPPED = frozenset(
    """overview introduction contents summary notes note faq more details general example examples about see-also
    background description prerequisites references related feedback abstract conclusion appendix""".split()
)
_ASKING = r"(?:how|what|when|where|which|who|whose|why)"
_INVERTED = re.compile(
    rf"{_ASKING}(?: (?!(?:you|we|i|it|they|to)\b)\w+){{0,3}} "
    r"(?:do|does|did|is|are|can|could|should|will|would|must|may)\b"
    r"(?! (?:not )?(?:covered|included)$)",
    re.I,
)
_CLAUSE = re.compile(r"\b(?:is|are|was|has|have|says|shows|stays|keeps|does|do|did|cannot|can't|won't|will)\b", re.I)
_POINTING = frozenset("it its they them their this these that those here there both".split())
_AUXILIARY = re.compile(r"(?:do|does|did|is|are|can|could|should|will|would|may|am|have|has)\b", re.I)
_ENDED = re.compile(r"\s[-–—(:;]\s?|[,;:(]")
_SENTENCE_END = re.compile(r"(?<=[^\s\d][.!?])\s+|\n+")
_MARKUP = re.compile(r"^[\s#>*\-+|]*(?:\d+[.)]\s+)?|[*_`|]+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TURNED = {
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I'm", "you've": "I've", "we": "you",
    "us": "you", "our": "your", "ours": "yours", "i": "you", "my": "your", "me": "you",
}  # fmt: skip
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), form)
    for pattern, form in (
        (r"you (?:can not|cannot|can't|can) (.+)", "Can I {}?"),
        (r"you (?:must not|may not|may) (.+)", "May I {}?"),
        (r"you (?:must|have to|need to) (.+)", "Do I have to {}?"),
        (r"you need (.+)", "Do I need {}?"),
        (r"(?:to|in order to) (\w+(?: \w+){2,}?), .+", "How do I {}?"),
        (r"we (?:do not|don't) (.+)", "Do you {}?"),
        (
            r"we (deliver|ship|offer|accept|support|refund|repair|replace|charge|store|keep|provide|send) (.+)",
            "Do you {} {}?",
        ),
        (r"if (you (?:(?! we ).)+?), .+", "What if {}?"),
    )
)


def questions_of(title: str, headings: Sequence[str], sentences: Sequence[str], *, english: bool) -> list[str]:
    """Distinct questions, the likeliest first: those that stand there, then headings, then sentences turned round."""
    found = [*_standing((title, *headings, *sentences))]
    if english:
        headed = [question for heading in headings if (question := of_heading(heading, title))]
        turned = [question for sentence in sentences if (question := of_sentence(sentence))]
        found += _alternating(headed, turned)
    else:
        found += [f"{title}: {heading}" for heading in headings]
    found.append(title)
    fitting = (question for question in found if _MIN_WORDS <= len(words(question)) <= _MAX_WORDS)
    distinct: dict[str, str] = {}
    for question in fitting:
        distinct.setdefault(" ".join(words(question)), question)
    return list(distinct.values())


def of_heading(heading: str, title: str) -> str:
    """A heading as a question, "" where it says too little."""
    text = plain(heading).rstrip(".:")
    tokens = words(text)
    if not tokens or "-".join(tokens) in _SKIPPED or text.endswith("?") or set(tokens) <= set(words(title)):
        return ""
    if tokens[0] == "if":
        return f"What if {turned(text[3:])}?"
    about = subject(title)
    if _POINTING & set(tokens) or len(content_terms(text)) < 2:
        return f"{about}: {_lower(turned(text))}?" if about else ""
    first = tokens[0]
    if first == "how" and tokens[1:2] == ("to",):
        return f"How do I {turned(text[7:])}?"
    if re.fullmatch(_ASKING, first):
        return f"{text}?" if _INVERTED.match(text) else f"Can you tell me {_lower(turned(text))}?"
    if _CLAUSE.search(text):
        return f"What if {_lower(turned(text))}?"
    if first.endswith("ing") and len(first) > 5 and len(tokens) > 1:
        return f"How does {_lower(turned(text))} work?"
    return f"{about} {_lower(text)}" if about and len(tokens) <= 2 else f"What about {_lower(turned(text))}?"


def subject(title: str) -> str:
    """What a title is about in a few words, "" where it doesn't say so shortly."""
    short = re.split(r"\s[-–—:]|[:(]", plain(title).rstrip("?"))[0].strip()
    asks = re.match(rf"{_ASKING}\b|{_AUXILIARY.pattern}", short, re.I)
    return "" if asks or len(words(short)) > 5 else short


def keywords(title: str) -> str:
    """The words of a title that carry its meaning, as people type them into a search."""
    return " ".join(word for word in words(title) if word not in STOP_WORDS)


def of_sentence(sentence: str) -> str:
    """A statement turned into the question it answers, "" where no rule fits."""
    text = plain(sentence).rstrip(".!")
    for pattern, form in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            parts = [turned(_ENDED.split(part)[0].strip()) for part in found.groups()]
            return form.format(*parts) if all(parts) else ""
    return ""


def sentences_of(text: str) -> list[str]:
    """The sentences of a passage, one by one, without mark-up."""
    return [clean for part in _SENTENCE_END.split(text) if (clean := plain(part))]


def plain(text: str) -> str:
    """One line without mark-up, links by their words, no character that can't be printed."""
    shown = "".join(char if char.isprintable() else " " for char in _LINK.sub(r"\1", text))
    return " ".join(_MARKUP.sub("", shown).split())


def turned(text: str) -> str:
    """The same from the user's side: your order becomes my order."""
    said = re.sub(r"[\w']+", lambda found: _TURNED.get(found.group().lower(), found.group()), text)
    for wrong, right in (("I are", "I am"), ("are I", "am I"), ("I were", "I was")):
        said = re.sub(rf"\b{wrong}\b", right, said)
    return said


def _standing(texts: Sequence[str]) -> Iterator[str]:
    """What is a question as it stands."""
    for text in texts:
        clean = plain(text)
        if clean.endswith("?") and (re.match(_ASKING, clean, re.I) or _AUXILIARY.match(clean)):
            yield clean


def _alternating(first: list[str], second: list[str]) -> Iterator[str]:
    for number in range(max(len(first), len(second))):
        yield from first[number : number + 1]
        yield from second[number : number + 1]


def _lower(text: str) -> str:
    """The first word small, unless it is a name or an abbreviation."""
    first = text.split(" ", 1)[0]
    return (
        text
        if first in {"I", "I'm", "I've"} or any(c.isupper() or c.isdigit() for c in first[1:])
        else text[:1].lower() + text[1:]
    )
