"""How old the documents behind an answer are, by what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

_FORMS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_ORNAMENT = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|[.,]")


def age_days(updated: Iterable[str], today: date) -> int | None:
    """The age of the newest of these dates in days, 0 for one to come; None where none of them can be read."""
    known = [day for text in updated if (day := _day(text)) is not None]
    return max(0, (today - max(known)).days) if known else None


def _day(text: str) -> date | None:
    plain = " ".join(_ORNAMENT.sub(" ", text).split())
    for form in _FORMS:
        try:
            return datetime.strptime(plain[:10] if form.startswith("%Y") else plain, form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None
