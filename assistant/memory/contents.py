"""What a conversation's memory holds: plain data (dicts, lists, strings), because it lives in checkpointed state.

`documents` maps the id of a document to the version an utterance rested on; what a user said rests on none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

Speaker = Literal["user", "assistant"]
Section = Literal["purpose", "facts", "tried", "open", "commitments"]
PinKind = Literal["identifier", "amount", "date", "email", "phone", "name", "url", "promise"]

SECTIONS: tuple[Section, ...] = ("purpose", "facts", "tried", "open", "commitments")

# What stands in memory where the assistant said nothing worth keeping. Never pinned, summarised or recalled.
UNANSWERED = "(This was not answered.)"
STOPPED = "(This answer was stopped before its first word.)"
DECLINED = "(I couldn't answer this.)"
PASSED_ON = "(I passed this on to a person.)"
OUTDATED = "(What I said here rested on a document that has changed since, or that you may no longer read.)"
REMOVED = "[removed]"
NOTES = frozenset({UNANSWERED, STOPPED, DECLINED, PASSED_ON, OUTDATED, REMOVED})


class WindowTurn(TypedDict):
    """A past turn: its trace id, when it was (ISO 8601), what was said, and the documents the answer rested on."""

    turn: str
    at: str
    user: str
    assistant: str
    documents: dict[str, str]
    titles: list[str]


class SummaryLine(TypedDict):
    """A line of the rolling summary, with the turns and documents behind it. `id` is stable while it stands."""

    id: str
    section: Section
    text: str
    turns: list[str]
    documents: dict[str, str]


class Pin(TypedDict):
    """A fact kept verbatim: `text` stands letter for letter in the words of `speaker` in `turn`.

    `label` says what it is of ("order number"), "" when the words around it don't. `superseded_by` is the id of the
    pin that corrected it, "" while it holds.
    """

    id: str
    kind: PinKind
    label: str
    text: str
    speaker: Speaker
    turn: str
    documents: dict[str, str]
    superseded_by: str


FORM = 2
"""Of a memory's plain data. A memory of another form is made anew from the records."""


class Memory(TypedDict, total=False):
    """All of it. `form` is FORM; `upto` is the newest turn taken in; `folded` counts the turns that left the window,
    `deletions` what the user had removed.
    """

    form: int
    window: list[WindowTurn]
    summary: list[SummaryLine]
    pins: list[Pin]
    upto: str
    folded: int
    deletions: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One speaker's words of one turn, as recall finds them again. `at` is None when nobody knows."""

    turn: str
    speaker: str
    text: str
    at: datetime | None = None
    documents: dict[str, str] = field(default_factory=dict)
