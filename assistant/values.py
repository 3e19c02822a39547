"""The vocabulary every layer speaks: frozen values without behaviour that reaches outside.

Words are used as docs/architecture.md defines them: turn, conversation, passage, evidence, verdict, ticket, record.
Times are timezone-aware UTC datetimes; durations carry their unit in the name; scores run from 0 to 1 unless said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["guest", "member", "staff", "developer", "operator"]
Decision = Literal["answer", "clarify", "refuse", "handoff"]
RecordStatus = Literal["running", "delivered", "interrupted", "failed"]
TicketState = Literal["queued", "claimed", "waiting_for_user", "resolved", "returned", "expired"]
TicketReason = Literal[
    "asked_for", "out_of_scope", "low_confidence", "sensitive_topic", "unhappy_user", "tool_failed", "assistant_failed"
]
Origin = Literal["extractive", "model", "fixed", "person"]
Operation = Literal["generate", "classify", "rewrite", "summarise", "judge"]

PUBLIC: str = "public"


def groups_of(role: Role, extra: Iterable[str] = ()) -> frozenset[str]:
    """The groups of an account: those of its role, and those granted one by one."""
    own: dict[Role, frozenset[str]] = {
        "guest": frozenset({PUBLIC}),
        "member": frozenset({PUBLIC, "members"}),
        "staff": frozenset({PUBLIC, "members", "staff"}),
    }
    return own.get(role, own["staff"] | {role}).union(extra)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `groups` decide which documents may be read; `public` is in everyone's."""

    id: str
    role: Role = "guest"
    groups: frozenset[str] = frozenset({PUBLIC})
    language: str = "en"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a user, as it came in. `message_id` is made by the client and deduplicates retries."""

    thread_id: str
    message_id: str
    text: str
    caller: Caller
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `version` is the hash of everything that, when changed, asks for new passages."""

    id: str
    title: str
    text: str
    audience: frozenset[str]
    version: str
    source: str
    url: str = ""
    updated: str = ""
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document that can be cited: `text == document.text[start:end]`, in characters.

    `superseded_by` names the document that replaces this one's, "" while it is in force.
    """

    id: str
    document_id: str
    title: str
    section: str
    text: str
    start: int
    end: int
    ordinal: int
    version: str
    audience: frozenset[str]
    url: str = ""
    superseded_by: str = ""

    @property
    def indexed_text(self) -> str:
        """What is embedded and indexed by BM25: title, section and text, each on its own line."""
        return "\n".join(part for part in (self.title, self.section, self.text) if part)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` is the fused rank score (higher is better, comparable within one query only); `dense` the cosine
    similarity of question and passage (-1 to 1); `sparse` the BM25 score (0 and up).
    """

    passage: Passage
    score: float
    dense: float = 0.0
    sparse: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages retrieved for a turn, best first. `rejected` fell below the floor or beyond the limit."""

    question: str
    kept: tuple[Hit, ...] = ()
    rejected: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """What `[index]` in an answer stands for. `quote` stands verbatim in the passage; `start`/`end` in the document."""

    index: int
    passage_id: str
    document_id: str
    title: str
    section: str
    quote: str
    url: str = ""
    start: int = 0
    end: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked and delivered. `support` says how well the evidence holds it, 0 to 1."""

    text: str
    citations: tuple[Citation, ...] = ()
    support: float = 0.0
    origin: Origin = "extractive"


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What was decided on one question of a message with several; `message` is what is said where it isn't answered."""

    question: str
    decision: Decision
    rule: str
    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class NearExample:
    """A labelled example of the policy and its cosine to a question."""

    text: str
    label: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The perimeter's decision for a turn: what to do, the rule that decided, the reason, and the numbers.

    `nearest` are the examples of the policy that stand nearest to the question; `parts` the verdicts on the questions
    of a message with several.
    """

    decision: Decision
    rule: str
    reason: str
    scores: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    message: str = ""
    queue: str = ""
    ticket_reason: TicketReason | None = None
    nearest: tuple[NearExample, ...] = ()
    parts: tuple[PartVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a turn: what the model read and wrote, and the prompt's by section."""

    prompt: int = 0
    completion: int = 0
    by_section: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many tokens a provider counts for one that we count, learned from `samples` of its own reports."""

    ratio: float
    samples: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """A conversation waiting for, or with, a person. `number` is what the user is told, e.g. T-1042."""

    id: str
    number: str
    thread_id: str
    user_id: str
    reason: TicketReason
    state: TicketState
    queue: str
    summary: str
    language: str
    opened_at: datetime
    priority: int = 3
    packet: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """The durable row of a turn. Written when the turn is taken in, completed when its answer is delivered.

    `trace_id` is the reference number shown to users; `answer_id` names the answer's message in the chat;
    `evidence` is plain data (passage id, document, scores, kept), never the passages' text. `forgotten` are words of
    this turn that the user had deleted from memory ("": all of them): they stay in the transcript and nowhere else.
    `rests_on` maps the documents that the answer rests on, cited or not, to their versions.
    """

    trace_id: str
    thread_id: str
    message_id: str
    answer_id: str
    user_id: str
    question: str
    status: RecordStatus
    created_at: datetime
    rewritten: str = ""
    answer: str = ""
    origin: Origin = "extractive"
    notice: str = ""
    verdict: Verdict | None = None
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    stages: tuple[Mapping[str, Any], ...] = ()
    usage: Usage = field(default_factory=Usage)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    ticket: str = ""
    release: str = ""
    finished_at: datetime | None = None
    feedback: int | None = None
    feedback_comment: str = ""
    forgotten: tuple[str, ...] = ()
    rests_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in a turn, and no more of its record: light enough to load by the thousand.

    `documents` maps the documents that the answer rests on to their versions; `titles` are those it cites.
    """

    trace_id: str
    thread_id: str
    question: str
    answer: str
    status: RecordStatus
    created_at: datetime
    documents: Mapping[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as the sidebar lists it."""

    id: str
    user_id: str
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """An account. Guests have none. `groups` beyond the role's own can be granted one by one."""

    id: str
    email: str
    role: Role
    groups: frozenset[str]
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to take one conversation's turn. `fence` rises with every grant; writes under an older are refused."""

    thread_id: str
    holder: str
    fence: int
    ttl_s: float


@dataclass(frozen=True, slots=True)
class Part:
    """The health of one part of the system, as `assistant doctor` prints it."""

    name: str
    where: str
    version: str
    well: bool
    detail: str = ""


# What a turn yields while it runs, in order. The UI and the command line render these and nothing else.


@dataclass(frozen=True, slots=True)
class Started:
    """The turn was taken in and its question stored."""

    trace_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the turn is done: what it was called, what it did in one line, and milliseconds."""

    name: str
    detail: str
    ms: float


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer that has passed the output guard."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is over. `record` is stored; `replayed` when the message had been answered before."""

    record: Record
    replayed: bool = False


Event = Started | Stage | Token | Finished
