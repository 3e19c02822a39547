"""Postal addresses, by their form: a street with its number, a post box, a flat, a postcode that says it is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.privacy.kinds import Found, before

_W = r"[^\W\d_][\w'’.\-]{0,30}"
_UNIT = r"(?:[,\s]{1,3}(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|App)\.? ?#?\d{1,5}[A-Za-z]?)"
_TAIL = rf"(?:[\s,]{{1,6}}(?:{_W}|\({_W}\)))"
_REST = rf"{_UNIT}{{0,2}}(?:{_TAIL}{{1,5}}[\s,]{{1,4}}\d{{4,6}}(?![\w\-]))?"
_ENGLISH = (
    "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Court|Ct|Square|Place|Pl|Boulevard|Blvd|Terrace|Close|Crescent|Highway"
    "|Hwy|Parkway|Pkwy|Row|Gardens|Mews|Way|Streets|Squares|Str"
)
_ENDINGS = (
    "straße|strasse|str\\.|gasse|weg|platz|allee|ring|damm|ufer|gata|gatan|vägen|gränd|vej|gade|gården|veien|vegen|gate"
    "|katu|tie|kuja|laan|straat|plein|gracht|kade|dijk"
)
_ROMANCE = (
    "Rue|Avenue|Boulevard|Place|Chemin|Impasse|Allée|Quai|Route|Via|Viale|Piazza|Corso|Vicolo|Calle|C/|Avenida|Av\\."
    "|Plaza|Paseo|Carrer|Camino|Rua|Travessa|Largo|Praça|ul\\.|ulica|Trg|Strada|Λ\\."
)
_STREETS = re.compile(
    rf"(?<![\w.])(?:\d{{1,5}} )?(?:"
    rf"\d{{1,5}}[A-Za-z]?,? (?:{_W} ){{1,4}}(?:{_ENGLISH})\b\.?"
    rf"|(?:{_W} ){{0,3}}[^\W\d_][\w\-]{{0,30}}(?:{_ENDINGS}),? \d{{1,4}}(?: ?[a-z])?\b"
    rf"|(?:{_W} ){{1,3}}(?:tér|utca|út|u\.|tee|tn|mnt|ulice|cesta|street|katu) \d{{1,4}}\b\.?"
    rf"|(?:\d{{1,4}},? )?(?:{_ROMANCE}) (?:{_W} ?){{1,5}}(?:,? ?\d{{1,5}}\b)?"
    rf"){_REST}"
)
_BOXES = re.compile(
    rf"(?<!\w)(?:P\.? ?O\.? ?Box \d{{1,6}}|Postbox \d{{1,6}}|Postfach \d[\d ]{{1,8}}"
    rf"|(?:PSC|Unit|CMR) \d{{1,5}},? Box \d{{1,5}})"
    rf"{_REST}",
    re.IGNORECASE,
)
_UNITS = re.compile(r"(?<!\w)(?:Apt\.|Apartment|Suite|Flat) ?#?\d{1,5}(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?<![\w.])\d{{1,5}} (?:{_W} ){{1,4}}\d{{1,5}}(?![\w\-:/])\.?{_REST}")
_ADDRESS_CUE = re.compile(
    r"(?:\baddress(?:es)?\b[^.?!]{0,30}|\blives? (?:at|in)|\blocated at|\boffices? (?:is|are) at|\b(?:it|one|this) to"
    r"|\bmeet you at|\breturn to|\bship to|\bdeliver to|\bmoved to|\bthe corner of|\bi live at|\boff at)\s{0,5}$",
    re.IGNORECASE,
)
_CORNER = re.compile(rf"\bthe corner of (?:(?:{_W}|\d{{1,5}}\.?) ){{1,5}}and (?:{_W}|\d{{1,5}})(?: {_W}){{0,2}}")
_POSTCODE_GB = re.compile(r"(?<!\w)(?:GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})(?!\w)")
_POSTCODE = re.compile(
    r"\b(?:zip|zip code|post ?code|postal code|plz|postleitzahl|code postal|código postal|cap)(?: is|:)? {1,2}"
    r"(?P<code>\d{3,6}(?:[\- ]\d{2,4})?(?: ?[A-Z]{2})?)(?!\w)",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Found]:
    """Postal addresses and the parts of one that stand alone."""
    for pattern in (_CORNER, _STREETS, _BOXES, _UNITS, _POSTCODE_GB):
        for match in pattern.finditer(text):
            if any(each.isdigit() for each in match.group()) or pattern is _CORNER:
                yield Found("address", match.start(), match.start() + len(match.group().rstrip(" ,\n")))
    for match in _NUMBERED.finditer(text):
        unit = re.search(_UNIT, match.group(), re.IGNORECASE) is not None
        if unit or _ADDRESS_CUE.search(before(text, match.start())):
            yield Found("address", match.start(), match.end())
    for match in _POSTCODE.finditer(text):
        yield Found("address", *match.span("code"))
