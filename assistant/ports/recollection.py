"""Vectors of past turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class UtteranceVectors:
    """The unit vectors of one speaker's words in one turn, a vector a part, in the order of the text.

    `vectors` has the shape (parts, dimensions). Stores keep 16 bits of each number: 3 decimal digits come back.
    """

    turn: str
    speaker: str
    vectors: NDArray[np.float32]


class Recollections(Protocol):
    """Vectors of past turns, for recall. They go with their record, and when words of its turn are forgotten."""

    async def save(self, user_id: str, thread_id: str, embedder: str, entries: Sequence[UtteranceVectors]) -> None:
        """Insert or replace by (turn, speaker). A turn that is not this user's, or is gone, is left out silently."""
        ...

    async def of_thread(
        self, user_id: str, thread_id: str, embedder: str, *, after: str = ""
    ) -> list[UtteranceVectors]:
        """Of a conversation of this user's, in the order of its turns, the user's words before the assistant's.

        Vectors of other embedders don't count; `after` as in `Records.of_thread`.
        """
        ...

    async def of_user(
        self, user_id: str, embedder: str, *, excluding: str, limit: int = 2_000
    ) -> list[UtteranceVectors]:
        """The newest `limit` of all this user's conversations but `excluding`, in the same order."""
        ...
