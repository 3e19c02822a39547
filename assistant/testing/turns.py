"""Conversations and what belongs to their turns, in memory: one shelf, from which it all goes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from assistant.adapters.sql_schema import searchable
from assistant.adapters.sql_threads import checked_id, read_cursor, write_cursor
from assistant.errors import NotFoundError
from assistant.memory.intake import said_in
from assistant.ports import UtteranceVectors
from assistant.values import Record, Said, Thread


@dataclass
class Shelf:
    """Conversations by id; their turns by trace id, in the order they began; and what goes with a turn.

    `vectors` are by trace id and then by speaker, each with its embedder; `spans` by trace id and then by span id.
    """

    threads: dict[str, Thread] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    vectors: dict[str, dict[str, tuple[str, UtteranceVectors]]] = field(default_factory=dict)
    spans: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)

    def turns(self, thread_id: str, *, after: str = "") -> list[Record]:
        """The turns of a thread in the order they began; all of them when `after` is none of them."""
        ours = [record for record in self.records.values() if record.thread_id == thread_id]
        begun = [record.trace_id for record in ours]
        return ours[begun.index(after) + 1 :] if after in begun else ours

    def owned(self, thread_id: str, user_id: str) -> Thread:
        """Raises NotFoundError unless the thread is there and is this user's."""
        thread = self.threads.get(thread_id)
        if thread is None or thread.user_id != user_id:
            raise NotFoundError("no such conversation of this user")
        return thread


@dataclass
class MemoryRecords:
    """Implements `ports.Records`."""

    shelf: Shelf

    async def begin(self, record: Record) -> Record:
        checked_id(record.message_id, name="id")
        self.shelf.owned(record.thread_id, record.user_id)
        for known in self.shelf.turns(record.thread_id):
            if known.message_id == record.message_id:
                return known
        self.shelf.records[record.trace_id] = record
        return record

    async def finish(self, record: Record) -> Record:
        known = self.shelf.records.get(record.trace_id)
        if known is None or known.user_id != record.user_id:
            raise NotFoundError("no such turn of this user")
        if known.status != "running":
            return known
        self.shelf.records[record.trace_id] = replace(
            record,
            thread_id=known.thread_id,
            message_id=known.message_id,
            answer_id=known.answer_id,
            question=known.question,
            created_at=known.created_at,
            feedback=known.feedback,
            feedback_comment=known.feedback_comment,
            forgotten=known.forgotten,
        )
        return self.shelf.records[record.trace_id]

    async def get(self, trace_id: str) -> Record | None:
        return self.shelf.records.get(trace_id)

    async def of_thread(self, thread_id: str, *, limit: int = 200, after: str = "") -> list[Record]:
        return self.shelf.turns(thread_id, after=after)[-limit:]

    async def forget(
        self, user_id: str, thread_id: str, *, texts: Sequence[str] = (), turns: Sequence[str] = ()
    ) -> None:
        for record in self.shelf.turns(thread_id):
            gone = [text for text in texts if text in record.question or text in record.answer]
            gone += [""] if record.trace_id in turns else []
            added = [words for words in gone if words not in record.forgotten]
            if added and record.user_id == user_id:
                self.shelf.records[record.trace_id] = replace(record, forgotten=(*record.forgotten, *added))
                self.shelf.vectors.pop(record.trace_id, None)

    async def running(self, *, before: datetime, limit: int = 100) -> list[Record]:
        late = [r for r in self.shelf.records.values() if r.status == "running" and r.created_at < before]
        return sorted(late, key=lambda record: record.created_at)[:limit]

    async def rate(self, answer_id: str, user_id: str, value: int | None, comment: str) -> bool:
        for record in self.shelf.records.values():
            if (record.answer_id, record.user_id) == (answer_id, user_id):
                self.shelf.records[record.trace_id] = replace(record, feedback=value, feedback_comment=comment)
                return True
        return False


@dataclass
class MemoryTranscripts:
    """Implements `ports.Transcripts`."""

    shelf: Shelf

    async def of_thread(self, user_id: str, thread_id: str, *, limit: int = 1_000, after: str = "") -> list[Said]:
        return [said_in(r) for r in self.shelf.turns(thread_id, after=after) if r.user_id == user_id][-limit:]

    async def of_user(self, user_id: str, *, excluding: str, limit: int = 1_000) -> list[Said]:
        ours = [record for record in self.shelf.records.values() if record.user_id == user_id]
        return [said_in(record) for record in ours if record.thread_id != excluding][-limit:]


