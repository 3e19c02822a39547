"""After the words: deliver and record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

from assistant.errors import StaleLeaseError
from assistant.graph import lately
from assistant.graph.context import TurnContext
from assistant.graph.nodes.speaking import model_draft
from assistant.graph.speech import mended
from assistant.graph.state import State, as_update, language_of, memory_of
from assistant.memory.intake import said_in, take_in, turn_of
from assistant.memory.ledger import by_section
from assistant.perimeter.messages import document_title
from assistant.perimeter.personal import hidden_notice
from assistant.phrases import say
from assistant.values import Citation, Draft, Evidence, Finished, Hit, Record, Usage


async def deliver(state: State, context: TurnContext) -> State:
    """Say what has not been said yet, if the conversation still belongs to the epoch the turn began under."""
    if await context.can.live.epoch(context.turn.thread_id) != context.epoch:
        return State(failure="taken_over", notice=say("taken_over", state.get("language", "en")))
    if not await context.can.live.renew(context.lease):
        raise StaleLeaseError(f"turn {context.trace_id} lost its lease before its answer was delivered")
    verdict = state["verdict"]
    draft = state.get("draft") or Draft(verdict.message, origin="fixed")
    if draft.origin != "fixed":
        return State(draft=draft)
    mend = partial(mended, policy=context.can.perimeter, language=language_of(state))
    draft = replace(draft, text=mend(draft.text))
    context.say(f"\n\n{draft.text}" if context.speech.text.strip() else draft.text)
    return State(draft=draft, verdict=replace(verdict, message=mend(verdict.message)))


async def record(state: State, context: TurnContext) -> State:
    """Store the turn for good, tell the user it is over, and remember it for the next one."""
    made = await context.can.stores.records.finish(make_record(state, context))
    context.emit(Finished(made))
    asked = state["verdict"].decision == "clarify"
    turns = [turn_of(said_in(made))]
    memory = await asyncio.to_thread(take_in, memory_of(state), turns, context.can.policies.pins)
    return State(
        **as_update(memory),
        clarifications=state.get("clarifications", 0) + 1 if asked else 0,
        lately=lately.kept(
            state.get("lately", {}),
            context.trace_id,
            state.get("vector"),
            memory.get("window", []),
            embedder=context.can.embedder.name,
        ),
    )


def make_record(state: State, context: TurnContext) -> Record:
    """The turn as far as it came; `state` may lack whatever was not reached."""
    turn, draft, ticket = context.turn, state.get("draft"), state.get("ticket")
    language = language_of(state)
    cut = say("cut", language) if state.get("cut") else ""
    hidden = hidden_notice(turn.text, language=language)
    timings: dict[str, float] = {str(stage["name"]): float(str(stage["ms"])) for stage in context.speech.stages}
    if context.speech.first_token_ms is not None:
        timings["first_token"] = context.speech.first_token_ms
    timings["total"] = context.elapsed_ms()
    withdrawn = state.get("failure") == "taken_over"
    return Record(
        trace_id=context.trace_id,
        thread_id=turn.thread_id,
        message_id=turn.message_id,
        answer_id=context.answer_id,
        user_id=turn.caller.id,
        question=turn.text,
        status="interrupted" if withdrawn else "delivered",
        created_at=turn.received_at,
        rewritten=state.get("question", ""),
        answer="" if withdrawn else context.speech.text,
        origin=draft.origin if draft else "fixed",
        notice=" ".join(part for part in (hidden, cut, state.get("notice", "")) if part),
        verdict=state.get("verdict"),
        citations=tuple(map(_titled, draft.citations)) if draft and not withdrawn else (),
        evidence=_evidence_rows(state.get("evidence")),
        checks=tuple(context.speech.findings),
        stages=tuple(context.speech.stages),
        usage=replace(state.get("usage") or Usage(), by_section=by_section(state.get("ledger", ()))),
        timings_ms=timings,
        ticket=ticket.number if ticket else "",
        release=context.can.release,
        rests_on={} if withdrawn else _rests_on(state),
        finished_at=context.can.clock(),
    )


def unfinished_record(context: TurnContext) -> Record:
    """A turn that was cut short, with everything known by then: evidence, verdict, ticket, a model's citations."""
    known = cast("State", dict(context.speech.known))
    if "messages" in known and not known.get("draft") and context.speech.text:
        known["draft"] = model_draft(context.speech.text, known)
    return make_record(known, context)


def _rests_on(state: State) -> dict[str, str]:
    """What was told from memory rests on what that rests on; a model's words without a citation on all it was shown."""
    draft, evidence = state.get("draft"), state.get("evidence")
    documents = dict(state.get("rests_on", {}))
    if draft is None:
        return documents
    if draft.origin == "model" and not draft.citations and evidence is not None:
        return documents | {hit.passage.document_id: hit.passage.version for hit in evidence.kept}
    return documents | {citation.document_id: citation.version for citation in draft.citations}


def _titled(citation: Citation) -> Citation:
    """A source as users read of it: its title and its section are the document's words."""
    return replace(citation, title=document_title(citation.title), section=document_title(citation.section))


def _evidence_rows(evidence: Evidence | None) -> tuple[Mapping[str, Any], ...]:
    if evidence is None:
        return ()
    return tuple([_row(hit, kept=True) for hit in evidence.kept] + [_row(hit, kept=False) for hit in evidence.rejected])


def _row(hit: Hit, *, kept: bool) -> dict[str, Any]:
    return {
        "passage": hit.passage.id,
        "document": hit.passage.document_id,
        "version": hit.passage.version,
        "score": round(hit.score, 5),
        "dense": round(hit.dense, 4),
        "sparse": round(hit.sparse, 3),
        "kept": kept,
    }
