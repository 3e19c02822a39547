"""How `RedisSaver` writes checkpoints as bytes and reads them back. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    PendingWrite,
    writes_sort_key,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from assistant.adapters.redis_client import PART
from assistant.errors import ConfigurationError, UnavailableError

SEPARATOR = "\x1f"
DELTA_COUNTERS = "counters_since_delta_snapshot"


def address(config: RunnableConfig) -> tuple[str, str, str]:
    """Thread, namespace and checkpoint id ("" for none) of a config."""
    wanted = config["configurable"]
    return str(wanted["thread_id"]), wanted.get("checkpoint_ns") or "", wanted.get("checkpoint_id") or ""


def config_of(thread_id: str, ns: str, checkpoint_id: str) -> RunnableConfig:
    """The config that names a checkpoint."""
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}


def fence_of(config: RunnableConfig) -> str:
    """The fence that a write carries, "" for none."""
    fence = config["configurable"].get("fence")
    return "" if fence is None else str(int(fence))


def split(member: bytes) -> tuple[str, str]:
    """Namespace and checkpoint id of a member of the index."""
    ns, _, checkpoint_id = member.decode().rpartition(SEPARATOR)
    return ns, checkpoint_id


def pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """What HGETALL answers inside a script, as a mapping."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def pack(serde: SerializerProtocol, value: Any) -> bytes:
    """A value as its type, a newline, its bytes."""
    kind, data = serde.dumps_typed(value)
    return kind.encode() + b"\n" + data


def unpack(serde: SerializerProtocol, packed: bytes) -> Any:
    """What `pack` packed."""
    kind, _, data = packed.partition(b"\n")
    return serde.loads_typed((kind.decode(), data))


def refs_of(ns: str, versions: ChannelVersions, values: Mapping[str, Any]) -> dict[str, str]:
    """channel -> its field among the blobs, for the channels that hold a value."""
    return {name: SEPARATOR.join((ns, name, str(v))) for name, v in versions.items() if name in values}


def packed_values(
    serde: SerializerProtocol, refs: Mapping[str, str], values: Mapping[str, Any]
) -> Iterator[str | bytes]:
    """Field, value, field, value…"""
    for channel, ref in refs.items():
        yield ref
        yield pack(serde, values[channel])


def packed_writes(
    serde: SerializerProtocol, writes: Iterable[tuple[str, Any]], task_id: str, task_path: str
) -> Iterator[str | bytes]:
    """Command, field, value… A position is written once; special channels (errors, interrupts) are replaced."""
    for position, (channel, value) in enumerate(writes):
        index = WRITES_IDX_MAP.get(channel, position)
        yield "HSETNX" if index >= 0 else "HSET"
        yield SEPARATOR.join(("w", task_id, str(index)))
        yield json.dumps([task_path, channel]).encode() + b"\n" + pack(serde, value)


def read_tuple(
    serde: SerializerProtocol, thread_id: str, member: bytes, flat: Sequence[bytes], flat_values: Sequence[bytes | None]
) -> CheckpointTuple:
    """The checkpoint in the reply to LOAD. Raises: UnavailableError when a value of it is lost."""
    (ns, checkpoint_id), fields = split(member), pairs(flat)
    parent = fields[b"parent"].decode()
    values = dict(_read_values(serde, thread_id, flat_values))
    return CheckpointTuple(
        config=config_of(thread_id, ns, checkpoint_id),
        checkpoint=cast("Checkpoint", {**unpack(serde, fields[b"data"]), "channel_values": values}),
        metadata=unpack(serde, fields[b"metadata"]),
        parent_config=config_of(thread_id, ns, parent) if parent else None,
        pending_writes=_read_writes(serde, fields),
    )


def refuse_delta_channels(values: Mapping[str, Any], metadata: CheckpointMetadata) -> None:
    """Raise ConfigurationError: pruning would cut the history that a DeltaChannel is rebuilt from."""
    snapshots = [channel for channel, value in values.items() if isinstance(value, _DeltaSnapshot)]
    counted = cast("Mapping[str, Any]", metadata).get(DELTA_COUNTERS) or ()
    if snapshots or counted:
        raise delta_error(snapshots or counted)


def delta_error(names: Iterable[str]) -> ConfigurationError:
    """What a DeltaChannel is answered."""
    return ConfigurationError(
        f"RedisSaver keeps no history for DeltaChannel ({', '.join(names)}): use a plain channel or a reducer"
    )


def _read_values(serde: SerializerProtocol, thread_id: str, flat: Sequence[bytes | None]) -> Iterator[tuple[str, Any]]:
    for ref, packed in zip(flat[::2], flat[1::2], strict=True):
        channel = (ref or b"").decode().split(SEPARATOR)[1]
        if packed is None:
            raise UnavailableError(PART, f"{channel} of thread {thread_id} is lost; does this Redis evict keys?")
        yield channel, unpack(serde, packed)


def _read_writes(serde: SerializerProtocol, fields: Mapping[bytes, bytes]) -> list[PendingWrite]:
    found = []
    for field, packed in fields.items():
        kind, *rest = field.decode().split(SEPARATOR)
        if kind == "w":
            head, _, value = packed.partition(b"\n")
            (task_id, index), (task_path, channel) = rest, json.loads(head)
            found.append((writes_sort_key(task_path, task_id, int(index)), (task_id, channel, unpack(serde, value))))
    return [write for _, write in sorted(found, key=lambda item: item[0])]
