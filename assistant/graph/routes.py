"""Where the graph goes next: pure functions of the state, each naming every place it may lead to."""

from __future__ import annotations

from typing import Literal

from assistant.graph.state import State

Spoken = Literal["assemble", "quote", "clarify", "refuse", "hand_off", "deliver"]


def after_understanding(state: State) -> list[Literal["recall", "retrieve"]] | Literal["judge"]:
    """Small talk, a call for a person and the like need no evidence."""
    return ["recall", "retrieve"] if state["needs_evidence"] else "judge"


def after_generating(state: State) -> Literal["act", "quote", "check"]:
    """Tool calls are acted on; a model that failed before its first word leaves the floor to quotes."""
    if state.get("failure") == "model":
        return "quote"
    return "act" if state.get("calls") else "check"
