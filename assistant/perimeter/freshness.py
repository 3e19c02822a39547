"""How old the documents behind an answer are, by what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from assistant.perimeter.wording import plain

UNREADABLE = 1_000_000
"""The age, in days, of what bears a date that can't be read: more than any date has, so that it is over any limit."""

# In the eight languages that the assistant has words for, without accents, short forms after the whole ones.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janner janvier enero gennaio januari janeiro stycznia styczen jan janv ene gen sty",
            "february februar fevrier febrero febbraio februari fevereiro lutego luty feb febr fevr fev lut",
            "march marz maerz mars marzo maart marco marca marzec mar mrz mrt",
            "april avril abril aprile kwietnia kwiecien apr avr abr kwi",
            "may mai mayo maggio mei maio maja maj mag",
            "june juni juin junio giugno junho czerwca czerwiec jun giu cze",
            "july juli juillet julio luglio julho lipca lipiec jul juil lug lip",
            "august aout agosto augustus sierpnia sierpien aug ago sie",
            "september septembre septiembre setiembre settembre setembro wrzesnia wrzesien sep sept set wrz",
            "october oktober octobre octubre ottobre outubro pazdziernika pazdziernik oct okt ott out paz",
            "november novembre noviembre novembro listopada listopad nov lis",
            "december dezember decembre diciembre dicembre dezembro grudnia grudzien dec dez dic gru",
        ),
        1,
    )
    for name in names.split()
}
_LONGEST = 200  # characters of a date with what stands around it
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.]?)(\d{2}|(?<=\D)\d)\2(\d{2}|(?<=\D)\d)(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?:(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|o|a)?[\s.\-]+(?:del? )?)?"
    rf"\b(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b[\s.,\-]*"
    r"(?:(?P<after>\d{1,2})(?:st|nd|rd|th)?[\s.,\-]+)?(?:del? )?(?P<year>\d{4})(?!\d)"
)
_MONTH_ONLY = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})|(?P<first>\d{1,2})[-/.](?P<last>\d{4})")
_YEAR_ONLY = re.compile(r"\d{4}")


def age_days(updated: Iterable[str], today: date) -> int | None:
    """The age of the newest of these dates in days, 0 for one to come.

    None where there is none of them; `UNREADABLE` where there are but none can be read.
    """
    written = [text for text in updated if text.strip()]
    known = [day for text in written if (day := _day(text)) is not None]
    if known:
        return max(0, (today - max(known)).days)
    return UNREADABLE if written else None


def _day(text: str) -> date | None:
    """The day a text names: of two readings the older, of a month or a year alone its first day."""
    folded = plain(text[:_LONGEST])
    return min(_readings(folded), default=None)


def _readings(text: str) -> Iterator[date]:
    if found := _YEAR_FIRST.search(text):
        year, _, month, day = found.groups()
        yield from _valid(year, month, day)
    elif found := _YEAR_LAST.search(text):
        one, mark, other, year = found.groups()
        day_first = tuple(_valid(year, other, one))
        yield from day_first
        if mark != "." or not day_first:  # with points the day stands first wherever people write them
            yield from _valid(year, one, other)
    elif found := _NAMED.search(text):
        yield from _valid(found["year"], _MONTHS[found["month"]], found["day"] or found["after"] or 1)
    elif found := _MONTH_ONLY.fullmatch(text):
        yield from _valid(found["year"] or found["last"], found["month"] or found["first"], 1)
    elif _YEAR_ONLY.fullmatch(text):
        yield from _valid(text, 1, 1)


def _valid(year: str, month: str | int, day: str | int) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return
