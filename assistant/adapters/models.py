"""Chat models through langchain's `init_chat_model`: bounded in time, retried a little, rested when dead.

Every vendor error becomes a ModelError here. Its text names the model and what happened, never what the vendor wrote:
that may hold keys or the prompt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
from langchain_core.messages import BaseMessage

from assistant.adapters.breaker import Breaker
from assistant.adapters.model_replies import CallFailedError, Reply, translated
from assistant.errors import ConfigurationError
from assistant.ports import ModelChunk, ToolSpec
from assistant.values import Part

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OPENAI = "openai"
_HEALTH_S = 3.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a model, in seconds, and when to try again or let it rest.

    `first_token_s` bounds the silence before the first sign of life, `stall_s` each silence after it. Retries happen
    only before anything was yielded, wait `backoff_s`, then twice that, and obey a Retry-After of up to
    `longest_backoff_s`. A timeout is not retried: another wait would only double it. A caller who goes away
    counts against the model when it had been silent for `suspect_s`: their own deadline may be shorter than ours.
    """

    connect_s: float = 5.0
    first_token_s: float = 15.0
    stall_s: float = 10.0
    retries: int = 2
    backoff_s: float = 0.5
    longest_backoff_s: float = 4.0
    breaker_failures: int = 5
    breaker_rest_s: float = 30.0
    suspect_s: float = 4.0


@dataclass(slots=True)
class ChatModel:
    """A LanguageModel over one langchain chat model. `timeout_s` bounds a reply with all its retries."""

    name: str
    operation: str
    timeout_s: float
    patience: Patience
    breaker: Breaker
    chat: BaseChatModel
    openai_compatible: bool
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    http: Any = None

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[ModelChunk, None]:
        deadline = asyncio.get_running_loop().time() + self.timeout_s
        attempt = 0
        while True:
            try:
                async with aclosing(self._guarded(messages, tools, deadline)) as chunks:
                    started = False
                    async for chunk in chunks:
                        started = True
                        yield chunk
            except CallFailedError as failure:
                pause_s = self._pause_s(failure, attempt)
                left_s = deadline - asyncio.get_running_loop().time()
                if started or pause_s is None or pause_s >= left_s:
                    raise
            else:
                return
            attempt += 1
            await self.sleep(pause_s)

    async def health(self) -> Part:
        part = f"model:{self.operation}"
        if self.breaker.open:
            return Part(part, self._where(), self.name, well=False, detail="resting after failures in a row")
        if not self.openai_compatible:
            return Part(
                part, self._where(), self.name, well=True, detail="not checked: this provider has no free check"
            )
        well, detail = await self._listed()
        return Part(part, self._where(), self.name, well=well, detail=detail)

    async def aclose(self) -> None:
        """Close its connections."""
        if self.http is not None:
            await self.http.aclose()

    def _pause_s(self, failure: CallFailedError, attempt: int) -> float | None:
        """Seconds to wait before the next attempt; None when there is to be none."""
        if not failure.again or attempt >= self.patience.retries:
            return None
        pause_s = max(self.patience.backoff_s * 2**attempt, failure.retry_after_s or 0.0)
        return pause_s if pause_s <= self.patience.longest_backoff_s else None

    async def _guarded(
        self, messages: Sequence[BaseMessage], tools: Sequence[ToolSpec], deadline: float
    ) -> AsyncGenerator[ModelChunk, None]:
        """One attempt under the breaker, which hears how it went."""
        if not self.breaker.admit():
            raise CallFailedError(f"{self.name} failed repeatedly and is left alone for a while", counts=False)
        now = asyncio.get_running_loop().time
        outcome, began, silent = self.breaker.abandoned, now(), True
        try:
            async with aclosing(self._attempt(messages, tools, deadline)) as chunks:
                async for chunk in chunks:
                    silent = False
                    yield chunk
            outcome = self.breaker.succeeded
        except CallFailedError as failure:
            outcome = self.breaker.failed if failure.counts else self.breaker.abandoned
            raise
        except asyncio.CancelledError:
            outcome = self.breaker.failed if silent and now() - began >= self.patience.suspect_s else outcome
            raise
        finally:
            outcome()

    async def _attempt(
        self, messages: Sequence[BaseMessage], tools: Sequence[ToolSpec], deadline: float
    ) -> AsyncGenerator[ModelChunk, None]:
        reply = Reply(self.name)
        chat = self.chat.bind_tools([_function(tool) for tool in tools]) if tools else self.chat
        stream = cast("Any", chat.astream(list(messages)))
        now = asyncio.get_running_loop().time
        async with aclosing(stream):
            while True:
                silence_s = self.patience.stall_s if reply.alive else self.patience.first_token_s
                try:
                    async with asyncio.timeout_at(min(deadline, now() + silence_s)):
                        chunk = await anext(stream)
                except StopAsyncIteration:
                    break
                except Exception as exc:  # any vendor's, and langchain has no common root for them
                    raise translated(exc, self.name, alive=reply.alive) from exc
                text = reply.take(chunk)
                if text:
                    yield ModelChunk(text)
        yield reply.finish(must_end=self.openai_compatible)

    def _where(self) -> str:
        return str(getattr(self.chat, "openai_api_base", None) or "the provider's own address")

    async def _listed(self) -> tuple[bool, str]:
        client = cast("Any", self.chat).root_async_client
        headers = {"authorization": f"Bearer {client.api_key}"}
        try:
            async with httpx.AsyncClient(timeout=_HEALTH_S, headers=headers) as http:
                answer = await http.get(str(client.base_url).rstrip("/") + "/models")
            answer.raise_for_status()
            ids = {item.get("id") for item in answer.json().get("data", ())}
        except httpx.HTTPStatusError as exc:
            return False, f"HTTP {exc.response.status_code} from /models"
        except httpx.HTTPError as exc:
            return False, f"can't be reached ({type(exc).__name__})"
        except (ValueError, AttributeError):
            return False, "no OpenAI-compatible answer from /models"
        return True, "" if cast("Any", self.chat).model_name in ids else "the server doesn't list this model"


