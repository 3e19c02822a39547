"""How turns are taken in: their limits, and what becomes of a message that comes while another is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Overlap = Literal["queue", "interrupt", "refuse"]


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """Seconds and characters. The lease is renewed at a third of its life, or every `watch_s` where others may wait.

    `overlap` is what a message does that comes while an earlier one of its conversation is answered: wait for it, stop
    it, or be refused. `poll_s` and `poll_most_s` are the shortest and longest pause between two askings of the first in
    line. At most `at_once` turns are worked on at a time in a process, so that none starves the others of connections.
    A turn whose worker was lost is begun again `resumptions` times, `grace_s` after its lease can have run out.
    """

    max_chars: int = 8_000
    overlap: Overlap = "queue"
    at_once: int = 32
    timeout_s: float = 120.0
    settle_s: float = 60.0
    wait_s: float = 30.0
    lease_ttl_s: float = 15.0
    watch_s: float = 0.5
    poll_s: float = 0.02
    poll_most_s: float = 0.2
    resumptions: int = 2
    grace_s: float = 5.0
    resumed_at_once: int = 4
