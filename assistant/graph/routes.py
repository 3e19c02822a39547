"""Where the graph goes next: pure functions of the state, each naming every place it may lead to."""

from __future__ import annotations

from typing import Literal

from assistant.graph.state import State

ATTEMPTS = 2  # of a model at one answer: as asked, and once more strictly


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


def after_generating(state: State) -> Literal["act", "assemble", "doubt", "quote", "check"]:
    """Tool calls come first; an answer of which no sentence could be borne out is asked for once more, strictly.

    After that, and where the guard could not run, nothing is said that was not checked. Quotes stand in for a model
    that said nothing.
    """
    if state.get("calls"):
        return "act"
    match state.get("failure"):
        case "unborne":
            return "assemble" if state["attempts"] < ATTEMPTS else "doubt"
        case "unchecked":
            return "doubt"
        case "silent":
            return "quote"
    return "check"


def after_doubting(state: State) -> Literal["clarify", "hand_off"]:
    """To the question back, or to a person."""
    return "clarify" if state["verdict"].decision == "clarify" else "hand_off"


def after_checking(state: State) -> Literal["refuse", "hand_off", "deliver"]:
    """What didn't hold is refused or handed off; the rest is delivered."""
    if state.get("draft") is not None:
        return "deliver"
    return "hand_off" if state["verdict"].decision == "handoff" else "refuse"
