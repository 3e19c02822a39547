"""Token buckets, one for each key, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable

_MAX_KEYS = 10_000


class Buckets:
    """Lets each key through `burst` times at once and then `per_minute` times a minute."""

    def __init__(self, *, burst: int, per_minute: float, now: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(burst)
        self._per_second = per_minute / 60
        self._now = now
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> bool:
        """Take one from the key's bucket. False when it is empty."""
        now = self._now()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        while len(self._levels) > _MAX_KEYS:
            self._levels.pop(next(iter(self._levels)))
        return allowed
