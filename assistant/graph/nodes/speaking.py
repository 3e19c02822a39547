"""From the verdict to a model's words: assemble, generate, act, doubt."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from assistant.answering.citations import cite
from assistant.graph.ages import in_date
from assistant.graph.context import TurnContext
from assistant.graph.prompting import NO_ANSWER, render, render_passage, strict
from assistant.graph.speech import GuardedSpeech, Opening
from assistant.graph.state import State, evidence_of
from assistant.graph.tooling import TurnTools
from assistant.memory.assembly import assemble as assemble_prompt
from assistant.memory.exchanges import extend
from assistant.memory.pins import choose_pins, render_pins
from assistant.memory.recall import render as render_recalled
from assistant.memory.summary_rendering import corrected, render_summary
from assistant.memory.tokens import count_messages, count_tools
from assistant.perimeter.input_guard import suspicious
from assistant.perimeter.rules_of_evidence import unborne, unchecked_answer
from assistant.ports import ToolCall
from assistant.tools.registry import entry
from assistant.values import Draft, Evidence, Usage

UNBORNE = "unborne"
UNCHECKED = "unchecked"
SILENT = "silent"


async def assemble(state: State, context: TurnContext) -> State:
    """Put the prompt together within its budget; stricter when nothing of a first answer could be borne out."""
    can = context.can
    system = render(
        "answer",
        organisation=can.perimeter.organisation or "this organisation",
        about=can.perimeter.about or "questions that its documents answer",
        today=can.clock().date().isoformat(),
        no_answer=NO_ANSWER,
    )
    if state.get("attempts"):
        system = strict(system, state["failures"])
    evidence = in_date(evidence_of(state), can)
    ratio = await can.ratios.of(can.models["generate"].name)
    compose = partial(
        assemble_prompt,
        system=system,
        question=_answered(state),
        passages=[render_passage(number, hit) for number, hit in enumerate(evidence.kept, 1)],
        window=state.get("window", []),
        summary=render_summary(corrected(state.get("summary", []), state.get("pins", []))),
        recalled=render_recalled(state.get("recalled", [])),
        tools_tokens=count_tools(can.tools.specs),
        policy=can.policies.budget,
        ratio=ratio,
    )
    most = min(can.policies.pins.tokens, can.policies.budget.counted(ratio).cap("pins"))
    prompt = compose(pins=_pinned(state, shown=len(state.get("window", [])), limit_tokens=most))
    if (window := prompt.row("window")).kept < window.of:  # the turns that fell out have pins
        prompt = compose(pins=_pinned(state, shown=window.kept, limit_tokens=most))
    if (pins := prompt.row("pins")).kept < pins.of:  # choose by rank what the room is enough for
        limit = min(most, pins.allotted)
        prompt = compose(pins=_pinned(state, shown=prompt.row("window").kept, limit_tokens=limit))
    context.speech.findings += await asyncio.to_thread(_orders_in, evidence)
    seen, unseen = evidence.kept[: prompt.passages], evidence.kept[prompt.passages :]
    return State(
        messages=list(prompt.messages),
        ledger=prompt.ledger,
        cut=prompt.question_cut,
        ratio=ratio,
        evidence=replace(evidence, kept=seen, rejected=(*unseen, *evidence.rejected)),
        called=state.get("called", []),
        calls=[],
        rounds=state.get("rounds", 0),
    )


async def generate(state: State, context: TurnContext) -> State:
    """Let the model answer, releasing each sentence once it has passed the output guard."""
    can, model, evidence = context.can, context.can.models["generate"], evidence_of(state)
    sources = {number: hit.passage.text for number, hit in enumerate(evidence.kept, 1)}
    system = str(state["messages"][0].content)
    told = [str(message.content) for message in state["messages"] if isinstance(message, ToolMessage)]
    speech = GuardedSpeech(
        context, evidence, sources=sources, prompt=system, sign=NO_ANSWER, grounded=can.policies.grounded, beside=told
    )
    opening = Opening(NO_ANSWER)
    verdict = state.get("verdict")  # of a part that is refused, a search could fetch what answers it
    whole = verdict is None or all(part.decision == "answer" for part in verdict.parts)
    tools = can.tools.specs if whole and state["rounds"] < can.policies.tool_rounds else ()
    said, own, used = "", Usage(), state.get("usage") or Usage()
    calls: tuple[ToolCall, ...] = ()
    with can.tracer.span("model", kind="generation", input=_plain(state["messages"]), model=model.name) as span:
        async for chunk in model.stream(state["messages"], tools=tools):
            said += chunk.text
            await speech.feed(opening.feed(chunk.text))
            calls = chunk.tool_calls or calls
            own = chunk.usage or own
            if speech.stopped:
                break
        await speech.feed(opening.rest())
        await speech.close()
        span.update(output=said, usage=own)
    counted = count_messages(state["messages"]) + count_tools(tools)
    await can.ratios.learn(model.name, counted=counted, reported=own.prompt)
    used = _added(used, own)
    if calls and tools and not speech.stopped:
        messages = [*state["messages"], _reply(said, calls)]
        return State(calls=list(calls), messages=messages, rounds=state["rounds"] + 1, usage=used)
    declined = opening.declined or speech.declined
    draft = model_draft(speech.text, state)
    if declined and draft is not None and not draft.citations:
        draft = None
    return State(
        draft=draft,
        blocked=speech.stopped,
        failure=_failure(said, draft, speech, declined=declined),
        failures=speech.failures,
        calls=[],
        usage=used,
        attempts=state.get("attempts", 0) + 1,
    )


def _failure(said: str, draft: Draft | None, speech: GuardedSpeech, *, declined: bool) -> str:
    """Why there is no answer: the guard could not run, nothing passed it, or nothing was claimed at all."""
    if draft is None and speech.unchecked:
        return UNCHECKED
    if speech.came_to_nothing:
        return UNBORNE
    if draft is not None and speech.claimed_nothing and not declined:
        return SILENT
    return "" if draft is not None or declined else UNBORNE if said.strip() else SILENT


async def doubt(state: State, context: TurnContext) -> State:
    """Nothing that the model said could be borne out, or the guard could not run: ask back, or leave it to a person."""
    policy, signals = context.can.perimeter, state["signals"]
    return State(verdict=unchecked_answer(signals) if state["failure"] == UNCHECKED else unborne(signals, policy))


async def act(state: State, context: TurnContext) -> State:
    """Run the tools the model called; what they found joins the evidence, what they said goes back to the model."""
    turn_tools = TurnTools(state, context)
    called, results = list(state.get("called", [])), list[BaseMessage]()
    for call in state["calls"]:
        outcome = await context.can.tools.run(call, turn_tools.context, previous=called)
        called.append(entry(call, outcome))
        results.append(ToolMessage(content=outcome.text, tool_call_id=outcome.call_id))
    messages, rows = extend(
        state["messages"][:-1],
        [state["messages"][-1], *results],
        policy=context.can.policies.budget,
        tools_tokens=count_tools(context.can.tools.specs),
        ratio=state["ratio"],
    )
    return State(
        messages=messages,
        ledger=(*state["ledger"], *rows),
        called=called,
        calls=[],
        evidence=turn_tools.evidence,
        ticket=turn_tools.ticket,
    )


def model_draft(text: str, state: State) -> Draft | None:
    """What a model has said as a draft with its citations; None when nothing of it passed."""
    return Draft(text=text, citations=cite(text, evidence_of(state)), origin="model") if text.strip() else None


def _answered(state: State) -> str:
    """What the model is asked: the message, or of several questions those that are to be answered."""
    asked = [each for each in state.get("asked", []) if each.verdict is not None]
    answered = [each.signals.question for each in asked if each.verdict and each.verdict.decision == "answer"]
    return " ".join(answered) if 0 < len(answered) < len(asked) else state["screened"].text


def _pinned(state: State, *, shown: int, limit_tokens: int) -> list[str]:
    """The pins that the prompt needs: those of turns that are not among the `shown` newest, which it has whole."""
    window = state.get("window", [])
    whole = {turn["turn"] for turn in window[len(window) - shown :]}
    pins = [pin for pin in state.get("pins", []) if pin["turn"] not in whole]
    return render_pins(choose_pins(pins, limit_tokens=limit_tokens))


def _orders_in(evidence: Evidence) -> list[dict[str, object]]:
    """Orders to an assistant that stand in passages: noted, never obeyed, for passages are data."""
    return [
        {"kind": "order_in_passage", "detail": f"{hit.passage.id}: {finding.detail}", "weight": finding.weight}
        for hit in evidence.kept
        for finding in suspicious(hit.passage.text)
    ]


def _reply(said: str, calls: tuple[ToolCall, ...]) -> AIMessage:
    made = [{"id": call.id, "name": call.name, "args": dict(call.arguments)} for call in calls]
    return AIMessage(content=said, tool_calls=made)


def _added(used: Usage, more: Usage) -> Usage:
    return Usage(used.prompt + more.prompt, used.completion + more.completion)


def _plain(messages: list[BaseMessage]) -> list[dict[str, str]]:
    return [{"role": message.type, "content": str(message.content)} for message in messages]
