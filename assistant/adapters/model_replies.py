"""Chat replies piece by piece, and what became of those that failed."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from assistant.errors import ModelError
from assistant.ports import ModelChunk, ToolCall
from assistant.values import Usage

_NOT_OUR_FAULT = frozenset({400, 413, 422})  # the request was wrong, the model is not


class CallFailedError(ModelError):
    """One attempt failed. `again`: a retry may help; `counts`: it speaks against the model's health."""

    def __init__(
        self, message: str, *, again: bool = False, counts: bool = True, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.again, self.counts, self.retry_after_s = again, counts, retry_after_s


@dataclass(slots=True)
class Reply:
    """A reply as it comes in."""

    model: str
    alive: bool = False
    wrote: bool = False
    ended: bool = False
    blank: str = ""
    prompt: int = 0
    completion: int = 0
    calls: dict[Any, dict[str, str]] = field(default_factory=dict)

    def take(self, chunk: AIMessageChunk) -> str:
        """The text to pass on now. Leading white space waits for something to lead."""
        for part in chunk.tool_call_chunks:
            key = part.get("index") if part.get("index") is not None else len(self.calls)
            call = self.calls.setdefault(key, {"id": "", "name": "", "args": ""})
            for name in ("id", "name", "args"):
                call[name] += cast("Mapping[str, str | None]", part).get(name) or ""
        usage = chunk.usage_metadata
        if usage:
            self.prompt += usage["input_tokens"]
            self.completion += usage["output_tokens"]
        text = self.blank + str(chunk.text)
        self.alive = self.alive or bool(text or chunk.tool_call_chunks)
        self.ended = self.ended or bool((chunk.response_metadata or {}).get("finish_reason"))
        if not self.wrote and not text.strip():
            self.blank = text
            return ""
        self.blank, self.wrote = "", True
        return text

    def finish(self, *, must_end: bool) -> ModelChunk:
        """The last piece. Raises CallFailedError when the reply is empty, broke off, or calls tools in nonsense."""
        if must_end and not self.ended:
            raise CallFailedError(f"{self.model} broke off its reply", again=True)
        if not self.wrote and not self.calls:
            raise CallFailedError(f"{self.model} sent an empty reply", again=True)
        calls = tuple(self._call(number, call) for number, call in enumerate(self.calls.values()))
        counted = self.prompt or self.completion
        return ModelChunk(tool_calls=calls, usage=Usage(self.prompt, self.completion) if counted else None)

    def _call(self, number: int, call: Mapping[str, str]) -> ToolCall:
        try:
            arguments = json.loads(call["args"] or "{}")
        except ValueError as exc:
            raise CallFailedError(f"{self.model} called a tool with broken JSON", again=True) from exc
        if not isinstance(arguments, dict) or not call["name"]:
            raise CallFailedError(f"{self.model} made a tool call that is none", again=True)
        return ToolCall(call["id"] or f"call_{number}", call["name"], arguments)


def translated(exc: Exception, model: str, *, alive: bool) -> CallFailedError:
    """What a vendor's error means. Duck-typed: vendors share no root, but name status, response and timeouts alike."""
    response = getattr(exc, "response", None)
    status = getattr(exc, "status_code", None) or getattr(response, "status_code", None)
    if isinstance(status, int):
        return _refused(exc, model, status, getattr(response, "headers", None) or {})
    kind = type(exc).__name__
    if isinstance(exc, TimeoutError) or "Timeout" in kind:
        return CallFailedError(f"{model} {'fell silent in mid-reply' if alive else 'did not answer in time'}")
    if isinstance(exc, (TypeError, NotImplementedError)):
        return CallFailedError(f"{model} can't take this request ({kind})", counts=False)
    if alive:
        return CallFailedError(f"{model} broke off its reply ({kind})", again=True)
    if isinstance(exc, ValueError):
        return CallFailedError(f"{model} talks nonsense ({kind})", again=True)
    return CallFailedError(f"{model} can't be reached or understood ({kind})", again=True)


def _refused(exc: Exception, model: str, status: int, headers: Mapping[str, str]) -> CallFailedError:
    spent = getattr(exc, "code", None) == "insufficient_quota"
    return CallFailedError(
        f"{model} answered HTTP {status}",
        again=(status in (408, 409, 429) or status >= 500) and not spent,
        counts=status not in _NOT_OUR_FAULT,
        retry_after_s=retry_after_s(headers.get("retry-after", ""), datetime.now(UTC)),
    )


def retry_after_s(header: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait: a number of seconds or an HTTP date (RFC 9110, 10.2.3)."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(header) - now).total_seconds())
    except (ValueError, TypeError):
        return None
