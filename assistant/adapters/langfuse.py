"""Langfuse as a second place for the spans of turns. It may be slow, hang or be gone: no turn notices.

The SDK is imported when it is attached, so that it costs nothing where no keys are set.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from assistant.errors import UnavailableError
from assistant.values import Part

if TYPE_CHECKING:
    from langfuse import Langfuse

_HEALTH_S = 3.0
_FORGET_S = 10.0
_AT_ONCE = 100  # traces a request


@dataclass(slots=True)
class Tally:
    """Spans on their way: at most `limit` wait, the rest are dropped and counted. Safe across threads."""

    limit: int
    waiting: int = 0
    sent: int = 0
    dropped: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self) -> bool:
        with self.lock:
            if self.waiting >= self.limit:
                self.dropped += 1
                return False
            self.waiting += 1
            return True

    def done(self, count: int, *, sent: bool) -> None:
        with self.lock:
            self.waiting -= count
            self.sent += count if sent else 0
            self.dropped += 0 if sent else count


class CountingExporter(SpanExporter):
    """Passes batches on and counts what became of them."""

    def __init__(self, exporter: SpanExporter, tally: Tally) -> None:
        self._exporter, self._tally = exporter, tally

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._tally.done(len(spans), sent=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class LangfuseSink:
    """Implements `observability.traces.RemoteSink`. `base_url` is the server's root; one sink a process and key."""

    def __init__(
        self,
        *,
        public_key: str,
        secret_key: str,
        base_url: str,
        environment: str | None = None,
        release: str | None = None,
        timeout_s: int = 5,
        flush_interval_s: float = 2.0,
        waiting_spans: int = 2_000,
        close_s: float = 3.0,
    ) -> None:
        self._public_key, self._secret_key = public_key, secret_key
        self._base_url = base_url.rstrip("/")
        self._environment, self._release = environment, release
        self._timeout_s, self._flush_interval_s, self._close_s = timeout_s, flush_interval_s, close_s
        self._tally = Tally(waiting_spans)
        self._client: Langfuse | None = None
        self._provider: TracerProvider | None = None

    @property
    def dropped(self) -> int:
        return self._tally.dropped

    @property
    def sent(self) -> int:
        """Spans that Langfuse took."""
        return self._tally.sent

    def attach(self, provider: TracerProvider) -> None:
        """Add Langfuse's span processor to the provider. Contacts nothing; blocks for an import."""
        from langfuse import Langfuse

        self._provider = provider
        self._client = Langfuse(
            public_key=self._public_key,
            secret_key=self._secret_key,
            base_url=self._base_url,
            environment=self._environment,
            release=self._release,
            timeout=self._timeout_s,
            flush_interval=self._flush_interval_s,
            tracer_provider=provider,
            should_export_span=self._admit,
            span_exporter=CountingExporter(self._exporter(), self._tally),
        )

    async def health(self) -> Part:
        try:
            async with httpx.AsyncClient(timeout=_HEALTH_S, auth=(self._public_key, self._secret_key)) as http:
                server = await http.get(f"{self._base_url}/api/public/health")
                keys = await http.get(f"{self._base_url}/api/public/projects")
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            return self._part(well=False, detail=f"can't be reached ({type(exc).__name__})")
        if server.is_error:
            return self._part(well=False, detail=f"HTTP {server.status_code} from its health page")
        if keys.is_error:
            return self._part(well=False, detail=f"HTTP {keys.status_code} for these keys")
        return self._part(well=True, version=_version(server), detail=f"{self._tally.dropped} spans dropped")

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """Have Langfuse delete these traces, what is still waiting to be sent included. Raises UnavailableError."""
        if self._provider is not None:
            await asyncio.to_thread(self._provider.force_flush, round(self._close_s * 1000))
        try:
            async with httpx.AsyncClient(timeout=_FORGET_S, auth=(self._public_key, self._secret_key)) as http:
                for start in range(0, len(trace_ids), _AT_ONCE):
                    body = {"traceIds": list(trace_ids[start : start + _AT_ONCE])}
                    answer = await http.request("DELETE", f"{self._base_url}/api/public/traces", json=body)
                    answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise UnavailableError("langfuse", f"traces can't be deleted ({type(exc).__name__})") from exc

    async def aclose(self) -> None:
        """Send what is waiting, within `close_s`, in a thread that holds nothing up."""
        if self._client is None:
            return
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def close() -> None:
            self._shut_down()
            with contextlib.suppress(RuntimeError):  # the loop has gone on without us
                loop.call_soon_threadsafe(closed.set)

        threading.Thread(target=close, name="langfuse-close", daemon=True).start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._close_s):
                await closed.wait()

    def _shut_down(self) -> None:
        from langfuse._client.resource_manager import LangfuseResourceManager

        if self._client is not None:
            self._client.shutdown()
        if self._provider is not None:
            self._provider.shutdown()
        LangfuseResourceManager._instances.pop(self._public_key, None)  # else the next one gets this dead client

    def _admit(self, span: ReadableSpan) -> bool:
        """Langfuse asks at a span's start, for its own book-keeping, and at its end, when it counts."""
        return span.end_time is None or self._tally.admit()

    def _exporter(self) -> OTLPSpanExporter:
        """As the SDK makes its own, of Langfuse's documented OTLP endpoint."""
        key = base64.b64encode(f"{self._public_key}:{self._secret_key}".encode()).decode()
        headers = {
            "Authorization": f"Basic {key}",
            "x-langfuse-public-key": self._public_key,
            "x-langfuse-ingestion-version": "4",
        }
        endpoint = f"{self._base_url}/api/public/otel/v1/traces"
        return OTLPSpanExporter(endpoint, headers=headers, timeout=self._timeout_s, compression=Compression.Gzip)

    def _part(self, *, well: bool, detail: str, version: str = "") -> Part:
        return Part("langfuse", self._base_url, version, well=well, detail=detail)


def open_langfuse(*, public_key: str, secret_key: str, base_url: str) -> LangfuseSink:
    """A sink to give to `open_tracer`, which attaches and closes it. Nothing is imported or contacted yet."""
    return LangfuseSink(public_key=public_key, secret_key=secret_key, base_url=base_url)


def _version(answer: httpx.Response) -> str:
    try:
        body: Any = answer.json()
    except ValueError:
        return ""
    return str(body.get("version", "")) if isinstance(body, dict) else ""
