"""Facts known by their shape, in the order in which they claim their letters; secrets claim theirs first.

Every quantifier in the patterns is bounded, so that no text makes a search long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from assistant.memory.pin_amounts import amount_spans
from assistant.memory.pin_codes import IBAN, code_spans, exact_spans, numbered_spans
from assistant.memory.pin_dates import date_spans
from assistant.memory.pin_labels import label_before
from assistant.memory.pin_phones import phone_spans
from assistant.memory.pin_places import address_spans
from assistant.memory.pin_reading import Span, overlaps
from assistant.memory.pin_secrets import has_secret, secret_spans

SPANS_OF_A_KIND = 200  # in one utterance; what follows is a pasted list

_URL = re.compile(
    r"(?i)(?<![\w@])(?:(?:https?|ftps?|sftp|ssh|wss?)://|www\.)[^\s<>\"“”{}|\\^`]{2,500}"
    r"|(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}[a-z]{2,12}/[^\s<>\"“”{}|\\^`]{0,300}"
    r"|(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}"
    r"(?:com|org|net|edu|gov|io|dev|app|info|biz|co\.uk|example|shop|online|site|eu|de|fr|es|nl|ch|at|ca|"
    r"uk)(?![\w@.-]\w|\w)"
)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}(?![\w@])")
_MAIL_WORDS = frozenset({"email", "e-mail", "mail"})
_CLOSING = ".,;:!?'*_"


def shaped_spans(plain: str) -> tuple[list[Span], list[tuple[int, int]]]:
    """The facts known by shape, and where secrets stand; no two facts overlap, none touches a secret."""
    secrets = secret_spans(plain, [m.span() for m in islice(IBAN.finditer(plain), SPANS_OF_A_KIND)])
    secrets += [m.span() for m in _URL.finditer(plain) if has_secret(m.group())]
    taken = list(secrets)
    found: list[Span] = []
    for pattern in _PATTERNS:
        for span in islice(pattern(plain), SPANS_OF_A_KIND):
            if not overlaps(taken, span.start, span.end):
                taken.append((span.start, span.end))
                found.append(span)
    return found, secrets


def _url_spans(plain: str) -> Iterator[Span]:
    for m in _URL.finditer(plain):
        text = m.group().rstrip(_CLOSING)
        while text.endswith((")", "]")) and _brackets(text) < 0:
            text = text[:-1].rstrip(_CLOSING)
        if len(text) >= 5:
            yield Span("url", m.start(), m.start() + len(text))


def _brackets(text: str) -> int:
    """How many brackets were opened and not closed."""
    return text.count("(") + text.count("[") - text.count(")") - text.count("]")


def _email_spans(plain: str) -> Iterator[Span]:
    for m in _EMAIL.finditer(plain):
        label = label_before(plain, m.start(), _MAIL_WORDS)
        yield Span("email", m.start(), m.end(), "" if label.text in _MAIL_WORDS else label.text)


_PATTERNS: tuple[Callable[[str], Iterator[Span]], ...] = (
    _email_spans,
    _url_spans,
    address_spans,
    exact_spans,
    numbered_spans,
    date_spans,
    amount_spans,
    phone_spans,
    code_spans,
)
