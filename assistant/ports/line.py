"""The order of a conversation's turns, and what else lives in Redis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.values import Lease, Part

QUEUE_TTL_S = 3.0  # a turn that has not asked for so long no longer waits in line


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease as it was when it was renewed: whether a turn waits in line for it, and which turn is asked to stop."""

    wanted: bool = False
    stop: str = ""


class Line(Protocol):
    """The order of a conversation's turns: places in line, and the lease that the first of them is granted."""

    async def acquire(self, thread_id: str, holder: str, *, ttl_s: float, place: str = "") -> Lease | None:
        """Grant the conversation's turn, or None while another has it or stands before this one in line.

        `place` names one waiting turn: its first call takes the next number, later calls keep it, and a number whose
        holder has not called for `QUEUE_TTL_S` is struck from the line. A place that was granted gets the same lease
        again. Without a place nobody waits in line: the lease is granted when it is free and nobody waits for it.
        """
        ...

    async def leave(self, thread_id: str, place: str) -> None:
        """Give up a place in line, and the lease if it was granted unheard."""
        ...

    async def renew(self, lease: Lease) -> Hold | None:
        """Start its time anew. None when it has passed on; one that ran out, and was granted to nobody, comes back."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give it back. Nothing is written under its fence from then on."""
        ...


class Live(Line, Protocol):
    """State that lives in Redis: the line, requests to stop, and the ownership epoch of a conversation."""

    async def stop(self, thread_id: str, trace_id: str) -> None:
        """Ask the worker that runs this turn to stop it; the next `renew` there says so."""
        ...

    async def attempt(self, thread_id: str, trace_id: str) -> int:
        """Count that a turn is begun again after its worker was lost, and say the how manieth time that is."""
        ...

    async def epoch(self, thread_id: str) -> int: ...
    async def health(self) -> Part: ...
