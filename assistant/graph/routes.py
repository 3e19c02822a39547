"""Where the graph goes next: pure functions of the state, each naming every place it may lead to."""

from __future__ import annotations

from typing import Literal

from assistant.graph.state import State


def at_start(state: State) -> Literal["screen", "fold"]:
    """A turn, or what is left to do after one."""
    return "fold" if state["task"] == "settle" else "screen"


def after_understanding(state: State) -> list[Literal["recall", "retrieve", "judge"]]:
    """What the message alone decides (a call for a person, small talk, an attack) needs no evidence."""
    return ["recall", "retrieve"] if state["needs_evidence"] else ["judge"]


def after_judging(
    state: State,
) -> Literal["assemble", "quote", "look_up", "clarify", "refuse", "hand_off", "deliver"]:
    """To the verdict's own way of speaking; an answer that is a fixed sentence is delivered as it is."""
    verdict = state["verdict"]
    match verdict.decision:
        case "clarify":
            return "clarify"
        case "refuse":
            return "refuse"
        case "handoff":
            return "hand_off"
    if verdict.rule == "ticket-status":
        return "look_up"
    if verdict.message:
        return "deliver"
    return "assemble" if state["generates"] else "quote"


def after_generating(state: State) -> Literal["act", "quote", "check"]:
    """Tool calls are acted on first; an answer of which no sentence is borne by its sources gives way to quotes."""
    if state.get("calls"):
        return "act"
    return "quote" if state.get("failure") == "unborne" else "check"


def after_checking(state: State) -> Literal["refuse", "hand_off", "deliver"]:
    """What didn't hold is refused or handed off; the rest is delivered."""
    if state.get("draft") is not None:
        return "deliver"
    return "hand_off" if state["verdict"].decision == "handoff" else "refuse"
