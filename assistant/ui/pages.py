"""The pages: the chat itself, sign-in, and documents."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Annotated

import jinja2
from chainlit.auth import get_token_from_cookies
from chainlit.config import config
from chainlit.server import get_html_template
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import InvalidMessageError
from assistant.ui.accounts import Accounts, Person, new_guest, token_for
from assistant.ui.backend import Backend
from assistant.ui.boundary import chat_policy
from assistant.ui.documents import readable_date, render_document, split_heading

COOKIE = "access_token"

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FOREIGN = re.compile(r'<link[^>]*href="https?://[^>]*>|<meta property="og:[^>]*>', re.DOTALL)


class Pages:
    """What is rendered here, with what it needs."""

    def __init__(self, backend: Backend, accounts: Accounts) -> None:
        self._backend = backend
        self._accounts = accounts
        self._chat, self._chat_policy = _chat_page(backend.policy.organisation)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/", self.chat, methods=["GET", "HEAD"])
        router.add_api_route("/thread/{thread_id}", self.chat, methods=["GET", "HEAD"])
        router.add_api_route("/login", self.login, methods=["GET"])
        router.add_api_route("/login", self.sign_in, methods=["POST"])
        router.add_api_route("/signin", self.login, methods=["GET"])
        router.add_api_route("/logout", self.logout, methods=["POST"])
        router.add_api_route("/documents/{document_id:path}", self.document, methods=["GET"])
        return router

    async def person(self, request: Request) -> Person | None:
        """Who the request comes from."""
        return await self._accounts.identify(get_token_from_cookies(dict(request.cookies)))

    async def chat(self, request: Request) -> Response:
        """The chat. A visitor without a valid cookie becomes a guest, or is asked to sign in."""
        person = await self.person(request)
        if person is None and not self._accounts.guests:
            return RedirectResponse("/login", status_code=303)
        response = HTMLResponse(self._chat, headers={"content-security-policy": self._chat_policy})
        if person is None or person.role == "guest":
            # A guest's cookie slides: as long as they keep coming back, their conversations stay theirs.
            self._set_cookie(response, person or new_guest())
        return response

    async def login(self, request: Request) -> Response:
        """The sign-in page."""
        person = await self.person(request)
        if person is not None and person.role != "guest":
            return RedirectResponse("/", status_code=303)
        return self._page("login.html", error="", email="")

    async def sign_in(
        self, request: Request, username: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        """Check e-mail and password, set the cookie, go to the chat."""
        address = request.client.host if request.client else ""
        try:
            person = await self._accounts.sign_in(username, password, address=address)
        except InvalidMessageError as error:
            return self._page("login.html", status=429, error=error.user_message, email=username)
        if person is None:
            text = "That e-mail address and password don't belong together, or the account is no longer active."
            return self._page("login.html", status=401, error=text, email=username)
        response = RedirectResponse("/", status_code=303)
        self._set_cookie(response, person)
        return response

    async def logout(self) -> Response:
        """Take the cookie back."""
        response = Response('{"success": true}', media_type="application/json")
        response.delete_cookie(COOKIE, path="/", secure=self._backend.secure_cookies, httponly=True, samesite="lax")
        return response

    async def document(self, request: Request, document_id: str, start: int = 0, end: int = 0) -> Response:
        """A document with a span of it marked; one page for absent and for not yours."""
        person = await self.person(request)
        found = await self._backend.stores.documents.get(document_id, person.groups) if person else None
        if found is None:
            return self._page("missing.html", status=404)
        heading, body = split_heading(render_document(found.text, start, end))
        return self._page(
            "document.html", document=found, heading=heading, body=body, updated=readable_date(found.updated)
        )

    def _set_cookie(self, response: Response, person: Person) -> None:
        response.set_cookie(
            COOKIE,
            token_for(person),
            max_age=config.project.user_session_timeout,
            path="/",
            secure=self._backend.secure_cookies,
            httponly=True,
            samesite="lax",
        )

    def _page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        policy = self._backend.policy
        shared = {"organisation": policy.organisation, "contact": policy.contact, "guests": self._accounts.guests}
        text = self._templates.get_template(template).render(**shared, **values)
        return HTMLResponse(text, status_code=status)


def _chat_page(organisation: str) -> tuple[str, str]:
    """Chainlit's page without its links to other hosts, and the policy that holds its inline scripts by hash."""
    page: str = get_html_template("")  # type: ignore[no-untyped-call]
    page = _FOREIGN.sub("", page)
    title = html.escape(f"{organisation} · Assistant" if organisation else "Assistant")
    page = re.sub(r"<title>.*?</title>", lambda _: f"<title>{title}</title>", page, count=1, flags=re.DOTALL)
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in _INLINE_SCRIPT.findall(page)
    ]
    return page, chat_policy(hashes)
