"""From the message to the verdict: screen, understand, retrieve, judge.

Each question of a message takes the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.extractive import Found, find_answer
from assistant.graph import lately, operations
from assistant.graph.context import Capabilities, TurnContext
from assistant.graph.state import Asked, State
from assistant.graph.tooling import own_ticket
from assistant.handoff.ticket import status as ticket_status
from assistant.knowledge.merging import merge
from assistant.knowledge.retrieval import retrieve as retrieve_evidence
from assistant.knowledge.rewriting import rewrite
from assistant.memory.contents import WindowTurn
from assistant.memory.retelling import retell
from assistant.perimeter.combining import combine
from assistant.perimeter.competence import in_band, judge_message
from assistant.perimeter.competence import judge as decide
from assistant.perimeter.freshness import age_days
from assistant.perimeter.input_guard import Screened, clean, weigh
from assistant.perimeter.input_guard import screen as screen_text
from assistant.perimeter.intent import Intent, read_intent
from assistant.perimeter.language import detect_language, speaking_language
from assistant.perimeter.outage import documents_unavailable, no_documents
from assistant.perimeter.personal import personal_kinds
from assistant.perimeter.policy import Policy
from assistant.perimeter.questions import split_questions
from assistant.perimeter.rephrasing import times_asked
from assistant.perimeter.rules_of_evidence import unanswered
from assistant.perimeter.signals import Signals
from assistant.perimeter.support import measure_support
from assistant.ports import Vector
from assistant.values import Evidence, Passage, Verdict

HISTORY = 6


async def screen(state: State, context: TurnContext) -> State:
    """Normalise the message and look for attacks; what was found decides nothing here, the judge does."""
    screened = await asyncio.to_thread(screen_text, context.turn.text, context.can.perimeter)
    if screened.outcome == "could_not_check":
        screened = replace(screened, readings=unread(context.turn.text).readings)
    return State(screened=screened)


def unread(text: str) -> Screened:
    """A message that the guard could not read: nothing reads it but the rule that looks for the policy's words."""
    return Screened("", len(text), "could_not_check", readings=(clean(text),))


async def understand(state: State, context: TurnContext) -> State:
    """Make each question stand alone, embed them (once, for all that reads vectors), and read what is asked for."""
    can, text = context.can, state["screened"].text
    window = state.get("window", [])
    parts = split_questions(text) or (text,)
    made = [await _stand_alone(part, window[-HISTORY:], can) for part in parts]
    questions = [question for question, _ in made]
    distinct = list(dict.fromkeys([*questions, text]))  # the message as it was sent, for the guard's second look
    embedded = dict(zip(distinct, await can.embedder.encode(distinct), strict=True))
    vectors = [embedded[question] for question in questions]
    screened = weigh(state["screened"], embedded[text], can.perimeter, embedder=can.embedder.name)
    readings = await can.scope.read(questions, vectors)
    detected = detect_language(text)
    speaks = speaking_language(detected.code, state.get("language", ""), can.perimeter.languages)
    common = Signals(
        question=text,
        screened=screened,
        language=detected,
        speaks=speaks,
        wants_person=context.wants_person,
        personal=await asyncio.to_thread(personal_kinds, text, can.perimeter),
        clarifications=state.get("clarifications", 0),
    )
    earlier = lately.questions(state.get("lately", {}), window, embedder=can.embedder.name)
    asked = list[Asked]()
    for part, question, vector, reading in zip(parts, questions, vectors, readings, strict=True):
        intent, times = await asyncio.to_thread(_asks, text, part, question, vector, earlier)
        signals = replace(
            common,
            question=question,
            intent=intent,
            topics=tuple(sorted(reading.topics, key=lambda topic: topic.probability, reverse=True)),
            reading=reading,
            times_asked=times,
        )
        asked.append(Asked(signals, vector, needs_evidence=judge_message(signals, can.perimeter) is None))
    asked = await asyncio.gather(*(_classified(each, can) for each in asked))
    return State(
        screened=screened,
        question=" ".join(questions),
        rewrite_reason=made[0][1],
        vector=_middle(vectors),
        asked=list(asked),
        signals=asked[0].signals,
        language=speaks,
        needs_evidence=any(each.needs_evidence for each in asked),
    )


async def retrieve(state: State, context: TurnContext) -> State:
    """Find passages this caller may see, for each question."""
    can = context.can
    asked = await asyncio.gather(*(_retrieved(each, context) for each in state["asked"]))
    found = [each.evidence for each in asked if each.evidence is not None]
    return State(asked=asked, evidence=merge(state["question"], found, keep=can.policies.retrieval.keep))


async def judge(state: State, context: TurnContext) -> State:
    """Decide between answering, clarifying, refusing and handing off."""
    can, signals = context.can, state["signals"]
    if person := _for_a_person(state["asked"], can.perimeter):
        return State(verdict=person)
    remembered = len(state["asked"]) == 1 and state["needs_evidence"]
    if remembered and (told := retell(state["screened"].text, state.get("pins", []))):
        reason = "The question is about what was said in this conversation."
        verdict = Verdict("answer", "remembered", reason, message=told.text)
        return State(verdict=verdict, rests_on=dict(told.documents))
    if state.get("failure") == "retrieval":
        return State(verdict=documents_unavailable(can.perimeter, language=signals.speaks))
    evidence = state.get("evidence") or Evidence(signals.question)
    if state["needs_evidence"] and not (evidence.kept or evidence.rejected) and await _empty(context):
        return State(verdict=no_documents(language=signals.speaks))
    asked = await asyncio.gather(*(_judged(each, context) for each in state["asked"]))
    if len(asked) > 1:
        asked = [await _told(each, context) for each in asked]
    verdict = combine([(each.signals.question, each.verdict) for each in asked if each.verdict is not None])
    leading = next(each for each in asked if each.verdict is not None and each.verdict.rule in _rules(verdict))
    used = [each.evidence for each in asked if each.evidence and each.verdict and each.verdict.decision == "answer"]
    return State(
        asked=asked,
        signals=leading.signals,
        verdict=verdict,
        evidence=merge(state["question"], used, keep=can.policies.retrieval.keep) if used else evidence,
        generates="generate" in can.models,
    )


