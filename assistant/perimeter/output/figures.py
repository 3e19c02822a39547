"""The figures of a text in one normal form: numbers with their units, identifiers, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.perimeter.wording import fold

_FIGURE = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]+(?:\.[\w\-]+)+|(?<![\w.])[a-z]{0,6}-?\d[\w]*(?:[.,:/\-]\d\w*)*")
_MARKER = re.compile(r"\[\d{1,3}\]")
_LIST_NUMBER = re.compile(
    r"^\s*(?:>\s*)*(?:[-*+]\s+)?(?:\*\*)?(?:(?:step|schritt) )?\d{1,3}[.):](?=\s|\*)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d)[,'\u00a0\u202f ](?=\d{3}(?!\d))")
_ORDINAL_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_NUMBER_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        [str(number) for number in range(1, 13)],
        strict=True,
    )
) | {"fifteen": "15", "twenty": "20", "thirty": "30", "sixty": "60", "ninety": "90", "hundred": "100", "dozen": "12"}
_UNITS = {
    "second": "s", "sec": "s", "minute": "min", "min": "min", "hour": "h", "hr": "h", "h": "h", "day": "d", "week": "w",
    "month": "mo", "year": "y", "yr": "y", "percent": "%", "%": "%", "euro": "€", "eur": "€", "€": "€", "pound": "£",
    "gbp": "£", "£": "£", "dollar": "$", "usd": "$", "$": "$", "kg": "kg", "kilo": "kg", "kilogram": "kg", "g": "g",
    "gram": "g", "km": "km", "m": "m", "metre": "m", "meter": "m", "cm": "cm", "mm": "mm", "mb": "mb", "gb": "gb",
    "character": "char", "digit": "char", "v": "v", "volt": "v",
}  # fmt: skip
_UNIT_WORDS = "|".join(sorted((re.escape(unit) for unit in _UNITS if unit.isalpha()), key=len, reverse=True))
_WORDED = re.compile(
    rf"\b({'|'.join(_NUMBER_WORDS)})(?=[ \-](?:(?:working|business|calendar)[ \-])?(?:{_UNIT_WORDS})s?\b)"
)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_QUANTITY = re.compile(
    rf"(?P<sign>[€£$])\s?(?P<money>\d+(?:\.\d+)?)"
    rf"|(?<![\w.:])(?P<low>\d+(?:\.\d+)?)(?:\s?(?:to|-|and|or)\s?(?P<high>\d+(?:\.\d+)?))?[\s\-]?"
    rf"(?:(?:working|business|calendar|full)[\s\-])?(?P<unit>%|€|£|\$|(?:{_UNIT_WORDS})s?(?![\w]))"
)
_TWELVE_HOURS = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?")
_LARGER = {"s": ("min", 60), "min": ("h", 60), "h": ("d", 24), "d": ("w", 7), "mo": ("y", 12), "g": ("kg", 1000),
           "mm": ("cm", 10), "cm": ("m", 100), "m": ("km", 1000)}  # fmt: skip

Quantity = tuple[str, str]


def figures(text: str) -> frozenset[str]:
    """The numbers, identifiers and e-mail addresses of a text, in one normal form."""
    plain = _plain(_MARKER.sub(" ", _LIST_NUMBER.sub("", text)))
    return frozenset(part for match in _FIGURE.finditer(plain) for part in _parts(match.group()))


def known_figures(text: str) -> frozenset[str]:
    """What may be said after this text: its figures, bare and in words, and its durations in other units."""
    plain = _plain(text)
    bare = (part for match in re.findall(r"\d+(?:[.,:/\-]\d+)*", plain) for part in _parts(match))
    worded = (_NUMBER_WORDS[match] for match in _WORD_NUMBER.findall(plain))
    converted = (number for number, _ in quantities(text))
    return figures(text).union(bare, worded, converted)


def missing_figures(claimed: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """The claimed figures that are not known, with or without the unit they are written together with."""
    return frozenset(figure for figure in claimed if figure not in known and without_unit(figure) not in known)


def quantities(text: str) -> frozenset[Quantity]:
    """Numbers with their units, those of time and size also in the neighbouring units (24 months, 2 years)."""
    return frozenset(same for quantity in stated_quantities(text) for same in _same(quantity))


def stated_quantities(text: str) -> frozenset[Quantity]:
    """Numbers with their units as they are written."""
    return frozenset(_quantities(_plain(_MARKER.sub(" ", text))))


def _quantities(plain: str) -> Iterator[Quantity]:
    for match in _QUANTITY.finditer(plain):
        if match["sign"]:
            yield _normal(match["money"]), match["sign"]
            continue
        unit = match["unit"]
        unit = _UNITS.get(unit) or _UNITS[unit.removesuffix("s")]
        for number in (match["low"], match["high"]):
            if number:
                yield _normal(number), unit


def _same(quantity: Quantity) -> Iterator[Quantity]:
    yield quantity
    number, unit = quantity
    value = float(number) if re.fullmatch(r"\d+(?:\.\d+)?", number) else 0.0
    if unit in _LARGER:
        larger, times = _LARGER[unit]
        if value and value % times == 0:
            yield _normal(f"{value / times:g}"), larger
    for smaller, (larger, times) in _LARGER.items():
        if larger == unit and value:
            yield _normal(f"{value * times:g}"), smaller


def without_unit(figure: str) -> str:
    """The number of a figure written together with its unit (10cm)."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)[a-z]{1,4}", figure)
    return _normal(found.group(1)) if found else figure


def _plain(text: str) -> str:
    """Folded, without thousands separators; 5 pm as 17:00, "ten days" as 10 days."""
    plain = _THOUSANDS.sub("", fold(text))
    plain = _TWELVE_HOURS.sub(_on_the_clock, plain)
    return _WORDED.sub(lambda match: _NUMBER_WORDS[match.group(1)], plain)


def _on_the_clock(match: re.Match[str]) -> str:
    hour = int(match.group(1)) % 12 + (12 if match.group(3) == "p" else 0)
    return f"{hour:02d}:{match.group(2) or '00'}"


def _parts(figure: str) -> list[str]:
    """Ranges and dates count by their numbers: 1-2 is supported by "1 to 2"."""
    if re.fullmatch(r"\d+(?:[.,]\d+)?(?:[\-/]\d+(?:[.,]\d+)?)+", figure):
        return [_normal(part) for part in re.split(r"[\-/]", figure)]
    return [_normal(figure)]


def _normal(figure: str) -> str:
    figure = _ORDINAL_ENDING.sub("", figure.strip(".,:;-/"))
    if re.fullmatch(r"\d+[.,]\d+", figure):
        figure = figure.replace(",", ".").rstrip("0").rstrip(".")
    if re.fullmatch(r"\d{1,2}:\d{2}", figure):
        figure = figure.zfill(5)
    return figure.lstrip("0") or "0" if figure.isdigit() else figure
