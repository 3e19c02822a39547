"""From the message to the verdict: screen, understand, retrieve, judge."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from assistant.graph import operations
from assistant.graph.context import TurnContext
from assistant.graph.state import State
from assistant.knowledge.retrieval import retrieve as retrieve_evidence
from assistant.knowledge.rewriting import rewrite
from assistant.memory.retelling import retell
from assistant.perimeter.competence import Signals, judge_message
from assistant.perimeter.competence import judge as decide
from assistant.perimeter.input_guard import screen as screen_text
from assistant.perimeter.intent import read_intent
from assistant.perimeter.language import detect_language
from assistant.perimeter.outage import documents_unavailable, no_documents
from assistant.perimeter.support import measure_support
from assistant.values import Evidence, Verdict

HISTORY = 6


async def screen(state: State, context: TurnContext) -> State:
    """Normalise the message and look for attacks; what was found decides nothing here, the judge does."""
    return State(screened=screen_text(context.turn.text, context.can.perimeter))


async def understand(state: State, context: TurnContext) -> State:
    """Make the question stand alone, embed it (once, for perimeter and retrieval), and read what it asks for."""
    can, text = context.can, state["screened"].text
    window = state.get("window", [])
    history = [turn["user"] for turn in window[-HISTORY:]]
    answered = [turn for turn in window[-HISTORY:] if turn["documents"]]  # what a follow-up can follow
    ruled = rewrite(text, [turn["user"] for turn in answered], answered[-1]["titles"] if answered else [])
    modelled = await operations.rewrite(can, text, history) if "rewrite" in can.models else None
    question, reason = (modelled, "model") if modelled else (ruled.text, ruled.reason)
    (vector,) = await can.embedder.encode([question])
    classified = await operations.classify(can, question) if "classify" in can.models else None
    signals = Signals(
        question=question,
        screened=state["screened"],
        intent=read_intent(text, question),
        language=detect_language(text),
        topics=can.scope.scores(vector),
        wants_person=context.wants_person,
        clarifications=state.get("clarifications", 0),
        times_asked=1 + sum(_same(text, earlier) for earlier in history),
        classified=classified or "",
    )
    return State(
        question=question,
        rewrite_reason=reason,
        vector=vector,
        signals=signals,
        needs_evidence=judge_message(signals, can.perimeter) is None,
    )


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
    can, signals = context.can, state["signals"]
    if state["needs_evidence"] and (told := retell(state["screened"].text, state.get("pins", []))):
        reason = "The question is about what was said in this conversation."
        verdict = Verdict("answer", "remembered", reason, message=told.text)
        return State(verdict=verdict, rests_on=dict(told.documents))
    if state.get("failure") == "retrieval":
        return State(verdict=documents_unavailable(can.perimeter))
    evidence = state.get("evidence") or Evidence(signals.question)
    if state["needs_evidence"] and not (evidence.kept or evidence.rejected) and await _empty(context):
        return State(verdict=no_documents())
    support = await asyncio.to_thread(measure_support, signals.question, evidence)
    judged = await operations.judge(can, signals.question, evidence) if "judge" in can.models else None
    if judged is not None:
        support = replace(support, score=(support.score + judged) / 2)
    signals = replace(signals, evidence=evidence, support=support)
    return State(
        signals=signals, verdict=decide(signals, can.perimeter), evidence=evidence, generates="generate" in can.models
    )


async def _empty(context: TurnContext) -> bool:
    return not (await context.can.stores.documents.count())["documents"]


def _same(text: str, earlier: str) -> bool:
    return text.casefold().split() == earlier.casefold().split()
