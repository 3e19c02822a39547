"""What the assistant remembers, for its user: shown with where it came from, deleted piece by piece, switched.

Nothing here decides whose a conversation is: the assistant behind it does, and absent and another's are one error.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from assistant.memory.view import MemoryView
from assistant.ui.accounts import Accounts, Person, signed_in
from assistant.ui.backend import Backend
from assistant.ui.remembered import view_json


class Preferences(BaseModel, extra="forbid", strict=True):
    """What a user chooses for themselves."""

    recall_across: bool


class MemoryApi:
    """The handlers, with what they need."""

    def __init__(self, backend: Backend, accounts: Accounts) -> None:
        self._backend = backend
        self._accounts = accounts

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/api/memory/{thread_id}", self.show, methods=["GET"])
        router.add_api_route("/api/memory/{thread_id}/{item_id}", self.forget_item, methods=["DELETE"])
        router.add_api_route("/api/preferences", self.prefer, methods=["PUT"])
        return router

    async def show(self, request: Request, thread_id: str) -> dict[str, Any]:
        """All that is remembered of a conversation."""
        person = await signed_in(self._accounts, request)
        return await self._told(person, thread_id, await self._backend.memory(person.caller(), thread_id))

    async def forget_item(self, request: Request, thread_id: str, item_id: str) -> dict[str, Any]:
        """Delete one line or pin; what is left comes back."""
        person = await signed_in(self._accounts, request)
        left = await self._backend.forget_item(person.caller(), thread_id, item_id)
        return await self._told(person, thread_id, left)

    async def prefer(self, request: Request, asked: Preferences) -> dict[str, Any]:
        """Whether this user's other conversations may be recalled."""
        person = await signed_in(self._accounts, request)
        await self._backend.recall_across(person.caller(), asked.recall_across)
        return {"recall_across": asked.recall_across}

    async def _told(self, person: Person, thread_id: str, view: MemoryView) -> dict[str, Any]:
        # The transcript shows the same newest turns: what is older has no place there to point to.
        records = {each.trace_id: each for each in await self._backend.stores.records.of_thread(thread_id)}
        cited = sorted({each for item in view.items for each in item.documents})
        found = await asyncio.gather(*(self._backend.stores.documents.get(each, person.groups) for each in cited))
        titles = {document.id: document.title for document in found if document is not None}
        return view_json(view, records, titles)
