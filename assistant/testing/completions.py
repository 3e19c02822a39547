"""How the stand-in model server says what it has to say: whole or streamed, paced, with its faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MODEL = "stand-in"
NONSENSE = "florb quandle ~~ 7 7 7 ¿¿ zzt umbrella umbrella umbrella"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the stand-in behaves: wait before the first token, pace (0: at once), and a fault every n-th call."""

    latency_ms: float = 0.0
    tokens_per_s: float = 0.0
    mode: str = "evidence"
    fault: str = ""
    fault_every: int = 1
    retry_after: str = ""


@dataclass(slots=True)
class Reply:
    """What one request gets."""

    text: str = ""
    tool_calls: Sequence[Mapping[str, Any]] = ()
    fault: str = ""
    retry_after: str = ""


def text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(block.get("text", "")) for block in content)


class Completion(Response):
    """One completion, streamed or whole, with the fault it was told to have."""

    def __init__(self, body: Mapping[str, Any], reply: Reply, behaviour: Behaviour, closing: asyncio.Event) -> None:
        super().__init__()
        self._request, self._answer, self._behaviour, self._closing = body, reply, behaviour, closing
        if reply.fault == "nonsense":
            reply.text = NONSENSE
        if reply.fault in ("empty", "badtool"):
            reply.text = ""
        if reply.fault == "badtool":
            reply.tool_calls = [{"name": "search_knowledge", "arguments": '{"query": "ret'}]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._answer.fault
        await self._sleep(self._behaviour.latency_ms / 1000)
        if fault == "hang":
            return await self._hang(receive)
        kind = "text/html" if fault == "html" else "text/event-stream"
        if not self._request.get("stream") and fault != "html":
            kind = "application/json"
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for index, piece in enumerate(self._pieces()):
            if index == 2 and fault == "cut":
                return None  # an unfinished response: uvicorn drops the connection
            if index == 2 and fault == "stall":
                return await self._hang(receive)
            await send({"type": "http.response.body", "body": piece.encode(), "more_body": True})
            if self._behaviour.tokens_per_s and self._request.get("stream"):
                await self._sleep(1 / self._behaviour.tokens_per_s)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return None

    def _pieces(self) -> Iterator[str]:
        if self._answer.fault == "html":
            yield "<html><body>Bad gateway</body></html>"
        elif self._answer.fault == "junk":
            yield 'data: {"choices": [{"delta": {"conte\n\n' if self._request.get("stream") else '{"choices": [{'
        elif self._request.get("stream"):
            yield from self._events()
        else:
            yield from self._whole()

    def _events(self) -> Iterator[str]:
        pieces = re.findall(r"\s*\S+\s*$|\s*\S+", self._answer.text)
        yield self._event({"delta": {"role": "assistant", "content": ""}})
        for piece in pieces:
            yield self._event({"delta": {"content": piece}})
        calls = self._calls()
        if calls:
            yield self._event({"delta": {"tool_calls": calls}})
        if self._answer.fault == "short":
            return  # a tidy end of the stream, but not of the reply
        yield self._event({"delta": {}, "finish_reason": self._finish_reason()})
        if (self._request.get("stream_options") or {}).get("include_usage"):
            yield self._event(None)
        yield "data: [DONE]\n\n"

    def _event(self, choice: Mapping[str, Any] | None) -> str:
        choices = [] if choice is None else [{"index": 0, "finish_reason": None, **choice}]
        usage = self._usage() if choice is None else None
        return f"data: {json.dumps({**self._head('chat.completion.chunk'), 'choices': choices, 'usage': usage})}\n\n"

    def _whole(self) -> Iterator[str]:
        message: dict[str, Any] = {"role": "assistant", "content": self._answer.text or None}
        if self._calls():
            message["tool_calls"] = self._calls()
        choice = {"index": 0, "message": message, "finish_reason": self._finish_reason()}
        whole = json.dumps({**self._head("chat.completion"), "choices": [choice], "usage": self._usage()})
        yield from (whole[:10], whole[10:20], whole[20:])

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": "stand-in-1", "object": kind, "created": 0, "model": self._request.get("model", MODEL)}

    def _calls(self) -> list[dict[str, Any]]:
        return [
            {"index": index, "id": f"call_{index}", "type": "function", "function": _function(call)}
            for index, call in enumerate(self._answer.tool_calls)
        ]

    def _finish_reason(self) -> str:
        return "tool_calls" if self._answer.tool_calls else "stop"

    def _usage(self) -> dict[str, int]:
        prompt = sum(_count(text_of(message)) for message in self._request.get("messages", ()))
        completion = _count(self._answer.text) + sum(_count(call["function"]["arguments"]) for call in self._calls())
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    async def _hang(self, receive: Receive) -> None:
        """Until the client or the server goes."""
        waits = {asyncio.ensure_future(self._gone(receive)), asyncio.ensure_future(self._closing.wait())}
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()

    async def _gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)


def _count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def _function(call: Mapping[str, Any]) -> dict[str, Any]:
    arguments = call.get("arguments", {})
    return {"name": call["name"], "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}
