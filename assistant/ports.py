"""What the inside needs from the outside: small protocols, named for our need and not for a vendor.

Adapters implement them (`assistant/adapters`), tests implement them in memory (`assistant/testing`), one contract
suite runs on both. Every method is async; none blocks the event loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from langchain_core.messages import BaseMessage
from numpy.typing import NDArray

from assistant.values import (
    Calibration,
    Caller,
    Document,
    Hit,
    Lease,
    Part,
    Passage,
    Record,
    Role,
    Said,
    Thread,
    Ticket,
    TicketState,
    Usage,
    User,
)

Vector = Sequence[float]


class Embedder(Protocol):
    """Turns texts into unit vectors of `dimensions` floats. `name` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    async def encode(self, texts: Sequence[str]) -> list[Vector]: ...


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A hybrid query. Only passages whose audience meets `groups` come back: the filter is part of the query.

    An empty `groups` finds nothing.
    """

    text: str
    vector: Vector
    groups: frozenset[str]
    limit: int = 20


class PassageIndex(Protocol):
    """Hybrid (dense + BM25) search over passages."""

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None: ...
    async def remove(self, document_ids: Iterable[str]) -> None: ...
    async def search(self, query: IndexQuery) -> list[Hit]: ...
    async def commit(self) -> None:
        """Make what was written durable and searching it fast."""
        ...

    async def health(self) -> Part: ...


class Documents(Protocol):
    """The manifest: which documents are indexed, in which version. The source of truth about the index."""

    async def versions(self, source: str) -> Mapping[str, str]:
        """document id -> version, of one source."""
        ...

    async def save(self, documents: Sequence[Document], *, passages: Mapping[str, int]) -> None:
        """Insert or replace; `passages` counts each document's."""
        ...

    async def remove(self, document_ids: Iterable[str]) -> None: ...
    async def get(self, document_id: str, groups: frozenset[str]) -> Document | None:
        """None when absent and when no group of the caller may read it."""
        ...

    async def current(self, document_ids: Iterable[str], groups: frozenset[str]) -> Mapping[str, str]:
        """document id -> version as it is now, of those that exist and that a group of the caller may read."""
        ...

    async def count(self) -> Mapping[str, int]:
        """`{"documents": n, "passages": n}`."""
        ...


class Records(Protocol):
    """Durable rows of turns."""

    async def begin(self, record: Record) -> Record:
        """Store a running turn. If (thread, message id) is known already, return the stored row instead."""
        ...

    async def finish(self, record: Record) -> Record:
        """Complete a running turn and return what is stored; one completed before stays as it was."""
        ...

    async def get(self, trace_id: str) -> Record | None: ...
    async def of_thread(self, thread_id: str, *, limit: int = 200, after: str = "") -> list[Record]:
        """The newest `limit` turns in the order they began; with `after`, a trace id, only those begun later.

        An `after` that is no turn of this thread (it was removed, or never was) counts as "".
        """
        ...

    async def forget(
        self, user_id: str, thread_id: str, *, texts: Sequence[str] = (), turns: Sequence[str] = ()
    ) -> None:
        """Add to `Record.forgotten`: of `texts` those that a turn of the thread contains, "" in each of `turns`.

        What is there already is not added again. Another user's turns stay as they are. Recall vectors of the turns
        that change go: they were made of the words that are to be forgotten.
        """
        ...

    async def running(self, *, before: datetime, limit: int = 100) -> list[Record]:
        """Turns still marked running that were taken in before that time, oldest first: some lost their worker."""
        ...

    async def rate(self, answer_id: str, user_id: str, value: int | None, comment: str) -> bool:
        """Store a thumb (1 up, 0 down, None takes it back). False unless the answer is this user's."""
        ...


class Transcripts(Protocol):
    """What was said in past turns, for recall: of this user's conversations only, in the order the turns began."""

    async def of_thread(self, user_id: str, thread_id: str, *, limit: int = 1_000, after: str = "") -> list[Said]:
        """The newest `limit` turns of a conversation, running ones too; `after` as in `Records.of_thread`."""
        ...

    async def of_user(self, user_id: str, *, excluding: str, limit: int = 1_000) -> list[Said]:
        """The newest `limit` turns of all conversations but `excluding`."""
        ...


class Threads(Protocol):
    """Conversations of users, as the sidebar shows them."""

    async def ensure(self, thread_id: str, user_id: str, name: str, now: datetime) -> Thread:
        """Create or touch. Raises NotFoundError when the thread is another user's."""
        ...

    async def get(self, thread_id: str) -> Thread | None: ...
    async def page(self, user_id: str, *, limit: int, before: str = "", search: str = "") -> tuple[list[Thread], str]:
        """Newest first, with the cursor of the next page ("" at the end)."""
        ...

    async def rename(self, thread_id: str, user_id: str, name: str) -> None: ...
    async def remove(self, thread_id: str, user_id: str) -> None:
        """With all its turns. Tickets stay. Raises NotFoundError when it is not this user's."""
        ...


class Users(Protocol):
    """Accounts. Passwords are kept as argon2id hashes and never leave the adapter."""

    async def add(self, email: str, password: str, role: Role, groups: frozenset[str]) -> User: ...
    async def get(self, email: str) -> User | None: ...
    async def verify(self, email: str, password: str) -> User | None:
        """The active account with this password, else None; takes as long either way."""
        ...

    async def change(self, email: str, *, role: Role | None = None, active: bool | None = None) -> User: ...
    async def all(self) -> list[User]: ...


