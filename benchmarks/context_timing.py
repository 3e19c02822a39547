"""How long the parts of the assistant's turns take, models and embedder left aside."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from assistant.adapters.redis_checkpoints import RedisSaver
from assistant.ports import Tracer, Vector
from assistant.testing.index import WordEmbedder
from assistant.values import Part
from benchmarks.context_data import percentiles, quantile

DIMENSIONS = 384  # as many as the default embedder's vectors have
TAKE_IN, LOAD, SAVE = "take in", "load checkpoint", "save checkpoint"
OF_MEMORY = (LOAD, "restore", "recall", "assemble", TAKE_IN, SAVE)  # what memory does in a turn, settling apart


class TimedEmbedder(WordEmbedder):
    """The embedder of the tests, with the seconds it took."""

    def __init__(self) -> None:
        super().__init__(DIMENSIONS)
        self.took_s = self.took_cpu_s = 0.0

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        began, cpu = time.perf_counter(), time.process_time()
        made = await super().encode(texts)
        self.took_s += time.perf_counter() - began
        self.took_cpu_s += time.process_time() - cpu
        return made


@dataclass
class Stopwatch:
    """Milliseconds by part and turn. `aside_s` says how many seconds models and embedder have taken by now.

    `cpu_ms` has the same by processor time of all threads (`aside_cpu_s` aside), which other programs don't lengthen.
    """

    aside_s: Callable[[], float]
    aside_cpu_s: Callable[[], float]
    ms: list[dict[str, float]] = field(default_factory=list)
    cpu_ms: list[dict[str, float]] = field(default_factory=list)

    def now(self) -> tuple[float, float]:
        """Seconds, and seconds of the processor."""
        return time.perf_counter() - self.aside_s(), time.process_time() - self.aside_cpu_s()

    @contextmanager
    def part(self, name: str, *, first_only: bool = False) -> Iterator[None]:
        """Add what the block takes to this turn's part; `first_only`: unless the turn has it already."""
        began, cpu = self.now()
        try:
            yield
        finally:
            ended, cpu_ended = self.now()
            if self.ms and not (first_only and name in self.ms[-1]):
                self.ms[-1][name] += (ended - began) * 1000
                self.cpu_ms[-1][name] += (cpu_ended - cpu) * 1000

    def begin(self) -> None:
        """What comes now belongs to a new turn."""
        self.ms.append(defaultdict(float))
        self.cpu_ms.append(defaultdict(float))

    def figures(self) -> dict[str, Any]:
        """What memory took of a turn, and every part's share."""
        return {
            "memory_ms": percentiles([_of(turn, OF_MEMORY) for turn in self.ms]),
            "memory_cpu_ms": percentiles([_of(turn, OF_MEMORY) for turn in self.cpu_ms]),
            "stage_ms_p95": _parts(self.ms),
            "stage_cpu_ms_p95": _parts(self.cpu_ms),
        }


def _of(turn: dict[str, float], names: Sequence[str]) -> float:
    return sum(turn.get(name, 0.0) for name in names)


def _parts(turns: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for turn in turns for name in turn)
    return {name: round(quantile([turn[name] for turn in turns if name in turn], 0.95), 2) for name in names}


@dataclass
class TimedTracer:
    """Implements ports.Tracer: times the spans, and hands them on if there is a tracer behind it."""

    watch: Stopwatch
    behind: Tracer | None = None

    @contextmanager
    def span(self, name: str, *, kind: str = "span", **attributes: Any) -> Iterator[Any]:
        with self.watch.part(name):
            if self.behind is None:
                yield self
            else:
                with self.behind.span(name, kind=kind, **attributes) as span:
                    yield span

    @contextmanager
    def turn(self, **about: Any) -> Iterator[Any]:
        self.watch.begin()
        if self.behind is None:
            yield self
        else:
            with self.behind.turn(**about) as span:
                yield span

    def update(self, **_: Any) -> None:
        """Keep nothing."""

    async def forget(self, trace_ids: Sequence[str]) -> None:
        """Nothing is deleted in a benchmark."""

    async def health(self) -> Part:
        return Part("traces", "nowhere", "", well=True)


class TimedSaver(RedisSaver):
    """The checkpointer; of each turn the first load and the first save are timed, those of settling come after."""

    watch: Stopwatch

    async def aget_tuple(self, *arguments: Any, **named: Any) -> Any:
        with self.watch.part(LOAD, first_only=True):
            return await super().aget_tuple(*arguments, **named)

    async def aput(self, *arguments: Any, **named: Any) -> Any:
        with self.watch.part(SAVE, first_only=True):
            return await super().aput(*arguments, **named)
