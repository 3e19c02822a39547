"""How old the documents behind an answer are."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.perimeter.freshness import UNREADABLE, age_days

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-01", "2026-11-01T09:30:00Z", "2026-11-01 09:30", "1 November 2026", "1st November, 2026",
        "01. November 2026", "Nov 1, 2026", "November 1st, 2026", "20261101", "2026/11/01", "2026.11.1", "01.11.2026",
        "1.11.2026", "1. 11. 2026", "01-Nov-2026", "Sun, 01 Nov 2026 10:00:00 GMT", "1er novembre 2026",
        "1 de noviembre de 2026", "1º novembre 2026", "1 november 2026", "1 de novembro de 2026", "1 listopada 2026 r.",
        "1. Nov. 2026", "November 2026", "2026-11", "11/2026", "last changed on 1 November 2026 by Jo",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(said: str):
    assert age_days([said], TODAY) == 20


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2. Januar 2021", date(2021, 1, 2)), ("2. Jänner 2021", date(2021, 1, 2)), ("12 mai 2021", date(2021, 5, 12)),
        ("15. März 2021", date(2021, 3, 15)), ("3 Sept 2021", date(2021, 9, 3)), ("7 août 2021", date(2021, 8, 7)),
        ("7 AOUT 2021", date(2021, 8, 7)), ("3 févr. 2021", date(2021, 2, 3)), ("2 września 2021", date(2021, 9, 2)),
        ("4 maart 2021", date(2021, 3, 4)), ("4 mei 2021", date(2021, 5, 4)), ("9 ottobre 2021", date(2021, 10, 9)),
        ("9 de março de 2021", date(2021, 3, 9)), ("8 de diciembre del 2021", date(2021, 12, 8)),
        ("02.01.2021", date(2021, 1, 2)), ("11.12.2021", date(2021, 12, 11)), ("13/02/2021", date(2021, 2, 13)),
        ("02/13/2021", date(2021, 2, 13)), ("2021", date(2021, 1, 1)), ("January 2021", date(2021, 1, 1)),
    ],
)  # fmt: skip
def test_months_are_known_in_every_language_served(said: str, day: date):
    assert age_days([said], TODAY) == (TODAY - day).days


@pytest.mark.parametrize("said", ["02/01/2021", "01/02/2021", "01-02-2021"])
def test_of_two_readings_the_older_counts(said: str):
    assert age_days([said], TODAY) == (TODAY - date(2021, 1, 2)).days


def test_the_newest_counts_and_what_is_no_date_does_not():
    assert age_days(["2020-01-01", "last spring", "2026-11-20"], TODAY) == 1


@pytest.mark.parametrize("said", [[], [""], [" "]])
def test_without_a_date_there_is_no_age(said: list[str]):
    assert age_days(said, TODAY) is None


@pytest.mark.parametrize("said", ["soon", "2026-13-45", "31 February 2021", "version 12", "1609545600", "99.99.2021"])
def test_a_date_that_can_not_be_read_is_older_than_any_limit(said: str):
    assert age_days([said, ""], TODAY) == UNREADABLE
    assert (TODAY - date.min).days < UNREADABLE


def test_a_date_to_come_is_new():
    assert age_days(["2027-01-01"], TODAY) == 0
