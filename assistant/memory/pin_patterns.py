"""Facts known by their shape: addresses of the net, numbers with a name, amounts, dates, postal addresses, phones.

Every quantifier is bounded, so that no text makes a search long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from assistant.memory.pin_labels import (
    ADDRESS_WORDS,
    AMOUNT_WORDS,
    DATE_WORDS,
    ID_WORDS,
    NO_LABEL,
    PHONE_WORDS,
    Label,
    label_after,
    label_before,
)
from assistant.memory.pin_reading import Span, clause_before, overlaps
from assistant.memory.pin_secrets import has_secret, secret_spans

CANDIDATES = 200  # of each pattern in one utterance; what follows is a pasted list

_MONTHS = (
    r"(?:jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar|rero|braio)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|märz|"
    r"apr(?:il|ile)?|avril|abr(?:il)?|may|mai|mayo|maggio|maio|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|"
    r"julio|luglio|julho|aug(?:ust)?|août|ago(?:sto)?|sept?(?:ember|embre|tiembre)?|settembre|setembro|"
    r"o[ck]t(?:ober|obre|ubre)?|ottobre|out(?:ubro)?|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?|"
    r"d[ée]cembre|dic(?:iembre|embre)?)"
)
_TIME = (
    r"\d{1,2}(?::\d{2}){1,2}(?:\ ?[ap]\.?m\b)?|\d{1,2}(?:[.:]\d{2})?\ ?[ap]\.?m\b|\d{1,2}(?:[.:]\d{2})?\ ?(?:uhr|h)\b"
)
_WITH_TIME = rf"(?:,?(?:T|\ (?:at\ |um\ |à\ |a\ las\ )?)(?:{_TIME})(?:\ ?(?:Z\b|[A-Z]{{3,4}}\b))?)?"
_CURRENCY = (
    r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|CNY|BRL|MXN|ZAR|SGD|HKD|AED|TRY|ILS|KRW|RUB|UAH|"
    r"RON|BGN|THB)"
)
_CURRENCY_WORD = (
    r"(?:dollars?|euros?|pounds?|bucks|quid|cents?|pence|francs?|yen|yuan|rupees?|pesos?|reais|real|kron(?:er|or|a)|"
    r"z[łl]oty(?:ch)?|franken|roubles?|rubles?|рубл(?:ей|я|ь)|grand|kr|zł|Kč|Ft)"
)
_SIGN = r"[$€£¥₹₽₩₺₪₴฿]"
_NUMBER = r"\d{1,3}(?:[.,'\ ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,4})?"
_SCALE = r"(?:\ ?(?:k|m|bn|mn|mio|million|billion|thousand|grand)\b|K\b|M\b)?"

_URL = re.compile(
    r"(?i)(?<![\w@])(?:(?:https?|ftps?|sftp|ssh|wss?)://|www\.)[^\s<>\"“”{}|\\^`]{2,500}"
    r"|(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}[a-z]{2,12}/[^\s<>\"“”{}|\\^`]{0,300}"
)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}(?![\w@])")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:\ ?[A-Za-z0-9]{4}){2,7}(?:\ ?[A-Za-z0-9]{1,4})?(?!\w)")
_EXACT_ID = re.compile(
    r"""(?x)(?<![\w.:-])(?:
      [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}
    | (?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}
    | (?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{1,5})?
    | (?:[0-9a-fA-F]{1,4}:){3,7}:?[0-9a-fA-F]{1,4} | (?:[0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}
    | [vV]?\d{1,4}(?:\.\d{1,5}){2,3}(?:[-+][\w.]{1,20}\w)? | [vV]\d{1,4}\.\d{1,5}
    | 0[xX][0-9a-fA-F]{2,16}
    | [A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6}
    )(?![\w-]|[.:]\w)"""
)
_DATE = re.compile(
    rf"""(?xi)(?<![\w.,/$€£-])(?:
      \d{{4}}[-/.](?:0?[1-9]|1[0-2])[-/.](?:3[01]|[12]\d|0?[1-9]){_WITH_TIME}
    | (?:3[01]|[12]\d|0?[1-9])[./-](?:3[01]|[12]\d|0?[1-9])[./-](?:\d{{4}}|\d{{2}}){_WITH_TIME}
    | (?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|\.|º|°)?\ (?:of\ |de\ |di\ )?{_MONTHS}\b\.?
      (?:,?\ (?:de\ |of\ )?(?:\d{{4}}\b|'\d\d\b))?{_WITH_TIME}
    | {_MONTHS}\b\.?\ (?:the\ )?(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?!\ ?(?:%|\$|€|£|people|
    {_CURRENCY_WORD})\b)
      (?:,?\ (?:of\ )?\d{{4}}\b)?{_WITH_TIME}
    | {_MONTHS}\b\.?,?\ (?:of\ |de\ )?(?:19|20)\d{{2}}
    | \d{{4}}年\d{{1,2}}月\d{{1,2}}日 | \d{{1,2}}月\d{{1,2}}日
    | (?:3[01]|[12]\d|0?[1-9])-{_MONTHS}-\d{{2,4}}
    )(?![\w%]|[-/.]\d)"""
)
_CLOCK = re.compile(rf"(?xi)(?<![\w.:$€£-])(?:{_TIME}|noon|midnight)(?!\w)")
_AMOUNT = re.compile(
    rf"""(?x)(?<![\w.,])(?:
      -?(?:[A-Z]{{1,3}})?{_SIGN}\ ?(?:{_NUMBER}){_SCALE}(?:\ ?{_CURRENCY}\b)?
    | {_CURRENCY}\ ?(?:{_NUMBER}){_SCALE}
    | (?:Rs\.?|R\$|kr\.?|Fr\.|zł|Kč)\ ?(?:{_NUMBER}){_SCALE}
    | (?:{_NUMBER}){_SCALE}\ ?(?:{_SIGN}(?!\d)|{_CURRENCY}\b|(?i:{_CURRENCY_WORD})\b)
    )(?!\w)"""
)
_MEASURE = re.compile(
    rf"""(?x)(?<![\w.,/-])(?:{_NUMBER})\ ?
    (?:%|percent\b|°\ ?[CF]?\b|(?:kg|kgs|g|mg|µg|lbs?|oz|km|cm|mm|m|m²|sqm|ft|inch(?:es)?|in|miles?|mi|yards?|
    litres?|liters?|
    l|ml|gallons?|GB|TB|MB|KB|kWh|kW|W|V|A|mA|Ah|mAh|Hz|GHz|MHz|bar|psi|rpm|mph|km/h|Mbps|Gbps|people|persons|guests|
    pieces|pcs|units|boxes|tons?|tonnes?|kilos?|grams?|metres?|meters?|square\ (?:feet|metres|meters))\b)(?!\w)"""
)
_BARE_NUMBER = re.compile(rf"(?<![\w.,/$€£-])(?:{_NUMBER})(?:\ ?[kK]\b)?(?![\w%/:-]|[.,]\d)")
_PHONE = re.compile(
    r"(?<![\w.,/$€£-])(?:\+|00)?(?:\(\d{1,5}\)|\d)(?:[ ./()-]{0,3}\d){5,16}(?:\ ?(?:x|ext\.?|"
    r"#)\ ?\d{1,6})?(?![\w%]|[.,-]\d)"
)
_DOTTED_PHONE = re.compile(r"\d{3}\.\d{3}\.\d{4}|0\d{1,4}(?:\.\d{2,5}){1,4}")
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Way|Terrace|Close|"
    r"Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Row|Mews|Quay|Circle|Cir|Trail|Gardens|Grove|Hill|Park|Alley|Walk|Wharf|"
    r"Green|Rise|View|Loop|Path|Pike|Plaza|Yard|Broadway|Embankment)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'.-]{0,24}"
_POSTCODE = r"(?:[A-Z]{1,2}\d[A-Z\d]?\ ?\d[A-Z]{2}|[A-Z]\d[A-Z]\ ?\d[A-Z]\d|(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?)"
_UNIT = r"(?:,?\ (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Building|Bldg|No|\#)\.?\ ?[\w-]{1,6})"
_TOWN = rf"(?:(?:,\ ?|\ )(?:{_POSTCODE}\b|{_CAPITAL}(?:\ {_CAPITAL}){{0,2}})){{0,5}}"
_ADDRESS = re.compile(
    rf"""(?x)(?<![\w.,$€£#/-])(?:
      (?:(?:Flat|Apt\.?|Unit|Suite)\ [\w-]{{1,5}},?\ )?\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,4}}[A-Za-z]?)?
        (?:\ (?:[NSEW]\.?|{_CAPITAL}|\d{{1,3}}(?:st|nd|rd|
        th))){{0,4}}?\ (?i:{_STREET})\b\.?(?:\ [NSEW]{{1,2}}\b)?{_UNIT}?{_TOWN}
    | \d{{1,5}}(?:\ (?:bis|ter))?,?\ (?i:rue|avenue|boulevard|place|allée|chemin|quai|impasse|cours|route|via|calle|
    rua)\b
        (?:\ (?:de|du|des|la|le|les|l'|d'|del|della|dos|da)){{0,2}}(?:\ ?{_CAPITAL}){{1,4}}{_TOWN}
    | (?:Calle|C/|Avenida|Avda?\.?|Plaza|Paseo|Carrer|Via|Viale|Piazza|Corso|Rua|Praça|Travessa|ul\.|ulica|al\.|
    ул\.|улица)\ ?
        (?:\ ?(?:de|del|della|di|da|do|dos|la|los|
        las)\b){{0,2}}(?:\ ?[^\W\d_][\w'.-]{{1,24}}){{1,4}},?\ (?:n[.ºo°]{{1,2}}\ ?)?
        \d{{1,5}}[A-Za-z]?(?:/\d{{1,4}})?{_TOWN}
    | [A-ZÄÖÜÅØÆÁÉÍÓÚÞ][\w'.-]{{1,24}}(?:\ [A-ZÄÖÜÅØÆ][\w'-]{{1,24}})?
        (?:(?:str(?:a(?:ß|ss)e|aat|\.)|weg|platz|allee|gasse|ring|damm|ufer|laan|gracht|plein|kade|vägen|gatan|gata|
        vej|gade|
        katu|tie|utca|útja|ulice|väg)|\ (?:Straße|Strasse|Str\.|Weg|Platz|Allee|utca|u\.|körút|út|tér|Ring|Damm))
        \ \d{{1,5}}\ ?[A-Za-z]?(?:[-/]\d{{1,4}})?\b{_UNIT}?{_TOWN}
    | P\.?\ ?O\.?\ ?Box\ \d{{1,8}}{_TOWN} | (?:Postfach|Apartado|BP)\ \d{{2,8}}{_TOWN}
    )"""
)
_TOLD_ADDRESS = re.compile(
    r"(?:(?i:address|adresse|anschrift|direcci[oó]n|indirizzo|endereço|adres|адрес)"
    r"(?:(?i:\ (?:is|was|will\ be|should\ be|to|ist|lautet|est|es|è|é))|\ ?[:=-])(?i:\ now|\ the|\ at|\ actually)?"
    r"|(?i:(?:ship|deliver|send|post|mail|forward|redirect)(?:ed)?\ (?:it|them|this|that|everything|"
    r"the\ \w{1,20})?\ ?to)"
    r"|(?i:(?:i|we)\ (?:now\ )?live\ at|(?:moved|moving)\ to|located\ at|(?:come|meet\ \w{1,8})\ (?:to|at)))"
    r"\ ?[:,]?\ ?(?P<value>[^\n;!?]{6,110})"
)
_ADDRESS_END = re.compile(
    r"(?i)(?:\.\ |\.$|\ -\ |\ (?:and|but|please|so|not|instead|because|thanks|if|when|by|before|with|on|or|where|"
    r"since|my|"
    r"und|et|y|e|i|is|was|for|after|until|from|the)\b|\ \()"
)
_CODE = re.compile(r"(?<![\w@./$€£+-])#?[^\W_]{1,40}(?:[-_/.:][^\W_]{1,40}){0,8}(?![\w@])")
_MORE_GROUPS = re.compile(
    r"(?:\ (?:[A-Z]{1,3}\ )?[A-Z]{0,3}\d[\dA-Z-]{1,11}(?![\w:.,]\w|\ ?(?:%|days?|weeks?|hours?|times|people|years?|"
    r"months?|minutes?|[ap]m|items?|pieces|units)\b|[a-z])){1,6}"
)
_LAST_GROUP = re.compile(r"\ [A-Z]{2,3}(?![\w'])")
_LEADING_GROUP = re.compile(r"[A-Z]{1,4}(?:-[A-Z]{1,3})?\ (?=[A-Z]{0,3}\d)")
_CAPS_CODE = re.compile(r"[A-Z]{4,14}(?:-[A-Z0-9]{1,8}){0,3}")
_ORDINARY = re.compile(
    r"(?i)\d{1,4}(?:st|nd|rd|th|s|am|pm|k|m|g|x|d|p|px|h|hr|hrs|min|mins|yr|yrs|kg|km|cm|mm|gb|tb|mb|w|v|mg|ml|ft|"
    r"lb|lbs)"
    r"|\d+(?:-[a-z]+)+|\d{1,4}[-/]\d{1,4}|\d{1,2}:\d\d|[a-z]+-\d{1,2}|covid-?19|mp[34]|h26[45]|[1-4]k|24/7|\d+\.\d+"
    r"|[a-z]{3,}\d{1,2}|\d{1,3}[a-z]{3,}|\d+[/-](?:[a-z]{2,}|\d+)"
)

Pattern = Callable[[str], Iterator[Span]]


def shaped_spans(plain: str) -> tuple[list[Span], list[tuple[int, int]]]:
    """The facts known by shape, and where secrets stand; no two facts overlap, none touches a secret."""
    secrets = secret_spans(plain, [m.span() for m in islice(_IBAN.finditer(plain), CANDIDATES)])
    secrets += [m.span() for m in _URL.finditer(plain) if has_secret(m.group())]
    taken = list(secrets)
    found: list[Span] = []
    for pattern in _PATTERNS:
        for span in islice(pattern(plain), CANDIDATES):
            if not overlaps(taken, span.start, span.end):
                taken.append((span.start, span.end))
                found.append(span)
    return found, secrets


def _urls(plain: str) -> Iterator[Span]:
    for m in _URL.finditer(plain):
        text = m.group().rstrip(".,;:!?'*_")
        while text.endswith((")", "]")) and text.count("(") + text.count("[") < text.count(")") + text.count("]"):
            text = text[:-1].rstrip(".,;:!?'*_")
        if len(text) >= 5:
            yield Span("url", m.start(), m.start() + len(text))


def _emails(plain: str) -> Iterator[Span]:
    for m in _EMAIL.finditer(plain):
        label = label_before(plain, m.start(), frozenset({"email", "e-mail", "mail"}))
        yield Span("email", m.start(), m.end(), "" if label.text in {"email", "e-mail", "mail"} else label.text)


def _exact(plain: str) -> Iterator[Span]:
    for m in _IBAN.finditer(plain):
        if sum(c.isdigit() for c in m.group()) >= 8:
            yield Span("identifier", m.start(), m.end(), label_before(plain, m.start(), ID_WORDS).text or "iban")
    for m in _EXACT_ID.finditer(plain):
        if not _DATE.fullmatch(m.group()) and not _DOTTED_PHONE.fullmatch(m.group()):
            yield Span("identifier", m.start(), m.end(), label_before(plain, m.start(), ID_WORDS | ADDRESS_WORDS).text)


def _numbered(plain: str) -> Iterator[Span]:
    """Codes right behind their name: "order number is 4471-XK", "#48213"."""
    for m in islice(_CODE.finditer(plain), 5 * CANDIDATES):
        digits = any(c.isdigit() for c in m.group())
        if not digits and not _CAPS_CODE.fullmatch(m.group()) and not _LEADING_GROUP.match(plain, m.start()):
            continue
        label = label_before(plain, m.start(), ID_WORDS)
        start, end = _grown(plain, m)
        if _named(label, plain[start:end]):
            yield Span("identifier", start, end, label.text)


def _named(label: Label, value: str) -> bool:
    if not label.adjacent or set(label.text.split()) & (PHONE_WORDS | {"card", "many"}):
        return False
    if _DATE.match(value) or ((_ORDINARY.fullmatch(value) and not value.isdigit()) and not label.numbered):
        return False
    digits = sum(c.isdigit() for c in value)
    if not digits:
        return label.numbered and _CAPS_CODE.fullmatch(value) is not None
    if label.text in {"number", "no", "nr", "numero"}:
        return digits >= 4 and not 7 <= len(value.replace(" ", "")) == digits
    return label.numbered or digits >= 4 or (digits >= 1 and len(value) >= 4 and not value[0].isdigit())


def _grown(plain: str, m: re.Match[str]) -> tuple[int, int]:
    """Groups set apart by spaces belong to the code: "QX 4471 220"."""
    start, end = m.span()
    lead = None
    if not any(c.isdigit() for c in m.group()) and (lead := _LEADING_GROUP.match(plain, start)):
        follow = _CODE.match(plain, lead.end())
        end = follow.end() if follow else end
    more = _MORE_GROUPS.match(plain, end)
    if lead and not more and (tail := _LAST_GROUP.match(plain, end)):
        end = tail.end()
    return (start + plain[start:end].startswith("#"), more.end() if more else end)


def _dates(plain: str) -> Iterator[Span]:
    for m in _DATE.finditer(plain):
        label = label_before(plain, m.start(), DATE_WORDS)
        end = m.end() - m.group().endswith(".")
        yield Span("date", m.start(), end, label.text or label_after(plain, m.end(), DATE_WORDS))
    for m in _CLOCK.finditer(plain):
        label = label_before(plain, m.start(), DATE_WORDS - {"from", "by", "before", "after", "until", "since", "call"})
        if label.text:
            yield Span("date", m.start(), m.end(), label.text)


def _amounts(plain: str) -> Iterator[Span]:
    for m in _AMOUNT.finditer(plain):
        label = label_before(plain, m.start(), AMOUNT_WORDS)
        yield Span("amount", m.start(), m.end(), label.text or label_after(plain, m.end(), AMOUNT_WORDS))
    for m in _MEASURE.finditer(plain):
        label = label_before(plain, m.start(), AMOUNT_WORDS, reach=5)
        text = label.text or label_after(plain, m.end(), AMOUNT_WORDS)
        if text:
            yield Span("amount", m.start(), m.end(), text)
    for m in _BARE_NUMBER.finditer(plain):
        label = label_before(plain, m.start(), AMOUNT_WORDS, reach=4)
        if label.adjacent and not label.numbered:
            yield Span("amount", m.start(), m.end(), label.text)


def _addresses(plain: str) -> Iterator[Span]:
    for m in _TOLD_ADDRESS.finditer(plain):
        value = m["value"]
        border = _ADDRESS_END.search(value)
        value = (value[: border.start()] if border else value).rstrip(" .,:-\"')")
        if "@" in value or "//" in value or len(value) < 6 or not _has_house(value):
            continue
        start = m.start("value") + len(m["value"]) - len(m["value"].lstrip(" \"'("))
        end = m.start("value") + len(value)
        if wider := _ADDRESS.match(plain, start):
            end = max(end, start + len(wider.group().rstrip(" .,")))
        yield Span("identifier", start, end, _address_label(plain, start))
    for m in _ADDRESS.finditer(plain):
        end = m.end() - (len(m.group()) - len(m.group().rstrip(" .,")))
        yield Span("identifier", m.start(), end, _address_label(plain, m.start()))


def _has_house(value: str) -> bool:
    """A number and at least two words with a capital: a place, not a remark."""
    words = value.split()
    return (
        any(c.isdigit() for c in value) and len(words) >= 3 and any(w[0].isupper() and w[1:].islower() for w in words)
    )


def _address_label(plain: str, start: int) -> str:
    label = label_before(plain, start, ADDRESS_WORDS)
    return label.text if set(label.text.split()) & ADDRESS_WORDS else "address"


def _phones(plain: str) -> Iterator[Span]:
    for m in _PHONE.finditer(plain):
        digits = sum(c.isdigit() for c in m.group())
        label = label_before(plain, m.start(), PHONE_WORDS)
        told = label.text if set(label.text.split()) & PHONE_WORDS or label.text in NUMBER_ALONE else ""
        if (told and 6 <= digits <= 17) or (7 <= digits <= 15 and _dialled(m.group(), digits)):
            yield Span("phone", m.start(), m.end(), "" if told in NUMBER_ALONE else told)


NUMBER_ALONE = frozenset({"number", "phone number", "phone", "call", "nummer", "número", "numéro", "numero", "no"})


def _dialled(text: str, digits: int) -> bool:
    groups = re.findall(r"\d+", text)
    if text.startswith(("+", "(")):
        return True
    if len(groups) == 1:
        return text.startswith("0") and 10 <= digits <= 12
    if "." in text and len({len(g) for g in groups[1:]}) > 1 and not text.startswith("0"):
        return False
    return text.startswith("0") or (
        len(groups) >= 3 and 8 <= digits <= 12 and len(groups[0]) <= 4 and max(map(len, groups)) <= 4
    )


def _codes(plain: str) -> Iterator[Span]:
    """Codes that look like nothing else, with whatever label is near."""
    for m in islice(_CODE.finditer(plain), 5 * CANDIDATES):
        text = m.group()
        if _is_code(text):
            label = label_before(plain, m.start(), ID_WORDS)
            start = m.start() + text.startswith("#")
            yield Span("identifier", start, m.end(), label.text)


def _is_code(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    if text.startswith("#"):
        return digits >= 3
    if digits == len(text):
        return 6 <= digits <= 30
    if digits < 2 or len(text) < 5 or _ORDINARY.fullmatch(text):
        return False
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return digits >= 6 and "." not in text and ":" not in text
    return any(c.isupper() for c in letters) or digits >= 3


_PATTERNS: tuple[Pattern, ...] = (_urls, _emails, _addresses, _exact, _numbered, _dates, _amounts, _phones, _codes)
__all__ = ["NO_LABEL", "clause_before", "shaped_spans"]
