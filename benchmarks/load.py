"""Many conversations at once on one or more workers: is the order kept, is anything lost or doubled, at what cost?

    python benchmarks/load.py --users 100 --turns 20 --model-latency-ms 200 --processes 2 [--burst 2] [--kills 3]

Workers are processes of their own (`assistant.testing.workers`): real turns over the embedded redis-server and SQLite
(or, from two processes on, PostgreSQL: `--database`, else a throw-away cluster), with stand-ins for embedder, index and
model. The turns of a conversation go to the workers in turn, `--burst` of them without waiting for the answer before.
`--kills` kills the redis-server with SIGKILL so often, spread over the run; it is started again as a server of ours
would. A client sends a message again under the same id until it is answered, and as a new one when it was told that it
failed.

`overhead_ms` is a turn's time without the model's latency; with a burst of more than one it contains the wait in line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from assistant.adapters.redis_client import connect
from assistant.adapters.redis_server import embedded_redis
from assistant.conversation import TurnPolicy
from assistant.errors import AssistantError
from assistant.testing.worker_process import WorkerProcess, worker_process
from assistant.testing.workers import QUESTION, open_worker
from benchmarks.load_verdict import Verdict, check

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: users, turns of each, how many of them at once, and how often Redis is killed."""

    users: int
    turns: int
    processes: int = 1
    latency_ms: float = 0.0
    burst: int = 1
    kills: int = 0

    @property
    def total(self) -> int:
        return self.users * self.turns


@dataclass(slots=True)
class Seen:
    """What the clients saw: milliseconds of answered turns, errors by name, when Redis was last back from a kill."""

    turn_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    redis_back: datetime | None = None
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)


async def drive(plan: Plan, workers: Sequence[WorkerProcess], redis_url: str) -> Seen:
    """Let all users talk at once, and kill Redis meanwhile as planned."""
    seen = Seen()
    killing = asyncio.create_task(_kill(plan, seen, redis_url))
    async with asyncio.TaskGroup() as users:
        for number in range(plan.users):
            users.create_task(_talk(number, plan, workers, seen))
    await killing
    for worker in workers:
        worker.tell("drain")
        await worker.says("drained")
    return seen


async def _talk(number: int, plan: Plan, workers: Sequence[WorkerProcess], seen: Seen) -> None:
    for start in range(0, plan.turns, plan.burst):
        asking = []
        for turn in range(start, min(start + plan.burst, plan.turns)):
            began = asyncio.Event()
            asking.append(asyncio.create_task(_ask(f"user-{number}", turn, workers, seen, began)))
            await began.wait()
        await asyncio.gather(*asking)


async def _ask(thread: str, turn: int, workers: Sequence[WorkerProcess], seen: Seen, began: asyncio.Event) -> None:
    message, tries = f"{thread}-{turn}", 0
    async with asyncio.timeout(PATIENCE_S):
        while True:
            worker = workers[(turn + tries) % len(workers)]
            text = QUESTION.format(number=turn)
            call = worker.call("take", thread=thread, message=message, text=text, user=f"guest:{thread}")
            await call.started.wait()
            began.set()
            await call.over.wait()
            said = call.said
            if said["event"] == "finished" and said["status"] == "delivered":
                break
            seen.errors[said.get("error") or said["status"]] += 1
            tries += 1
            if said["event"] == "finished":
                message = f"{thread}-{turn}-again-{tries}"
            await asyncio.sleep(min(0.1 * 2**tries, 2.0))
    seen.turn_ms.append(said["ms"])
    if said["first_ms"] is not None:
        seen.first_ms.append(said["first_ms"])
    async with seen.progress:
        seen.progress.notify_all()


async def _kill(plan: Plan, seen: Seen, redis_url: str) -> None:
    for number in range(plan.kills):
        at = plan.total * (number + 1) // (plan.kills + 1)
        async with seen.progress:
            await seen.progress.wait_for(lambda at=at: len(seen.turn_ms) >= at)
        pid = await _redis_pid(redis_url)
        os.kill(pid, 9)
        while await _redis_pid(redis_url) == pid:
            await asyncio.sleep(0.02)
        seen.redis_back = datetime.now(UTC)


