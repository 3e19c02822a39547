"""The state machine: nodes, edges, timeouts and failure routes, in one place."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from time import perf_counter
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import NodeError
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from assistant.graph import routes
from assistant.graph.context import TurnContext
from assistant.graph.nodes import closing, reading, remembering, replying, speaking
from assistant.graph.stages import SHOWN, STAGES
from assistant.graph.state import State, as_update, memory_of
from assistant.handoff.ticket import confirmation
from assistant.memory.contents import Memory
from assistant.memory.window import plan_fold
from assistant.perimeter.outage import undecided
from assistant.phrases import say
from assistant.values import Lease

_log = logging.getLogger(__name__)

RECURSION_LIMIT = 30

Node = Callable[[State, TurnContext], Awaitable[State]]
Compiled = CompiledStateGraph[State, TurnContext, State, State]


class TurnGraph:
    """The compiled graph over a checkpointer. One instance serves all conversations of a process."""

    def __init__(
        self,
        checkpointer: BaseCheckpointSaver[Any],
        *,
        model_timeout_s: float = 60.0,
        screen_timeout_s: float = 5.0,
        understand_timeout_s: float = 30.0,
    ) -> None:
        self._checkpointer = checkpointer
        built = build(model_timeout_s, screen_timeout_s, understand_timeout_s)
        self._compiled = built.compile(checkpointer=checkpointer)

    async def run(self, context: TurnContext) -> None:
        """Run one turn until its answer is stored. The checkpoint is written once, fenced by the turn's lease."""
        await self._compiled.ainvoke(State(task="turn"), _config(context), context=context, durability="exit")

    async def settle(self, context: TurnContext) -> None:
        """Fold while the window is full, after the reply. Stopped anywhere, it loses nothing: it is tried again.

        Raises StaleLeaseError, UnavailableError and StorageFullError.
        """
        can, turn = context.can, context.turn
        memory = await self.memory(turn.thread_id)
        full = plan_fold(memory.get("window", []), can.policies.window) is not None
        if full or await can.stores.preferences.recalls_across(turn.caller.id):
            await can.recollection.remember(turn)
        while full:
            await self._compiled.ainvoke(State(task="settle"), _config(context), context=context, durability="exit")
            before, memory = memory, await self.memory(turn.thread_id)
            full = memory != before and plan_fold(memory["window"], can.policies.window) is not None

    async def keep(self, memory: Memory, lease: Lease) -> None:
        """Store a memory that was changed outside a turn. Raises StaleLeaseError when the lease has passed on."""
        config: RunnableConfig = {"configurable": {"thread_id": lease.thread_id, "fence": lease.fence}}
        values = cast("dict[str, Any]", {**as_update(memory), "lately": {}})
        await self._compiled.aupdate_state(config, values, as_node="fold")

    async def memory(self, thread_id: str) -> Memory:
        """What is remembered of a conversation."""
        config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
        return memory_of(cast("State", (await self._compiled.aget_state(config)).values))

    async def forget(self, thread_id: str) -> None:
        """Delete everything remembered of a conversation."""
        await self._checkpointer.adelete_thread(thread_id)

    def draw(self) -> str:
        """The graph as a Mermaid diagram."""
        return self._compiled.get_graph().draw_mermaid()


def build(
    model_timeout_s: float, screen_timeout_s: float, understand_timeout_s: float
) -> StateGraph[State, TurnContext, State, State]:
    """Every node, its bound in seconds, and where each leads, failures included."""
    graph: StateGraph[State, TurnContext, State, State] = StateGraph(State, context_schema=TurnContext)

    def add(name: str, node: Node, timeout_s: float, on_failure: Any = None) -> None:
        graph.add_node(name, cast("Any", _stage(name, node)), timeout=timeout_s, error_handler=on_failure)

    add("screen", reading.screen, screen_timeout_s, judging_failed)
    add("restore", remembering.restore, 15)
    add("understand", reading.understand, understand_timeout_s, judging_failed)
    add("recall", remembering.recall, 5, recall_failed)
    add("retrieve", reading.retrieve, 15, retrieval_failed)
    add("judge", reading.judge, 20, judging_failed)
    add("assemble", speaking.assemble, 10, generation_failed)
    add("generate", speaking.generate, model_timeout_s + 30, generation_failed)
    add("act", speaking.act, 60)
    add("doubt", speaking.doubt, 5)
    add("look_up", replying.look_up, 10)
    add("quote", replying.quote, 20, judging_failed)
    add("check", replying.check, 10, judging_failed)
    add("clarify", replying.clarify, 5)
    add("refuse", replying.refuse, 5)
    add("hand_off", replying.hand_off, 15, handoff_failed)
    add("deliver", closing.deliver, 10)
    add("record", closing.record, 15)
    add("fold", remembering.fold, 45, fold_failed)

    graph.add_conditional_edges(START, routes.at_start)
    graph.add_edge("screen", "restore")
    graph.add_edge("restore", "understand")
    graph.add_conditional_edges("understand", routes.after_understanding)
    graph.add_edge("recall", "judge")
    graph.add_edge("retrieve", "judge")
    graph.add_conditional_edges("judge", routes.after_judging)
    graph.add_edge("assemble", "generate")
    graph.add_conditional_edges("generate", routes.after_generating)
    graph.add_conditional_edges("doubt", routes.after_doubting)
    graph.add_edge("act", "generate")
    graph.add_edge("quote", "check")
    graph.add_conditional_edges("check", routes.after_checking)
    for spoken in ("look_up", "clarify", "refuse", "hand_off"):
        graph.add_edge(spoken, "deliver")
    graph.add_edge("deliver", "record")
    graph.add_edge("record", END)
    graph.add_edge("fold", END)
    return graph


