"""Tool calls and their results in a prompt: they come together, and they go together."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.memory.budget import BudgetPolicy
from assistant.memory.delimiters import defused
from assistant.memory.ledger import LedgerRow
from assistant.memory.tokens import PER_REPLY, count, count_whole, cut_middle

RESULT_TOKENS = 400  # what a result may keep before older turns and exchanges give way to it
_LEAST_RESULT = 32


def extend(
    messages: Sequence[BaseMessage],
    exchange: Sequence[BaseMessage],
    *,
    policy: BudgetPolicy,
    tools_tokens: int,
    ratio: float = 1.0,
) -> tuple[list[BaseMessage], tuple[LedgerRow, ...]]:
    """The prompt and the exchange (a message with tool calls, then the result of each), within the budget.

    Results are cut in the middle; when that would leave them less than `RESULT_TOKENS`, the oldest turns and then the
    oldest exchanges of the prompt go first. An exchange whose calls alone don't fit stays out whole.
    Raises ValueError when the results are not those of the calls.
    """
    _check(exchange)
    room = policy.counted(ratio).room - tools_tokens - PER_REPLY
    kept, gone = list(messages), list[LedgerRow]()
    while _size(kept) + _least(exchange) > room and (oldest := _oldest(kept)):
        gone.append(_left(kept[oldest]))
        del kept[oldest]
    fitted = _fitted(exchange, room - _size(kept))
    of = len(exchange) - 1
    if fitted is None:
        return list(messages), (LedgerRow("tool_results", 0, 0, 0, of, "left out: the call is too long"),)
    why = "cut in the middle" if _size(fitted) < _size(exchange) else ""
    return [*kept, *fitted], (*gone, LedgerRow("tool_results", _size(fitted), room - _size(kept), of, of, why))


def _check(exchange: Sequence[BaseMessage]) -> None:
    call, results = exchange[0] if exchange else None, exchange[1:]
    wanted = [made["id"] for made in call.tool_calls] if isinstance(call, AIMessage) else []
    given = [result.tool_call_id if isinstance(result, ToolMessage) else None for result in results]
    if not wanted or sorted(map(str, wanted)) != sorted(map(str, given)):
        raise ValueError(f"an exchange is a message with tool calls and one result for each: {wanted} against {given}")


def _size(messages: Sequence[BaseMessage]) -> int:
    return sum(map(count_whole, messages))


def _least(exchange: Sequence[BaseMessage]) -> int:
    """What the exchange may ask others to make room for."""
    return count_whole(exchange[0]) + sum(min(count_whole(result), RESULT_TOKENS) for result in exchange[1:])


def _oldest(messages: Sequence[BaseMessage]) -> slice | None:
    """Where the oldest turn stands that may go; without one, the oldest exchange; None when neither is left."""
    people = [place for place, message in enumerate(messages) if isinstance(message, HumanMessage)]
    if len(people) > 1:
        return slice(people[0], people[1])
    calls = [place for place, message in enumerate(messages) if isinstance(message, AIMessage) and message.tool_calls]
    return slice(calls[0], calls[1] if len(calls) > 1 else len(messages)) if calls else None


def _left(messages: Sequence[BaseMessage]) -> LedgerRow:
    if isinstance(messages[0], HumanMessage):
        return LedgerRow("window", -_size(messages), why="the oldest turn gave way to a tool's result")
    return LedgerRow("tool_results", -_size(messages), why="the oldest call and its results gave way to newer ones")


def _fitted(exchange: Sequence[BaseMessage], room: int) -> list[BaseMessage] | None:
    """The exchange within `room`, its longest results cut most; None when that leaves one less than a word or two."""
    room -= count_whole(exchange[0])
    made: dict[str, BaseMessage] = {}
    waiting = sorted(exchange[1:], key=count_whole)
    for behind, result in enumerate(waiting):
        text = defused(str(result.content))
        around = count_whole(result) - count(str(result.content))
        share = room // (len(waiting) - behind) - around
        if share < min(count(text), _LEAST_RESULT):
            return None
        cut = result.model_copy(update={"content": cut_middle(text, share)})
        room -= count_whole(cut)
        made[_call_id(result)] = cut
    return [exchange[0], *(made[_call_id(result)] for result in exchange[1:])]


def _call_id(result: BaseMessage) -> str:
    return result.tool_call_id if isinstance(result, ToolMessage) else ""
