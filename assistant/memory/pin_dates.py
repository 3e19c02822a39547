"""Dates as people write them, with the time of day where one stands beside; times alone only with a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.memory.pin_labels import DATE_WORDS, label_after, label_before
from assistant.memory.pin_reading import Span, joined

_MONTH = joined(
    r"""(?:jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar|rero|braio)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|märz|
    apr(?:il|ile)?|avril|abr(?:il)?|may|mai|mayo|maggio|maio|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|
    julio|luglio|julho|aug(?:ust)?|août|agosto|sept?(?:ember|embre|tiembre)?|settembre|setembro|
    o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?|
    d[ée]cembre|dic(?:iembre|embre)?)\b"""
)
_WEEKDAY = joined(
    r"""(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|wed|sat|montag|dienstag|mittwoch|donnerstag|freitag|samstag|
    sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b"""
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_TIME = joined(
    r"""(?:\d{1,2}(?::\d{2}){1,2}(?:\ ?[ap]\.?m\b)?|\d{1,2}(?:[.:]\d{2})?\ ?[ap]\.?m\b|
    \d{1,2}(?:[.:]\d{2})?\ ?(?:uhr|h)\b)"""
)
_WITH_TIME = rf"(?:,?(?:T|\ (?:at\ |um\ |à\ |a\ las\ )?){_TIME}(?:\ ?(?:Z\b|(?-i:[A-Z]{{3,4}})\b))?)?"
_YEAR = r"(?:,?\ (?:de\ |of\ )?(?:\d{4}\b|'\d\d\b))?"
_NOT_A_COUNT = r"(?!\ ?(?:%|\$|€|£|(?:people|dollars|euros|pounds|USD|EUR|GBP)\b))"
_DATE = re.compile(
    rf"""(?xi)(?<![\w.,/$€£-])
    (?:(?:{_TIME}|noon|midnight),?\ on\ )?(?:{_WEEKDAY}\.?,?\ (?:the\ |den\ |le\ )?)?
    (?:
      \d{{4}}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}{_WITH_TIME}
    | {_DAY}[./-]{_DAY}[./-](?:\d{{4}}|\d{{2}}){_WITH_TIME}
    | {_DAY}(?:st|nd|rd|th|er|\.|º|°)?\ (?:of\ |de\ |di\ )?{_MONTH}\.?{_YEAR}{_WITH_TIME}
    | {_MONTH}\.?\ (?:the\ )?{_DAY}(?:st|nd|rd|th)?\b{_NOT_A_COUNT}(?:,?\ (?:of\ )?\d{{4}}\b)?{_WITH_TIME}
    | {_MONTH}\.?,?\ (?:of\ |de\ )?(?:19|20)\d{{2}}
    | {_DAY}-{_MONTH}-\d{{2,4}}
    | \d{{4}}年\d{{1,2}}月\d{{1,2}}日 | \d{{1,2}}月\d{{1,2}}日
    )(?![\w%]|[-/.]\d)"""
)
_CLOCK = re.compile(rf"(?i)(?<![\w.:$€£-])(?:{_TIME}|noon|midnight)(?!\w)")
_ORDINAL = re.compile(
    r"(?i)(?<=\bthe )(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)(?= of (?:each|every|this|next)\b| ?[,.;!?]| ?$)"
)
_YEAR_ALONE = re.compile(r"(?<=\bin )(?:19|20)\d{2}(?![\w%]|[-/.,]\d)")
_NEAR_ONLY = frozenset({"from", "by", "before", "after", "until", "since", "call", "order", "start", "end"})
_OF_A_LIFE = DATE_WORDS - _NEAR_ONLY


def date_spans(plain: str) -> Iterator[Span]:
    """Dates; then what is a date by its label only: a time of day, "the 15th", a year."""
    for m in _DATE.finditer(plain):
        label = label_before(plain, m.start(), DATE_WORDS)
        yield Span("date", m.start(), m.end() - m.group().endswith("."), label.text or _after(plain, m.end()))
    for pattern in (_CLOCK, _ORDINAL, _YEAR_ALONE):
        for m in pattern.finditer(plain):
            label = label_before(plain, m.start(), _OF_A_LIFE)
            if label.text:
                yield Span("date", m.start(), m.end(), label.text)


def is_date(text: str) -> bool:
    """Whether a text begins with a date."""
    return _DATE.match(text) is not None


def _after(plain: str, end: int) -> str:
    return label_after(plain, end, DATE_WORDS)
