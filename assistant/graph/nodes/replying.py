"""From the verdict to words that are no model's: quote, check, look up, clarify, refuse, hand off."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from assistant.answering.joining import join
from assistant.graph.context import TurnContext
from assistant.graph.speech import GuardedSpeech, mended, pieces
from assistant.graph.state import State, evidence_of, language_of
from assistant.graph.tooling import own_ticket
from assistant.handoff.packet import make_packet
from assistant.handoff.ticket import confirmation, new_ticket, status
from assistant.perimeter.combining import refusal
from assistant.perimeter.outage import blocked_answer, policys_words
from assistant.perimeter.policy import Policy
from assistant.perimeter.rules_of_evidence import unanswered
from assistant.phrases import say
from assistant.values import Draft, Verdict


async def look_up(state: State, context: TurnContext) -> State:
    """Say how the user's ticket stands."""
    own = await own_ticket(context, state["signals"].intent.ticket_number)
    return State(ticket=own, draft=Draft(status(own, language=language_of(state)), origin="fixed"))


async def quote(state: State, context: TurnContext) -> State:
    """Answer by quoting the sentences, steps and rows of the evidence that were found for the verdict."""
    evidence, drafts = evidence_of(state), found_drafts(state)
    if not drafts:
        return State(draft=None)
    draft = join(drafts)
    hits = [hit for each in state.get("asked", []) if each.evidence for hit in each.evidence.kept]
    texts = {hit.passage.id: hit.passage.text for hit in (*hits, *evidence.kept)}
    sources = {citation.index: texts[citation.passage_id] for citation in draft.citations}
    speech = GuardedSpeech(context, evidence, sources=sources)
    for piece in pieces(draft.text):
        await speech.feed(piece)
        await asyncio.sleep(0)  # lets what was said go out
    await speech.close()
    return State(draft=replace(draft, text=speech.text) if speech.text else None, blocked=speech.stopped)


async def check(state: State, context: TurnContext) -> State:
    """After the last word: nothing that answers makes a refusal; an answer cut short or without a source says so."""
    draft, policy = state.get("draft"), context.can.perimeter
    if draft is None:
        blocked = blocked_answer(language=language_of(state)) if state.get("blocked") else None
        return State(verdict=blocked or unanswered(state["signals"], policy))
    if left := _left(state["verdict"], language_of(state), policy):
        context.say(f"\n\n{left}")
        draft = replace(draft, text=f"{draft.text}\n\n{left}")
    if state.get("blocked"):
        return State(draft=draft, notice=say("blocked_answer", language_of(state)))
    if draft.origin == "model" and not draft.citations and evidence_of(state).kept and not state.get("notice"):
        return State(draft=draft, notice=say("no_source", language_of(state)))
    return State(draft=draft)


async def clarify(state: State, context: TurnContext) -> State:
    """Ask one question; its choices go with the verdict, for the chat to show as buttons."""
    return State(draft=Draft(state["verdict"].message, origin="fixed"))


async def refuse(state: State, context: TurnContext) -> State:
    """Say kindly that this can't be answered, and what can."""
    return State(draft=Draft(refusal(state["verdict"]), origin="fixed"))


async def hand_off(state: State, context: TurnContext) -> State:
    """Open a ticket with its packet, or add to the one that is open."""
    can, turn, verdict = context.can, context.turn, state["verdict"]
    packet = make_packet(
        question=turn.text,
        verdict=verdict,
        evidence=evidence_of(state),
        turns=state.get("window", []),
        summary=state.get("summary", []),
        groups=sorted(turn.caller.groups),
        suggested=found_drafts(state),
    )
    wanted = new_ticket(
        thread_id=turn.thread_id,
        caller=turn.caller,
        verdict=verdict,
        question=turn.text,
        packet=packet,
        now=can.clock(),
    )
    ticket = await can.stores.tickets.open(wanted)
    text = confirmation(
        ticket,
        message=verdict.message,
        fresh=ticket.id == wanted.id,
        contact=can.perimeter.contact,
        language=language_of(state),
    )
    return State(ticket=ticket, draft=Draft(text, origin="fixed"))


def found_drafts(state: State) -> list[Draft]:
    """What was found in the documents: for the questions that are answered, where there are such, else for all."""
    asked = [each for each in state.get("asked", []) if each.found is not None]
    answered = [each for each in asked if each.verdict is not None and each.verdict.decision == "answer"]
    return [each.found.draft for each in answered or asked if each.found is not None and each.found.draft is not None]


def no_ticket(state: State, context: TurnContext) -> State:
    """A ticket could not be stored: what the policy wants said is said, no person is promised."""
    policy, language = context.can.perimeter, language_of(state)
    contact, own = policy.contact, policys_words(state["verdict"], policy)
    way = say("no_ticket_write", language, contact=contact) if contact else say("no_ticket_retry", language)
    said = f"{say('no_ticket', language)} {way}"
    return State(draft=Draft(f"{own}\n\n{said}" if own else said, origin="fixed"))


def _left(verdict: Verdict, language: str, policy: Policy) -> str:
    """What is said about the questions of the message that the answer leaves out, through the guard like the rest."""
    if verdict.decision != "answer":
        return ""
    left = [part for part in verdict.parts if part.message]
    told = "\n\n".join(f"{say('about_part', language, question=part.question)} {part.message}" for part in left)
    return mended(told, policy, language=language)
