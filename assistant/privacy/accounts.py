"""Payment cards and bank accounts, by their checksums.

Card prefixes and lengths after ISO/IEC 7812 and the networks' own tables; IBAN lengths after the SWIFT registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.privacy.kinds import GAP, Found, before

_RUN = re.compile(rf"\d+(?:{GAP}{{1,3}}\d+)*")
_JOINED = re.compile(  # signs that lists and sums have too: only in a card's own groups, and the same sign throughout
    r"(?<![^\W_])\d{4}(?P<gap>[,_*]{1,2}|, )"
    r"(?:\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{3})?|\d{6}(?P=gap)\d{4,5})(?![^\W_]|\.\d)"
)
_LISTED_BEFORE = re.compile(r"\d[,_*]{1,2} ?$")
_LISTED_BEHIND = re.compile(r"[,_*]{1,2} ?\d")
_LETTER = re.compile(r"[^\W\d_]")
_GROUP = re.compile(r"\d+")
_BRANDS = re.compile(
    r"4(?:\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d|35(?:2[89]|[3-8]\d)|220[0-4]|8[12]\d\d)\d{12,15}"  # Discover to RuPay
    r"|3(?:0[0-5]|09|[689]\d)\d{11}"  # Diners Club
    r"|(?:2131|1800)\d{11}"  # JCB, the older form
    r"|(?:5018|5019|5020|5038|5893|6304|6759|676[1-3]|506[01]|9792|60\d\d|508\d)\d{12,15}"  # Maestro to Troy
)
_CARD_CUE = re.compile(
    r"(?<!gift )(?<!sim )(?<!loyalty )(?<!memory )(?<![^\W\d_])"
    r"(?:credit|debit|cards?|cc|visa|master ?card|amex|american express|maestro|pan|\w*karten?(?:nummer)?|carte"
    r"|tarjeta|carta|kaart|kort|karta|cart[aã]o)(?![^\W\d_])",
    re.IGNORECASE,
)
_CARD_DIGITS = range(12, 20)

_IBAN_HEAD = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}{GAP}?\d{GAP}?\d")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
_IBAN_BODIES = {
    length: re.compile(rf"(?:{GAP}{{0,2}}[A-Za-z0-9]){{{length - 4}}}(?![^\W_])")
    for length in set(_IBAN_LENGTHS.values())
}


def cards(text: str) -> Iterator[Found]:
    """Card numbers, however they are grouped or broken over lines. One of no known brand needs a word for card."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + m.start(), run.start() + m.end()) for m in _GROUP.finditer(run.group())]
        first = 0
        while first < len(groups):
            told = _told(text, groups[first][0])
            last = _longest_card(text, groups, first, told=told) if told or _may_begin(groups, first) else None
            if last is None:
                first += 1
                continue
            yield Found("credit_card", groups[first][0], groups[last][1])
            first = last + 1
    yield from _joined_cards(text)


def _joined_cards(text: str) -> Iterator[Found]:
    """Card numbers with commas, underscores or stars between their groups; in a list, only behind a word for card."""
    for match in _JOINED.finditer(text):
        digits = "".join(str(int(each)) for each in match.group() if each.isdigit())
        listed = " " in match["gap"] or _LISTED_BEFORE.search(text[max(0, match.start() - 4) : match.start()])
        listed = listed or _LISTED_BEHIND.match(text, match.end())
        known = _BRANDS.fullmatch(digits) and len(set(digits)) > 1 and luhn(digits)
        if known and (not listed or _told(text, match.start())):
            yield Found("credit_card", *match.span())


def _told(text: str, start: int) -> bool:
    words = before(text, start)
    return _LETTER.search(words) is not None and _CARD_CUE.search(words) is not None


def _may_begin(groups: list[tuple[int, int]], first: int) -> bool:
    """Cards are written in groups of four and more to begin with, or digit by digit."""
    size = groups[first][1] - groups[first][0]
    return size >= 4 or (size == 1 and (first == 0 or groups[first - 1][1] - groups[first - 1][0] > 1))


def _longest_card(text: str, groups: list[tuple[int, int]], first: int, *, told: bool) -> int | None:
    """The last group of the longest card number that begins with the group `first`."""
    digits, best = "", None
    for last in range(first, len(groups)):
        start, end = groups[last]
        if len(digits) + end - start > _CARD_DIGITS[-1]:
            break
        digits += "".join(str(int(each)) for each in text[start:end])
        if len(digits) in _CARD_DIGITS and luhn(digits):
            known = told and not _goes_on(groups, first, last)
            best = last if _is_card(text, groups[first : last + 1], digits, known) else best
    return best


def _goes_on(groups: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether the next group looks like one more of the same number."""
    sizes = [end - start for start, end in groups[first : last + 2]]
    return len(sizes) > last - first + 1 > 1 and sizes[-1] == sizes[-2]


def _is_card(text: str, groups: list[tuple[int, int]], digits: str, known: bool) -> bool:
    start, end = groups[0][0], groups[-1][1]
    if len(set(digits)) == 1 or _decimal(text, start, end):
        return False
    sizes = [stop - begin for begin, stop in groups]
    grouped = len(sizes) == 1 or max(sizes) == 1 or (sizes[0] >= 4 and min(sizes) >= 2)
    alone = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
    return known or (grouped and alone and _BRANDS.fullmatch(digits) is not None)


def _decimal(text: str, start: int, end: int) -> bool:
    """Whether the digits are the part of a number before or behind its decimal sign."""
    tail, head = text[max(0, start - 2) : start], text[end : end + 2]
    return (tail[-1:] in (".", ",") and tail[:1].isdigit()) or (head[:1] in (".", ",") and head[1:].isdigit())


def luhn(digits: str) -> bool:
    """The check of card numbers (ISO/IEC 7812-1, annex B)."""
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    return (sum(int(each) for each in digits[::-2]) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def ibans(text: str) -> Iterator[Found]:
    """International bank account numbers of their country's length whose check digits hold (ISO 13616)."""
    end = 0
    for head in _IBAN_HEAD.finditer(text):
        length = _IBAN_LENGTHS.get(head.group()[:2].upper())
        body = _IBAN_BODIES[length].match(text, head.end()) if length and head.start() >= end else None
        if body and _mod97(head.group() + body.group()):
            end = body.end()
            yield Found("iban", head.start(), end)


def _mod97(written: str) -> bool:
    plain = "".join(each for each in written.upper() if each.isalnum())
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1
