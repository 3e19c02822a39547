"""Many conversations at once over real servers: the small form of `benchmarks/load.py`."""

from __future__ import annotations

from pathlib import Path

from assistant.conversation import TurnPolicy
from assistant.testing.workers import open_worker
from benchmarks.load import Plan, Seen, drive, servers, started
from benchmarks.load_verdict import Verdict, check

PERFECT = Verdict(answered=50, lost=0, doubled=0, misordered=0, misremembered=0, stale_checkpoints=0, running=0)


async def driven(plan: Plan, folder: Path) -> tuple[Seen, Verdict]:
    async with servers(folder, plan.processes, "") as (redis_url, database_url):
        async with started(plan, redis_url, database_url) as workers:
            seen = await drive(plan, workers, redis_url)
        async with open_worker(redis_url=redis_url, database_url=database_url, policy=TurnPolicy()) as worker:
            return seen, await check(worker, users=plan.users, turns=plan.turns, redis_back=seen.redis_back)


async def test_overlapping_turns_on_two_workers_keep_their_order_and_none_is_lost_or_doubled(tmp_path: Path) -> None:
    seen, verdict = await driven(Plan(users=10, turns=5, processes=2, latency_ms=20, burst=2), tmp_path)

    assert seen.errors == {}
    assert verdict == PERFECT


async def test_a_redis_that_is_killed_costs_no_turn_and_doubles_none(tmp_path: Path) -> None:
    _, verdict = await driven(Plan(users=10, turns=5, latency_ms=20, kills=1), tmp_path)

    assert verdict == PERFECT
