"""Turns and conversations as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from assistant.values import Record, Said, Thread


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
