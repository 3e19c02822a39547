"""From the message to the verdict: screen, understand, recall, retrieve, judge."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from assistant.graph import operations
from assistant.graph.context import TurnContext
from assistant.graph.state import State
from assistant.knowledge.retrieval import retrieve as retrieve_evidence
from assistant.knowledge.rewriting import rewrite
from assistant.memory.recall import recall as recall_turns
from assistant.memory.window import WindowTurn
from assistant.perimeter import competence
from assistant.perimeter.input_guard import screen as screen_text
from assistant.perimeter.intent import read_intent
from assistant.perimeter.language import detect_language
from assistant.perimeter.support import measure_support
from assistant.values import Evidence

HISTORY = 6


async def screen(state: State, context: TurnContext) -> State:
    """Normalise the message and look for attacks; what was found decides nothing here, the judge does."""
    return State(screened=screen_text(context.turn.text, context.can.perimeter))


async def understand(state: State, context: TurnContext) -> State:
    """Make the question stand alone, and embed it: once, for the perimeter and for retrieval."""
    can, text = context.can, state["screened"].text
    history = [turn["user"] for turn in state.get("window", [])[-HISTORY:]]
    titles = _last_titles(state.get("window", []))
    ruled = rewrite(text, history, titles)
    modelled = await operations.rewrite(can, text, history)
    question, reason = (modelled, "model") if modelled else (ruled.text, ruled.reason)
    (vector,) = await can.embedder.encode([question])
    topic = await operations.classify(can, question) if "classify" in can.models else None
    return State(
        question=question,
        rewrite_reason=reason,
        vector=list(vector),
        intent=read_intent(text, question),
        topic=topic or "",
    )


async def recall(state: State, context: TurnContext) -> State:
    """Find older turns of this conversation, folded out of the window, that the question is about."""
    if not state.get("folded"):
        return State(recalled=[])
    records = await context.can.stores.records.of_thread(context.turn.thread_id)
    older = [
        WindowTurn(turn=r.trace_id, user=r.question, assistant=r.answer, documents=sorted({c.document_id for c in r.citations}))
        for r in records[: state["folded"]]
        if r.status == "delivered"
    ]
    return State(recalled=recall_turns(state["question"], older, context.can.policies.recall))


async def retrieve(state: State, context: TurnContext) -> State:
    """Find passages this caller may see."""
    evidence = await retrieve_evidence(
        state["question"],
        state["vector"],
        context.turn.caller.groups,
        index=context.can.index,
        policy=context.can.policies.retrieval,
    )
    return State(evidence=evidence)


async def judge(state: State, context: TurnContext) -> State:
    """Decide between answering, clarifying, refusing and handing off."""
    can, evidence = context.can, state.get("evidence") or Evidence(state.get("question", ""))
    support = measure_support(evidence.question, evidence)
    judged = await operations.judge(can, evidence.question, evidence) if "judge" in can.models else None
    if judged is not None:
        support = replace(support, score=(support.score + judged) / 2)
    signals = competence.Signals(
        question=state.get("question", context.turn.text),
        screened=state["screened"],
        intent=state["intent"],
        language=detect_language(state["screened"].text),
        topics=can.scope.scores(state["vector"]),
        support=support,
        evidence=evidence,
        wants_person=context.wants_person,
        clarifications=state.get("clarifications", 0),
    )
    return State(signals=signals, verdict=await asyncio.to_thread(competence.judge, signals, can.perimeter))


def _last_titles(window: list[WindowTurn]) -> list[str]:
    return window[-1]["documents"] if window else []
