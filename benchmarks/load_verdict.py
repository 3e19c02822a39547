"""What the stores hold after many conversations, compared with what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.graph.restoring import restored
from assistant.memory.contents import Memory
from assistant.testing.workers import ANSWER, QUESTION, Worker
from assistant.values import Caller, Record


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the stores say afterwards; every number but `answered` (by the model's own words) should be 0.

    `misordered` and `misremembered` count conversations whose records, or whose memory as the next turn would restore
    it, are not what was said in order. `stale_checkpoints` counts those whose memory as it lies in Redis isn't; only
    the newest turns may be missing there, if they were over before Redis was back from its last kill.
    """

    answered: int
    lost: int
    doubled: int
    misordered: int
    misremembered: int
    stale_checkpoints: int
    running: int


async def check(worker: Worker, *, users: int, turns: int, redis_back: datetime | None) -> Verdict:
    """Compare what is stored with what was sent; `redis_back` is when Redis was back from its last kill, if any."""
    found: Counter[str] = Counter()
    for number in range(users):
        found.update(await _checked(f"user-{number}", turns, worker, redis_back))
    return Verdict(**{name: found[name] for name in Verdict.__dataclass_fields__})


async def _checked(thread: str, turns: int, worker: Worker, redis_back: datetime | None) -> Counter[str]:
    caller = Caller(id=f"guest:{thread}")
    records = await worker.can.stores.records.of_thread(thread, limit=10 * turns)
    answered = [record for record in records if record.status == "delivered" and record.answer == ANSWER]
    times = Counter(record.question for record in answered)
    asked = [QUESTION.format(number=number) for number in range(turns)]
    stored = await worker.graph.memory(thread)
    memory = await restored(worker.can, caller, thread, stored)
    return Counter(
        answered=len(answered),
        lost=sum(times[question] == 0 for question in asked),
        doubled=sum(count - 1 for count in times.values() if count > 1),
        misordered=int([record.question for record in answered] != asked),
        misremembered=int(missing(memory, records) != []),
        stale_checkpoints=int(is_stale(stored, records, redis_back)),
        running=sum(record.status == "running" for record in records),
    )


def missing(memory: Memory, records: Sequence[Record]) -> list[Record] | None:
    """The newest turns that a memory lacks; None when it is otherwise not what was said, in order."""
    window, folded = [turn["turn"] for turn in memory.get("window", [])], memory.get("folded", 0)
    known = folded + len(window)
    ids = [record.trace_id for record in records]
    newest = window[-1] if window else ""
    if window != ids[folded:known] or memory.get("upto", "") != newest:
        return None
    return list(records[known:])


def is_stale(memory: Memory, records: Sequence[Record], redis_back: datetime | None) -> bool:
    """Whether a stored memory lacks what no kill of Redis can have cost it, or isn't what was said."""
    lacks = missing(memory, records)
    if lacks is None or redis_back is None:
        return lacks != []
    return any(record.finished_at is None or record.finished_at > redis_back for record in lacks)
