"""A stand-in for an OpenAI-compatible model server, for tests and load runs. It holds no model and knows nothing.

    python -m assistant.testing.model_server --port 9000 --latency-ms 300 --tokens-per-s 40 --fault 429 --fault-every 10

It speaks `POST /v1/chat/completions` (streaming or whole, usage, tool calls) and `GET /v1/models`. What it
replies, first match wins:

1. a scripted step (`POST /script` with a list of steps; one with `when` waits for a request containing that):
   `{"text": "…"}`, `{"tool_calls": [{"name": "…", "arguments": {…}}]}`, `{"fault": "429", "retry_after": "1"}`
2. a tool call, when tools are offered and the last message is the user's and has a line `use NAME {json}`
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

from assistant.testing.completions import MODEL, Behaviour, Completion, Reply, text_of

FAULTS = ("429", "500", "401", "hang", "stall", "cut", "short", "junk", "html", "nonsense", "empty", "badtool")
_MARKER = re.compile(r"#([\w-]+)/(\d+)")
_USE = re.compile(r"^use (\w+) (\{.*\})[ \t]*$", re.MULTILINE)
_PASSAGES = (
    re.compile(r'<passage\b[^>]*"1"[^>]*>\s*(.*?)</passage>', re.DOTALL),
    re.compile(r"^\[1\][^\n]*\n(.+?)(?:\n\s*\n|\n\[2\]|\Z)", re.DOTALL | re.MULTILINE),
    re.compile(r"^\[1\]\s*([^\n]+)", re.MULTILINE),
)
_SENTENCE = re.compile(r".+?[.!?](?=\s|$)|.+", re.DOTALL)


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
        return Completion(body, reply, self.behaviour, self.closing)

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


def _answer(body: Mapping[str, Any], mode: str) -> Reply:
    messages = body.get("messages", ())
    last = messages[-1] if messages else {}
    use = _USE.search(text_of(last)) if last.get("role") == "user" and body.get("tools") else None
    if use is not None:
        return Reply(tool_calls=[{"name": use[1], "arguments": use[2]}])
    if mode == "echo":
        return Reply(text_of(last))
    quote = _quote(messages)
    if mode == "nonce":
        question = next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")
        marker = _MARKER.search(question)
        quote = f"{quote}\n\n{nonce(marker[1], marker[2]) if marker else nonce(question, 0)}".strip()
    return Reply(quote or "These documents don't answer that.")


def _quote(messages: Sequence[Mapping[str, Any]]) -> str:
    for message in reversed(messages):
        for pattern in _PASSAGES:
            found = pattern.search(text_of(message))
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
