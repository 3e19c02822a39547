"""Identifiers: numbers and codes with a name before them, and codes that look like nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address
from itertools import islice

from assistant.memory.pin_amounts import is_money
from assistant.memory.pin_dates import is_date
from assistant.memory.pin_labels import ADDRESS_WORDS, ID_WORDS, PHONE_WORDS, SPOT_WORDS, Label, label_before
from assistant.memory.pin_phones import DOTTED
from assistant.memory.pin_reading import Span, joined

CODES = 1_000  # looked at in one utterance

IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:\ ?[A-Za-z0-9]{4}){2,7}(?:\ ?[A-Za-z0-9]{1,4})?(?!\w)")
_EXACT = re.compile(
    r"""(?x)(?<![\w.:-])(?:
      [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}
    | (?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}
    | (?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{1,5})?
    | [vV]?\d{1,4}(?:\.\d{1,5}){2,3}(?:[-+][\w.]{1,20}\w)? | [vV]\d{1,4}\.\d{1,5}
    | 0[xX][0-9a-fA-F]{2,16}
    | [A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6}
    )(?![\w-]|[.:]\w)"""
)
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")
_CODE = re.compile(r"(?<![\w@./$€£+-])#?[^\W_]{1,40}(?:[-_/.:][^\W_]{1,40}){0,8}[#*]?(?![\w@])")
_MORE = re.compile(
    joined(
        r"""(?:\ (?:[A-Z]{1,3}\ )?(?:[A-Z]{1,3}\d[\dA-Z-]{0,11}|\d[\dA-Z-]{1,11}|\d(?=[.,;!?]|$))(?![\w:.,]\w|
        \ ?(?:%|days?|weeks?|hours?|times|people|years?|months?|minutes?|[ap]m|items?|pieces|units)\b|[a-z])){1,6}"""
    )
)
_LAST = re.compile(r" [A-Z]{2,3}(?![\w'])")
_LEADING = re.compile(r"[A-Z]{1,4}(?:-[A-Z]{1,3})? (?=[A-Z]{0,3}\d)")
_CAPITALS = re.compile(r"[A-Z]{4,14}(?:-[A-Z0-9]{1,8}){0,3}")
_ORDINARY = re.compile(
    joined(
        r"""(?i)\d{1,4}(?:st|nd|rd|th|s|am|pm|k|m|g|x|d|p|px|h|hr|hrs|min|mins|yr|yrs|kg|km|cm|mm|gb|tb|mb|w|v|mg|ml|ft|
        lb|lbs)|\d+(?:-[a-z]+)+|\d{1,4}[-/]\d{1,4}|\d{1,2}:\d\d|[a-z]+-\d{1,2}|covid-?19|mp[34]|h26[45]|[1-4]k|24/7|
        \d+\.\d+|[a-z]{3,}\d{1,2}|\d{1,3}[a-z]{3,}|\d+[/-](?:[a-z]{2,}|\d+)"""
    )
)
_FOURS = re.compile(r"\d{4}-\d{4}")
_YEARS = re.compile(r"(?:19|20)\d{2}(?:[-/](?:19|20)?\d{2})?")
_HANDLE = re.compile(
    joined(
        r"""(?i)\b(?:log(?:ged)? ?in as|(?:user ?name|user ?id|login(?: name)?|handle|nickname|benutzername|
        nom d'utilisateur|usuario|account name|screen name|gamertag)
        (?: is| was| ist| est| es|:|=| -)(?: now| actually)?):? ?["']?"""
    )
    + r"(?P<value>@?[\w.-]{2,40}\w)"
)
_NO_HANDLE = frozenset(
    "and the for was not but that this with from page screen button issue problem has have does".split()
)


def exact_spans(plain: str) -> Iterator[Span]:
    """What has a standard form: IBAN, UUID, MAC, IP, versions, hexadecimal, ERROR_NAMES; and log-in names."""
    for m in IBAN.finditer(plain):
        if sum(c.isdigit() for c in m.group()) >= 8:
            yield _span(plain, m, otherwise="iban")
    for m in _IPV6.finditer(plain):
        if m.group().count(":") >= 2 and _is_ipv6(m.group()):
            yield _span(plain, m, otherwise="ip")
    for m in _EXACT.finditer(plain):
        if not is_date(m.group()) and not DOTTED.fullmatch(m.group()):
            yield _span(plain, m, otherwise="")
    for m in _HANDLE.finditer(plain):
        if m["value"].lower() not in _NO_HANDLE:
            yield Span("identifier", m.start("value"), m.end("value"), "username")


