"""What the assistant would decide, without saying, storing or remembering anything: for measuring and explaining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from assistant.graph import lately
from assistant.graph.context import Capabilities, TurnContext
from assistant.graph.nodes import reading
from assistant.graph.state import Asked, State
from assistant.memory.contents import WindowTurn
from assistant.perimeter.scope.reading import ScopeReading
from assistant.values import Evidence, Lease, Turn, Verdict

_UNHELD = Lease("", "considering", 0, 0.0)


@dataclass(frozen=True, slots=True)
class Considered:
    """A verdict with all it was made of. `question` stands alone; `parts` are the questions of the message, each with
    its own signals, evidence and verdict; `asked_model` says whether a model was asked about the topic or the evidence;
    `timings` are the milliseconds of its stages."""

    question: str
    verdict: Verdict
    parts: tuple[Asked, ...]
    evidence: Evidence
    asked_model: bool
    timings: Mapping[str, float]

    @property
    def reading(self) -> ScopeReading | None:
        """What the scope says of the question that decided."""
        decided = [part for part in self.parts if part.verdict and part.verdict.decision == self.verdict.decision]
        chosen = decided or list(self.parts)
        return chosen[0].signals.reading if chosen else None


async def consider(can: Capabilities, turn: Turn, *, history: Sequence[str] = ()) -> Considered:
    """Screen, understand, retrieve and judge a turn after these earlier messages of the user, oldest first.

    Each earlier message is considered as it would have been then; its vector, its language and whether it was asked
    back are known to the next, as they are in a conversation. Raises what a stage raises: here nothing is softened
    into an honest message.
    """
    memory = State(window=[])
    for number, text in enumerate(history):
        state, _ = await _judged(can, _said(turn, text), memory)
        memory = _after(memory, f"earlier-{number}", text, state, embedder=can.embedder.name)
    state, timings = await _judged(can, turn, memory)
    return _considered(state, timings)


async def _judged(can: Capabilities, turn: Turn, memory: State) -> tuple[State, dict[str, float]]:
    """The state of a turn once it was judged, and the milliseconds of each stage."""
    context = TurnContext(
        turn=turn,
        trace_id="",
        answer_id="",
        started=perf_counter(),
        epoch=0,
        lease=_UNHELD,
        wants_person=False,
        can=can,
        emit=lambda _: None,
        timer=perf_counter,
    )
    state, timings = memory, dict[str, float]()
    for node in (reading.screen, reading.understand, reading.retrieve, reading.judge):
        if node is reading.retrieve and not state["needs_evidence"]:
            continue
        began = perf_counter()
        state = cast("State", {**state, **await node(state, context)})
        timings[node.__name__] = round((perf_counter() - began) * 1000, 1)
    return state, timings


def _considered(state: State, timings: Mapping[str, float]) -> Considered:
    asked = tuple(state["asked"])
    return Considered(
        question=state["question"],
        verdict=state["verdict"],
        parts=asked,
        evidence=state.get("evidence") or Evidence(state["question"]),
        asked_model=any(part.signals.asked_model for part in asked),
        timings=timings,
    )


def _after(memory: State, name: str, text: str, state: State, *, embedder: str) -> State:
    """What a conversation knows once a message was judged."""
    window = [*memory["window"], _turn(name, text, state)]
    asked_back = state["verdict"].decision == "clarify"
    return State(
        window=window,
        language=state["language"],
        clarifications=memory.get("clarifications", 0) + 1 if asked_back else 0,
        lately=lately.kept(memory.get("lately", {}), name, state["vector"], window, embedder=embedder),
    )


def _said(turn: Turn, text: str) -> Turn:
    return Turn(turn.thread_id, turn.message_id, text, turn.caller, turn.received_at)


def _turn(name: str, text: str, state: State) -> WindowTurn:
    """An earlier message as memory would have it: with the documents it would have been answered from."""
    drafts = [part.found.draft for part in state["asked"] if part.found and part.found.draft]
    answered = state["verdict"].decision == "answer"
    citations = [citation for draft in drafts for citation in draft.citations] if answered else []
    return WindowTurn(
        turn=name,
        at="",
        user=text,
        assistant=" ".join(draft.text for draft in drafts) if answered else "",
        documents={citation.document_id: citation.version for citation in citations},
        titles=list(dict.fromkeys(citation.title for citation in citations)),
    )
