"""What a checkpointer of ours must do: LangGraph's whole conformance suite, and what it leaves open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from operator import add
from typing import Annotated, Any, TypedDict
from uuid import uuid4

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import Capability
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint, generate_config, generate_metadata
from langgraph.graph import END, START, StateGraph
from redis.asyncio import Redis

from assistant.adapters.redis_checkpoints import CheckpointPolicy, RedisSaver
from assistant.adapters.redis_client import connect, fence_key
from assistant.adapters.redis_live import RedisLive
from assistant.errors import ConfigurationError, StaleLeaseError, UnavailableError
from tests.servers.redis import redis_6, redis_7, system_binary, throwaway_redis

EVERYTHING = CheckpointPolicy(keep=0)


@pytest.fixture(scope="module", params=[redis_7, redis_6], ids=["redis-7", "redis-6.2"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.param() as url:
        yield url


@pytest.fixture
async def redis(url: str) -> AsyncIterator[Redis]:
    async with connect(url) as redis:
        await redis.flushall()
        yield redis


@pytest.mark.parametrize("policy", [EVERYTHING, CheckpointPolicy(keep=10)], ids=["all kept", "pruned"])
async def test_it_passes_the_whole_conformance_suite(redis: Redis, policy: CheckpointPolicy) -> None:
    @checkpointer_test(name="RedisSaver")
    async def saver() -> AsyncIterator[RedisSaver]:
        yield RedisSaver(redis, policy=policy)

    report = await validate(saver)

    assert {name for name, result in report.results.items() if result.passed} == {each.value for each in Capability}
    assert [result.failures for result in report.results.values() if result.failures] == []
    assert sum(result.tests_passed for result in report.results.values()) == 81


class State(TypedDict, total=False):
    messages: Annotated[list[Any], add]
    count: int


def small_graph(saver: RedisSaver, nodes: int = 3) -> Any:
    graph = StateGraph(State)
    names = [f"node{number}" for number in range(nodes)]
    for name in names:

        async def node(state: State) -> State:
            return {"count": state.get("count", 0) + 1}

        graph.add_node(name, node)
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=saver)


def on(thread_id: str, **configurable: Any) -> Any:
    return {"configurable": {"thread_id": thread_id, **configurable}}


async def test_a_conversation_goes_on_in_another_worker(redis: Redis) -> None:
    await small_graph(RedisSaver(redis)).ainvoke({"messages": [HumanMessage("one")]}, on("t"))
    state = await small_graph(RedisSaver(redis)).ainvoke({"messages": [HumanMessage("two")]}, on("t"))

    assert [message.content for message in state["messages"]] == ["one", "two"]
    assert state["count"] == 6


async def test_only_the_newest_checkpoints_are_kept_with_what_they_need(redis: Redis) -> None:
    saver = RedisSaver(redis, policy=CheckpointPolicy(keep=3))
    graph = small_graph(saver)
    for turn in range(5):
        await graph.ainvoke({"messages": [f"turn {turn}"]}, on("t"))

    kept = [item async for item in saver.alist(on("t"))]
    needed = {(name, v) for item in kept for name, v in item.checkpoint["channel_versions"].items()}
    stored = {tuple(field.decode().split("\x1f")[1:]) for field in await redis.hkeys("assistant:{t}:blobs")}
    assert len(kept) == 3
    assert len(await redis.keys("assistant:{t}:checkpoint:*")) == 3
    assert stored <= needed
    assert kept[0].checkpoint["channel_values"]["messages"] == [f"turn {turn}" for turn in range(5)]


async def test_every_key_expires(redis: Redis) -> None:
    saver = RedisSaver(redis, policy=CheckpointPolicy(ttl_s=1000))
    live = RedisLive(redis, where="test")
    lease = await live.acquire("t", "worker", ttl_s=10)
    assert lease
    await live.advance_epoch("t")
    await small_graph(saver).ainvoke(
        {"messages": ["hello"]}, {**on("t", fence=lease.fence), "metadata": {"run_id": "run"}}
    )
    await saver.acopy_thread("t", "copy")
    await saver.aprune(["t"])

    lifetimes = {key.decode(): await redis.ttl(key) for key in await redis.keys("*")}
    assert len(lifetimes) >= 9
    assert {key for key, ttl in lifetimes.items() if ttl < 1} == set()
    assert lifetimes[fence_key("assistant:", "t")] > 1000


async def test_a_write_renews_the_life_of_what_is_kept(redis: Redis) -> None:
    await small_graph(RedisSaver(redis, policy=CheckpointPolicy(ttl_s=50))).ainvoke({"messages": ["a"]}, on("t"))
    saver = RedisSaver(redis, policy=CheckpointPolicy(ttl_s=5000, keep=20))
    await small_graph(saver).ainvoke({"messages": ["b"]}, on("t"))

    assert min([await redis.ttl(key) for key in await redis.keys("assistant:{t}:*")]) > 50


async def test_a_stale_fence_is_refused_a_hundred_times_of_a_hundred(redis: Redis) -> None:
    saver, live = RedisSaver(redis), RedisLive(redis, where="test")
    refused = 0
    for number in range(50):
        thread_id = f"t{number}"
        old = await live.acquire(thread_id, "slow", ttl_s=30)
        assert old
        config = on(thread_id, checkpoint_ns="", fence=old.fence)
        stored = await saver.aput(config, generate_checkpoint(), generate_metadata(step=1), {})
        await live.release(old)
        new = await live.acquire(thread_id, "next", ttl_s=30)
        assert new
        before = await redis.zrange(f"assistant:{{{thread_id}}}:index", 0, -1)
        with pytest.raises(StaleLeaseError):
            await saver.aput(config, generate_checkpoint(), generate_metadata(step=2), {})
        refused += 1
        fenced: Any = {"configurable": {**stored["configurable"], "fence": old.fence}}
        with pytest.raises(StaleLeaseError):
            await saver.aput_writes(fenced, [("channel", "late")], "task")
        refused += 1
        latest = await saver.aget_tuple(on(thread_id))
        assert latest
        assert latest.pending_writes == []
        assert await redis.zrange(f"assistant:{{{thread_id}}}:index", 0, -1) == before
        await saver.aput(on(thread_id, checkpoint_ns="", fence=new.fence), generate_checkpoint(), {}, {})
    assert refused == 100


async def test_a_fence_that_has_written_shuts_out_older_ones_even_if_its_grant_is_forgotten(redis: Redis) -> None:
    saver = RedisSaver(redis)
    await saver.aput(on("t", checkpoint_ns="", fence=8), generate_checkpoint(), {}, {})

    with pytest.raises(StaleLeaseError):
        await saver.aput(on("t", checkpoint_ns="", fence=7), generate_checkpoint(), {}, {})


async def test_a_graph_whose_lease_passes_on_in_mid_turn_fails_and_writes_nothing_more(redis: Redis) -> None:
    saver, live = RedisSaver(redis), RedisLive(redis, where="test")
    lease = await live.acquire("t", "slow", ttl_s=30)
    assert lease

    async def lose_lease(state: State) -> State:
        await live.release(lease)
        assert await live.acquire("t", "next", ttl_s=30)
        return {"count": 99}

    async def go_on(state: State) -> State:
        return {"count": 100}

    graph = StateGraph(State).add_node("lose", lose_lease).add_node("go_on", go_on)
    graph.add_edge(START, "lose").add_edge("lose", "go_on").add_edge("go_on", END)
    with pytest.raises(StaleLeaseError):
        await graph.compile(checkpointer=saver).ainvoke({"count": 1}, on("t", fence=lease.fence))

    latest = await saver.aget_tuple(on("t"))
    assert latest
    assert latest.checkpoint["channel_values"].get("count") != 99
    assert all(value not in (99, 100) for _, _, value in latest.pending_writes or ())


async def test_concurrent_writers_leave_a_whole_state(redis: Redis) -> None:
    saver = RedisSaver(redis)
    graph = small_graph(saver)
    await asyncio.gather(*(graph.ainvoke({"messages": [f"m{n}"]}, on("t")) for n in range(8)))

    latest = await saver.aget_tuple(on("t"))
    assert latest
    assert latest.checkpoint["channel_values"]["messages"]


async def test_a_value_pruned_under_a_slow_turn_is_stored_anew(redis: Redis) -> None:
    saver = RedisSaver(redis, policy=CheckpointPolicy(keep=1))
    first = generate_checkpoint(channel_values={"a": "old"}, channel_versions={"a": "1.x"})
    stored = await saver.aput(generate_config("t"), first, generate_metadata(), {"a": "1.x"})
    await saver.aput(stored, generate_checkpoint(), generate_metadata(), {})  # another branch: prunes the first

    fork = generate_checkpoint(channel_values={"a": "old", "b": "new"}, channel_versions={"a": "1.x", "b": "1.y"})
    config = await saver.aput(stored, fork, generate_metadata(), {"b": "1.y"})

    item = await saver.aget_tuple(config)
    assert item
    assert item.checkpoint["channel_values"] == {"a": "old", "b": "new"}


async def test_a_lost_value_is_an_error_and_never_an_empty_state(redis: Redis) -> None:
    saver = RedisSaver(redis)
    await small_graph(saver).ainvoke({"messages": ["hello"]}, on("t"))
    await redis.delete("assistant:{t}:blobs")

    with pytest.raises(UnavailableError, match="lost"):
        await saver.aget_tuple(on("t"))


async def test_a_write_to_a_pruned_checkpoint_leaves_nothing_behind(redis: Redis) -> None:
    saver = RedisSaver(redis, policy=CheckpointPolicy(keep=1))
    first = await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(), {})
    await saver.aput(first, generate_checkpoint(), generate_metadata(), {})
    keys = set(await redis.keys("*"))

    await saver.aput_writes(first, [("channel", "late")], "task")

    assert set(await redis.keys("*")) == keys


async def test_writes_that_come_before_their_checkpoint_are_kept(redis: Redis) -> None:
    saver = RedisSaver(redis, policy=CheckpointPolicy(keep=1))
    first = await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(), {})
    early = generate_checkpoint()
    await saver.aput_writes(on("t", checkpoint_ns="", checkpoint_id=early["id"]), [("channel", "early")], "task")
    assert (await saver.aget_tuple(on("t"))).config == first  # type: ignore[union-attr]

    await saver.aput(first, early, generate_metadata(), {})

    item = await saver.aget_tuple(on("t"))
    assert item
    assert item.pending_writes == [("task", "channel", "early")]


async def test_deleting_a_thread_leaves_none_of_its_content(redis: Redis) -> None:
    saver = RedisSaver(redis)
    await small_graph(saver).ainvoke({"messages": ["secret"]}, on("t", fence=5))
    await small_graph(saver).ainvoke({"messages": ["other"]}, on("u"))

    await saver.adelete_thread("t")

    assert await redis.keys("assistant:{t}:*") == [b"assistant:{t}:fence"]
    assert await saver.aget_tuple(on("u"))


async def test_a_copy_is_deleted_with_the_run_that_made_the_original(redis: Redis) -> None:
    saver = RedisSaver(redis)
    await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(run_id="r"), {})
    await saver.acopy_thread("t", "copy")

    await saver.adelete_for_runs(["r"])

    assert await saver.aget_tuple(on("t")) is None
    assert await saver.aget_tuple(on("copy")) is None


@pytest.mark.parametrize("thread_id", ["a}:index", "{}", "spaced out", "ünïcode", "*", "a:b|c", "\ud800", "x" * 1000])
async def test_any_thread_id_is_kept_apart(redis: Redis, thread_id: str) -> None:
    saver = RedisSaver(redis)
    await saver.aput(generate_config(thread_id), generate_checkpoint(), generate_metadata(step=7), {})
    await saver.aput(generate_config("a"), generate_checkpoint(), generate_metadata(step=1), {})

    assert [item.metadata["step"] async for item in saver.alist(on(thread_id))] == [7]
    listed = {item.config["configurable"]["thread_id"] async for item in saver.alist(None)}
    assert listed == {thread_id, "a"}


async def test_unknown_types_come_back_as_plain_data(redis: Redis) -> None:
    saver = RedisSaver(redis)
    checkpoint = generate_checkpoint(channel_values={"a": CheckpointPolicy()}, channel_versions={"a": "1.x"})
    await saver.aput(generate_config("t"), checkpoint, generate_metadata(), {"a": "1.x"})

    item = await saver.aget_tuple(on("t"))
    assert item
    assert not isinstance(item.checkpoint["channel_values"]["a"], CheckpointPolicy)


async def test_a_delta_channel_is_refused_by_name(redis: Redis) -> None:
    saver = RedisSaver(redis)
    metadata = generate_metadata(counters_since_delta_snapshot={"messages": (1, 1)})

    with pytest.raises(ConfigurationError, match=r"DeltaChannel \(messages\)"):
        await saver.aput(generate_config("t"), generate_checkpoint(), metadata, {})
    with pytest.raises(ConfigurationError, match="DeltaChannel"):
        await saver.aget_delta_channel_history(config=on("t"), channels=["messages"])


async def test_synchronous_use_says_what_to_do(redis: Redis) -> None:
    with pytest.raises(RuntimeError, match="async only"):
        RedisSaver(redis).get_tuple(on("t"))


async def test_a_checkpoint_may_not_outlive_its_fence(redis: Redis) -> None:
    with pytest.raises(ConfigurationError):
        RedisSaver(redis, policy=CheckpointPolicy(ttl_s=10**9))


async def test_a_dead_redis_is_an_error_and_never_a_new_conversation() -> None:
    with throwaway_redis(system_binary()) as server:
        async with connect(server.url) as redis:
            saver = RedisSaver(redis)
            stored = await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(), {})
            server.kill()
            with pytest.raises(UnavailableError):
                await saver.aget_tuple(on("t"))
            with pytest.raises(UnavailableError):
                await saver.aput(stored, generate_checkpoint(), generate_metadata(), {})
            with pytest.raises(UnavailableError):
                await saver.aput_writes(stored, [("channel", "x")], str(uuid4()))
            with pytest.raises(UnavailableError):
                _ = [item async for item in saver.alist(on("t"))]
            server.start()
            item = await saver.aget_tuple(on("t"))
            assert item
            assert item.config == stored


async def test_a_position_is_written_once_and_a_special_channel_anew(redis: Redis) -> None:
    saver = RedisSaver(redis)
    stored = await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(), {})
    for attempt in ("first", "second"):
        await saver.aput_writes(stored, [("channel", attempt), ("__error__", attempt)], "task")

    item = await saver.aget_tuple(stored)
    assert item
    assert item.pending_writes == [("task", "__error__", "second"), ("task", "channel", "first")]


async def test_writes_come_back_in_the_order_they_were_applied(redis: Redis) -> None:
    saver = RedisSaver(redis)
    stored = await saver.aput(generate_config("t"), generate_checkpoint(), generate_metadata(), {})
    await saver.aput_writes(stored, [("channel", number) for number in range(12)], "a-task", "path 2")
    await saver.aput_writes(stored, [("channel", -1)], "z-task", "path 1")

    item = await saver.aget_tuple(stored)
    assert item
    assert [value for _, _, value in item.pending_writes or ()] == [-1, *range(12)]
