"""Conversations as the chat shows them, rebuilt from our records: the one truth. Chainlit stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any

from chainlit.context import context
from chainlit.data.base import BaseDataLayer
from chainlit.types import Feedback, PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User
from typing_extensions import override

from assistant import ports
from assistant.errors import NotFoundError
from assistant.privacy import PersonalKind, mask
from assistant.ui.accounts import Person
from assistant.ui.transcript import choice_elements, source_elements, thread_row, turn_steps
from assistant.values import Record, Thread

_NAME_CHARS = 60
_COMMENT_CHARS = 2_000
_PAGE = 50


class History:
    """A person's conversations. What is absent and what is another's look the same: NotFoundError."""

    def __init__(self, stores: ports.Stores, *, masked: Collection[PersonalKind] = ()) -> None:
        self._stores = stores
        self._masked = masked

    async def owned(self, person_id: str, thread_id: str) -> Thread:
        """The thread, if it is this person's. Raises NotFoundError."""
        thread = await self._stores.threads.get(thread_id)
        if thread is None or thread.user_id != person_id:
            raise NotFoundError(f"thread {thread_id!r}")
        return thread

    async def begin(self, person_id: str, thread_id: str, first_words: str) -> None:
        """Make sure the thread stands in the sidebar. Raises NotFoundError when it is another's."""
        words = " ".join(mask(first_words, self._masked).text.split()) or "New conversation"
        name = words if len(words) <= _NAME_CHARS else words[: _NAME_CHARS - 1].rstrip() + "…"
        await self._stores.threads.ensure(thread_id, person_id, name, datetime.now(UTC))

    async def page(self, person_id: str, *, limit: int, cursor: str = "", search: str = "") -> dict[str, Any]:
        """A page of the sidebar, in Chainlit's form."""
        size = max(1, min(limit, _PAGE))
        threads, after = await self._stores.threads.page(person_id, limit=size, before=cursor, search=search[:200])
        info = {"hasNextPage": bool(after), "startCursor": cursor or None, "endCursor": after or None}
        return {"pageInfo": info, "data": [thread_row(thread) for thread in threads]}

    async def thread(self, person: Person, thread_id: str) -> dict[str, Any]:
        """A whole conversation in Chainlit's form. Raises NotFoundError."""
        thread = await self.owned(person.id, thread_id)
        records = await self._stores.records.of_thread(thread_id)
        elements = [element for record in records for element in await self.elements(record, person)]
        steps = [step for record in records for step in turn_steps(record)]
        return thread_row(thread) | {"steps": steps, "elements": elements}

    async def elements(self, record: Record, person: Person) -> list[dict[str, Any]]:
        """What hangs below an answer, with the person's rights as they are now."""
        cited = {citation.document_id for citation in record.citations}
        found = await asyncio.gather(*(self._stores.documents.get(each, person.groups) for each in cited))
        readable = {document.id for document in found if document is not None}
        return source_elements(record, readable) + choice_elements(record)

    async def rename(self, person_id: str, thread_id: str, name: str) -> None:
        """Raises NotFoundError."""
        name = " ".join(name.split())[:_NAME_CHARS]
        await self.owned(person_id, thread_id)
        if name:
            await self._stores.threads.rename(thread_id, person_id, mask(name, self._masked).text)

    async def rate(self, person_id: str, answer_id: str, value: int | None, comment: str) -> None:
        """Store a thumb, 1 or 0, or take it back. Raises NotFoundError unless the answer is this person's."""
        told = mask(comment[:_COMMENT_CHARS], self._masked).text
        if not await self._stores.records.rate(answer_id, person_id, value, told):
            raise NotFoundError(f"answer {answer_id!r}")


class DataLayer(BaseDataLayer):
    """What Chainlit asks for by itself: resuming a thread and naming a new one. Every write of a step is dropped.

    The conversation stores each turn itself, so nothing a browser sends can end up in the records.
    """

    def __init__(self, history: History, check: Callable[[str], Awaitable[Person | None]]) -> None:
        self._history = history
        self._check = check

    @override
    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        """The thread as whoever holds the current socket may see it."""
        person = await self._current()
        if person is None:
            return None
        try:
            return await self._history.thread(person, thread_id)  # type: ignore[return-value] # the same keys
        except NotFoundError:
            return None

    @override
    async def get_thread_author(self, thread_id: str) -> str:
        """The holder of the current socket if the thread is theirs, else nobody."""
        person = await self._current()
        try:
            return (await self._history.owned(person.id, thread_id)).user_id if person else ""
        except NotFoundError:
            return ""

    @override
    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Put a new thread into the sidebar before the browser asks for it. Metadata is dropped."""
        if name and user_id:
            await self._history.begin(user_id, thread_id, name)

    @override
    async def list_threads(self, pagination: Pagination, filters: ThreadFilter) -> PaginatedResponse[ThreadDict]:
        """Nothing: our own route lists them."""
        return PaginatedResponse(pageInfo=PageInfo(False, None, None), data=[])

    async def _current(self) -> Person | None:
        user = context.session.user
        return await self._check(user.metadata["subject"]) if user else None

    @override
    async def get_user(self, identifier: str) -> PersistedUser | None:
        """Nobody: people are identified by `Accounts`."""
        return None

    @override
    async def create_user(self, user: User) -> PersistedUser | None:
        """Nobody."""
        return None

    @override
    async def upsert_feedback(self, feedback: Feedback) -> str:
        """Refused: our own route knows who rates."""
        raise NotFoundError("feedback")

    @override
    async def delete_feedback(self, feedback_id: str) -> bool:
        """Refused: our own route knows who rates."""
        return False

    @override
    async def create_element(self, element: Any) -> None:
        """Dropped."""

    @override
    async def get_element(self, thread_id: str, element_id: str) -> None:
        """Nothing."""

    @override
    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        """Dropped."""

    @override
    async def create_step(self, step_dict: Any) -> None:
        """Dropped."""

    @override
    async def update_step(self, step_dict: Any) -> None:
        """Dropped."""

    @override
    async def delete_step(self, step_id: str) -> None:
        """Dropped."""

    @override
    async def delete_thread(self, thread_id: str) -> None:
        """Dropped: our own route knows who deletes."""

    @override
    async def build_debug_url(self) -> str:
        """None."""
        return ""

    @override
    async def get_favorite_steps(self, user_id: str) -> list[Any]:
        """None."""
        return []

    @override
    async def close(self) -> None:
        """Nothing to close."""
