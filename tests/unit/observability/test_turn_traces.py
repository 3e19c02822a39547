"""Traces of turns in our own store."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from assistant.errors import UnavailableError
from assistant.observability.span_writer import TracePolicy
from assistant.observability.traces import open_tracer
from assistant.privacy import pseudonym
from assistant.values import Caller, Usage

TRACE = "0af7651916cd43dd8448eb211c80319c"
MAYA = Caller("maya@example.com", role="member")


class Kept:
    """Spans in memory; refuses or hangs when told to."""

    def __init__(self):
        self.rows, self.failure, self.answering = [], None, asyncio.Event()
        self.answering.set()

    async def save(self, spans):
        await self.answering.wait()
        if self.failure:
            raise self.failure
        self.rows.extend(spans)

    async def of_trace(self, trace_id):
        return sorted((row for row in self.rows if row["trace_id"] == trace_id), key=lambda row: row["started_at"])


@asynccontextmanager
async def tracing(**policy):
    kept = Kept()
    given = {"pseudonym_key": "k", "release": "r1", "environment": "test", "policy": TracePolicy(**policy)}
    async with open_tracer(kept, **given) as tracer:
        yield tracer, kept


def turn(tracer, trace_id=TRACE, question="How long?"):
    return tracer.turn(trace_id=trace_id, thread_id="thread-1", caller=MAYA, question=question)


async def test_the_reference_number_finds_the_turn_with_its_tree():
    async with tracing() as (tracer, kept):
        with turn(tracer) as root:
            with tracer.span("retrieve", kind="retriever", input="q") as span:
                with tracer.span("embed", kind="embedding"):
                    pass
                span.update(output=["p1"], metadata={"kept": 1})
            with tracer.span("generate", kind="generation", model="m") as span:
                span.update(usage=Usage(3, 4))
            root.update(output="30 days")
        assert await tracer.flush()
        rows = await kept.of_trace(TRACE)
        by_name = {row["name"]: row for row in rows}
        assert [row["name"] for row in rows] == ["turn", "retrieve", "embed", "generate"]
        assert [row["kind"] for row in rows] == ["agent", "retriever", "embedding", "generation"]
        assert by_name["turn"]["parent_id"] == ""
        assert by_name["retrieve"]["parent_id"] == by_name["generate"]["parent_id"] == by_name["turn"]["span_id"]
        assert by_name["embed"]["parent_id"] == by_name["retrieve"]["span_id"]
        shown = by_name["generate"]["attributes"]
        assert (shown["model"], shown["usage"]) == ("m", {"input": 3, "output": 4, "total": 7})
        assert by_name["retrieve"]["attributes"]["metadata"] == {"kept": 1}
        assert by_name["turn"]["attributes"]["input"] == "How long?"
        assert by_name["turn"]["attributes"]["output"] == "30 days"


async def test_every_span_carries_session_pseudonym_release_and_tags():
    async with tracing() as (tracer, kept):
        with turn(tracer), tracer.span("screen", kind="guardrail"):
            pass
        await tracer.flush()
        for row in kept.rows:
            shown = row["attributes"]
            assert shown["session_id"] == "thread-1"
            assert shown["user"] == pseudonym(MAYA.id, "k")
            assert (shown["release"], shown["environment"]) == ("r1", "test")
            assert shown["tags"] == ["role:member", "language:en"]
        assert "maya" not in str(kept.rows)


async def test_an_exception_is_noted_masked_and_passes():
    async with tracing() as (tracer, kept):
        with pytest.raises(ValueError, match="maya"), turn(tracer), tracer.span("judge"):
            raise ValueError("no such user maya@example.com")
        await tracer.flush()
        shown = {row["name"]: row["attributes"] for row in kept.rows}
        assert shown["judge"]["level"] == shown["turn"]["level"] == "ERROR"
        assert shown["judge"]["status_message"] == "ValueError: no such user <email>"


async def test_a_stopped_turn_is_a_warning_and_not_an_error():
    async with tracing() as (tracer, kept):
        started = asyncio.Event()

        async def work():
            with turn(tracer):
                started.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await started.wait()
        task.cancel()
        await asyncio.wait({task})
        await tracer.flush()
        assert kept.rows[0]["attributes"]["level"] == "WARNING"


async def test_turns_side_by_side_stay_apart_and_tasks_and_threads_inherit():
    async with tracing() as (tracer, kept):

        def blocking(name):
            with tracer.span(f"thread of {name}"):
                pass

        async def one(number):
            trace_id = f"{number + 1:032x}"
            with turn(tracer, trace_id):
                await asyncio.sleep(0)
                with tracer.span(f"span {number}"):
                    children = [asyncio.create_task(asyncio.to_thread(blocking, number)) for _ in range(2)]
                    await asyncio.gather(*children)

        await asyncio.gather(*(one(number) for number in range(20)))
        await tracer.flush()
        for number in range(20):
            rows = await kept.of_trace(f"{number + 1:032x}")
            names = sorted(row["name"] for row in rows)
            assert names == [f"span {number}", f"thread of {number}", f"thread of {number}", "turn"]


async def test_a_generator_closed_by_another_task_leaves_the_next_turn_alone():
    async with tracing() as (tracer, kept):

        async def events():
            with turn(tracer):
                yield 1
                yield 2

        generator = events()
        await asyncio.create_task(anext(generator))
        await asyncio.create_task(generator.aclose())
        with turn(tracer, "f" * 32):
            pass
        await tracer.flush()
        assert [(row["trace_id"], row["parent_id"]) for row in kept.rows] == [(TRACE, ""), ("f" * 32, "")]


async def test_outside_a_turn_nothing_is_recorded():
    async with tracing() as (tracer, kept):
        with tracer.span("ingest") as span:
            span.update(output=1)
        await tracer.flush()
        assert kept.rows == []


async def test_an_odd_reference_number_does_not_cost_the_turn():
    async with tracing() as (tracer, kept):
        with turn(tracer, "not hex"):
            pass
        await tracer.flush()
        assert len(kept.rows[0]["trace_id"]) == 32


async def test_what_a_hanging_store_cannot_take_is_dropped_and_counted():
    async with tracing(waiting=10, batch=5, drain_s=0.05, write_s=60) as (tracer, kept):
        kept.answering.clear()
        began = time.perf_counter()
        for _ in range(100):
            with turn(tracer):
                pass
        assert time.perf_counter() - began < 0.5
        assert tracer.dropped["local"] == 90
    assert tracer.dropped["local"] == 100


async def test_a_failing_store_is_named_and_recovers():
    async with tracing() as (tracer, kept):
        kept.failure = UnavailableError("sql", "gone")
        with turn(tracer):
            pass
        await tracer.flush()
        part = await tracer.health()
        assert (part.well, part.detail, tracer.dropped["local"]) == (False, "UnavailableError", 1)
        kept.failure = None
        with turn(tracer):
            pass
        await tracer.flush()
        assert (await tracer.health()).well
        assert len(kept.rows) == 1


async def test_leaving_writes_what_is_waiting():
    async with tracing() as (tracer, kept):
        with turn(tracer):
            pass
    assert len(kept.rows) == 1
