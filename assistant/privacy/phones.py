"""Telephone numbers: by their form where it is one no other number has, else by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.privacy.kinds import FILLER, Found, before, numbered_otherwise

_NUMBER = re.compile(
    r"(?<![\w+])(?<!\d[.,:/])(?:\+ ?)?\(?\+?\d(?:[ .\-/()\u00a0\u2011–]{0,2}\d){5,16}+(?:(?!\w|[.,:]\d)|(?= ?x\d))",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"[ ,]{0,2}(?:x|ext\.?|extension|durchwahl|poste)[ .:]{0,2}\d{1,6}(?!\w)", re.IGNORECASE)
_CUE = re.compile(
    r"(?:\b(?:tele(?:ph|f)on\w*|phones?|tele?|tél[ée]?\w*|teléfono|mobile?|mob|cell(?:phone|ulare)?|handy\w*|rufnummer|"
    r"fax|whatsapp|sms|call(?:ed|ing)?|ring|dial|text|reach(?:able|ed)?|contact|messages? to|"
    r"answering|registered|portable|móvil|celular|ruf|anrufen|ph|hotline)\b[\s.:#\-=,(]{0,4}"
    r"(?:(?:is|was|no|nr|number|num|on|at|me|us|him|her|them|my|to|back|the|under|unter|auf|au|al|el|numéro|número|"
    r"numero|nummer|anytime|please|mobile|phone|cell|new|work|home)\b[\s.:#\-=,(]{1,3}){0,5}"
    r"|\b(?:desk|office|home|work)(?: (?:phone|number))?:[ \n]{0,3})$",
    re.IGNORECASE,
)
_CUE_BEHIND = re.compile(r"[ ,(\-]{1,3}(?:office|fax|mobile|cell|home|work|desk|phone|handy)\b", re.IGNORECASE)
_ELSE = re.compile(
    r"(?:\d{1,2}[./\-]\d{1,2}[./\-](?:\d{2}|\d{4})|\d{4}[./\-]\d{1,2}[./\-]\d{1,2})(?:[ T].*)?"  # dates
    r"|\d{1,2}[.:]?\d\d ?[\-–] ?\d{1,2}[.:]?\d\d"  # hours
    r"|(?:19|20)\d\d ?[\-–/] ?(?:19|20)\d\d"  # years
)
_NORTH_AMERICAN = re.compile(r"(?:1[ .\-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d(?P<gap>[ .\-]))[2-9]\d\d[ .\-]\d{4}")
_NATIONAL = re.compile(r"\(?0[1-9]\d{0,4}\)?(?:[ .\-/]{1,2}\d{2,8}){1,5}|0[1-9]\d{8,9}")
_INTERNATIONAL = re.compile(r"(?:\+ ?|\(\+|00)\(?[1-9].*")


def phones(text: str) -> Iterator[Found]:
    """Telephone numbers with their extensions."""
    for match in _NUMBER.finditer(text):
        written = match.group().rstrip("( ")
        if _is_phone(text, match.start(), written):
            end = match.start() + len(written)
            extension = _EXTENSION.match(text, end)
            start = match.start() + (written.startswith("(") and ")" not in written)
            yield Found("phone", start, extension.end() if extension else end)


def _is_phone(text: str, start: int, written: str) -> bool:
    digits = sum(each.isdigit() for each in written)
    if not 7 <= digits <= 17 or _ELSE.fullmatch(written) or numbered_otherwise(text, start):
        return False
    if _INTERNATIONAL.fullmatch(written):
        grouped = len(written) > digits
        return (written[0] != "0" and digits <= 15) or (digits >= 10 and grouped) or _told(text, start, written)
    if _NORTH_AMERICAN.fullmatch(written) or (_NATIONAL.fullmatch(written) and 9 <= digits <= 12):
        return True
    return digits <= 15 and _told(text, start, written)


def _told(text: str, start: int, written: str) -> bool:
    end = start + len(written)
    behind = text[end : end + 16].partition(FILLER)[0]
    return _CUE.search(before(text, start, 64)) is not None or _CUE_BEHIND.match(behind) is not None
