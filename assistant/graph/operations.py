"""Single questions to a model (rewrite, classify, judge, summarise): one reply, a deadline, None when it failed.

Each has rules to fall back on, so a failing model never fails a turn here; the failure is in the log and the trace.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import get_args

from langchain_core.messages import HumanMessage

from assistant.errors import ModelError
from assistant.graph.context import Capabilities
from assistant.graph.prompting import render, render_passage
from assistant.memory.contents import PinKind
from assistant.memory.pins import MODEL_FORM
from assistant.values import Evidence, Operation

_log = logging.getLogger(__name__)
_DEADLINE_S = 8.0
_SUMMARY_DEADLINE_S = 10.0  # the next message waits for it
_JUDGED = {"yes": 1.0, "partly": 0.5, "no": 0.0}


async def ask(can: Capabilities, operation: Operation, prompt: str, *, deadline_s: float = _DEADLINE_S) -> str | None:
    """The model's reply, or None when no model serves the operation or it failed."""
    model = can.models.get(operation)
    if model is None:
        return None
    with can.tracer.span(operation, kind="generation", input=prompt, model=model.name) as span:
        try:
            async with asyncio.timeout(deadline_s):
                chunks = [chunk async for chunk in model.stream([HumanMessage(prompt)])]
        except (ModelError, TimeoutError) as exc:
            _log.warning("%s fell back to rules: %s", operation, exc)
            span.update(level="WARNING", output="fell back to rules")
            return None
        reply = "".join(chunk.text for chunk in chunks)
        span.update(output=reply, usage=chunks[-1].usage if chunks else None)
    return reply.strip() or None


async def rewrite(can: Capabilities, question: str, history: Sequence[str]) -> str | None:
    """A stand-alone question by the model; None without one, without history, or when the reply is no question."""
    if not history:
        return None
    told = "\n".join(f"- {text[:500]}" for text in history[-6:])
    reply = await ask(can, "rewrite", render("rewrite", history=told, question=question))
    return reply if reply and "\n" not in reply and len(reply) <= 4 * len(question) + 300 else None


async def classify(can: Capabilities, question: str) -> str | None:
    """The topic's name by the model, "none", or None when it gave no name we know."""
    topics = "\n".join(f"- {topic.name}: {topic.description}" for topic in can.perimeter.topics)
    if not topics:
        return None
    reply = await ask(can, "classify", render("classify", topics=topics, question=question))
    names = {"none": "none"} | {topic.name.casefold(): topic.name for topic in can.perimeter.topics}
    return names.get((reply or "").strip(" .\"'`").casefold())


async def judge(can: Capabilities, question: str, evidence: Evidence) -> float | None:
    """How far the passages answer the question by the model (1 yes, 0.5 partly, 0 no), or None."""
    if not evidence.kept:
        return None
    passages = "\n\n".join(render_passage(number, hit) for number, hit in enumerate(evidence.kept, 1))
    reply = await ask(can, "judge", render("judge", passages=passages, question=question))
    return _JUDGED.get((reply or "").strip(" .!\"'").lower())


async def summarise(can: Capabilities, summary: str, turns: str) -> str | None:
    """The new summary's lines and the turns' pins by the model, unchecked, or None."""
    kinds = ", ".join(get_args(PinKind))
    prompt = render("summarise", summary=summary or "(none)", turns=turns, form=MODEL_FORM, kinds=kinds)
    return await ask(can, "summarise", prompt, deadline_s=_SUMMARY_DEADLINE_S)
