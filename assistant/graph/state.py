"""The graph's state. What outlives the turn is checkpointed plain data; what belongs to one turn is never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict, cast

from langchain_core.messages import BaseMessage
from langgraph.channels import UntrackedValue

from assistant.answering.extractive import Found
from assistant.memory.contents import FORM, Memory, Pin, SummaryLine, Utterance, WindowTurn
from assistant.memory.ledger import LedgerRow
from assistant.perimeter.input_guard import Screened
from assistant.perimeter.signals import Signals
from assistant.ports import ToolCall, Vector
from assistant.values import Draft, Evidence, Ticket, Usage, Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a message on its way to a verdict: what was read of it, and what was found for it."""

    signals: Signals
    vector: Vector
    needs_evidence: bool
    evidence: Evidence | None = None
    found: Found | None = None
    verdict: Verdict | None = None


class State(TypedDict, total=False):
    """One conversation (the first block, kept from turn to turn) and the turn under way (the rest)."""

    form: int
    window: list[WindowTurn]
    summary: list[SummaryLine]
    pins: list[Pin]
    upto: str
    folded: int
    deletions: int
    clarifications: int
    language: str
    lately: dict[str, str]

    task: Annotated[Literal["turn", "settle"], UntrackedValue]
    screened: Annotated[Screened, UntrackedValue]
    question: Annotated[str, UntrackedValue]
    rewrite_reason: Annotated[str, UntrackedValue]
    vector: Annotated[Vector, UntrackedValue]
    asked: Annotated[list[Asked], UntrackedValue]
    needs_evidence: Annotated[bool, UntrackedValue]
    generates: Annotated[bool, UntrackedValue]
    recalled: Annotated[list[Utterance], UntrackedValue]
    evidence: Annotated[Evidence, UntrackedValue]
    failure: Annotated[str, UntrackedValue]
    signals: Annotated[Signals, UntrackedValue]
    verdict: Annotated[Verdict, UntrackedValue]
    messages: Annotated[list[BaseMessage], UntrackedValue]
    ledger: Annotated[tuple[LedgerRow, ...], UntrackedValue]
    cut: Annotated[bool, UntrackedValue]
    ratio: Annotated[float, UntrackedValue]
    calls: Annotated[list[ToolCall], UntrackedValue]
    rounds: Annotated[int, UntrackedValue]
    attempts: Annotated[int, UntrackedValue]
    failures: Annotated[tuple[str, ...], UntrackedValue]
    called: Annotated[list[dict[str, object]], UntrackedValue]
    draft: Annotated[Draft | None, UntrackedValue]
    blocked: Annotated[bool, UntrackedValue]
    usage: Annotated[Usage, UntrackedValue]
    rests_on: Annotated[dict[str, str], UntrackedValue]
    notice: Annotated[str, UntrackedValue]
    ticket: Annotated[Ticket | None, UntrackedValue]


def memory_of(state: State) -> Memory:
    """What of the state is the conversation's memory; nothing of one that another release wrote in another form."""
    if state.get("form") != FORM:
        return Memory()
    return cast("Memory", {name: state[name] for name in Memory.__annotations__ if name in state})  # type: ignore[literal-required]


def as_update(memory: Memory) -> State:
    """A memory as an update of the state."""
    empty = Memory(window=[], summary=[], pins=[], upto="", folded=0, deletions=0)
    return cast("State", {**empty, **memory, "form": FORM})


def evidence_of(state: State) -> Evidence:
    """What was found for the turn; nothing, where nothing was looked for."""
    return state.get("evidence") or Evidence(state.get("question", ""))


def language_of(state: State) -> str:
    """The language the turn is answered in."""
    return state.get("language", "") or "en"
