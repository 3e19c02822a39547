"""One answer through the real nodes: the prompt put together, tools acted on, the model streamed through the guard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import AIMessage

from assistant.graph.context import Capabilities, Policies, TurnContext
from assistant.graph.nodes import speaking
from assistant.graph.state import State
from assistant.memory.contents import Utterance, WindowTurn
from assistant.perimeter.input_guard import Screened
from assistant.perimeter.policy import Policy
from assistant.ports import LanguageModel, ToolCall
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.testing.live import MemoryLive
from assistant.testing.stores import memory_stores
from assistant.tools.registry import Registry
from assistant.tools.shipped import SHIPPED
from assistant.values import Caller, Event, Evidence, Hit, Lease, Passage, Turn
from benchmarks.guard_traces import SilentTracer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICY = Policy(organisation="Acme Home", about="orders, returns and devices", contact="help@acme.example")


def passage(text: str, *, title: str = "Document", number: int = 0, document: str = "") -> Passage:
    """A public passage of these words."""
    return Passage(
        id=f"{document or title}@{number}",
        document_id=document or title,
        title=title,
        section="",
        text=text,
        start=0,
        end=len(text),
        ordinal=number,
        version="1",
        audience=frozenset({"public"}),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a user was shown, what the guard found, and how much of what was claimed it left out, 0 to 1."""

    text: str
    findings: tuple[dict[str, Any], ...]
    pieces: int


@dataclass(slots=True)
class Answering:
    """The nodes on in-memory twins, with `model` in the place of a language model."""

    model: LanguageModel
    policy: Policy = POLICY
    _index: MemoryIndex = field(default_factory=MemoryIndex)

    async def answer(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        recalled: Sequence[Utterance] = (),
        window: Sequence[WindowTurn] = (),
        found: Sequence[Passage] = (),
        wait: Any = None,
    ) -> Said:
        """Answer from these passages; `found` is what the model's own search brings up first."""
        events: list[Event] = []
        context = await self._context(question, wait or events.append, found)
        state = State(
            screened=Screened(question, len(question)),
            question=question,
            evidence=Evidence(question, tuple(Hit(one, 1.0) for one in passages)),
            recalled=list(recalled),
            window=list(window),
            summary=[],
            pins=[],
        )
        state.update(await speaking.assemble(state, context))
        if found:
            call = ToolCall("call-1", "search_knowledge", {"query": question})
            made = [{"id": call.id, "name": call.name, "args": dict(call.arguments)}]
            state.update(calls=[call], messages=[*state["messages"], AIMessage(content="", tool_calls=made)], rounds=1)
            state.update(await speaking.act(state, context))
        state.update(await speaking.generate(state, context))
        return Said(context.speech.text, tuple(context.speech.findings), len(context.speech.spoken))

    async def _context(self, question: str, emit: Any, found: Sequence[Passage]) -> TurnContext:
        embedder = WordEmbedder()
        self._index = MemoryIndex()
        if found:
            await self._index.upsert(found, await embedder.encode([one.indexed_text for one in found]))
        can = Capabilities(
            embedder=embedder,
            index=self._index,
            stores=memory_stores(),
            live=MemoryLive(),
            tracer=SilentTracer(),
            models={"generate": self.model},
            perimeter=self.policy,
            scope=None,  # type: ignore[arg-type]  nothing is judged here
            tools=Registry(SHIPPED),
            policies=Policies(),
            release="benchmark",
            clock=lambda: NOW,
        )
        turn = Turn("thread", "message", question, Caller("guest:1"), NOW)
        return TurnContext(
            turn=turn,
            trace_id="trace",
            answer_id="answer",
            started=0.0,
            epoch=0,
            lease=Lease("thread", "here", 1, 60.0),
            wants_person=False,
            can=can,
            emit=emit,
            timer=lambda: 0.0,
        )
