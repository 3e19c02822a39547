"""What the context runtime is compared with: each peer's own memory around the same stand-in chat model.

Everything is driven as its documentation shows it, without a checkpointer unless the store is what is measured: the
state goes in and comes back out. Peers of langmem, langchain's middleware and LangGraph's SQLite saver need the extra
`bench`; they are imported when they are asked for.
"""

from __future__ import annotations

import html
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypedDict

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, trim_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages

from assistant.memory.tokens import count_message
from benchmarks.context_data import percentiles

REPLY, SUMMARY = "reply", "summary"
_CITATION = re.compile(r"\s*\[\d+\]")
SUMMARY_TOKENS = 250  # what a stand-in's summary has; langmem plans for 256


@dataclass(slots=True)
class Call:
    """One call of a model: in which turn, what for, the texts of its prompt, and whether a user was waiting for it."""

    turn: int
    purpose: str
    texts: tuple[str, ...]
    waited_for: bool = True

    @property
    def tokens(self) -> int:
        """Exact, each text as one chat message."""
        return sum(map(count_message, self.texts))


@dataclass(slots=True)
class Meter:
    """What a run was seen to do. `said` holds (message, reply) of each turn."""

    calls: list[Call] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    turn_ms: list[float] = field(default_factory=list)
    turn_cpu_ms: list[float] = field(default_factory=list)
    model_s: float = 0.0
    model_cpu_s: float = 0.0

    def call(self, purpose: str, messages: Iterable[BaseMessage], *, waited_for: bool = True) -> None:
        """Note a call made during the turn that is under way."""
        self.calls.append(Call(len(self.said), purpose, tuple(str(m.content) for m in messages), waited_for))

    def blocked(self) -> int:
        """Turns whose reply had to wait for a summariser's call."""
        return len({call.turn for call in self.calls if call.purpose == SUMMARY and call.waited_for})

    def evicted(self) -> list[int]:
        """Turns that no longer stand whole in the last reply's prompt (that reply's own turn apart)."""
        last = next(call for call in reversed(self.calls) if call.purpose == REPLY)
        text = _plain("\n".join(last.texts))
        past = enumerate(self.said[: last.turn])
        return [turn for turn, said in past if not all(_plain(words) in text for words in said)]

    def never_summarised(self) -> int:
        """Evicted turns of which no summariser's prompt held all the words."""
        seen = [_plain("\n".join(call.texts)) for call in self.calls if call.purpose == SUMMARY]
        return sum(
            not all(any(words in prompt for prompt in seen) for words in map(_plain, self.said[turn]))
            for turn in self.evicted()
        )

    def figures(self, budget: int) -> dict[str, Any]:
        """What the table shows of a run; `prompts_over_budget` counts replies' and summaries' prompts alike."""
        tokens = [call.tokens for call in self.calls]
        return {
            "cumulative_prompt_tokens": sum(tokens),
            "summary_prompt_tokens": sum(call.tokens for call in self.calls if call.purpose == SUMMARY),
            "max_prompt_tokens": max(tokens),
            "model_calls": len(tokens),
            "prompts_over_budget": sum(used > budget for used in tokens),
            "blocked_turns": self.blocked(),
            "evicted_turns": len(self.evicted()),
            "never_summarised_turns": self.never_summarised(),
            "overhead_ms": percentiles(self.turn_ms),
            "overhead_cpu_ms": percentiles(self.turn_cpu_ms),
        }


def _plain(text: str) -> str:
    """The words alone: without escapes, line breaks and citation marks."""
    return " ".join(_CITATION.sub("", html.unescape(text)).split())


class StandIn(BaseChatModel):
    """A chat model that says the next text it was given and notes what it was asked."""

    meter: Any
    purpose: str
    lines: Any

    @property
    def _llm_type(self) -> str:
        return "stand-in"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - the base class's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        began, cpu = time.perf_counter(), time.process_time()
        self.meter.call(self.purpose, messages)
        made = ChatResult(generations=[ChatGeneration(message=AIMessage(next(self.lines)))])
        self.meter.model_s += time.perf_counter() - began
        self.meter.model_cpu_s += time.process_time() - cpu
        return made


@dataclass(frozen=True, slots=True)
class Setting:
    """What every contestant gets: the two models, the system prompt and the budget of a prompt in tokens."""

    talker: StandIn
    summariser: StandIn
    system: str
    budget: int


class Peer(Protocol):
    """A conversation with one way to remember."""

    def take(self, message: str) -> str: ...


