"""The vocabulary every layer speaks: frozen values without behaviour that reaches outside.

Words are used as docs/architecture.md defines them: turn, conversation, passage, evidence, verdict, ticket, record.
Times are timezone-aware UTC datetimes; durations carry their unit in the name; scores run from 0 to 1 unless said.
"""

from assistant.values.answers import Citation, Draft, Origin
from assistant.values.conversations import Lease, Thread, Turn
from assistant.values.documents import Document, Evidence, Hit, Passage
from assistant.values.events import Event, Finished, Stage, Started, Token
from assistant.values.parts import Calibration, Operation, Part
from assistant.values.people import PUBLIC, Caller, Role, User, groups_of
from assistant.values.records import Record, RecordStatus, Said, Usage
from assistant.values.tickets import Ticket, TicketState
from assistant.values.verdicts import Decision, NearExample, PartVerdict, TicketReason, Verdict

__all__ = [
    "PUBLIC",
    "Calibration",
    "Caller",
    "Citation",
    "Decision",
    "Document",
    "Draft",
    "Event",
    "Evidence",
    "Finished",
    "Hit",
    "Lease",
    "NearExample",
    "Operation",
    "Origin",
    "Part",
    "PartVerdict",
    "Passage",
    "Record",
    "RecordStatus",
    "Role",
    "Said",
    "Stage",
    "Started",
    "Thread",
    "Ticket",
    "TicketReason",
    "TicketState",
    "Token",
    "Turn",
    "Usage",
    "User",
    "Verdict",
    "groups_of",
]
