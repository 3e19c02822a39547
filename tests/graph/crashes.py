"""A worker that can die between any two steps: every way out of it counts down, and after death none of them works."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver


class Died(BaseException):
    """The worker is gone. Not an Exception: nothing in it may clean up behind itself."""


@dataclass
class Fate:
    """How many more steps a worker takes; None is for ever. `after` says whether the last step still takes effect."""

    steps: int | None = None
    after: bool = False
    dead: bool = False
    taken: int = 0

    def step(self) -> bool:
        """Count one step; True when it is the last and takes effect. Raises Died when it doesn't."""
        if self.dead:
            raise Died
        self.taken += 1
        if self.steps is None or self.taken < self.steps:
            return False
        self.dead = True
        if self.after:
            return True
        raise Died


class Mortal:
    """Everything async of `inner`, a step each."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def step(*args: Any, **kwargs: Any) -> Any:
            last = self._fate.step()
            done = await found(*args, **kwargs)
            if last:
                raise Died
            return done

        return step


class MortalSaver(InMemorySaver):
    """A checkpointer of one worker over storage that outlives it."""

    def __init__(self, kept: InMemorySaver, fate: Fate) -> None:
        super().__init__()
        self.storage, self.writes, self.blobs = kept.storage, kept.writes, kept.blobs
        self._fate = fate

    async def aput(self, *args: Any, **kwargs: Any) -> Any:
        last = self._fate.step()
        done = await super().aput(*args, **kwargs)
        if last:
            raise Died
        return done

    async def aget_tuple(self, *args: Any, **kwargs: Any) -> Any:
        self._fate.step()
        return await super().aget_tuple(*args, **kwargs)
