"""The graph's state. What outlives the turn is checkpointed plain data; what belongs to one turn is never stored."""

from __future__ import annotations

from typing import Annotated, TypedDict

from langchain_core.messages import BaseMessage
from langgraph.channels import UntrackedValue

from assistant.memory.window import SummaryLine, WindowTurn
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

    screened: Annotated[Screened, UntrackedValue(Screened)]
    question: Annotated[str, UntrackedValue(str)]
    rewrite_reason: Annotated[str, UntrackedValue(str)]
    vector: Annotated[Vector, UntrackedValue(list)]
    needs_evidence: Annotated[bool, UntrackedValue(bool)]
    topic: Annotated[str, UntrackedValue(str)]
    recalled: Annotated[list[WindowTurn], UntrackedValue(list)]
    evidence: Annotated[Evidence, UntrackedValue(Evidence)]
    failure: Annotated[str, UntrackedValue(str)]
    signals: Annotated[Signals, UntrackedValue(Signals)]
    verdict: Annotated[Verdict, UntrackedValue(Verdict)]
    messages: Annotated[list[BaseMessage], UntrackedValue(list)]
    ledger: Annotated[dict[str, int], UntrackedValue(dict)]
    calls: Annotated[list[ToolCall], UntrackedValue(list)]
    called: Annotated[list[dict[str, object]], UntrackedValue(list)]
    draft: Annotated[Draft | None, UntrackedValue(object)]
    usage: Annotated[Usage, UntrackedValue(Usage)]
    notice: Annotated[str, UntrackedValue(str)]
    ticket: Annotated[Ticket | None, UntrackedValue(object)]