def _stage(name: str, node: Node) -> Callable[[State, Runtime[TurnContext]], Awaitable[State]]:
    """A node as an observation: timed, traced, and told to the user where it is worth telling."""
    info = STAGES[name]

    async def run(state: State, runtime: Runtime[TurnContext]) -> State:
        context = runtime.context
        began = perf_counter()
        with context.can.tracer.span(name, kind=info.kind) as span:
            update = await node(state, context)
            context.speech.known.update(update)
            line = info.line(state, update)
            span.update(output=line, **_told(update))
        if name in SHOWN:
            context.done(name, line, round((perf_counter() - began) * 1000, 1))
        return update

    run.__name__ = name
    return run


def _told(update: State) -> dict[str, Any]:
    """What of an update is worth telling the trace beside the line: where the tokens went, why it was decided."""
    if "verdict" in update:
        verdict = update["verdict"]
        why = {"rule": verdict.rule, "scores": dict(verdict.scores)}
        near = [asdict(example) for example in verdict.nearest]
        return {"metadata": {**why, "nearest": near, "parts": [asdict(part) for part in verdict.parts]}}
    return {"metadata": {"ledger": [asdict(row) for row in update["ledger"]]}} if "ledger" in update else {}


# Where a failing node leads. Each is logged with the turn's trace id; what users read is fixed text.


def _note(context: TurnContext, error: NodeError) -> None:
    _log.error("turn %s: %s failed", context.trace_id, error.node, exc_info=error.error)
    context.done(error.node, "Not available at the moment", 0.0)


async def recall_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """Answer without the older turns."""
    _note(runtime.context, error)
    return Command(update=State(recalled=[]), goto="judge")


async def retrieval_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """Without documents nothing is answered: the judge is told."""
    _note(runtime.context, error)
    return Command(update=State(failure="retrieval"), goto="judge")


async def judging_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """A guard that can't run, or a perimeter that can't decide, is never taken for safe: a person takes over."""
    context = runtime.context
    _note(context, error)
    message = state.get("screened") or reading.unread(context.turn.text)
    verdict = undecided(message, context.can.perimeter, language=state.get("language", "en"))
    return Command(update=State(verdict=verdict), goto="hand_off")


async def generation_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """Before its first word a failed model is replaced by quotes; after it, the answer is kept and said to be cut."""
    context = runtime.context
    _note(context, error)
    ticket = state.get("ticket")
    language = state.get("language", "en")
    told = f" {confirmation(ticket, fresh=True, language=language)}" if ticket else ""
    if not context.speech.text.strip():
        return Command(update=State(failure="model", notice=say("quoted_instead", language) + told), goto="quote")
    draft = speaking.model_draft(context.speech.text, state)
    notice = say("broke_off", language) + told
    return Command(update=State(failure="model", notice=notice, draft=draft, calls=[]), goto="check")


async def handoff_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """No ticket could be stored: say so, never promise a person who won't come."""
    _note(runtime.context, error)
    return Command(update=replying.no_ticket(state, runtime.context), goto="deliver")


async def fold_failed(state: State, error: NodeError, runtime: Runtime[TurnContext]) -> Command[str]:
    """The old summary and the window stay; the next turn tries again."""
    _log.warning("turn %s: the memory was not folded", runtime.context.trace_id, exc_info=error.error)
    return Command(goto=END)


def _config(context: TurnContext) -> RunnableConfig:
    return {
        "configurable": {"thread_id": context.turn.thread_id, "fence": context.lease.fence},
        "recursion_limit": RECURSION_LIMIT,
    }