def exact(messages: Sequence[Any]) -> int:
    """The exact token counter, for peers that take one."""
    return sum(count_message(str(message.content)) for message in messages)


class Append:
    """Everything ever said goes into every prompt."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.messages: list[BaseMessage] = [SystemMessage(setting.system)]

    def take(self, message: str) -> str:
        self.messages.append(HumanMessage(message))
        reply = self.setting.talker.invoke(self.prompt())
        self.messages.append(reply)
        return str(reply.content)

    def prompt(self) -> list[BaseMessage]:
        return self.messages


class Trim(Append):
    """langchain's `trim_messages`: the last messages within the budget, from a user's on."""

    def prompt(self) -> list[BaseMessage]:
        return trim_messages(
            self.messages,
            max_tokens=self.setting.budget,
            token_counter=exact,
            strategy="last",
            start_on="human",
            include_system=True,
        )


class _LangMemState(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    summarized_messages: list[AnyMessage]
    context: dict[str, Any]


class LangMem:
    """langmem's SummarizationNode in front of the model, as its documentation wires it."""

    def __init__(self, setting: Setting, *, before_summary: int | None = None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from langmem.short_term import SummarizationNode

        def talk(state: _LangMemState) -> dict[str, Any]:
            return {"messages": [setting.talker.invoke(state["summarized_messages"])]}

        node = SummarizationNode(
            model=setting.summariser, max_tokens=setting.budget, max_tokens_before_summary=before_summary
        )
        graph = StateGraph(_LangMemState)
        graph.add_node("summarise", node)
        graph.add_node("talk", talk)
        graph.add_edge(START, "summarise")
        graph.add_edge("summarise", "talk")
        self.graph = graph.compile()
        self.state: dict[str, Any] = {"messages": [SystemMessage(setting.system)], "context": {}}

    def take(self, message: str) -> str:
        asked = {**self.state, "messages": [*self.state["messages"], HumanMessage(message)]}
        self.state = self.graph.invoke(asked)  # type: ignore[assignment, arg-type]
        return str(self.state["messages"][-1].content)


class Middleware:
    """langchain's SummarizationMiddleware in an agent without tools."""

    def __init__(self, setting: Setting, **options: Any) -> None:
        from langchain.agents import create_agent
        from langchain.agents.middleware import SummarizationMiddleware

        trigger = options.pop("trigger", ("tokens", setting.budget))
        middleware = SummarizationMiddleware(model=setting.summariser, trigger=trigger, **options)
        self.agent: Any = create_agent(
            model=setting.talker, tools=[], system_prompt=setting.system, middleware=[middleware]
        )
        self.messages: list[BaseMessage] = []

    def take(self, message: str) -> str:
        self.messages = self.agent.invoke({"messages": [*self.messages, HumanMessage(message)]})["messages"]
        return str(self.messages[-1].content)


def _sensible_middleware(setting: Setting) -> Peer:
    return Middleware(
        setting,
        trigger=("tokens", int(0.8 * setting.budget)),
        keep=("tokens", setting.budget // 4),
        token_counter=exact,
        trim_tokens_to_summarize=None,
    )


COST_PEERS: dict[str, Callable[[Setting], Peer]] = {
    "append everything": Append,
    "trim_messages (last)": Trim,
    "langmem SummarizationNode": LangMem,
    "langmem SummarizationNode (folds from half the budget)": lambda s: LangMem(s, before_summary=s.budget // 2),
    "SummarizationMiddleware": Middleware,
    "SummarizationMiddleware (keeps a quarter, exact counts)": _sensible_middleware,
}


def converse(
    make: Callable[[Setting], Peer],
    messages: Sequence[str],
    talk: Iterator[str],
    summaries: Iterator[str],
    *,
    system: str,
    budget: int,
) -> Meter:
    """A whole conversation with a peer, its turns timed without the stand-in model."""
    meter = Meter()
    talker = StandIn(meter=meter, purpose=REPLY, lines=talk)
    summariser = StandIn(meter=meter, purpose=SUMMARY, lines=summaries)
    peer = make(Setting(talker, summariser, system, budget))
    for message in messages:
        began, cpu = time.perf_counter() - meter.model_s, time.process_time() - meter.model_cpu_s
        reply = peer.take(message)
        meter.turn_ms.append((time.perf_counter() - meter.model_s - began) * 1000)
        meter.turn_cpu_ms.append((time.process_time() - meter.model_cpu_s - cpu) * 1000)
        meter.said.append((message, reply))
    return meter
