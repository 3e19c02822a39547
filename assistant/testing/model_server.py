"""A stand-in for an OpenAI-compatible model server, for tests and load runs. It holds no model and knows nothing.

    python -m assistant.testing.model_server --port 9000 --latency-ms 300 --tokens-per-s 40 --fault 429 --fault-every 10

It speaks `POST /v1/chat/completions` (streaming or whole, usage, tool calls) and `GET /v1/models`. What it
replies, first match wins:

1. a scripted step (`POST /script` with a list of steps; one with `when` waits for a request containing that):
   `{"text": "…"}`, `{"tool_calls": [{"name": "…", "arguments": {…}}]}`, `{"fault": "429", "retry_after": "1"}`
2. a tool call, when tools are offered and the last message is the user's and begins with `use NAME {json}`
3. by mode: `evidence` quotes the first sentence of passage 1 of the prompt and cites it; `nonce` adds a nonce made from
   the marker `#conversation/turn` in the last user message; `echo` repeats the last message

Faults: 429 500 401 hang stall cut short junk html nonsense empty badtool; by option, by script,
or by the header `x-fault`.
`GET /log` lists the requests received, `DELETE /log` and `DELETE /script` clear.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

FAULTS = ("429", "500", "401", "hang", "stall", "cut", "short", "junk", "html", "nonsense", "empty", "badtool")
MODEL = "stand-in"
NONSENSE = "florb quandle ~~ 7 7 7 ¿¿ zzt umbrella umbrella umbrella"
_MARKER = re.compile(r"#([\w-]+)/(\d+)")
_USE = re.compile(r"^use (\w+) (\{.*\})\s*$", re.DOTALL)
_PASSAGES = (
    re.compile(r'<passage\b[^>]*"1"[^>]*>\s*(.*?)</passage>', re.DOTALL),
    re.compile(r"^\[1\][^\n]*\n(.+?)(?:\n\s*\n|\n\[2\]|\Z)", re.DOTALL | re.MULTILINE),
    re.compile(r"^\[1\]\s*([^\n]+)", re.MULTILINE),
)
_SENTENCE = re.compile(r".+?[.!?](?=\s|$)|.+", re.DOTALL)


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


@dataclass(slots=True)
class ModelServer:
    """The stand-in's state, and its ASGI application."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    script: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/script", self._script, methods=["POST", "DELETE"]),
                Route("/log", self._log, methods=["GET", "DELETE"]),
            ]
        )

    async def _models(self, _request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "tests"}]})

    async def _script(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.script.clear()
        else:
            self.script.extend(await request.json())
        return JSONResponse({"waiting": len(self.script)})

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.log.clear()
        return JSONResponse(self.log)

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        self.log.append({"body": body, "authorization": request.headers.get("authorization", "")})
        reply = self._reply(body, request.headers.get("x-fault", ""))
        refusal = _refusal(reply)
        if refusal is not None:
            return refusal
        return _Completion(body, reply, self.behaviour, self.closing)

    def _reply(self, body: Mapping[str, Any], fault: str) -> Reply:
        step = self._step(body)
        if step is not None:
            return Reply(
                step.get("text", ""), step.get("tool_calls", ()), step.get("fault", ""), step.get("retry_after", "")
            )
        if not fault and self.behaviour.fault and len(self.log) % self.behaviour.fault_every == 0:
            fault = self.behaviour.fault
        reply = _answer(body, self.behaviour.mode)
        return replace(reply, fault=fault, retry_after=self.behaviour.retry_after)

    def _step(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        text = json.dumps(body.get("messages", ()), ensure_ascii=False)
        for index, step in enumerate(self.script):
            if step.get("when", "") in text:
                return self.script.pop(index)
        return None


def nonce(conversation: str, turn: int | str) -> str:
    """What the mode `nonce` writes for the marker `#conversation/turn`."""
    return "nonce-" + hashlib.sha256(f"{conversation}/{turn}".encode()).hexdigest()[:16]


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(block.get("text", "")) for block in content)


def _answer(body: Mapping[str, Any], mode: str) -> Reply:
    messages = body.get("messages", ())
    last = messages[-1] if messages else {}
    use = _USE.match(_text(last)) if last.get("role") == "user" and body.get("tools") else None
    if use is not None:
        return Reply(tool_calls=[{"name": use[1], "arguments": json.loads(use[2])}])
    if mode == "echo":
        return Reply(_text(last))
    quote = _quote(messages)
    if mode == "nonce":
        question = next((_text(message) for message in reversed(messages) if message.get("role") == "user"), "")
        marker = _MARKER.search(question)
        quote = f"{quote}\n\n{nonce(marker[1], marker[2]) if marker else nonce(question, 0)}".strip()
    return Reply(quote or "These documents don't answer that.")


def _quote(messages: Sequence[Mapping[str, Any]]) -> str:
    for message in reversed(messages):
        for pattern in _PASSAGES:
            found = pattern.search(_text(message))
            sentence = _SENTENCE.match(found[1].strip()) if found else None
            if sentence is not None:
                return f"{sentence[0].strip()} [1]"
    return ""


def _refusal(reply: Reply) -> Response | None:
    if not reply.fault.isdigit():
        return None
    status = int(reply.fault)
    headers = {"retry-after": reply.retry_after} if reply.retry_after else {}
    error = {"message": f"stand-in fault {status}", "type": "stand_in", "code": str(status)}
    return JSONResponse({"error": error}, status_code=status, headers=headers)


def _count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


class _Completion(Response):
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
        prompt = sum(_count(_text(message)) for message in self._request.get("messages", ()))
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


def _function(call: Mapping[str, Any]) -> dict[str, Any]:
    arguments = call.get("arguments", {})
    return {"name": call["name"], "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that is serving: point a model at `base_url`."""

    base_url: str
    server: ModelServer


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # a test's server leaves the test's signals alone


@contextlib.asynccontextmanager
async def serve_model(behaviour: Behaviour | None = None) -> AsyncIterator[Running]:
    """A stand-in on a free loopback port, in this event loop."""
    state = ModelServer(behaviour or Behaviour())
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(state.app(), log_level="critical", lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", state)
    finally:
        state.closing.set()
        server.should_exit = True
        await serving
        listener.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m assistant.testing.model_server", description="A stand-in model.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--tokens-per-s", type=float, default=0.0)
    parser.add_argument("--mode", choices=("evidence", "nonce", "echo"), default="evidence")
    parser.add_argument("--fault", choices=FAULTS, default="")
    parser.add_argument("--fault-every", type=int, default=1)
    parser.add_argument("--retry-after", default="")
    chosen = vars(parser.parse_args(arguments))
    port = chosen.pop("port")
    state = ModelServer(Behaviour(**chosen))
    uvicorn.run(state.app(), host="127.0.0.1", port=port, log_level="warning", lifespan="off", ws="none")


if __name__ == "__main__":
    main()
