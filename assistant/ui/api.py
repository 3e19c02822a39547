"""The routes the browser's code calls. Each asks who calls; absent and another's are the same 404."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Literal

from chainlit.server import project_settings
from chainlit.session import WebsocketSession
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from assistant.errors import NotFoundError
from assistant.ui.accounts import Accounts, Person, signed_in
from assistant.ui.backend import Backend
from assistant.ui.chat import PERSON_ACTION, Chat
from assistant.ui.documents import excerpt, excerpt_html, readable_date
from assistant.ui.history import History
from assistant.ui.transcript import answer_of_run, document_link
from assistant.values import Citation

HEALTH_S = 5.0

_SIGN_IN = {
    "name": "Sign in",
    "display_name": "Sign in",
    "icon_url": "/public/icons/sign-in.svg",
    "url": "/signin",
    "target": "_self",
}


class Pagination(BaseModel):
    """A page of the sidebar."""

    first: int = 35
    cursor: str | None = Field(None, max_length=500)


class Filter(BaseModel):
    """Only the search counts; whose threads they are is not the browser's to say."""

    search: str | None = Field(None, max_length=500)


class ThreadsRequest(BaseModel):
    """Asks for a page of the sidebar."""

    pagination: Pagination
    filter: Filter = Filter()


class ThreadRequest(BaseModel):
    """Names a thread, and its new name when it is to be renamed."""

    threadId: str = Field(max_length=100)  # noqa: N815 (the browser's spelling)
    name: str = Field("", max_length=500)


class Thumb(BaseModel):
    """A thumb on a run."""

    forId: str = Field(max_length=200)  # noqa: N815
    value: Literal[0, 1]
    comment: str | None = Field(None, max_length=10_000)


class ThumbRequest(BaseModel):
    """Sets a thumb."""

    feedback: Thumb


class ThumbRemoval(BaseModel):
    """Takes a thumb back; its id is the answer's."""

    feedbackId: str = Field(max_length=200)  # noqa: N815


class ActionRequest(BaseModel):
    """A button was pressed. Its payload is not looked at."""

    action: dict[str, Any]
    sessionId: str = Field(max_length=100)  # noqa: N815