class Tickets(Protocol):
    """Durable tickets."""

    async def open(self, ticket: Ticket) -> Ticket:
        """Store it under the next number. One open ticket a thread: the open one is returned if there is one."""
        ...

    async def get(self, number: str) -> Ticket | None: ...
    async def of_thread(self, thread_id: str) -> Ticket | None:
        """The newest ticket of a thread."""
        ...

    async def listed(self, *, state: TicketState | None = None, limit: int = 100) -> list[Ticket]: ...


@dataclass(frozen=True, slots=True, eq=False)
class UtteranceVectors:
    """The unit vectors of one speaker's words in one turn, a vector a part, in the order of the text.

    `vectors` has the shape (parts, dimensions). Stores keep 16 bits of each number: 3 decimal digits come back.
    """

    turn: str
    speaker: str
    vectors: NDArray[np.float32]


class Recollections(Protocol):
    """Vectors of past turns, for recall. They go with their record, and when words of its turn are forgotten."""

    async def save(self, user_id: str, thread_id: str, embedder: str, entries: Sequence[UtteranceVectors]) -> None:
        """Insert or replace by (turn, speaker). A turn that is not this user's, or is gone, is left out silently."""
        ...

    async def of_thread(
        self, user_id: str, thread_id: str, embedder: str, *, after: str = ""
    ) -> list[UtteranceVectors]:
        """Of a conversation of this user's, in the order of its turns, the user's words before the assistant's.

        Vectors of other embedders don't count; `after` as in `Records.of_thread`.
        """
        ...

    async def of_user(
        self, user_id: str, embedder: str, *, excluding: str, limit: int = 2_000
    ) -> list[UtteranceVectors]:
        """The newest `limit` of all this user's conversations but `excluding`, in the same order."""
        ...


class Preferences(Protocol):
    """What users chose for themselves."""

    async def recalls_across(self, user_id: str) -> bool:
        """Whether this user wants earlier conversations recalled in later ones. False until they say so."""
        ...

    async def set_recall_across(self, user_id: str, on: bool) -> None: ...


class Calibrations(Protocol):
    """What was learned about how providers count tokens."""

    async def get(self, model: str) -> Calibration | None: ...
    async def put(self, model: str, calibration: Calibration) -> None: ...


QUEUE_TTL_S = 3.0  # a turn that has not asked for so long no longer waits in line


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease as it was when it was renewed: whether a turn waits in line for it, and which turn is asked to stop."""

    wanted: bool = False
    stop: str = ""


class Line(Protocol):
    """The order of a conversation's turns: places in line, and the lease that the first of them is granted."""

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float, place: str = "") -> Lease | None:
        """Grant the conversation's turn, or None while another has it or stands before this one in line.

        `place` names one waiting turn: its first call takes the next number, later calls keep it, and a number whose
        holder has not called for `QUEUE_TTL_S` is struck from the line. A place that was granted gets the same lease
        again. Without a place nobody waits in line: the lease is granted when it is free and nobody waits for it.
        """
        ...

    async def leave(self, thread_id: str, place: str) -> None:
        """Give up a place in line, and the lease if it was granted unheard."""
        ...

    async def renew(self, lease: Lease) -> Hold | None:
        """Start its time anew. None when it has passed on; one that ran out, and was granted to nobody, comes back."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give it back. Nothing is written under its fence from then on."""
        ...


class Live(Line, Protocol):
    """State that lives in Redis: the line, requests to stop, and the ownership epoch of a conversation."""

    async def stop(self, thread_id: str, trace_id: str) -> None:
        """Ask the worker that runs this turn to stop it; the next `renew` there says so."""
        ...

    async def attempt(self, thread_id: str, trace_id: str) -> int:
        """Count that a turn is begun again after its worker was lost, and say the how manieth time that is."""
        ...

    async def epoch(self, thread_id: str) -> int: ...
    async def health(self) -> Part: ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it. `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model made."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelChunk:
    """A piece of a model's reply: text as it streams; tool calls and usage with the last piece."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None


class LanguageModel(Protocol):
    """A chat model. Raises ModelError when it is down, slow, empty or talks nonsense."""

    @property
    def name(self) -> str: ...
    def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]: ...
    async def health(self) -> Part: ...


class Span(Protocol):
    """An observation under way."""

    def update(self, **attributes: Any) -> None:
        """`input`, `output`, `metadata`, `model`, `usage`, `level`: plain data."""
        ...


class Tracer(Protocol):
    """Observations of a turn, typed as Langfuse types them: agent, guardrail, retriever, generation, tool."""

    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> AbstractContextManager[Span]: ...
    def turn(self, *, trace_id: str, thread_id: str, caller: Caller, question: str) -> AbstractContextManager[Span]: ...
    async def forget(self, trace_ids: Sequence[str]) -> None:
        """Delete these turns' observations wherever they went. Raises UnavailableError when one can't be reached."""
        ...

    async def health(self) -> Part: ...


class Spans(Protocol):
    """Finished observations of turns: plain data with the keys that `assistant.observability.attributes` lists."""

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace by (trace id, span id). Spans of a turn that has no record (any more) are left out."""
        ...

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        """One turn's observations in the order they started."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The SQL side, bundled: everything durable that is not a vector."""

    documents: Documents
    records: Records
    transcripts: Transcripts
    threads: Threads
    users: Users
    tickets: Tickets
    recollections: Recollections
    preferences: Preferences
    calibrations: Calibrations
