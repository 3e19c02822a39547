"""What goes out over the sockets of sessions, whichever sockets those are by now."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Literal

from chainlit.session import WebsocketSession

from assistant.ui.transcript import AUTHOR, timestamp


class Wire:
    """Chainlit's events, typed. A socket that is gone swallows them; the records remain."""

    def __init__(self, session: WebsocketSession) -> None:
        self._sessions = [session]

    def join(self, session: WebsocketSession) -> None:
        """Send to this session too, from now on."""
        if session not in self._sessions:
            self._sessions.append(session)

    async def emit(self, event: str, data: Any) -> None:
        """Any event."""
        for session in self._sessions:
            # Read anew each time: a session gets another `emit` when its browser reconnects. Typed sync, it is async.
            emit: Any = session.emit
            await emit(event, data)

    async def send(self, step: dict[str, Any]) -> None:
        """A new step."""
        await self.emit("new_message", step)

    async def update(self, step: dict[str, Any]) -> None:
        """A step as it is now."""
        await self.emit("update_message", step)

    async def stream(self, step: dict[str, Any]) -> None:
        """A step that tokens will be added to."""
        await self.emit("stream_start", step)

    async def token(self, step_id: str, text: str) -> None:
        """Another piece of a streaming step."""
        await self.emit("stream_token", {"id": step_id, "token": text, "isSequence": False, "isInput": False})

    async def busy(self, working: bool) -> None:
        """Show or hide Stop."""
        await self.emit("task_start" if working else "task_end", {})

    async def announce(self, thread_id: str, turn: Literal["started", "ended"]) -> None:
        """Tell the page's own scripts which conversation this is and what became of its newest turn."""
        await self.emit("window_message", {"assistantThread": thread_id, "assistantTurn": turn})

    async def say(self, text: str, *, error: bool = False, step_id: str = "") -> None:
        """A message of ours outside a turn."""
        now = timestamp(datetime.now(UTC))
        step: dict[str, Any] = {
            "id": step_id or str(uuid.uuid4()),
            "threadId": self._sessions[0].thread_id,
            "parentId": None,
        }
        step |= {"type": "assistant_message", "name": AUTHOR, "output": text, "isError": error, "metadata": {}}
        await self.send(step | {"createdAt": now, "start": now, "end": now, "streaming": False})
