"""LangGraph checkpoints on plain Redis commands (6.2 and newer): fenced, pruned as they grow, and expiring."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast
from urllib.parse import quote, unquote

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from redis.asyncio import Redis

from assistant.adapters import redis_checkpoint_scripts as scripts
from assistant.adapters.redis_checkpoint_format import (
    SEPARATOR,
    address,
    config_of,
    delta_error,
    fence_of,
    pack,
    packed_values,
    packed_writes,
    pairs,
    read_tuple,
    refs_of,
    refuse_delta_channels,
    split,
    unpack,
)
from assistant.adapters.redis_client import FENCE_TTL_S, PART, PREFIX, Script, fence_key, thread_key, translated
from assistant.errors import ConfigurationError, StaleLeaseError, UnavailableError


@dataclass(frozen=True, slots=True)
class CheckpointPolicy:
    """How long a conversation's checkpoints live after its last write, and how many are kept (0: all of them)."""

    ttl_s: int = 90 * 86_400
    keep: int = 3


class RedisSaver(BaseCheckpointSaver[str]):
    """A checkpointer whose every operation is one atomic script. Async only.

    A write whose config carries `configurable["fence"]` (the `Lease.fence` under which its turn runs) is refused
    with StaleLeaseError once a newer lease was granted. Errors of Redis raise UnavailableError or StorageFullError:
    a conversation is never mistaken for a new one. Values are strict msgpack: unknown types come back as plain data.
    """

    def __init__(self, redis: Redis, *, policy: CheckpointPolicy | None = None, prefix: str = PREFIX) -> None:
        super().__init__(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._redis = redis
        self._policy = policy or CheckpointPolicy()
        self._prefix = prefix
        if not 0 < self._policy.ttl_s < FENCE_TTL_S:
            raise ConfigurationError(f"checkpoints must expire within {FENCE_TTL_S // 86_400} days, as fences do")

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002
        """Ordered as text; the random part keeps forks of one checkpoint apart."""
        number = int(str(current).partition(".")[0]) if current is not None else 0
        return f"{number + 1:010d}.{secrets.token_hex(4)}"

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint and prune its elders. Raises: StaleLeaseError, UnavailableError, StorageFullError."""
        values, rest = checkpoint["channel_values"], {k: v for k, v in checkpoint.items() if k != "channel_values"}
        refuse_delta_channels(values, metadata)
        thread_id, ns, parent = address(config)
        entry = get_checkpoint_metadata(config, metadata)
        await self._note_run(entry, thread_id, ns, checkpoint["id"])
        refs = refs_of(ns, checkpoint["channel_versions"], values)
        fixed = (
            *(checkpoint["id"], self._policy.ttl_s, fence_of(config), self._policy.keep),
            *(pack(self.serde, rest), pack(self.serde, entry), parent, json.dumps([*refs.values()])),
        )
        fresh = packed_values(self.serde, refs_of(ns, new_versions, values), values)
        reply = await self._run(scripts.PUT, thread_id, ns, *fixed, *fresh)
        if reply == scripts.MISSING:  # a value of its parent was pruned away in the meantime: store them all anew
            reply = await self._run(scripts.PUT, thread_id, ns, *fixed, *packed_values(self.serde, refs, values))
        _obey(reply, thread_id)
        return config_of(thread_id, ns, checkpoint["id"])

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store a task's writes beside the checkpoint they follow. The same position is written once.

        Raises: StaleLeaseError, UnavailableError, StorageFullError.
        """
        thread_id, ns, checkpoint_id = address(config)
        packed = packed_writes(self.serde, writes, task_id, task_path)
        fixed = (checkpoint_id, self._policy.ttl_s, fence_of(config))
        _obey(await self._run(scripts.PUT_WRITES, thread_id, ns, *fixed, *packed), thread_id)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint named, or the newest. None only when there is none. Raises: UnavailableError."""
        thread_id, ns, checkpoint_id = address(config)
        reply = await self._run(scripts.LOAD, thread_id, ns, checkpoint_id)
        return read_tuple(self.serde, thread_id, *reply) if reply else None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Checkpoints that match, newest first in each conversation."""
        found = 0
        async for thread_id, ns, checkpoint_id in self._members(config, before):
            if limit is not None and found >= limit:
                return
            item = await self.aget_tuple(config_of(thread_id, ns, checkpoint_id))
            if item and all(item.metadata.get(key) == value for key, value in (filter or {}).items()):
                found += 1
                yield item

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete a conversation's checkpoints and writes. Its fence stays: acquire its lease first, and a turn still
        under way can't write it back."""
        await self._run(scripts.DELETE_THREAD, thread_id, "")

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete what these runs stored, in every conversation."""
        for run_id in run_ids:
            with translated():
                members = await self._redis.smembers(self._run_key(run_id))
            for member in members:
                thread_id, ns, checkpoint_id = cast("bytes", member).decode().split(SEPARATOR)
                await self._run(scripts.DROP, thread_id, ns, checkpoint_id)
            with translated():
                await self._redis.delete(self._run_key(run_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a conversation's checkpoints and writes, all or none of them."""
        blobs, members, checkpoints = await self._run(scripts.DUMP, source_thread_id, "")
        if not members:
            return
        names = self._keys(target_thread_id)
        stored = {names.blobs: pairs(blobs)}
        for member, flat in zip(members, checkpoints, strict=True):
            fields = stored[names.base + member.decode()] = pairs(flat)
            entry = unpack(self.serde, fields.get(b"metadata", b"null\n")) or {}
            await self._note_run(entry, target_thread_id, *split(member))
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                for key, fields in stored.items():
                    if fields:
                        pipe.hset(key, items=[part for pair in fields.items() for part in pair])
                        pipe.expire(key, self._policy.ttl_s)
                pipe.zadd(names.index, dict.fromkeys(members, 0))
                pipe.expire(names.index, self._policy.ttl_s)
                await pipe.execute()

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """`keep_latest` leaves the newest checkpoint of each namespace, `delete` none."""
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"no such strategy: {strategy}; keep_latest and delete are")
        for thread_id in thread_ids:
            if strategy == "delete":
                await self.adelete_thread(thread_id)
                continue
            for ns in {ns for ns, _ in await self._index(thread_id)}:
                await self._run(scripts.PRUNE, thread_id, ns, 1, self._policy.ttl_s)

    async def aget_delta_channel_history(
        self,
        *,
        config: RunnableConfig,  # noqa: ARG002
        channels: Sequence[str],
    ) -> Mapping[str, DeltaChannelHistory]:
        """Refused: pruning would cut a DeltaChannel's history."""
        if channels:
            raise delta_error(channels)
        return {}

    async def _run(self, script: Script, thread_id: str, ns: str, *arguments: str | bytes | int) -> Any:
        names = self._keys(thread_id)
        return await script.run(self._redis, (names.index, names.blobs, names.fence), names.base, ns, *arguments)

    def _keys(self, thread_id: str) -> _Keys:
        index, blobs, base = (thread_key(self._prefix, thread_id, kind) for kind in ("index", "blobs", "checkpoint:"))
        return _Keys(index, blobs, fence_key(self._prefix, thread_id), base)

    async def _index(self, thread_id: str) -> list[tuple[str, str]]:
        with translated():
            return [
                split(cast("bytes", member)) for member in await self._redis.zrange(self._keys(thread_id).index, 0, -1)
            ]

    async def _members(
        self, config: RunnableConfig | None, before: RunnableConfig | None
    ) -> AsyncIterator[tuple[str, str, str]]:
        wanted = config["configurable"] if config else {}
        end = get_checkpoint_id(before) if before else None
        async for thread_id in self._threads(wanted.get("thread_id")):
            for ns, checkpoint_id in sorted(await self._index(thread_id), key=lambda member: member[1], reverse=True):
                if wanted.get("checkpoint_ns") not in (None, ns):
                    continue
                if wanted.get("checkpoint_id") in (None, "", checkpoint_id) and (not end or checkpoint_id < end):
                    yield thread_id, ns, checkpoint_id

    async def _threads(self, thread_id: Any) -> AsyncIterator[str]:
        if thread_id is not None:
            yield str(thread_id)
            return
        start, end = f"{self._prefix}{{", "}:index"
        with translated():
            async for key in self._redis.scan_iter(match=f"{_literal(start)}*{end}", count=1000):
                yield unquote(key.decode()[len(start) : -len(end)], errors="surrogatepass")

    async def _note_run(self, metadata: Mapping[str, Any], thread_id: str, ns: str, checkpoint_id: str) -> None:
        if run_id := metadata.get("run_id"):
            with translated():
                async with self._redis.pipeline(transaction=False) as pipe:
                    pipe.sadd(self._run_key(run_id), SEPARATOR.join((thread_id, ns, checkpoint_id)))
                    pipe.expire(self._run_key(run_id), self._policy.ttl_s)
                    await pipe.execute()

    def _run_key(self, run_id: str) -> str:
        return f"{self._prefix}run:{quote(str(run_id), safe='')}"

    def _async_only(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("RedisSaver is async only: run the graph with ainvoke or astream")

    get_tuple = list = put = put_writes = delete_thread = _async_only
    delete_for_runs = copy_thread = prune = get_delta_channel_history = _async_only


@dataclass(frozen=True, slots=True)
class _Keys:
    index: str
    blobs: str
    fence: str
    base: str


def _obey(reply: bytes, thread_id: str) -> None:
    if reply == scripts.STALE:
        raise StaleLeaseError(f"the lease on thread {thread_id} has passed to another worker; nothing was written")
    if reply != scripts.OK:
        raise UnavailableError(PART, f"a checkpoint of thread {thread_id} was not stored ({reply!r})")


def _literal(text: str) -> str:
    return re.sub(r"([*?\[\]^\\])", r"\\\1", text)
