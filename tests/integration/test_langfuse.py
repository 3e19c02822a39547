"""Langfuse's wire, recorded by a local HTTP server; and a server that hangs, refuses or is not there."""

import asyncio
import base64
import gzip
import json
import subprocess
import sys
import threading
import time
import uuid
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assistant.adapters.langfuse import LangfuseSink
from assistant.errors import UnavailableError
from assistant.observability.traces import open_tracer
from assistant.values import Caller, Usage

TRACE = "0af7651916cd43dd8448eb211c80319c"
MAYA = Caller("maya@example.com", role="member")
PATH = "/api/public/otel/v1/traces"


class Recorder(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.statuses, self.answering = [], {}, threading.Event()
        self.answering.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spans(self):
        found = {}
        for path, _headers, body in self.requests:
            if path != PATH:
                continue
            for resource in ExportTraceServiceRequest.FromString(gzip.decompress(body)).resource_spans:
                for scope in resource.scope_spans:
                    found |= {span.name: span for span in scope.spans}
        return found


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(json.dumps({"status": "OK", "version": "4.60.0"}).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self._answer(b"{}")

    do_DELETE = do_POST  # noqa: N815 (as http.server spells it)

    def _answer(self, body):
        self.server.answering.wait(30)
        self.send_response(self.server.statuses.get(self.path, 200))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def recorder():
    server = Recorder()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.answering.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Kept:
    def __init__(self):
        self.rows = []

    async def save(self, spans):
        self.rows.extend(spans)

    async def of_trace(self, trace_id):
        return [row for row in self.rows if row["trace_id"] == trace_id]


@asynccontextmanager
async def tracing(url, **options):
    sink = LangfuseSink(
        public_key=f"pk-{uuid.uuid4()}", secret_key="sk-1", base_url=url, environment="test", release="r1", **options
    )
    kept = Kept()
    async with open_tracer(kept, pseudonym_key="k", release="r1", environment="test", remote=sink) as tracer:
        yield tracer, kept, sink


def take_turn(tracer, trace_id=TRACE):
    with tracer.turn(trace_id=trace_id, thread_id="thread-1", caller=MAYA, question="I am maya@example.com") as root:
        with tracer.span("retrieve", kind="retriever", input={"query": ["call +49 171 2345678"]}):
            pass
        with tracer.span("generate", kind="generation", model="m") as span:
            span.update(usage=Usage(3, 4), output="30 days")
        with pytest.raises(ValueError, match="maya"), tracer.span("tool", kind="tool"):
            raise ValueError("maya@example.com is unknown")
        root.update(output="30 days")


def attributes(span):
    return {
        item.key: item.value.string_value or [value.string_value for value in item.value.array_value.values]
        for item in span.attributes
    }


async def test_langfuse_gets_the_same_spans_as_our_own_store():
    with recorder() as server:
        async with tracing(server.url) as (tracer, kept, sink):
            take_turn(tracer)
        spans = server.spans()
        assert {row["name"] for row in kept.rows} == set(spans) == {"turn", "retrieve", "generate", "tool"}
        for row in kept.rows:
            sent = spans[row["name"]]
            assert sent.trace_id.hex() == row["trace_id"] == TRACE
            assert sent.span_id.hex() == row["span_id"]
            assert sent.parent_span_id.hex() == row["parent_id"]
            assert attributes(sent)["langfuse.observation.type"] == row["kind"]
            assert attributes(sent)["session.id"] == row["attributes"]["session_id"] == "thread-1"
            assert attributes(sent)["user.id"] == row["attributes"]["user"]
            assert attributes(sent)["langfuse.release"] == "r1"
            assert attributes(sent)["langfuse.environment"] == "test"
            assert attributes(sent)["langfuse.trace.tags"] == ["role:member", "language:en"]
        assert json.loads(attributes(spans["generate"])["langfuse.observation.usage_details"])["input"] == 3
        assert (sink.sent, sink.dropped) == (4, 0)


async def test_nothing_personal_leaves_exceptions_included():
    with recorder() as server:
        async with tracing(server.url) as (tracer, kept, _):
            take_turn(tracer)
        wire = b"".join(gzip.decompress(body) for path, _, body in server.requests if path == PATH)
        assert b"30 days" in wire
        for secret in ("maya", "2345678"):
            assert secret.encode() not in wire
            assert secret not in str(kept.rows)
        assert attributes(server.spans()["tool"])["langfuse.observation.status_message"].startswith(
            "ValueError: <email>"
        )
        assert all(not span.events for span in server.spans().values())


async def test_the_wire_is_what_langfuse_documents():
    with recorder() as server:
        async with tracing(server.url) as (tracer, _, sink):
            take_turn(tracer)
        _, headers, _ = next(request for request in server.requests if request[0] == PATH)
        lower = {name.lower(): value for name, value in headers.items()}
        user, _, password = base64.b64decode(lower["authorization"].removeprefix("Basic ")).decode().partition(":")
        assert (user, password) == (sink._public_key, "sk-1")
        assert lower["x-langfuse-ingestion-version"] == "4"
        assert lower["content-encoding"] == "gzip"


async def test_a_hanging_server_costs_turns_nothing_and_leaving_is_bounded():
    with recorder() as server:
        server.answering.clear()
        async with tracing(server.url, waiting_spans=100, flush_interval_s=0.01, timeout_s=1) as (tracer, kept, sink):
            took = []
            for number in range(200):
                began = time.perf_counter()
                take_turn(tracer, f"{number + 1:032x}")
                took.append(time.perf_counter() - began)
                await asyncio.sleep(0)
            assert sorted(took)[190] < 0.02
            assert sink.dropped >= 600
            await tracer.flush()
            assert len(kept.rows) == 800
            began = time.perf_counter()
        assert time.perf_counter() - began < 3.5


async def test_health_names_a_server_that_is_not_there():
    async with tracing("http://127.0.0.1:9") as (tracer, kept, _):
        part = await tracer.health()
        assert (part.name, part.well) == ("langfuse", False)
        assert "can't be reached" in part.detail
        take_turn(tracer)
        await tracer.flush()
        assert len(kept.rows) == 4


async def test_health_tells_wrong_keys_from_a_sick_server():
    with recorder() as server:
        async with tracing(server.url) as (tracer, _, _):
            part = await tracer.health()
            assert (part.well, part.version, part.where) == (True, "4.60.0", server.url)
            server.statuses["/api/public/projects"] = 401
            assert "these keys" in (await tracer.health()).detail
            server.statuses["/api/public/health"] = 503
            part = await tracer.health()
            assert (part.well, "503" in part.detail) == (False, True)


async def test_refused_spans_are_counted():
    with recorder() as server:
        server.statuses[PATH] = 401
        async with tracing(server.url) as (tracer, _, sink):
            take_turn(tracer)
        assert (sink.sent, sink.dropped) == (0, 4)


async def test_forgotten_turns_are_deleted_after_what_was_still_waiting_is_sent():
    with recorder() as server:
        async with tracing(server.url, flush_interval_s=60) as (tracer, _, _):
            take_turn(tracer)
            await tracer.forget([TRACE])
            paths = [path for path, _, _ in server.requests]
            assert paths.index(PATH) < paths.index("/api/public/traces")
            assert json.loads(server.requests[-1][2]) == {"traceIds": [TRACE]}


async def test_what_cannot_be_deleted_is_not_said_to_be_gone():
    with recorder() as server:
        server.statuses["/api/public/traces"] = 503
        async with tracing(server.url) as (tracer, _, _):
            with pytest.raises(UnavailableError):
                await tracer.forget([TRACE])


async def test_a_sink_can_be_opened_again_under_the_same_key():
    with recorder() as server:
        for number in (1, 2):
            sink = LangfuseSink(
                public_key="pk-again", secret_key="s", base_url=server.url, environment="test", release="r"
            )
            given = {"pseudonym_key": "k", "release": "r", "environment": "test", "remote": sink}
            async with open_tracer(Kept(), **given) as tracer:
                take_turn(tracer, f"{number:032x}")
            assert sink.sent == 4


PROGRAM = """
import asyncio, sys
from assistant.adapters.langfuse import LangfuseSink
from assistant.errors import UnavailableError
from assistant.observability.traces import open_tracer
from assistant.values import Caller

class Nowhere:
    async def save(self, spans): pass
    async def of_trace(self, trace_id): return []

async def main(url):
    sink = LangfuseSink(public_key="p", secret_key="s", base_url=url, environment="test", release="r") if url else None
    async with open_tracer(Nowhere(), pseudonym_key="k", release="r", environment="test", remote=sink) as tracer:
        with tracer.turn(trace_id="1" * 32, thread_id="t", caller=Caller("u"), question="q"):
            pass
    print("langfuse" in sys.modules)

asyncio.run(main(sys.argv[1]))
"""


def test_a_program_ends_while_the_server_hangs():
    with recorder() as server:
        server.answering.clear()
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", PROGRAM, server.url], check=True, timeout=30, capture_output=True)
        assert time.perf_counter() - began < 12


def test_without_keys_the_sdk_is_not_even_imported():
    done = subprocess.run([sys.executable, "-c", PROGRAM, ""], check=True, timeout=30, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
