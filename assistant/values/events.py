"""What a turn yields while it runs, in order. The UI and the command line render these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.values.records import Record


@dataclass(frozen=True, slots=True)
class Started:
    """The turn was taken in and its question stored."""

    trace_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the turn is done: what it was called, what it did in one line, and milliseconds."""

    name: str
    detail: str
    ms: float


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer that has passed the output guard."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is over. `record` is stored; `replayed` when the message had been answered before."""

    record: Record
    replayed: bool = False


Event = Started | Stage | Token | Finished
