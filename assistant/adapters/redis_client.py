"""A Redis connection as we want it: no silent retries, bounded waits, our errors, and the names of our keys."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from assistant.errors import AssistantError, ConfigurationError, StorageFullError, UnavailableError

PART = "redis"
PREFIX = "assistant:"
OLDEST = (6, 2)
FENCE_TTL_S = 400 * 86_400
PAUSES_S = (0.05, 0.1, 0.2, 0.4)  # our own server is back in a tenth of a second
FULL_MARKS = ("not allowed when used memory", "MISCONF", "No space left on device")


@asynccontextmanager
async def connect(
    url: str, *, command_timeout_s: float = 5.0, connect_timeout_s: float = 2.0, max_connections: int = 128
) -> AsyncIterator[Redis]:
    """Yield a client whose server has answered and is new enough.

    redis-py repeats a command ten times when its reply is lost, which doubles writes: here none is repeated.
    Raises: ConfigurationError (the address, or a server older than 6.2), UnavailableError.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=max_connections,
            timeout=command_timeout_s,
            socket_timeout=command_timeout_s,
            socket_connect_timeout=connect_timeout_s,
            health_check_interval=30,
            retry=Retry(NoBackoff(), 0),
            decode_responses=False,
            protocol=2,
        )
    except ValueError as exc:
        raise ConfigurationError(f"{masked(url)} is no Redis address (redis://, rediss:// or unix://)") from exc
    redis = Redis.from_pool(pool)
    try:
        await _greet(redis, masked(url))
        yield redis
    finally:
        await redis.aclose()


@contextmanager
def translated() -> Iterator[None]:
    """Turn redis-py's errors into ours: StorageFullError when Redis can't store, else UnavailableError."""
    try:
        yield
    except RedisError as exc:
        raise error_of(exc) from exc


def error_of(exc: RedisError) -> AssistantError:
    """What we call an error of redis-py."""
    said = str(exc) or type(exc).__name__
    if any(mark in said for mark in FULL_MARKS):
        return StorageFullError(PART, f"it can't store anything ({said}); make room on its disk or raise maxmemory")
    return UnavailableError(PART, f"{said}; see that it runs and is reachable")


def masked(url: str) -> str:
    """The address without its password, fit for logs and errors."""
    parts = urlsplit(url)
    if not parts.password and "password=" not in parts.query:
        return url
    netloc = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}:***@" if parts.username else ":***@"
    return parts._replace(netloc=user + netloc, query="").geturl()


def thread_key(prefix: str, thread_id: str, kind: str) -> str:
    """The name of a key of one conversation. All of them share a slot of a Redis Cluster, by the braces."""
    return f"{prefix}{{{quote(str(thread_id), safe='', errors='surrogatepass')}}}:{kind}"


def fence_key(prefix: str, thread_id: str) -> str:
    """The key of the highest fence granted for a conversation: leases raise it, checkpoint writes obey it."""
    return thread_key(prefix, thread_id, "fence")


def version_of(info: Mapping[str, Any]) -> str:
    """The version in the reply to INFO."""
    return str(info.get("redis_version", "unknown"))


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script, run by its hash in one round trip; sent whole when the server doesn't know it.

    A `repeatable` one does the same when it is run twice, so it outlasts a server that is starting again.
    """

    source: str
    repeatable: bool = True
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha", hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest())

    async def run(self, redis: Redis, keys: Sequence[str], *arguments: str | bytes | int) -> Any:
        """The script's reply. Raises: UnavailableError, StorageFullError."""
        with translated():
            for pause_s in PAUSES_S if self.repeatable else ():
                try:
                    return await self._once(redis, keys, *arguments)
                except RedisConnectionError:
                    await asyncio.sleep(pause_s)
            return await self._once(redis, keys, *arguments)

    async def _once(self, redis: Redis, keys: Sequence[str], *arguments: str | bytes | int) -> Any:
        with _cancellable():
            try:
                return await redis.evalsha(self.sha, len(keys), *keys, *arguments)
            except NoScriptError:
                return await redis.eval(self.source, len(keys), *keys, *arguments)


@contextmanager
def _cancellable() -> Iterator[None]:
    """Raise the CancelledError that redis-py has swallowed: `asyncio.wait_for` before Python 3.12 does (gh-86296)."""
    task = asyncio.current_task()
    asked = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > asked:
        raise asyncio.CancelledError


async def _greet(redis: Redis, where: str) -> None:
    try:
        await redis.ping()
        version = version_of(await redis.info("server"))
    except RedisError as exc:
        if isinstance(error_of(exc), StorageFullError):
            raise error_of(exc) from exc
        raise UnavailableError(
            PART, f"{where} doesn't answer ({exc}): start it, or correct ASSISTANT_REDIS_URL"
        ) from exc
    if _numbers(version) < OLDEST:
        raise ConfigurationError(f"redis: {where} runs {version}; 6.2 or newer is needed")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
