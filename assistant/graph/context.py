"""What nodes reach through: the capabilities shared by all turns, and the one turn's own context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.answering.extractive import ExtractivePolicy
from assistant.graph.calibrations import Ratios
from assistant.graph.recollection import Recollection
from assistant.knowledge.retrieval import RetrievalPolicy
from assistant.memory.budget import BudgetPolicy
from assistant.memory.pins import PinPolicy
from assistant.memory.recall import RecallPolicy
from assistant.memory.window import WindowPolicy
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.reading import ScopeReader
from assistant.ports import Embedder, LanguageModel, Live, PassageIndex, Stores, Tracer
from assistant.tools.registry import Registry
from assistant.values import Event, Lease, Operation, Stage, Token, Turn


@dataclass(frozen=True, slots=True)
class Policies:
    """The tunables of every capability, each owned by its package.

    `grounded`: a model's sentences must be borne out by the evidence. Nothing that ships turns it off; measurements of
    something else do, whose models speak of what no document holds.
    """

    retrieval: RetrievalPolicy = field(default_factory=RetrievalPolicy)
    extractive: ExtractivePolicy = field(default_factory=ExtractivePolicy)
    window: WindowPolicy = field(default_factory=WindowPolicy)
    pins: PinPolicy = field(default_factory=PinPolicy)
    recall: RecallPolicy = field(default_factory=RecallPolicy)
    budget: BudgetPolicy = field(default_factory=BudgetPolicy)
    model_timeout_s: float = 60.0
    tool_rounds: int = 3
    grounded: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Everything a turn may use. `models` holds an operation only where a model was set for it."""

    embedder: Embedder
    index: PassageIndex
    stores: Stores
    live: Live
    tracer: Tracer
    models: Mapping[Operation, LanguageModel]
    perimeter: Policy
    scope: ScopeReader
    tools: Registry
    policies: Policies
    release: str
    clock: Callable[[], datetime]
    ratios: Ratios = field(init=False)
    recollection: Recollection = field(init=False)

    def __post_init__(self) -> None:
        """What learns and what is held in the process, over the stores."""
        object.__setattr__(self, "ratios", Ratios(self.stores.calibrations))
        object.__setattr__(self, "recollection", Recollection(self.stores, self.embedder))


@dataclass(slots=True)
class Speech:
    """What has been said so far, what the stages did, and `known`: the state as far as it came, for a turn cut short.

    The one thing of a turn that changes in place.
    """

    spoken: list[str] = field(default_factory=list)
    stages: list[dict[str, object]] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    first_token_ms: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.spoken)


@dataclass(frozen=True, slots=True)
class TurnContext:
    """One turn: who asks, under which lease and epoch, and the way to the user."""

    turn: Turn
    trace_id: str
    answer_id: str
    started: float
    epoch: int
    lease: Lease
    wants_person: bool
    can: Capabilities
    emit: Callable[[Event], None]
    timer: Callable[[], float]
    speech: Speech = field(default_factory=Speech)

    def elapsed_ms(self) -> float:
        """Milliseconds since the turn was taken in."""
        return round((self.timer() - self.started) * 1000, 1)

    def say(self, text: str) -> None:
        """Release a piece of the answer to the user."""
        if not text:
            return
        if self.speech.first_token_ms is None:
            self.speech.first_token_ms = self.elapsed_ms()
        self.speech.spoken.append(text)
        self.emit(Token(text))

    def done(self, name: str, detail: str, ms: float) -> None:
        """Note that a stage is over, for the user's steps and the record."""
        self.speech.stages.append({"name": name, "detail": detail, "ms": ms})
        self.emit(Stage(name, detail, ms))