async def _redis_pid(redis_url: str) -> int:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with connect(redis_url) as redis:
                    return await _pid(redis)
            except (AssistantError, OSError):
                await asyncio.sleep(0.02)


async def _pid(redis: Redis) -> int:
    return int((await redis.info("server"))["process_id"])


@asynccontextmanager
async def servers(folder: Path, processes: int, database: str) -> AsyncIterator[tuple[str, str]]:
    """The addresses of Redis and of the database."""
    async with embedded_redis(folder / "redis") as redis_url:
        if not database and processes > 1:
            sys.path.insert(0, str(Path(__file__).parents[1]))
            from tests.servers.postgres import new_database, shared_postgres

            database = await new_database(shared_postgres())  # not in a thread: it ends with its thread
        yield redis_url, database or f"sqlite:///{folder / 'assistant.db'}"


@asynccontextmanager
async def started(plan: Plan, redis_url: str, database_url: str) -> AsyncIterator[list[WorkerProcess]]:
    """The workers, ready."""
    options = ("--latency-ms", str(plan.latency_ms), "--wait-s", str(PATIENCE_S))
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(worker_process(redis_url, database_url, *options))
            for _ in range(plan.processes)
        ]


async def run(plan: Plan, database: str = "") -> dict[str, Any]:
    """All of it; the figures by name."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        async with servers(Path(folder), plan.processes, database) as (redis_url, database_url):
            async with started(plan, redis_url, database_url) as workers:
                began = time.perf_counter()
                seen = await drive(plan, workers, redis_url)
                talked_s = time.perf_counter() - began
                cost = [_cost(worker.process.pid) for worker in workers]
            async with open_worker(redis_url=redis_url, database_url=database_url, policy=TurnPolicy()) as worker:
                verdict = await check(worker, users=plan.users, turns=plan.turns, redis_back=seen.redis_back)
    return _figures(plan, seen, verdict, talked_s, cost)


def _figures(
    plan: Plan, seen: Seen, verdict: Verdict, talked_s: float, cost: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    return {
        "turn_ms": _percentiles(seen.turn_ms),
        "overhead_ms": _percentiles([ms - plan.latency_ms for ms in seen.turn_ms]),
        "first_token_ms": _percentiles(seen.first_ms),
        "turns_per_s": round(plan.total / talked_s, 1),
        "errors": dict(seen.errors),
        "answered": verdict.answered,
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "misordered_conversations": verdict.misordered,
        "misremembered_conversations": verdict.misremembered,
        "stale_checkpoints": verdict.stale_checkpoints,
        "left_running": verdict.running,
        "rss_mb": round(max(rss for rss, _ in cost)),
        "cpu_s_per_turn": round(sum(cpu for _, cpu in cost) / plan.total, 4),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


def _cost(pid: int) -> tuple[float, float]:
    """Peak resident megabytes and CPU seconds of a process so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return peak_kb / 1024, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--model-latency-ms", type=float, default=200.0)
    parser.add_argument("--burst", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--database", default="", help="a PostgreSQL for several processes; empty and not used else")
    parser.add_argument("--limit", type=int, default=0, help="no more users than this")
    given = parser.parse_args()
    users = min(given.users, given.limit or given.users)
    plan = Plan(users, given.turns, given.processes, given.model_latency_ms, given.burst, given.kills)
    began = time.perf_counter()
    figures = asyncio.run(run(plan, given.database))
    for name, value in figures.items():
        print(f"{name:28} {value}")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "redis": version("redis")}
    fixed = {"users": users, "turns": plan.turns, "processes": plan.processes, "burst": plan.burst, "kills": plan.kills}
    end = {"machine": machine, "seed": 0, "wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps({**fixed, **figures, **end}))


if __name__ == "__main__":
    main()
