"""The embedded Redis: a real child process, killed, orphaned, misconfigured."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import add
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from redis.asyncio import Redis
from redis.exceptions import RedisError

from assistant.adapters.data_folder import hold_data_folder
from assistant.adapters.redis_checkpoints import RedisSaver
from assistant.adapters.redis_client import Script, connect
from assistant.adapters.redis_live import RedisLive
from assistant.adapters.redis_server import RedisPolicy, bundled_redis, embedded_redis, find_redis
from assistant.errors import ConfigurationError, StorageFullError, UnavailableError
from tests.servers.redis import bundled_binary, system_binary, throwaway_redis

BINARIES = pytest.mark.parametrize("binary", [system_binary(), bundled_binary()], ids=["7.0", "6.2"])
OWNER = """
import asyncio, os, sys
from pathlib import Path
from assistant.adapters.redis_client import connect
from assistant.adapters.redis_server import embedded_redis

async def main():
    async with embedded_redis(Path(sys.argv[1])) as url, connect(url) as redis:
        await redis.set("key", "acknowledged")
        print((await redis.info("server"))["process_id"], flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def running(folder: Path, binary: Path | None = None) -> AsyncIterator[Redis]:
    async with embedded_redis(folder, binary=binary) as url, connect(url) as redis:
        yield redis


class Steps(TypedDict):
    steps: Annotated[list[int], add]


async def pid_of(redis: Redis) -> int:
    return int((await redis.info("server"))["process_id"])


async def back(redis: Redis, *, after: int) -> int:
    """Wait until another process than `after` answers; its pid."""
    async with asyncio.timeout(10):
        while True:
            try:
                if (pid := await pid_of(redis)) != after:
                    return pid
            except RedisError:
                pass
            await asyncio.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(15):
        while not gone(pid):
            await asyncio.sleep(0.02)


@BINARIES
async def test_what_was_stored_is_there_after_a_restart(tmp_path: Path, binary: Path) -> None:
    async with running(tmp_path, binary) as redis:
        await redis.set("key", "value")
        pid = await pid_of(redis)
    assert gone(pid)

    async with running(tmp_path, binary) as redis:
        assert await redis.get("key") == b"value"


@BINARIES
async def test_a_killed_child_is_started_again_and_nothing_acknowledged_is_lost(tmp_path: Path, binary: Path) -> None:
    async with running(tmp_path, binary) as redis:
        for round_number in range(3):
            for number in range(100):
                await redis.rpush("list", f"{round_number}.{number}")
            pid = await pid_of(redis)
            os.kill(pid, signal.SIGKILL)
            await back(redis, after=pid)
        stored = await redis.lrange("list", 0, -1)

    assert stored == [f"{r}.{n}".encode() for r in range(3) for n in range(100)]


@BINARIES
async def test_a_turn_outlasts_a_server_killed_at_every_step(tmp_path: Path, binary: Path) -> None:
    async with running(tmp_path, binary) as redis:
        lease = await RedisLive(redis, where="test").acquire("t", "worker", ttl_s=30)
        assert lease

        async def kill(state: Steps) -> Steps:
            os.kill(await pid_of(redis), signal.SIGKILL)
            return {"steps": [len(state["steps"])]}

        graph = StateGraph(Steps)
        for name in "abc":
            graph.add_node(name, kill)
        graph.add_edge(START, "a").add_edge("a", "b").add_edge("b", "c").add_edge("c", END)
        saver = RedisSaver(redis)
        config: Any = {"configurable": {"thread_id": "t", "fence": lease.fence}}
        await graph.compile(checkpointer=saver).ainvoke({"steps": [0]}, config, durability="sync")

        stored = await saver.aget_tuple(config)
    assert stored
    assert stored.checkpoint["channel_values"]["steps"] == [0, 1, 2, 3]


async def test_it_is_a_real_server_without_a_port_and_with_its_file_on(tmp_path: Path) -> None:
    async with running(tmp_path) as redis:
        config = await redis.config_get("*")
        assert {name: config[name] for name in ("port", "appendonly", "appendfsync", "save", "maxmemory-policy")} == {
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        assert (tmp_path / "redis.sock").stat().st_mode & 0o777 == 0o700


async def test_a_long_folder_name_gets_a_private_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    async with embedded_redis(folder) as url, connect(url) as redis:
        socket = Path(url.removeprefix("unix://"))
        assert len(os.fsencode(socket)) <= 107
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        await redis.set("key", "value")
    assert not socket.parent.exists()


@pytest.mark.parametrize("name", ["with space", 'quote"d', "naïve", "per%20cent", "que?ry#x"])
async def test_any_folder_name_works(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    async with running(folder) as redis:
        assert await redis.set("key", "value")
    assert list(folder.glob("appendonly*"))


async def test_the_child_dies_with_a_killed_parent_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(await asyncio.to_thread(parent.stdout.readline))
        parent.kill()
        parent.wait(10)
        await until_gone(child)

    async with running(tmp_path) as redis:
        assert await redis.get("key") == b"acknowledged"


async def test_parent_and_child_killed_at_once_leave_nothing_in_the_way(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(await asyncio.to_thread(parent.stdout.readline))
        os.kill(child, signal.SIGKILL)
        parent.kill()
        parent.wait(10)
        await until_gone(child)
    assert (tmp_path / "redis.sock").exists()

    async with running(tmp_path) as redis:
        assert await redis.get("key") == b"acknowledged"


async def test_an_orphan_on_the_same_socket_is_ended_first(tmp_path: Path) -> None:
    with throwaway_redis(system_binary()) as orphan:
        async with connect(orphan.url) as redis:
            await redis.set("key", "value")
        async with running(orphan.folder) as redis:
            assert orphan.process
            assert await asyncio.to_thread(orphan.process.wait, 5) == 0
            assert await redis.get("key") == b"value"


async def test_a_stopped_child_is_killed_when_it_does_not_end_in_time(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path, policy=RedisPolicy(stop_s=0.2)) as url:
        async with connect(url) as redis:
            pid = await pid_of(redis)
        os.kill(pid, signal.SIGSTOP)
    assert gone(pid)


async def test_a_broken_file_is_named_with_the_last_line_of_the_log(tmp_path: Path) -> None:
    async with running(tmp_path) as redis:
        await redis.set("key", "value")
    next(tmp_path.glob("appendonlydir/*.incr.aof")).write_bytes(b"*3\r\n$3\r\nSET\r\nnonsense\r\n" * 9)

    with pytest.raises(UnavailableError, match=r"(?s)Bad file format.*redis\.log.*REDIS_URL"):
        async with running(tmp_path):
            pass


async def test_an_older_redis_does_not_silently_start_empty_on_a_newer_ones_files(tmp_path: Path) -> None:
    async with running(tmp_path, system_binary()) as redis:
        await redis.set("key", "value")

    with pytest.raises(ConfigurationError, match="would start empty"):
        async with running(tmp_path, bundled_binary()):
            pass


async def test_a_newer_redis_takes_over_an_older_ones_files(tmp_path: Path) -> None:
    async with running(tmp_path, bundled_binary()) as redis:
        await redis.set("key", "value")
    async with running(tmp_path, system_binary()) as redis:
        assert await redis.get("key") == b"value"


def test_without_redis_on_the_path_the_wheels_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_redis() == bundled_redis() == bundled_binary()


def test_a_redis_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=5.0.14 sha=00000000:0'\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert find_redis() != old


async def test_two_processes_never_share_a_data_folder(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from assistant.adapters.data_folder import hold_data_folder as h\n"
    code += "with h(Path(sys.argv[1])): pass"
    with hold_data_folder(tmp_path):
        async with running(tmp_path):
            other = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=30
            )
    assert "DataFolderInUseError" in other.stderr
    assert f"process {os.getpid()} " in other.stderr


@pytest.mark.parametrize("url", ["redis://:secret@127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
async def test_an_unreachable_redis_is_named_at_start_without_its_password(url: str) -> None:
    with pytest.raises(UnavailableError, match="REDIS_URL") as caught:
        async with connect(url):
            pass
    assert "secret" not in str(caught.value)
    assert ("127.0.0.1:1" in str(caught.value)) or ("/nowhere/redis.sock" in str(caught.value))


async def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="redis://"):
        async with connect("http://localhost"):
            pass


async def test_a_server_too_old_is_refused() -> None:
    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line.strip() in (b"PING", b"INFO", b"CLIENT"):
                body = b"# Server\r\nredis_version:5.0.14\r\n"
                writer.write(b"$%d\r\n%s\r\n" % (len(body), body) if line.strip() == b"INFO" else b"+PONG\r\n")
        writer.close()

    server = await asyncio.start_server(pretend, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(ConfigurationError, match=r"5\.0\.14; 6\.2 or newer"):
            async with connect(f"redis://127.0.0.1:{port}"):
                pass


async def test_a_command_whose_reply_is_lost_is_not_repeated() -> None:
    with throwaway_redis(system_binary()) as server:

        async def drop_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            upstream_reader, upstream_writer = await asyncio.open_unix_connection(f"{server.folder}/redis.sock")
            while request := await reader.read(65536):
                upstream_writer.write(request)
                reply = await upstream_reader.read(65536)
                if b"RPUSH" in request:
                    break
                writer.write(reply)
            upstream_writer.close()
            writer.close()

        proxy = await asyncio.start_server(drop_reply, "127.0.0.1", 0)
        async with proxy, connect(f"redis://127.0.0.1:{proxy.sockets[0].getsockname()[1]}") as redis:
            with pytest.raises(UnavailableError):
                await Script("return redis.call('RPUSH', KEYS[1], 'RPUSH')", repeatable=False).run(redis, ["list"])
        async with connect(server.url) as redis:
            assert await redis.llen("list") == 1


@BINARIES
async def test_a_full_redis_is_said_and_still_lets_go_of_leases(binary: Path) -> None:
    with throwaway_redis(binary) as server:
        async with connect(server.url) as redis:
            live = RedisLive(redis, where=server.url)
            lease = await live.acquire("t", "a", ttl_s=30)
            assert lease
            await redis.config_set("maxmemory", "100kb")
            with pytest.raises(StorageFullError, match="make room"):
                await live.acquire("other", "a", ttl_s=30)
            assert await live.renew(lease)
            await live.release(lease)
            assert await live.renew(lease) is None


async def test_health_tells_of_what_would_lose_conversations() -> None:
    with throwaway_redis(system_binary(), maxmemory_policy="allkeys-lru", appendonly="no") as server:
        async with connect(server.url) as redis:
            live = RedisLive(redis, where=server.url)
            part = await live.health()
            assert part.well
            assert "evicts keys" in part.detail
            assert "append-only" in part.detail
            server.kill()
            assert not (await live.health()).well