async def _stand_alone(part: str, window: Sequence[WindowTurn], can: Capabilities) -> tuple[str, str]:
    """A question as it stands without the conversation, and what made it so."""
    answered = [turn for turn in window if turn["documents"]]  # what a follow-up can follow
    ruled = rewrite(part, [turn["user"] for turn in answered], answered[-1]["titles"] if answered else [])
    told = [turn["user"] for turn in window]
    modelled = await operations.rewrite(can, part, told) if "rewrite" in can.models else None
    return (modelled, "model") if modelled else (ruled.text, ruled.reason)


async def _retrieved(asked: Asked, context: TurnContext) -> Asked:
    if not asked.needs_evidence:
        return asked
    can = context.can
    evidence = await retrieve_evidence(
        asked.signals.question,
        asked.vector,
        context.turn.caller.groups,
        index=can.index,
        policy=can.policies.retrieval,
    )
    return replace(asked, evidence=evidence)


async def _classified(asked: Asked, can: Capabilities) -> Asked:
    """With what a model says of its topic, where neither a rule of the message nor the scope decides."""
    reading = asked.signals.reading
    unsure = asked.needs_evidence and reading is not None and reading.zone == "band"
    if not (unsure and can.perimeter.topics and "classify" in can.models):
        return asked
    name = await operations.classify(can, asked.signals.question)
    signals = replace(asked.signals, classified=name or "", asked_model=True)
    return replace(asked, signals=signals, needs_evidence=judge_message(signals, can.perimeter) is None)


def _asks(
    text: str, part: str, question: str, vector: Vector, earlier: Sequence[tuple[str, Vector | None]]
) -> tuple[Intent, int]:
    """What a message asks for apart from its subject, and how often this question of it was asked.

    A wish for a person and bad humour are the whole message's; small talk and a ticket's status the part's own.
    """
    own, whole = read_intent(part, question), read_intent(text, question)
    apart = {"small_talk": own.small_talk, "ticket_status": own.ticket_status, "ticket_number": own.ticket_number}
    return replace(whole, **apart), times_asked(question, vector, earlier)  # type: ignore[arg-type]


def _for_a_person(asked: Sequence[Asked], policy: Policy) -> Verdict | None:
    """Where the message alone sends a part to a person, nothing that was or wasn't found keeps it from there."""
    judged = [(each.signals.question, judge_message(each.signals, policy)) for each in asked]
    known = [(question, verdict) for question, verdict in judged if verdict is not None]
    return combine(known) if any(verdict.decision == "handoff" for _, verdict in known) else None


async def _told(asked: Asked, context: TurnContext) -> Asked:
    """Beside other questions, that of a ticket's status is answered in a sentence."""
    if asked.verdict is None or asked.verdict.rule != "ticket-status":
        return asked
    ticket = await own_ticket(context, asked.signals.intent.ticket_number)
    message = ticket_status(ticket, language=asked.signals.speaks)
    return replace(asked, verdict=replace(asked.verdict, message=message))


def _rules(verdict: Verdict) -> frozenset[str]:
    """The rules of the parts that the verdict follows."""
    return frozenset(p.rule for p in verdict.parts if p.decision == verdict.decision) or frozenset({verdict.rule})


async def _judged(asked: Asked, context: TurnContext) -> Asked:
    """The verdict on one question, and the answer that was found for it."""
    can = context.can
    signals, evidence = asked.signals, asked.evidence or Evidence(asked.signals.question)
    found = None
    if evidence.kept:
        found = await find_answer(
            signals.question, asked.vector, evidence, embedder=can.embedder, policy=can.policies.extractive
        )
    support = await asyncio.to_thread(
        measure_support, signals.question, evidence, answered=found.support if found else None
    )
    age = age_days((passage.updated for passage in _behind(found, evidence)), can.clock().date())
    signals = replace(signals, evidence=evidence, support=support, age_days=age)
    if "judge" in can.models and in_band(signals, can.perimeter):
        judged = await operations.judge(can, signals.question, evidence)
        score = support.score if judged is None else (support.score + judged) / 2
        signals = replace(signals, support=replace(support, score=score), asked_model=True)
    verdict = decide(signals, can.perimeter)
    quotes = verdict.decision == "answer" and asked.needs_evidence and "generate" not in can.models
    if quotes and (found is None or found.draft is None):
        verdict = unanswered(signals, can.perimeter)
    return replace(asked, signals=signals, found=found, verdict=verdict)


def _behind(found: Found | None, evidence: Evidence) -> list[Passage]:
    """The passages that an answer rests on: those it quotes, else all that were kept."""
    cited = {each.passage_id for each in found.draft.citations} if found and found.draft else set()
    kept = [hit.passage for hit in evidence.kept]
    return [passage for passage in kept if passage.id in cited] or kept


async def _empty(context: TurnContext) -> bool:
    return not (await context.can.stores.documents.count())["documents"]


def _middle(vectors: Sequence[Vector]) -> Vector:
    """The unit vector between those of several questions, for recall; of one question its own."""
    if len(vectors) == 1:
        return vectors[0]
    total = [sum(values) for values in zip(*vectors, strict=True)]
    length = sum(value * value for value in total) ** 0.5 or 1.0
    return [value / length for value in total]