@dataclass
class MemoryThreads:
    """Implements `ports.Threads`."""

    shelf: Shelf

    async def ensure(self, thread_id: str, user_id: str, name: str, now: datetime) -> Thread:
        checked_id(thread_id, name="conversation id")
        known = self.shelf.threads.setdefault(thread_id, Thread(thread_id, user_id, name, now, now))
        self.shelf.owned(thread_id, user_id)
        touched = replace(known, name=known.name or name, updated_at=max(known.updated_at, now))
        self.shelf.threads[thread_id] = touched
        return touched

    async def get(self, thread_id: str) -> Thread | None:
        return self.shelf.threads.get(thread_id)

    async def page(self, user_id: str, *, limit: int, before: str = "", search: str = "") -> tuple[list[Thread], str]:
        ours = [thread for thread in self.shelf.threads.values() if thread.user_id == user_id]
        found = sorted((thread for thread in ours if self._mentions(thread, search)), key=_recency, reverse=True)
        if before:
            place = read_cursor(before)
            found = [thread for thread in found if _recency(thread) < place]
        page = found[: max(limit, 1)]
        return page, write_cursor(page[-1]) if len(found) > len(page) else ""

    async def rename(self, thread_id: str, user_id: str, name: str) -> None:
        self.shelf.threads[thread_id] = replace(self.shelf.owned(thread_id, user_id), name=name)

    async def remove(self, thread_id: str, user_id: str) -> None:
        del self.shelf.threads[self.shelf.owned(thread_id, user_id).id]
        for record in self.shelf.turns(thread_id):
            for kept in (self.shelf.records, self.shelf.vectors, self.shelf.spans):
                kept.pop(record.trace_id, None)

    def _mentions(self, thread: Thread, search: str) -> bool:
        turns = (f"{turn.question}\n{turn.answer}" for turn in self.shelf.turns(thread.id))
        return any(searchable(search.strip()) in searchable(text) for text in (thread.name, *turns))


def _recency(thread: Thread) -> tuple[datetime, str]:
    return thread.updated_at, thread.id


@dataclass
class MemoryRecollections:
    """Implements `ports.Recollections`."""

    shelf: Shelf

    async def save(self, user_id: str, thread_id: str, embedder: str, entries: Sequence[UtteranceVectors]) -> None:
        for entry in entries:
            record = self.shelf.records.get(entry.turn)
            if record is not None and (record.user_id, record.thread_id) == (user_id, thread_id):
                kept = replace(entry, vectors=entry.vectors.astype(np.float16).astype(np.float32))
                self.shelf.vectors.setdefault(entry.turn, {})[entry.speaker] = embedder, kept

    async def of_thread(
        self, user_id: str, thread_id: str, embedder: str, *, after: str = ""
    ) -> list[UtteranceVectors]:
        return self._vectors(self.shelf.turns(thread_id, after=after), user_id, embedder)

    async def of_user(
        self, user_id: str, embedder: str, *, excluding: str, limit: int = 2_000
    ) -> list[UtteranceVectors]:
        others = [record for record in self.shelf.records.values() if record.thread_id != excluding]
        return self._vectors(others, user_id, embedder)[-limit:]

    def _vectors(self, records: Sequence[Record], user_id: str, embedder: str) -> list[UtteranceVectors]:
        ours = (self.shelf.vectors.get(record.trace_id, {}) for record in records if record.user_id == user_id)
        said = (kept for spoken in ours for _, kept in sorted(spoken.items(), reverse=True))
        return [entry for made_by, entry in said if made_by == embedder]


@dataclass
class MemorySpans:
    """Implements `ports.Spans`."""

    shelf: Shelf

    async def save(self, spans: Sequence[Mapping[str, Any]]) -> None:
        for span in spans:
            if span["trace_id"] in self.shelf.records:
                self.shelf.spans.setdefault(span["trace_id"], {})[span["span_id"]] = dict(span)

    async def of_trace(self, trace_id: str) -> list[Mapping[str, Any]]:
        ours = self.shelf.spans.get(trace_id, {}).values()
        return sorted(ours, key=lambda span: (span["started_at"], span["span_id"]))
