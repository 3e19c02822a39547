"""How old the documents behind an answer are."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.perimeter.freshness import age_days

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-01", "2026-11-01T09:30:00Z", "1 November 2026", "1st November, 2026", "01. November 2026",
        "Nov 1, 2026", "November 1st, 2026",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(said: str):
    assert age_days([said], TODAY) == 20


def test_the_newest_counts_and_what_is_no_date_does_not():
    assert age_days(["2020-01-01", "last spring", "2026-11-20"], TODAY) == 1


@pytest.mark.parametrize("said", [[], [""], ["soon", "2026-13-45"]])
def test_without_a_date_there_is_no_age(said: list[str]):
    assert age_days(said, TODAY) is None


def test_a_date_to_come_is_new():
    assert age_days(["2027-01-01"], TODAY) == 0