def numbered_spans(plain: str) -> Iterator[Span]:
    """Codes right behind their name: "order number is 4471-XK", "ticket #48213"."""
    for m in islice(_CODE.finditer(plain), CODES):
        if not _may_be_code(plain, m):
            continue
        label = label_before(plain, m.start(), ID_WORDS)
        start, end = _grown(plain, m)
        if is_money(plain, start):
            continue
        if _named(label, plain[start:end]) or (label.stated and _told(label, plain[start:end])):
            yield Span("identifier", start, end, label.text)


def code_spans(plain: str) -> Iterator[Span]:
    """Codes that look like nothing else, with whatever label is near."""
    for m in islice(_CODE.finditer(plain), CODES):
        lead = _LEADING.match(plain, m.start())
        follow = _CODE.match(plain, lead.end()) if lead else None
        if lead and follow and sum(c.isdigit() for c in follow.group()) >= 4 and not _YEARS.fullmatch(follow.group()):
            label = label_before(plain, m.start(), ID_WORDS)
            yield Span("identifier", m.start(), follow.end(), label.text)
        elif _is_code(m.group()):
            yield _span(plain, m, otherwise="")


def _span(plain: str, m: re.Match[str], *, otherwise: str) -> Span:
    label = label_before(plain, m.start(), ID_WORDS | ADDRESS_WORDS)
    return Span("identifier", m.start(), m.end(), label.text or otherwise)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return any(c.isdigit() for c in text)


def _may_be_code(plain: str, m: re.Match[str]) -> bool:
    if any(c.isdigit() for c in m.group()):
        return True
    return _CAPITALS.fullmatch(m.group()) is not None or _LEADING.match(plain, m.start()) is not None


def _named(label: Label, value: str) -> bool:
    """Whether what stands behind a label can be what it names."""
    words = set(label.text.split())
    bare = value.strip("#*")
    if not label.adjacent or words & (PHONE_WORDS | {"card", "many"}) or is_date(bare):
        return False
    digits = sum(c.isdigit() for c in bare)
    if not digits:
        return label.numbered and _CAPITALS.fullmatch(bare) is not None
    if label.text in ("number", "no", "nr", "numero"):
        return digits >= 4 and not 7 <= len(bare.replace(" ", "")) == digits
    if words & SPOT_WORDS and len(bare) >= 2 and "." not in bare:
        return True
    if _ORDINARY.fullmatch(bare) and not bare.isdigit() and digits < 5:
        return label.numbered
    mixed = any(c.isupper() for c in bare) and len(bare) >= 3
    return label.numbered or digits >= 4 or mixed or value.startswith("#") or (len(bare) >= 4 and not bare[0].isdigit())


def _told(label: Label, value: str) -> bool:
    """Whether a value fits its label at a distance: "my ticket for the concert is TKT 7781-0042"."""
    digits = sum(c.isdigit() for c in value)
    dialled = bool(set(label.text.split()) & PHONE_WORDS) or (label.text == "number" and digits >= 9)
    if dialled and not any(c.isalpha() for c in value):
        return False
    return (label.numbered and digits >= 3) or (digits >= 2 and any(c.isupper() for c in value))


def _grown(plain: str, m: re.Match[str]) -> tuple[int, int]:
    """Groups set apart by spaces belong to the code: "QX 4471 220", "KA 4471 XZ"."""
    start, end = m.span()
    lead = None
    if not any(c.isdigit() for c in m.group()) and (lead := _LEADING.match(plain, start)):
        follow = _CODE.match(plain, lead.end())
        end = follow.end() if follow else end
    if more := _MORE.match(plain, end):
        end = more.end()
    lettered = lead or plain[start : start + 2].isupper()
    last = _LAST.match(plain, end) if lettered else None
    return start, last.end() if last else end


def _is_code(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    bare = text.strip("#*")
    if text.startswith("#"):
        return digits >= 3
    if digits == len(bare):
        return 6 <= digits <= 30
    if _FOURS.fullmatch(bare) and not _YEARS.fullmatch(bare):
        return True
    if digits < 2 or len(bare) < 5 or _ORDINARY.fullmatch(bare):
        return False
    letters = [c for c in bare if c.isalpha()]
    if not letters:
        return digits >= 6 and "." not in bare and ":" not in bare
    return any(c.isupper() for c in letters) or digits >= 3
