from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from assistant.adapters.redis_client import masked, thread_key, translated
from assistant.errors import StorageFullError, UnavailableError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://:secret@host:1/0", "redis://:***@host:1/0"),
        ("rediss://me:s%40cret@host/2", "rediss://me:***@host/2"),
        ("unix:///tmp/redis.sock", "unix:///tmp/redis.sock"),
        ("redis://host/0?password=secret", "redis://:***@host/0"),
        ("unix:///tmp/redis.sock?username=u&password=secret", "unix://:***@/tmp/redis.sock"),
    ],
)
def test_a_password_is_masked(url: str, shown: str) -> None:
    assert masked(url) == shown
    assert "secret" not in masked(url)


@given(st.text(), st.text())
def test_threads_share_no_key_and_each_has_one_slot(one: str, other: str) -> None:
    key = thread_key("assistant:", one, "fence")
    assert (key == thread_key("assistant:", other, "fence")) == (one == other)
    assert key.count("{") == key.count("}") == 1


@pytest.mark.parametrize(
    ("vendor", "ours"),
    [
        (RedisConnectionError("refused"), UnavailableError),
        (RedisTimeoutError("slow"), UnavailableError),
        (ResponseError("LOADING"), UnavailableError),
        (OutOfMemoryError("OOM command not allowed when used memory > 'maxmemory'."), StorageFullError),
        (ResponseError("MISCONF Errors writing to the AOF file: No space left on device"), StorageFullError),
    ],
)
def test_every_redis_error_becomes_ours(vendor: RedisError, ours: type[UnavailableError]) -> None:
    with pytest.raises(UnavailableError) as caught, translated():
        raise vendor
    assert type(caught.value) is ours
    assert caught.value.part == "redis"
    assert caught.value.__cause__ is vendor
