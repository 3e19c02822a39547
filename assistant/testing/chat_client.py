"""A browser's half of the chat's socket, for tests: signs in, sends, and remembers everything it was sent."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import aiohttp
import socketio

_PATIENCE_S = 8.0


class ChatClient:
    """One browser. `events` are (name, data) in the order they came."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), base_url=address)
        self.session_id = str(uuid.uuid4())
        self.events: list[tuple[str, Any]] = []
        self._changed = asyncio.Condition()
        self.socket: Any = None

    async def __aenter__(self) -> ChatClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.socket is not None and self.socket.connected:
            await self.socket.disconnect()
        await self.http.close()

    async def visit(self) -> str:
        """Open the chat as a visitor does; returns the id of whom the server takes us for."""
        async with self.http.get("/"):
            pass
        return await self.whoami()

    async def whoami(self) -> str:
        """The id behind our cookie; "" without access."""
        async with self.http.get("/user") as response:
            return str((await response.json()).get("id", ""))

    async def sign_in(self, email: str, password: str) -> int:
        """Post the sign-in form; the status of its answer."""
        form = {"username": email, "password": password}
        async with self.http.post("/login", data=form, allow_redirects=False) as response:
            return response.status

    async def connect(self, *, thread_id: str = "", headers: dict[str, str] | None = None, settle: bool = True) -> None:
        """Open the socket. Raises socketio.exceptions.ConnectionError when it is refused."""
        mark = len(self.events)
        self.socket = socketio.AsyncClient(http_session=self.http, reconnection=False)
        self.socket.on("*", self._note)
        await self.socket.connect(
            self.address,
            socketio_path="/ws/socket.io",
            transports=["websocket"],
            headers=headers or {},
            auth={
                "clientType": "webapp",
                "sessionId": self.session_id,
                "threadId": thread_id,
                "userEnv": "{}",
                "chatProfile": "Assistant",
            },
        )
        await self.socket.emit("connection_successful")
        if settle:
            await self.wait_for("set_commands", since=mark)

    async def drop(self) -> None:
        """Lose the socket without saying good-bye to the session."""
        await self.socket.disconnect()

    async def send(self, text: str, *, message_id: str = "", **extra: Any) -> str:
        """Send a message as the browser does; `extra` goes into the message."""
        message_id = message_id or str(uuid.uuid4())
        message = {
            "id": message_id,
            "name": "User",
            "type": "user_message",
            "output": text,
            "createdAt": datetime.now(UTC).isoformat(),
        }
        await self.socket.emit("client_message", {"message": message | extra, "fileReferences": []})
        return message_id

    async def ask(self, text: str, **extra: Any) -> dict[str, Any]:
        """Send a message and wait for the answer's last form."""
        mark = len(self.events)
        await self.send(text, **extra)
        await self.wait_for("task_start", since=mark)
        await self.wait_for("task_end", since=mark)
        return self.answers(since=mark)[-1]

    def named(self, event: str, *, since: int = 0) -> list[Any]:
        """What came under this name."""
        return [data for name, data in self.events[since:] if name == event]

    def answers(self, *, since: int = 0) -> list[dict[str, Any]]:
        """The assistant's messages, as sent and as updated."""
        steps = [data for name, data in self.events[since:] if name in ("new_message", "update_message")]
        return [step for step in steps if step["type"] == "assistant_message"]

    async def wait_for(self, event: str, *, since: int = 0, containing: str = "") -> Any:
        """The first event of this name whose data, as text, contains the words. Raises TimeoutError."""

        def found() -> bool:
            return any(containing in str(data) for data in self.named(event, since=since))

        async with asyncio.timeout(_PATIENCE_S), self._changed:
            await self._changed.wait_for(found)
        return next(data for data in self.named(event, since=since) if containing in str(data))

    async def closed(self) -> bool:
        """Whether the server closes the socket soon."""
        async with asyncio.timeout(_PATIENCE_S):
            await self.socket.wait()
        return not self.socket.connected

    async def _note(self, event: str, data: Any = None) -> None:
        async with self._changed:
            self.events.append((event, data))
            self._changed.notify_all()
