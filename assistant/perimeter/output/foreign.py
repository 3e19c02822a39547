"""What can be compared of a sentence in another language than its evidence: figures with their units, and names.

Numbers and units are put into the form that English gives them, in which both sides are read; words are not translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from assistant.perimeter.language_words import DESK_WORDS, STOP_WORDS
from assistant.perimeter.output.names import inner_capitals, names

_NUMBERS: Mapping[str, str] = {
    "de": "zwei 2 drei 3 vier 4 fünf 5 sechs 6 sieben 7 acht 8 neun 9 zehn 10 elf 11 zwölf 12 vierzehn 14 fünfzehn 15 "
    "zwanzig 20 vierundzwanzig 24 dreißig 30 sechzig 60 neunzig 90 hundert 100",
    "fr": "deux 2 trois 3 quatre 4 cinq 5 six 6 sept 7 huit 8 neuf 9 dix 10 onze 11 douze 12 quatorze 14 quinze 15 "
    "vingt 20 vingt-quatre 24 trente 30 soixante 60 quatre-vingt-dix 90 cent 100",
    "es": "dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez 10 once 11 doce 12 catorce 14 quince 15 "
    "veinte 20 veinticuatro 24 treinta 30 sesenta 60 noventa 90 cien 100",
    "it": "due 2 tre 3 quattro 4 cinque 5 sei 6 sette 7 otto 8 nove 9 dieci 10 undici 11 dodici 12 quattordici 14 "
    "quindici 15 venti 20 ventiquattro 24 trenta 30 sessanta 60 novanta 90 cento 100",
    "nl": "twee 2 drie 3 vier 4 vijf 5 zes 6 zeven 7 acht 8 negen 9 tien 10 elf 11 twaalf 12 veertien 14 vijftien 15 "
    "twintig 20 vierentwintig 24 dertig 30 zestig 60 negentig 90 honderd 100",
    "pt": "dois 2 duas 2 três 3 quatro 4 cinco 5 seis 6 sete 7 oito 8 nove 9 dez 10 onze 11 doze 12 catorze 14 "
    "quinze 15 vinte 20 trinta 30 sessenta 60 noventa 90 cem 100",
    "pl": "dwa 2 dwie 2 dwóch 2 trzy 3 trzech 3 cztery 4 czterech 4 pięć 5 pięciu 5 sześć 6 siedem 7 siedmiu 7 osiem 8 "
    "dziewięć 9 dziesięć 10 dziesięciu 10 dwanaście 12 czternaście 14 czternastu 14 dwadzieścia 20 trzydzieści 30 "
    "trzydziestu 30 sześćdziesiąt 60 sto 100",
}
_UNITS: Mapping[str, str] = {
    "second": "sekunde sekunden seconde secondes segundo segundos secondo secondi seconden sekunda sekundy sekund",
    "minute": "minuten minutes minuto minutos minuti minuut minuta minuty minut",
    "hour": "stunde stunden heure heures hora horas ora ore uur uren godzina godziny godzin",
    "day": "tag tage tagen tages werktag werktage werktagen arbeitstage arbeitstagen kalendertage kalendertagen jour "
    "jours día días dia dias giorno giorni dag dagen werkdag werkdagen dzień dni",
    "week": "woche wochen semaine semaines semana semanas settimana settimane weken tydzień tygodnie tygodni",
    "month": "monat monate monaten mois mes meses mese mesi maand maanden mês miesiąc miesiące miesięcy",
    "year": "jahr jahre jahren an ans année années año años anno anni jaar jaren ano anos rok lata lat",
    "percent": "prozent procent procenten pour-cent por-ciento per-cento por-cento",
    "euro": "euros euro's",
    "character": "zeichen caractère caractères carácter caracteres carattere caratteri tekens caractere znaki znaków",
}
_THOUSANDS = re.compile(r"(?<=\d)[.\u00a0\u202f ](?=\d{3}(?!\d))")
_CLOCK = re.compile(r"\b(\d{1,2})\s?(?:h|uhr)\s?(\d{2})\b", re.IGNORECASE)
_NOUNS_CAPITALISED = frozenset({"de"})
_SAID_OTHERWISE = frozenset("wlan mwst ust tva iva btw vat dsgvo rgpd agb faq".split())
_ENDING = 2
_STEM = 4


def in_english_figures(text: str, language: str) -> str:
    """The text with numbers before units, and units behind numbers, as English writes them."""
    text = _CLOCK.sub(r"\1:\2", _THOUSANDS.sub("", text))
    pattern, table = _quantity(language)
    return pattern.sub(lambda match: _english(match, table), text)


def compared_names(text: str, language: str) -> frozenset[str]:
    """The names that another language writes alike: words with capitals inside, and where nouns have none, any
    capital inside the sentence."""
    found = inner_capitals(text)
    if language not in _NOUNS_CAPITALISED:
        found |= {name.rpartition("'")[2] for name in names(text, at_beginning=False)}
    return frozenset(name for name in found if name not in _SAID_OTHERWISE and name not in _own_words(language))


def unknown_names(claimed: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """The names that don't begin as a known word does: endings differ from language to language."""
    return frozenset(name for name in claimed - known if not _is_begun(name, known))


def _is_begun(name: str, known: frozenset[str]) -> bool:
    stem = name[: max(_STEM, len(name) - _ENDING)]
    return len(name) > _STEM and any(word.startswith(stem) for word in known)


def _english(match: re.Match[str], table: Mapping[str, str]) -> str:
    number = match["number"].lower()
    return f"{table.get(number, number)} {table[match['unit'].lower().replace(' ', '-')]}"


@cache
def _quantity(language: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    words = _NUMBERS.get(language, "").split()
    table = dict(zip(words[::2], words[1::2], strict=True))
    units = {word: unit for unit, forms in _UNITS.items() for word in forms.split()}
    numbers = "|".join(sorted(table, key=len, reverse=True)) or r"(?!)"
    behind = "|".join(re.escape(unit).replace(r"\-", "[ -]") for unit in sorted(units, key=len, reverse=True))
    pattern = rf"(?<!\w)(?P<number>\d+(?:[.,]\d+)?|{numbers})[ \u00a0\u202f-](?P<unit>{behind})(?!\w)"
    return re.compile(pattern, re.IGNORECASE), table | units


@cache
def _own_words(language: str) -> frozenset[str]:
    return frozenset(f"{STOP_WORDS.get(language, '')} {DESK_WORDS.get(language, '')}".split())
