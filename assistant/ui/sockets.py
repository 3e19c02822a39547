"""Chainlit's socket, closed and reopened: only the events named here exist, and each is checked.

What is replaced, and why, stands at each handler; `tests/acceptance/test_socket_hardening.py` holds a test for each.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from http.cookies import CookieError, SimpleCookie
from typing import Any

import chainlit.socket as upstream
from chainlit.auth import get_token_from_cookies
from chainlit.chat_context import chat_contexts
from chainlit.context import init_ws_context
from chainlit.server import sio
from chainlit.session import WebsocketSession, ws_sessions_sid
from socketio.exceptions import ConnectionRefusedError as Refused

from assistant.errors import BusyError, InvalidMessageError, NotFoundError
from assistant.ui.accounts import Accounts, Person
from assistant.ui.boundary import MAX_FRAME_BYTES
from assistant.ui.chat import Chat
from assistant.ui.history import History
from assistant.ui.limits import Buckets
from assistant.ui.transcript import PERSON_COMMAND
from assistant.ui.wire import Wire

_log = logging.getLogger(__name__)

EVENTS = frozenset({"connect", "disconnect", "connection_successful", "clear_session", "client_message", "stop"})
_MAX_SOCKETS = 40
_ENDING_S = 0.2
_TOO_FAST = "You are sending messages faster than I can answer them. Please wait a moment."
_GONE = "There is nothing here under that address."

_delete = WebsocketSession.delete


def harden(accounts: Accounts, history: History, chat: Chat, *, max_chars: int, overlap: str) -> Sockets:
    """Replace Chainlit's socket handlers by ours; every other event of theirs is gone."""
    sockets = Sockets(accounts, history, chat, max_chars=max_chars, overlap=overlap)
    handlers: dict[str, Any] = sio.handlers["/"]
    for event in [event for event in handlers if event not in EVENTS]:
        del handlers[event]
    for event in ("connect", "connection_successful", "client_message", "stop"):
        handlers[event] = getattr(sockets, event)
    sio.eio.max_http_buffer_size = MAX_FRAME_BYTES
    WebsocketSession.delete = _delete_with_context  # type: ignore[method-assign]
    return sockets


async def _delete_with_context(session: WebsocketSession) -> None:
    # Chainlit keeps the messages of every chat it ever had.
    chat_contexts.pop(session.id, None)
    await _delete(session)  # type: ignore[no-untyped-call]


class Sockets:
    """The handlers, with what they need. `overlap` as in `Backend`."""

    def __init__(self, accounts: Accounts, history: History, chat: Chat, *, max_chars: int, overlap: str) -> None:
        self._accounts = accounts
        self._history = history
        self._chat = chat
        self._max_chars = max_chars
        self._overlap = overlap
        self._pace = Buckets(burst=15, per_minute=30)
        self._lost: set[str] = set()

    async def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
        """As Chainlit's, but the account is checked, a foreign thread looks absent, and no profile is taken."""
        person = await self._accounts.identify(_token(environ))
        if person is None:
            raise Refused("authentication failed")
        session_id, thread_id = _identifiers(auth)
        if sum(1 for each in ws_sessions_sid.values() if _owner(each) == person.id) >= _MAX_SOCKETS:
            raise Refused("too many connections")

        def emit(event: str, data: Any) -> Any:
            return sio.emit(event, data, to=sid)

        def emit_call(event: str, data: Any, timeout: int | None) -> Any:
            return sio.call(event, data, timeout=timeout, to=sid)

        user = person.persisted()
        if upstream.restore_existing_session(sid, session_id, emit, emit_call, environ, user=user):
            WebsocketSession.require(sid).user = user
            return True
        if thread_id and not await self._owns(person, thread_id):
            self._lost.add(session_id)
            thread_id = ""
        WebsocketSession(
            id=session_id,
            socket_id=sid,
            emit=emit,
            emit_call=emit_call,
            client_type="webapp",
            user_env={},
            user=user,
            token=None,
            chat_profile=None,
            thread_id=thread_id or None,
            environ=environ,
        )
        return True

    async def connection_successful(self, sid: str, *_: Any) -> None:
        """As Chainlit's, and then: what arrived while the socket was away, and a running turn with its Stop."""
        session = WebsocketSession.get(sid)
        person = await self._person(session)
        if session is None or person is None:
            return
        await upstream.connection_successful(sid)
        wire = Wire(session)
        if session.id in self._lost:
            self._lost.discard(session.id)
            await wire.emit("resume_thread_error", _GONE)
        await self._chat.open(session)
        if not session.has_first_interaction:
            return
        if session.restored and not session.thread_id_to_resume:
            try:
                await wire.emit("resume_thread", await self._history.thread(person, session.thread_id))
            except NotFoundError:
                _log.info("thread %s is gone", session.thread_id)
        await self._chat.reopen(session, person)

    async def client_message(self, sid: str, payload: Any = None, *_: Any) -> None:
        """Only text, id and our own command are taken over; one at a time, as they came; nothing over the limit."""
        session = WebsocketSession.get(sid)
        person = await self._person(session)
        if session is None or person is None:
            return
        try:
            message = clean_message(payload, max_chars=self._max_chars)
            if not self._pace.take(person.id):
                raise InvalidMessageError(_TOO_FAST)
            if self._overlap == "refuse" and await _is_busy(session):
                raise BusyError
        except (InvalidMessageError, BusyError) as error:
            await Wire(session).say(error.user_message, error=True)
            return
        before = session.current_task
        if self._overlap == "interrupt" and before is not None:
            before.cancel()
        session.current_task = asyncio.create_task(self._process(session, message, person, before))

    async def stop(self, sid: str, *_: Any) -> None:
        """As Chainlit's, without its message."""
        session = WebsocketSession.get(sid)
        if session is not None and session.current_task is not None:
            session.current_task.cancel()

    async def _process(
        self, session: WebsocketSession, message: dict[str, Any], person: Person, before: asyncio.Task[Any] | None
    ) -> None:
        await _after(before)
        emitter: Any = init_ws_context(session).emitter
        taken = await emitter.process_message({"message": message, "fileReferences": []})
        await self._chat.answer(session, taken, person)

    async def _person(self, session: WebsocketSession | None) -> Person | None:
        """Whoever holds the socket, if they still have access; else the socket is closed."""
        if session is None or session.user is None:
            return None
        person = await self._accounts.check(session.user.metadata["subject"])
        if person is None:
            await sio.disconnect(session.socket_id)
        return person

    async def _owns(self, person: Person, thread_id: str) -> bool:
        try:
            await self._history.owned(person.id, thread_id)
        except NotFoundError:
            return False
        return True


