"""Whether a sentence denies what a statement says, or says what it denies.

Each word of a sentence is said or denied: a negation covers its clause, `without` and `instead of` only what directly
follows. Two texts contradict each other when the words they share, and that one of them denies, are mostly said by the
other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.perimeter.output.synonyms import is_generic, meaning, split_words
from assistant.perimeter.wording import fold

Polarities = Mapping[str, bool]

_REWRITES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"[*_`]+", ""),
        (r"\b(?:no|not) (?:more|later|less|fewer|longer|earlier|sooner) than\b", "than"),
        (r"\bnot only\b|\bno matter\b|\bwhether or not\b|\bno\.? \d", ""),
        (r"\b(?:can't|cannot|can not)\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"\b(?:no longer|not any ?more|not any longer)\b", "not"),
        (r"\bunavailable\b", "not available"),
        (r"\bimpossible\b", "not possible"),
        (r"\b(?:excluded|excludes|exclude) from\b", "not covered by"),
        (r"\bexcluded\b", "not covered"),
        (r"\b(?:incompatible|unsuitable|unsupported)\b", "not compatible"),
        (r"\b(?:unable|fails?|refuses?|declines?) to\b", "not"),
        (r"\binvalid(?:ates?|ated)?\b", "not valid"),
        (r"\b(?:forbidden|prohibited)\b", "not allowed"),
        (r"\b(?:optional|voluntary)\b", "not required"),
        (r"\bneedn't\b|\bneed not\b", "not need"),
        (r"\b(?:is|are|be|was|were|stays?|remains?) closed\b", "is not open"),
        (r"\bno-(?=\w)", "no"),
        (
            r"\b(?:free of charge|for free|at no (?:extra )?(?:cost|charge)|no (?:extra )?(?:charge|fee|cost)s?)\b",
            "without charge",
        ),
        (r"\b(is|are|be|was|were)( not)? free\b(?! from (?![£€$\d]))", r"\1\2 without charge"),
        (r"\b(?:costs? nothing|do(?:es)? not cost anything)\b", "is without charge"),
        (r"\bnot without\b", "with"),
        (r"\bnobody\b|\bno one\b|\bnothing\b|\bnone\b", "somebody not"),
        (r"\bneither\b", "not"),
    )
)
_BOUNDARY = re.compile(
    r",(?! (?:not|never)\b)|\b(?:and|because|if|when|once|so that|which|since|unless|except|until|who|where|"
    r"as long as|even if)\b"
)
_STRONG = re.compile(r"[;:()!?]|[–—]|\b(?:but|while|whereas|although|though)\b")
_VERBAL = re.compile(
    r"\b(?:is|are|was|were|be|been|am|can|could|will|would|may|might|must|shall|should|do|does|did|has|have|had|you|we|"
    r"they|it|he|she|i|not|never|no|there|cannot|need|needs)\b"
)
_ITEM_WORDS = 4
_DETERMINERS = frozenset("the a an or your any our their its".split())
_NEGATOR = re.compile(r"(?:not|never|no|nor)$")
_NEAR = re.compile(r", (?:not|never)\b|\b(?:without|instead of|rather than)\b")
_DENYING = re.compile(
    r"(?:\S+ > )*(?:what|where|when|who|which|how|items?|things?|products?|cases?|exceptions?)\b.*"
    r"\b(?:not|cannot|can't|never|no)\b"
)
_TERMINAL = re.compile(r"\bNO\b")  # a contact that is normally open
_NEAR_END = re.compile(rf",|(?<=\w\w)\s(?:the|your|our)\b|\b(?:for|by|from|in|within|on|at|to)\b|{_VERBAL.pattern}")
_EXCEPTION = re.compile(r"\b(?:unless|except|even if)\b[^,;.]*")


@lru_cache(maxsize=4_096)
def polarities(text: str) -> Polarities:
    """For each meaning in a text whether it is said (True) or denied (False); what is both is left out."""
    plain = fold(text if text.isupper() else _TERMINAL.sub("terminal", text))
    for pattern, put in _REWRITES:
        plain = pattern.sub(put, plain)
    plain = _EXCEPTION.sub(" ", plain)
    found: dict[str, bool] = {}
    mixed: set[str] = set()
    for clause in _clauses(plain):
        for term, said in _of_clause(clause):
            if found.setdefault(term, said) != said:
                mixed.add(term)
    return {term: said for term, said in found.items() if term not in mixed}


def denies(heading: str) -> bool:
    """True for a heading under which everything is denied: "What is not covered"."""
    return bool(_DENYING.match(fold(heading)))


def contradiction(sentence: Polarities, statement: Polarities) -> float:
    """From -1, both deny the same, to 1, one denies what the other says: a share of the words they have in common."""
    shared = [(said, statement[term]) for term, said in sentence.items() if term in statement]
    weighed = [said == stated for said, stated in shared if not (said and stated)]
    return (weighed.count(False) - weighed.count(True)) / len(shared) if shared else 0.0


def _clauses(plain: str) -> list[str]:
    """Clauses; enumerations, which have no verb of their own, stay with what they belong to."""
    return [clause for part in _STRONG.split(plain) for clause in _joined(_BOUNDARY.split(part))]


def _joined(parts: Sequence[str]) -> list[str]:
    clauses: list[list[str]] = []
    listed = False  # what is joined of items is one
    for part in filter(str.strip, parts):
        item = _is_item(part)
        if clauses and (item or listed):
            clauses[-1].append(part)
            listed = item and listed
        else:
            clauses.append([part])
            listed = item
    return [", ".join(clause) for clause in clauses]


def _is_item(part: str) -> bool:
    """An item of an enumeration, or several."""
    return not _VERBAL.search(part) and all(
        len(words := piece.split()) <= (_ITEM_WORDS if words[:1] and words[0] not in _DETERMINERS else 2 * _ITEM_WORDS)
        for piece in re.split(r",|\bor\b", part)
    )


def _of_clause(clause: str) -> list[tuple[str, bool]]:
    near = _NEAR.search(clause)
    if near is None:
        return _told(clause, _is_said(clause))
    rest = clause[near.end() :]
    end = _NEAR_END.search(rest)
    lacked, behind = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    main = f"{clause[: near.start()]} {behind}"
    return _told(main, _is_said(main)) + _told(lacked, said=False)


def _is_said(words: str) -> bool:
    return sum(bool(_NEGATOR.match(token)) for token in split_words(words)) % 2 == 0


def _told(words: str, said: bool) -> list[tuple[str, bool]]:
    return [(meaning(token), said) for token in split_words(words) if _counts(token)]


def _counts(token: str) -> bool:
    return token in _CARRYING or not (is_generic(token) or _NEGATOR.match(token))


_CARRYING = frozenset("need needs needed available possible allowed allow use used apply applies get want".split())