class Api:
    """The handlers, with what they need."""

    def __init__(self, backend: Backend, accounts: Accounts, history: History, chat: Chat) -> None:
        self._backend = backend
        self._accounts = accounts
        self._history = history
        self._chat = chat
        self._asking = asyncio.Lock()
        self._health: dict[str, Any] | None = None
        self._asked_at = 0.0

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        for method, path, handler in (
            ("GET", "/auth/config", self.auth_config),
            ("GET", "/user", self.user),
            ("GET", "/project/settings", self.settings),
            ("POST", "/set-session-cookie", self.session_cookie),
            ("POST", "/project/threads", self.threads),
            ("GET", "/project/thread/{thread_id}", self.thread),
            ("PUT", "/project/thread", self.rename),
            ("DELETE", "/project/thread", self.remove),
            ("PUT", "/feedback", self.rate),
            ("DELETE", "/feedback", self.unrate),
            ("POST", "/project/action", self.act),
            ("GET", "/api/passages", self.passage),
            ("GET", "/healthz", self.health),
        ):
            router.add_api_route(path, handler, methods=[method])
        return router

    async def auth_config(self) -> dict[str, Any]:
        """How to sign in. Everybody has a cookie, guests too."""
        return _AUTH_CONFIG

    async def user(self, request: Request) -> dict[str, Any]:
        """Who the browser belongs to."""
        person = await self._caller(request)
        about = {"role": person.role}
        return {"id": person.id, "identifier": person.id, "display_name": person.name, "metadata": about}

    async def session_cookie(self) -> dict[str, Any]:
        """Nothing: stickiness is the balancer's business."""
        return {"message": "ok"}

    async def threads(self, request: Request, asked: ThreadsRequest) -> dict[str, Any]:
        """A page of the sidebar."""
        person, page, search = await self._caller(request), asked.pagination, asked.filter.search or ""
        return await self._history.page(person.id, limit=page.first, cursor=page.cursor or "", search=search)

    async def thread(self, request: Request, thread_id: str) -> dict[str, Any]:
        """A whole conversation."""
        return await self._history.thread(await self._caller(request), thread_id)

    async def rename(self, request: Request, asked: ThreadRequest) -> dict[str, Any]:
        """Give a conversation another name."""
        person = await self._caller(request)
        await self._history.rename(person.id, asked.threadId, asked.name)
        return {"success": True}

    async def remove(self, request: Request, asked: ThreadRequest) -> dict[str, Any]:
        """Delete a conversation with its turns."""
        person = await self._caller(request)
        await self._history.owned(person.id, asked.threadId)
        await self._backend.forget(person.caller(), asked.threadId)
        return {"success": True}

    async def rate(self, request: Request, asked: ThumbRequest) -> dict[str, Any]:
        """Store a thumb and its comment."""
        person = await self._caller(request)
        thumb, answer_id = asked.feedback, answer_of_run(asked.feedback.forId)
        await self._history.rate(person.id, answer_id, thumb.value, thumb.comment or "")
        return {"success": True, "feedbackId": answer_id}

    async def unrate(self, request: Request, asked: ThumbRemoval) -> dict[str, Any]:
        """Take a thumb back."""
        person = await self._caller(request)
        await self._history.rate(person.id, answer_of_run(asked.feedbackId), None, "")
        return {"success": True}

    async def act(self, request: Request, asked: ActionRequest) -> dict[str, Any]:
        """A button below an answer: there is one kind, and it opens a ticket."""
        person = await self._caller(request)
        session = WebsocketSession.get_by_id(asked.sessionId)
        owner = session.user.identifier if session and session.user else ""
        if session is None or owner != person.id or asked.action.get("name") != PERSON_ACTION:
            raise NotFoundError("session or action")
        await self._chat.call_person(session, person)
        return {"success": True}

    async def health(self) -> dict[str, Any]:
        """Whether each part is well, at most 5 s ago; addresses and reasons are for `assistant doctor`."""
        async with self._asking:
            if self._health is None or time.monotonic() - self._asked_at >= HEALTH_S:
                parts = await self._backend.health()
                told = [{"name": part.name, "version": part.version, "well": part.well} for part in parts]
                self._health = {"well": all(part.well for part in parts), "parts": told}
                self._asked_at = time.monotonic()
            return self._health

    async def _caller(self, request: Request) -> Person:
        return await signed_in(self._accounts, request)

    async def settings(self, request: Request) -> dict[str, Any]:
        """Chainlit's settings, with the welcome as its one profile and the sign-in link for guests."""
        person = await self._caller(request)
        response = await project_settings(current_user=person.persisted(), language="en-US", chat_profile=None)
        settings: dict[str, Any] = json.loads(bytes(response.body))
        policy = self._backend.policy
        settings["chatProfiles"] = [
            {
                "name": "Assistant",
                "markdown_description": _welcome(policy.organisation, policy.about, self._backend.origin_note),
                "icon": "/public/mark.svg",
                "default": True,
            }
        ]
        settings["starters"] = [{"label": each.label, "message": each.message} for each in policy.starters]
        settings["ui"]["header_links"] = [_SIGN_IN] if person.role == "guest" else []
        return settings

    async def passage(self, request: Request, turn: str, index: int) -> dict[str, Any]:
        """The words behind a mark, from the record and from the document as it is now."""
        person = await self._caller(request)
        citation = await self._citation(person, turn, index)
        document = await self._backend.stores.documents.get(citation.document_id, person.groups)
        if document is None:
            raise NotFoundError("document")
        found = excerpt(document, citation)
        return {
            "title": document.title,
            "section": citation.section,
            "updated": readable_date(document.updated),
            "link": document_link(citation),
            "html": excerpt_html(found),
            "found": found.found,
        }

    async def _citation(self, person: Person, trace_id: str, index: int) -> Citation:
        record = await self._backend.stores.records.get(trace_id)
        if record is None or record.user_id != person.id:
            raise NotFoundError("turn")
        for citation in record.citations:
            if citation.index == index:
                return citation
        raise NotFoundError("citation")


def _welcome(organisation: str, about: str, origin_note: str) -> str:
    parts = [f"# {organisation or 'Hello'}", about, f"*{origin_note}*" if origin_note else ""]
    return "\n\n".join(part for part in parts if part)


_AUTH_CONFIG: dict[str, Any] = {
    "requireLogin": True,
    "passwordAuth": True,
    "headerAuth": False,
    "oauthProviders": [],
    "default_theme": "system",
    "ui": {},
}
