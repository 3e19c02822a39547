"""Amounts: money, and what is measured or counted when the text says of what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.memory.pin_labels import AMOUNT_WORDS, label_after, label_before
from assistant.memory.pin_reading import Span, joined

_CODE = joined(
    r"""(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|CNY|BRL|MXN|ZAR|SGD|HKD|AED|TRY|ILS|KRW|RUB|
    UAH|RON|BGN|THB)"""
)
_WORD = joined(
    r"""(?:dollars?|euros?|pounds?|bucks|quid|cents?|pence|francs?|yen|yuan|rupees?|pesos?|reais|real|kron(?:er|or|a)|
    z[łl]oty(?:ch)?|franken|roubles?|rubles?|рубл(?:ей|я|ь)|grand|kr|zł|Kč|Ft)"""
)
_SPELLED = joined(
    r"""(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|
    eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half a|a)"""
)
_SIGN = r"[$€£¥₹₽₩₺₪₴฿]"
_NUMBER = r"(?:\d{1,3}(?:[.,'\ ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,4})?)(?:[.,]-{1,2})?"
_SCALE = r"(?:\ ?(?:k|m|bn|mn|mio|million|billion|thousand|grand)\b|K\b|M\b)?"
_EACH = r"(?:\ ?(?:/\ ?|per\ |an?\ |each\ )(?:month|week|day|year|hour|night|person|unit|mo|yr|head|seat|user)\b)?"
_MONEY = re.compile(
    rf"""(?x)(?<![\w.,])(?:
      -?(?:[A-Z]{{1,3}})?{_SIGN}\ ?{_NUMBER}{_SCALE}(?:\ ?{_CODE}\b)?
    | {_CODE}\ ?{_NUMBER}{_SCALE}
    | (?:Rs\.?|R\$|kr\.?|Fr\.|zł|Kč)\ ?{_NUMBER}{_SCALE}
    | {_NUMBER}{_SCALE}\ ?(?:{_SIGN}(?!\d)|{_CODE}\b|(?i:{_WORD})\b)
    | (?i:{_SPELLED}(?:[ -]{_SPELLED}){{0,5}}\ (?:dollars|euros|pounds|francs|yen|rupees|pesos|kroner|kronor))\b
    ){_EACH}(?!\w)"""
)
_COUNTED = r"(?:%|percent\b|(?:m|in|l|g|V|W|A|ft|people|persons|guests|pieces|pcs|units|boxes|seats)\b)"
_MEASURED = joined(
    r"""(?:°\ ?[CF]?\b|(?:kg|kgs|mg|µg|mcg|lbs?|oz|km|cm|mm|m²|sqm|sqft|inch(?:es)?|litres?|liters?|ml|gallons?|GB|
    TB|MB|
    kWh|kW|mA|Ah|mAh|Hz|GHz|MHz|psi|rpm|mph|km/h|Mbps|Gbps|tonnes?|kilos?|grams?|square\ (?:feet|metres|meters))\b)"""
)
_MEASURE = re.compile(rf"(?x)(?<![\w.,/-]){_NUMBER}\ ?(?:(?P<sure>{_MEASURED})|{_COUNTED}){_EACH}(?!\w)")
_BARE = re.compile(rf"(?x)(?<![\w.,/$€£-]){_NUMBER}(?:\ ?[kK]\b)?{_EACH}(?![\w%/:]|[.,-]\d)")

_BEHIND_A_NUMBER = re.compile(r"\d[ \n]")


def amount_spans(plain: str) -> Iterator[Span]:
    """Money always; other measures with a unit of their own or a label; bare numbers right behind a label."""
    for m in _MONEY.finditer(plain):
        yield Span("amount", m.start(), m.end(), _label(plain, m, reach=7))
    for m in _MEASURE.finditer(plain):
        label = _label(plain, m, reach=5)
        if label or m["sure"]:
            yield Span("amount", m.start(), m.end(), label)
    for m in _BARE.finditer(plain):
        if _BEHIND_A_NUMBER.match(plain, m.start() - 2):
            continue  # no label stands beside it
        label_of_it = label_before(plain, m.start(), AMOUNT_WORDS, reach=4)
        if label_of_it.adjacent and not label_of_it.numbered:
            yield Span("amount", m.start(), m.end(), label_of_it.text)


def is_money(plain: str, start: int) -> bool:
    """Whether an amount of money begins there."""
    return _MONEY.match(plain, start) is not None


def _label(plain: str, m: re.Match[str], *, reach: int) -> str:
    before = label_before(plain, m.start(), AMOUNT_WORDS, reach=reach)
    return before.text or label_after(plain, m.end(), AMOUNT_WORDS)
