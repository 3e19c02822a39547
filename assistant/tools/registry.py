"""The tools a model may call, and the bounds of calling them. Every call ends in a value that says how it went."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assistant.errors import ConfigurationError, ToolError
from assistant.ports import ToolCall, ToolSpec
from assistant.tools.tool import Arguments, Tool, ToolContext

_log = logging.getLogger(__name__)

# Who asks comes with the turn. A schema that lets the model name someone is a mistake, found at start.
IDENTITY = frozenset(
    "audience caller caller_id email group groups on_behalf_of owner principal role roles session session_id tenant "
    "thread thread_id user user_id username".split()
)


@dataclass(frozen=True, slots=True)
class ToolPolicy:
    """Bounds: seconds a call, calls a turn (refused ones count), failures a tool and turn, characters a result."""

    timeout_s: float = 8.0
    calls_per_turn: int = 6
    failures: int = 2
    result_chars: int = 8_000


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """How a call went. `text` is for the model; `refused` calls were not made."""

    call_id: str
    name: str
    text: str
    ok: bool
    ms: float
    refused: bool = False


def admit(call: ToolCall, previous: Sequence[Mapping[str, Any]], policy: ToolPolicy | None = None) -> str | None:
    """Why a call is refused, in words for the model; None when it may be made.

    `previous` are the turn's calls so far as `entry` notes them.
    """
    policy = policy or ToolPolicy()
    if len(previous) >= policy.calls_per_turn:
        return f"No more tool calls in this turn: {policy.calls_per_turn} were made. Answer with what you have."
    failures = sum(1 for past in previous if past["name"] == call.name and not past["ok"] and not past["refused"])
    if failures >= policy.failures:
        return f"{call.name} failed {failures} times and was stopped for this turn. Say so, or answer without it."
    same = (call.name, _canonical(call.arguments))
    if any((past["name"], _canonical(past["arguments"])) == same and past["ok"] for past in previous):
        return f"{call.name} was already called with these arguments. Use its result; don't call it again."
    return None


def entry(call: ToolCall, outcome: ToolOutcome) -> dict[str, Any]:
    """A call as plain data, for `admit` and the turn's record."""
    return {
        "name": call.name,
        "arguments": dict(call.arguments),
        "ok": outcome.ok,
        "refused": outcome.refused,
        "ms": outcome.ms,
    }


class Registry:
    """The allow-list of tools. Raises ConfigurationError when two share a name, when `allowed` names one that isn't
    there, or when a schema asks the model who is asking."""

    def __init__(
        self,
        tools: Sequence[Tool],
        *,
        allowed: frozenset[str] | None = None,
        policy: ToolPolicy | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        by_name = {tool.name: tool for tool in tools}
        if len(by_name) < len(tools):
            raise ConfigurationError("two tools have the same name")
        unknown = (allowed or frozenset()) - by_name.keys()
        if unknown:
            raise ConfigurationError(f"no such tools: {', '.join(sorted(unknown))}. There are: {', '.join(by_name)}")
        for tool in tools:
            _refuse_identity(tool)
        self._tools = {name: tool for name, tool in by_name.items() if allowed is None or name in allowed}
        self._timer = timer
        self.policy = policy or ToolPolicy()

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The allowed tools as a model sees them."""
        return tuple(tool.spec for tool in self._tools.values())

    async def run(
        self, call: ToolCall, context: ToolContext, *, previous: Sequence[Mapping[str, Any]] = ()
    ) -> ToolOutcome:
        """Make a call, or refuse it. Never raises but for cancellation."""
        began = self._timer()
        refusal = admit(call, previous, self.policy)
        tool = self._tools.get(call.name)
        if refusal is None and tool is None:
            refusal = f"There is no tool of that name. There are: {', '.join(self._tools) or 'none'}."
        if refusal is not None or tool is None:
            return self._outcome(call, began, refusal or "", ok=False, refused=True)
        try:
            arguments = tool.arguments.model_validate(dict(call.arguments))
        except ValidationError as exc:
            return self._outcome(call, began, _complaint(exc), ok=False)
        ok, text = await self._bounded(tool, arguments, context)
        return self._outcome(call, began, text, ok=ok)

    async def _bounded(self, tool: Tool, arguments: Arguments, context: ToolContext) -> tuple[bool, str]:
        """Run it in a task of its own: what it raises is looked at, not caught, so that no error class is missed."""
        running = asyncio.ensure_future(tool.run(arguments, context))
        try:
            await asyncio.wait({running}, timeout=self.policy.timeout_s)
        finally:
            if not running.done():
                running.cancel()
        if not running.done() or running.cancelled():
            _log.warning("tool %s took longer than %.1f s", tool.name, self.policy.timeout_s)
            return False, f"{tool.name} took too long and was stopped."
        failure = running.exception()
        if isinstance(failure, ToolError):
            return False, str(failure)
        if failure is not None:
            _log.warning("tool %s failed", tool.name, exc_info=failure)
            return False, f"{tool.name} is not available at the moment."
        return True, bounded(running.result(), self.policy.result_chars)

    def _outcome(self, call: ToolCall, began: float, text: str, *, ok: bool, refused: bool = False) -> ToolOutcome:
        ms = round((self._timer() - began) * 1000, 1)
        return ToolOutcome(call.id, call.name, text, ok, ms, refused)


def bounded(blocks: Sequence[str], limit: int) -> str:
    """The blocks, in order, that fit into `limit` characters; a block is cut only when it is the first.

    What is left out is said, beyond the limit.
    """
    kept: list[str] = []
    size = 0
    for block in blocks:
        if kept and size + len(block) > limit:
            break
        kept.append(block if len(block) <= limit else block[:limit] + " (cut)")
        size += len(block) + 1
    left = len(blocks) - len(kept)
    return "\n".join(kept) + (f"\n({left} more left out)" if left else "")


def _canonical(arguments: Mapping[str, Any]) -> str:
    return json.dumps(arguments, sort_keys=True, ensure_ascii=False, default=str)


def _complaint(error: ValidationError) -> str:
    """What is wrong with the arguments, by name and rule; never the value back."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    listed = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}" for fault in faults[:5])
    return f"The arguments don't fit the tool's schema. {listed}"[:600]


def _refuse_identity(tool: Tool) -> None:
    asked = IDENTITY & {name.lower() for name in tool.spec.parameters["properties"]}
    if asked:
        raise ConfigurationError(f"the tool {tool.name} lets the model say who asks: {', '.join(sorted(asked))}")
