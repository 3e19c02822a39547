"""What is kept of a turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.values.answers import Citation, Origin
from assistant.values.verdicts import Decision, Verdict

RecordStatus = Literal["running", "delivered", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a turn: what the model read and wrote, and the prompt's by section."""

    prompt: int = 0
    completion: int = 0
    by_section: Mapping[str, int] = field(default_factory=dict)


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