def clean_message(payload: Any, *, max_chars: int) -> dict[str, Any]:
    """A user's message as the browser may send it: whatever else stands in the payload is dropped.

    Raises InvalidMessageError. Lengths are in characters.
    """
    message = payload.get("message") if isinstance(payload, dict) else None
    text = message.get("output") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(text, str):
        raise InvalidMessageError("That message could not be read.")
    if len(text) > max_chars:
        raise InvalidMessageError(
            f"That message is too long: {len(text):,} characters. I can take {max_chars:,}. Please shorten it."
        )
    command = message.get("command")
    command = command if command == PERSON_COMMAND else None
    if not text.strip() and command is None:
        raise InvalidMessageError("That message is empty. Please write what you would like to know.")
    return {
        "id": _uuid4(message.get("id")),
        "name": "User",
        "type": "user_message",
        "output": text,
        "createdAt": "",
        "command": command,
        "metadata": {},
    }


async def _after(before: asyncio.Task[Any] | None) -> None:
    """Wait for the turn that was there first. Stop, which reaches the last in line, reaches it too."""
    if before is None:
        return
    try:
        await asyncio.wait({before})
    except asyncio.CancelledError:
        before.cancel()
        raise


async def _is_busy(session: WebsocketSession) -> bool:
    """Whether a turn still runs; one that is just ending may end."""
    if session.current_task is not None and not session.current_task.done():
        await asyncio.wait({session.current_task}, timeout=_ENDING_S)
    return session.current_task is not None and not session.current_task.done()


def _uuid4(value: Any) -> str:
    try:
        parsed = uuid.UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise InvalidMessageError("That message could not be read.") from None
    if parsed.version != 4:
        raise InvalidMessageError("That message could not be read.")
    return str(parsed)


def _identifiers(auth: Any) -> tuple[str, str]:
    session_id = auth.get("sessionId") if isinstance(auth, dict) else None
    thread_id = auth.get("threadId") if isinstance(auth, dict) else None
    try:
        session_id = str(uuid.UUID(session_id))
    except (TypeError, ValueError, AttributeError):
        raise Refused("no session") from None
    return session_id, thread_id[:64] if isinstance(thread_id, str) else ""


def _owner(session: WebsocketSession) -> str:
    return session.user.identifier if session.user else ""


def _token(environ: dict[str, Any]) -> str | None:
    try:
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return None
    return get_token_from_cookies({name: morsel.value for name, morsel in cookies.items()})
