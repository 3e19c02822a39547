"""Traces of turns: typed observations, masked before they leave the turn, to our own store and, where set, to Langfuse.

Both get the same OpenTelemetry spans, made here with Langfuse's attribute names. Which span is current is kept in a
context variable of our own, so that neither other instrumentation nor a generator driven from several tasks mixes
traces: asyncio tasks and `asyncio.to_thread` inherit it, bare threads don't. Outside a turn nothing is recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import set_span_in_context

from assistant.observability.attributes import KINDS, observation_attributes, turn_attributes
from assistant.observability.span_writer import SpanWriter, TracePolicy
from assistant.ports import Spans
from assistant.privacy import pseudonym
from assistant.values import Caller, Part

SCOPE = "assistant"
_TYPE = "langfuse.observation.type"
# Texts are bounded where they are masked; the environment must not cut the JSON in them.
_LIMITS = SpanLimits(max_span_attribute_length=SpanLimits.UNSET, max_attribute_length=SpanLimits.UNSET)
_INTERRUPTIONS = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt)


class RemoteSink(Protocol):
    """Somewhere else that spans go, such as Langfuse. It never blocks whoever ends a span."""

    @property
    def dropped(self) -> int: ...
    def attach(self, provider: TracerProvider) -> None: ...
    async def forget(self, trace_ids: Sequence[str]) -> None: ...
    async def health(self) -> Part: ...
    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Current:
    span: OtelSpan
    common: Mapping[str, Any]


_current: ContextVar[_Current | None] = ContextVar("assistant_span", default=None)
_trace_id: ContextVar[int | None] = ContextVar("assistant_trace_id", default=None)


class _TurnIds(RandomIdGenerator):
    """The trace id of a turn is the reference number its user was shown."""

    def generate_trace_id(self) -> int:
        return _trace_id.get() or super().generate_trace_id()


@dataclass(frozen=True, slots=True)
class Observation:
    """An observation under way. Implements `ports.Span`."""

    span: OtelSpan | None

    def update(self, **attributes: Any) -> None:
        if self.span is not None:
            self.span.set_attributes(observation_attributes(attributes))


class SpanTracer:
    """Implements `ports.Tracer`."""

    def __init__(
        self,
        provider: TracerProvider,
        writer: SpanWriter,
        remote: RemoteSink | None,
        *,
        pseudonym_key: str,
        release: str,
        environment: str,
    ) -> None:
        self._otel = provider.get_tracer(SCOPE)
        self._writer, self._remote = writer, remote
        self._key, self._release, self._environment = pseudonym_key, release, environment

    @property
    def dropped(self) -> Mapping[str, int]:
        """Spans that never arrived, by sink."""
        return {"local": self._writer.dropped, "remote": self._remote.dropped if self._remote else 0}

    @contextlib.contextmanager
    def turn(self, *, trace_id: str, thread_id: str, caller: Caller, question: str) -> Iterator[Observation]:
        common = turn_attributes(
            thread_id=thread_id,
            user=pseudonym(caller.id, self._key),
            caller=caller,
            release=self._release,
            environment=self._environment,
            name="turn",
        )
        token = _trace_id.set(_number(trace_id))
        try:
            span = self._otel.start_span("turn", context=Context(), attributes={_TYPE: "agent", **common})
        finally:
            _trace_id.reset(token)
        with _observing(_Current(span, common), {"input": question}) as observation:
            yield observation

    @contextlib.contextmanager
    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> Iterator[Observation]:
        current = _current.get()
        if current is None:
            yield Observation(None)
            return
        span = self._otel.start_span(
            name,
            context=set_span_in_context(current.span, Context()),
            attributes={_TYPE: kind if kind in KINDS else "span", **current.common},
        )
        with _observing(_Current(span, current.common), attributes) as observation:
            yield observation

    async def flush(self, timeout_s: float = 3.0) -> bool:
        """Wait until our own store has what ended so far."""
        return await self._writer.flush(timeout_s)

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """Delete these turns' spans elsewhere; in our own store they go with their records.

        Raises UnavailableError when the other place can't be reached: nothing is told to be gone that is not.
        """
        await self.flush()
        if self._remote is not None:
            await self._remote.forget([f"{_number(trace_id):032x}" for trace_id in trace_ids])

    async def health(self) -> Part:
        local = self._writer.failing or (f"{self._writer.dropped} spans dropped" if self._writer.dropped else "")
        if self._remote is None:
            return Part("traces", "local store", "", well=not self._writer.failing, detail=local)
        part = await self._remote.health()
        detail = "; ".join(text for text in (part.detail, f"local store: {local}" if local else "") if text)
        return Part(part.name, part.where, part.version, well=part.well and not self._writer.failing, detail=detail)


@contextlib.contextmanager
def _observing(current: _Current, attributes: Mapping[str, Any]) -> Iterator[Observation]:
    observation = Observation(current.span)
    observation.update(**attributes)
    token = _current.set(current)
    try:
        yield observation
    except _INTERRUPTIONS:
        observation.update(level="WARNING", status_message="stopped")
        raise
    except BaseException as exc:
        observation.update(level="ERROR", status_message=f"{type(exc).__name__}: {exc}")
        raise
    finally:
        with contextlib.suppress(ValueError):  # closed from another task, whose context was never ours
            _current.reset(token)
        current.span.end()


def _number(trace_id: str) -> int:
    """The 128 bits of 32 hexadecimal digits; of any other text a hash, since a trace must never cost a turn."""
    try:
        number = int(trace_id, 16)
    except ValueError:
        number = 0
    if len(trace_id) == 32 and number:
        return number
    return int(hashlib.sha256(trace_id.encode()).hexdigest()[:32], 16)


@contextlib.asynccontextmanager
async def open_tracer(
    spans: Spans,
    *,
    pseudonym_key: str,
    release: str,
    environment: str,
    remote: RemoteSink | None = None,
    policy: TracePolicy | None = None,
) -> AsyncIterator[SpanTracer]:
    """A tracer with its own provider: no global is set. Leaving takes a few seconds at most, whatever the sinks do."""
    resource = Resource({"service.name": SCOPE, "langfuse.environment": environment, "langfuse.release": release})
    provider = TracerProvider(
        resource=resource, sampler=ALWAYS_ON, id_generator=_TurnIds(), span_limits=_LIMITS, shutdown_on_exit=False
    )
    writer = SpanWriter(spans, policy or TracePolicy())
    provider.add_span_processor(writer)
    try:
        if remote is not None:
            await asyncio.to_thread(remote.attach, provider)
        yield SpanTracer(
            provider, writer, remote, pseudonym_key=pseudonym_key, release=release, environment=environment
        )
    finally:
        await writer.aclose()
        if remote is not None:
            await remote.aclose()