def _function(tool: ToolSpec) -> dict[str, Any]:
    parameters = dict(tool.parameters)
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }


def open_model(
    name: str,
    *,
    base_url: str | None,
    api_key: str | None,
    timeout_s: float,
    max_tokens: int,
    temperature: float = 0.0,
    operation: str = "generate",
    patience: Patience | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> ChatModel:
    """A model by any name that `init_chat_model` knows; with `base_url`, by default, an OpenAI-compatible server.

    Nothing is contacted. Raises ConfigurationError when no such model can be made.
    """
    import openai  # slow, and needed only where a model is set
    from langchain.chat_models import init_chat_model

    patience = patience or Patience()
    try:
        model, provider = _named(name, base_url)
    except ValueError as exc:
        raise ConfigurationError(_advice(name, exc)) from exc
    options: dict[str, Any] = {"temperature": temperature, "max_tokens": max_tokens, "max_retries": 0}
    options |= {"base_url": base_url} if base_url else {}
    options |= {"api_key": api_key} if api_key else {}
    http = None
    if provider == OPENAI:
        limits = openai.Timeout(timeout_s, connect=patience.connect_s)
        http = openai.DefaultAsyncHttpxClient(timeout=limits)
        options |= {"timeout": limits, "http_async_client": http, "stream_usage": True, "stream_chunk_timeout": None}
        options |= _compatible(base_url, api_key, max_tokens)
    else:
        options |= {"timeout": timeout_s}
    try:
        chat = init_chat_model(model, model_provider=provider, **options)
    except (ImportError, ValueError, TypeError, openai.OpenAIError) as exc:
        raise ConfigurationError(_advice(name, exc)) from exc
    breaker = Breaker(patience.breaker_failures, patience.breaker_rest_s, clock)
    return ChatModel(name, operation, timeout_s, patience, breaker, chat, provider == OPENAI, sleep, http)


def _named(name: str, base_url: str | None) -> tuple[str, str]:
    """Model and provider. With a base URL, what langchain knows no provider for is a compatible server's own name."""
    from langchain.chat_models.base import _BUILTIN_PROVIDERS, _parse_model

    if base_url and name.partition(":")[0] not in _BUILTIN_PROVIDERS:
        return name, OPENAI
    return _parse_model(name, None)


def _compatible(base_url: str | None, api_key: str | None, max_tokens: int) -> dict[str, Any]:
    """What a server that is compatible, but not OpenAI's, needs: any key, and the old name of the token limit.

    Ollama ignores `max_completion_tokens` (ollama/ollama#7125); OpenAI and Azure refuse both names together.
    """
    host = urlsplit(base_url or "").hostname or "api.openai.com"
    if host.endswith(("openai.com", "openai.azure.com", "azure.com")):
        return {}
    key = {} if api_key else {"api_key": "none"}
    return {**key, "use_responses_api": False, "extra_body": {"max_tokens": max_tokens}}


def _advice(name: str, exc: Exception) -> str:
    if isinstance(exc, ImportError):
        return f"The model {name!r} needs a package that is not installed: {exc.name or exc}"
    return f"The model {name!r} can't be set up ({type(exc).__name__}): give it as provider:model, with its key"
