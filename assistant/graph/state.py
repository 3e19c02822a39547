"""The graph's state. What outlives the turn is checkpointed plain data; what belongs to one turn is never stored."""

from __future__ import annotations

from typing import Annotated, TypedDict

from langchain_core.messages import BaseMessage
from langgraph.channels import UntrackedValue

from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.perimeter.competence import Signals
from assistant.perimeter.input_guard import Screened
from assistant.ports import ToolCall, Vector
from assistant.values import Draft, Evidence, Ticket, Usage, Verdict


class State(TypedDict, total=False):
    """One conversation (the first block, kept from turn to turn) and the turn under way (the rest)."""

    window: list[WindowTurn]
    summary: list[SummaryLine]
    folded: int
    clarifications: int

    screened: Annotated[Screened, UntrackedValue]
    question: Annotated[str, UntrackedValue]
    rewrite_reason: Annotated[str, UntrackedValue]
    vector: Annotated[Vector, UntrackedValue]
    needs_evidence: Annotated[bool, UntrackedValue]
    generates: Annotated[bool, UntrackedValue]
    recalled: Annotated[list[WindowTurn], UntrackedValue]
    evidence: Annotated[Evidence, UntrackedValue]
    failure: Annotated[str, UntrackedValue]
    signals: Annotated[Signals, UntrackedValue]
    verdict: Annotated[Verdict, UntrackedValue]
    messages: Annotated[list[BaseMessage], UntrackedValue]
    ledger: Annotated[dict[str, int], UntrackedValue]
    calls: Annotated[list[ToolCall], UntrackedValue]
    rounds: Annotated[int, UntrackedValue]
    called: Annotated[list[dict[str, object]], UntrackedValue]
    draft: Annotated[Draft | None, UntrackedValue]
    blocked: Annotated[bool, UntrackedValue]
    usage: Annotated[Usage, UntrackedValue]
    notice: Annotated[str, UntrackedValue]
    ticket: Annotated[Ticket | None, UntrackedValue]
