"""What a span carries, under the names Langfuse gives it (OpenTelemetry attributes), and the row we store of it.

A row, as `ports.Spans` keeps it: `trace_id`, `span_id`, `parent_id` ("" at the root), `name`, `kind`, `started_at`,
`ended_at`, and `attributes`: `ms`, `level`, `status_message`, `input`, `output`, `model`, `usage`, `cost`, `metadata`,
`session_id`, `user`, `release`, `environment`, `tags`; what was not given is not there. Structured
inputs and outputs are kept as JSON texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import BaseMessage
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_span_id, format_trace_id

from assistant.privacy import mask_personal_data
from assistant.values import Caller, Usage

KINDS = frozenset(
    {"span", "agent", "chain", "tool", "retriever", "embedding", "generation", "guardrail", "evaluator", "event"}
)
TEXT_CHARS = 8_000
_ITEMS = 100
_DEPTH = 6
_LONG_NUMBER = 10_000_000  # as mask_personal_data: eight digits or more may be a phone, a card, an account
_ID_CHARS = 200  # Langfuse drops longer ids

_OBSERVATION = "langfuse.observation."
_METADATA = _OBSERVATION + "metadata."
_PLAIN = {"input": "input", "output": "output", "level": "level", "status_message": "status_message"}
_NAMES = {
    **_PLAIN,
    "model": "model.name",
    "usage": "usage_details",
    "cost": "cost_details",
    "parameters": "model.parameters",
}
_TURN = {
    "session.id": "session_id",
    "user.id": "user",
    "langfuse.release": "release",
    "langfuse.environment": "environment",
    "langfuse.trace.tags": "tags",
}


def masked(value: Any, depth: int = _DEPTH) -> Any:
    """Plain data with personal data masked in every string, key and long number, and bounded in size.

    Texts beyond `TEXT_CHARS` are cut at white space first, so that nothing is cut into a shape no mask knows.
    """
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LONG_NUMBER else "<number>"
    if isinstance(value, str):
        return _masked_text(value)
    if depth == 0:
        return "…"
    return _masked_container(value, depth - 1)


def _masked_container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {_masked_text(str(key)): masked(item, depth) for key, item in list(value.items())[:_ITEMS]}
    if isinstance(value, BaseMessage):
        return {"role": value.type, "content": masked(value.content, depth)}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: masked(getattr(value, item.name), depth) for item in fields(value)}
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return [masked(item, depth) for item in list(value)[:_ITEMS]]
    if isinstance(value, datetime):
        return value.isoformat()
    return f"<{type(value).__name__}>"


def _masked_text(text: str) -> str:
    if len(text) <= TEXT_CHARS:
        return mask_personal_data(text)
    head, _, _ = text[:TEXT_CHARS].rpartition(" ")
    return f"{mask_personal_data(head)}… ({len(text)} characters)"


def turn_attributes(
    *, thread_id: str, user: str, caller: Caller, release: str, environment: str, name: str
) -> dict[str, Any]:
    """What every span of a turn carries. `user` is a pseudonym; the thread's id is the session."""
    return {
        "session.id": thread_id[:_ID_CHARS],
        "user.id": user,
        "langfuse.trace.name": name,
        "langfuse.trace.tags": (f"role:{caller.role}", f"language:{caller.language[:20]}"),
        "langfuse.release": release[:_ID_CHARS],
        "langfuse.environment": environment,
    }


def observation_attributes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Span attributes of what an observation was given, masked. A name Langfuse has no place for becomes metadata."""
    named: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    for name, value in attributes.items():
        if value is None:
            continue
        if name == "metadata":
            metadata.update(value if isinstance(value, Mapping) else {"note": value})
        elif name in _NAMES:
            given = masked(_usage(value) if name == "usage" else value)
            named[_OBSERVATION + _NAMES[name]] = given if isinstance(given, str) else _json(given)
        else:
            metadata[name] = value
    return named | {_METADATA + mask_personal_data(str(key)): _json(masked(item)) for key, item in metadata.items()}


def _usage(value: Any) -> Any:
    if isinstance(value, Usage):
        return {"input": value.prompt, "output": value.completion, "total": value.prompt + value.completion}
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def row_of(span: ReadableSpan) -> dict[str, Any]:
    """The stored row of a finished span."""
    given = span.attributes or {}
    ids = span.get_span_context()
    started, ended = span.start_time or 0, span.end_time or 0
    return {
        "trace_id": format_trace_id(ids.trace_id) if ids else "",
        "span_id": format_span_id(ids.span_id) if ids else "",
        "parent_id": format_span_id(span.parent.span_id) if span.parent else "",
        "name": span.name,
        "kind": str(given.get(_OBSERVATION + "type", "span")),
        "started_at": _time(started),
        "ended_at": _time(ended),
        "attributes": {"ms": round((ended - started) / 1e6, 2), **_read(given)},
    }


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        ours: given[_OBSERVATION + name] for ours, name in _PLAIN.items() if _OBSERVATION + name in given
    }
    for ours in _NAMES.keys() - _PLAIN.keys():
        value = given.get(_OBSERVATION + _NAMES[ours])
        if value is not None:
            found[ours] = value if ours == "model" else json.loads(str(value))
    metadata = {
        name.removeprefix(_METADATA): json.loads(str(value))
        for name, value in given.items()
        if name.startswith(_METADATA)
    }
    if metadata:
        found["metadata"] = metadata
    for name, ours in _TURN.items():
        if name in given:
            found[ours] = list(given[name]) if ours == "tags" else given[name]
    return found


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
