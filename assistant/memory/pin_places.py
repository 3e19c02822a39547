"""Postal addresses: told as such, or known by street, number and postcode in the manner of several countries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.memory.pin_dates import is_date
from assistant.memory.pin_labels import ADDRESS_WORDS, label_before
from assistant.memory.pin_reading import Span, joined

_STREET = joined(
    r"""(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Way|Terrace|Close|
    Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Row|Mews|Quay|Circle|Cir|Trail|Gardens|Grove|Hill|Park|Alley|Walk|Wharf|
    Green|Rise|View|Loop|Path|Pike|Plaza|Yard|Broadway|Embankment|Parade|Croft|Drove|Heights|Ridge|Run|Crossing)"""
)
_ENDING = joined(
    r"""(?:(?:str(?:a(?:ß|ss)e|aat|\.)|weg|platz|allee|gasse|ring|damm|ufer|laan|gracht|plein|kade|vägen|gatan|gata|vej|
    gade|katu|tie|utca|útja|ulice|väg|markt|graben|berg|hof)|
    \ (?:Straße|Strasse|Str\.|Weg|Platz|Allee|utca|u\.|körút|út|tér|Ring|Damm|Markt|Graben|Ufer))"""
)
_BEFORE = joined(
    r"""(?:Calle|C/|Avenida|Avda?\.?|Plaza|Paseo|Carrer|Via|Viale|Piazza|Corso|Rua|Praça|Travessa|ul\.|ulica|al\.|
    ул\.|улица)"""
)
_BETWEEN = r"(?:\ (?:de|du|des|la|le|les|l'|d'|del|della|di|da|do|dos|los|las)\b){0,2}"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'.-]{0,24}"
_POSTCODE = joined(
    r"""(?:[A-Z]{1,2}\d[A-Z\d]?\ ?\d[A-Z]{2}|[A-Z]\d[A-Z]\ ?\d[A-Z]\d|[A-Z]\d\d\ [A-Z]\d[A-Z]\d|[A-Z]\d{2}\ [A-Z\d]{4}|
    (?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|\d{3}\ \d{2}|\d{4}\ [A-Z]{2})"""
)
_UNIT = r"(?:,?\ (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Building|Bldg|No|\#)\.?\ ?[\w-]{1,6})"
_TOWN_WORD = r"[A-ZÀ-ÖØ-ÞĀ-Ž](?:[^\W\d_]|['.-](?=\w)){0,24}(?!\w)"
_TOWN = rf"(?:(?:,\ ?|\ )(?:{_POSTCODE}\b|{_TOWN_WORD}(?:\ {_TOWN_WORD}){{0,2}})){{0,5}}"
_HOUSE = r"\d{1,6}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_ADDRESS = re.compile(
    rf"""(?x)(?<![\w.,$€£#/-])(?:
      (?:(?:Flat|Apt\.?|Apartment|Unit|Suite)\ [\w-]{{1,5}},?\ )?{_HOUSE}
        (?:\ (?:[NSEW]\.?|{_CAPITAL}|\d{{1,3}}(?:st|nd|rd|th))){{0,4}}?
        \ (?i:{_STREET})\b\.?(?:\ [NSEW]{{1,2}}\b)?{_UNIT}?{_TOWN}
    | \d{{1,5}}(?:\ (?:bis|ter))?,?
        \ (?i:rue|avenue|boulevard|place|allée|chemin|quai|impasse|cours|route|via|calle|rua)\b
        {_BETWEEN}(?:\ ?{_CAPITAL}){{1,4}}{_TOWN}
    | {_BEFORE}\ ?{_BETWEEN}(?:\ ?[^\W\d_][\w'.-]{{1,24}}){{1,4}},?\ (?:n[.ºo°]{{1,2}}\ ?)?
        \d{{1,5}}[A-Za-z]?(?:/\d{{1,4}})?{_TOWN}
    | (?:(?:Am|An|Im|In|Auf|Zum|Zur)\ (?:der\ |dem\ |den\ )?)?{_CAPITAL}(?:\ {_CAPITAL})?{_ENDING}
        \ \d{{1,5}}\ ?[A-Za-z]?(?:[-/]\d{{1,4}})?\b{_UNIT}?{_TOWN}
    | P\.?\ ?O\.?\ ?Box\ \d{{1,8}}{_TOWN} | (?:Postfach|Apartado|BP)\ \d{{2,8}}{_TOWN}
    )"""
)
_TOLD = re.compile(
    r"(?:(?i:address|adresse|anschrift|direcci[oó]n|indirizzo|endereço|adres|адрес)"
    r"(?i: (?:on file|for delivery|for the delivery))?"
    r"(?i: is| was| will be| should be| to| ist| lautet| est| es| è| é| ?[:=-])(?i: now| the| at| actually|"
    r" going to be)?"
    r"|(?i:(?:ship|deliver|send|post|mail|forward|redirect)(?:ed)?"
    r" (?:it |them |this |that |everything |the \w{1,20} |my \w{1,20} )?to)"
    r"|(?i:(?:i|we) (?:now )?live at|(?:moved|moving) to|located at|(?:come|meet \w{1,8}) (?:to|at)|"
    r"office is (?:at|on)))"
    r" ?[:,]? ?(?P<value>[^\n;!?]{6,110})"
)
_END = re.compile(
    joined(
        r"""(?i)(?:\.\ |\.$|\ -\ |\ \(|\ (?:and|but|please|so|not|instead|because|thanks|if|when|by|before|with|on|or|
        where|since|my|und|et|y|e|i|is|was|for|after|until|from|the)\b)"""
    ).replace("\\ ", " ")
)


def address_spans(plain: str) -> Iterator[Span]:
    """Addresses within a line, from the house to the postcode or town."""
    for m in _TOLD.finditer(plain):
        start, end = _told(plain, m)
        if end:
            yield Span("identifier", start, end, _label(plain, start, otherwise=_purpose(m.group())))
    for m in _ADDRESS.finditer(plain):
        yield Span("identifier", m.start(), m.start() + len(m.group().rstrip(" .,")), _label(plain, m.start()))


def _purpose(told: str) -> str:
    first = told.split(maxsplit=1)[0].lower()
    return "delivery" if first[:4] in ("ship", "deli", "send", "post", "mail", "forw", "redi") else "street address"


def _told(plain: str, m: re.Match[str]) -> tuple[int, int]:
    """What stands behind "address is" up to the clause's end; (0, 0) when it is no address."""
    value = m["value"]
    border = _END.search(value)
    value = (value[: border.start()] if border else value).rstrip(" .,:-\"')")
    if "@" in value or "//" in value or is_date(value.lstrip()) or not _has_house(value):
        return 0, 0
    start = m.start("value") + len(value) - len(value.lstrip(" \"'("))
    wider = _ADDRESS.match(plain, start)
    return start, max(m.start("value") + len(value), start + len(wider.group().rstrip(" .,")) if wider else 0)


def _has_house(value: str) -> bool:
    """A number and at least one of three words with a capital: a place, not a remark."""
    words = value.split()
    capital = any(word[0].isupper() and word[1:].islower() for word in words)
    return capital and len(words) >= 3 and any(c.isdigit() for c in value)


def _label(plain: str, start: int, *, otherwise: str = "street address") -> str:
    label = label_before(plain, start, ADDRESS_WORDS)
    return label.text if set(label.text.split()) & ADDRESS_WORDS else otherwise
