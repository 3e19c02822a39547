"""What a table of intents holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IntentTable:
    """Regular expressions, but for `small_talk`: whole phrases by kind, parted by `|`; `fillers` may stand between."""

    person: str
    not_person: str
    unhappy: str
    ticket: str
    fillers: str = ""
    small_talk: Mapping[str, str] = field(default_factory=dict)
