"""How near questions lie to the examples a scope keeps: worked out once, for the heads and for what is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.scope.evidence import Floats

FIVE = 5


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of n questions, for M examples of K topics: `cosines` (n, M); `five` (n, up to 5) the places of the nearest, in
    no order; `by_topic` (n, K, the most a topic has) the cosines again, -inf where a topic has fewer."""

    cosines: Floats
    five: NDArray[np.intp]
    by_topic: Floats


def nearness(vectors: Floats, near: Floats, places: NDArray[np.int32]) -> Nearness:
    """Of unit vectors (n, D) to the examples `near` (D, M), of which topic k has those at `places[k]`, -1 for none.

    An example stands in a column: so one question's product takes half the time.
    """
    cosines = np.asarray(vectors @ near, np.float32)
    size = min(FIVE, cosines.shape[1])
    five = np.argpartition(cosines, cosines.shape[1] - size, axis=1)[:, cosines.shape[1] - size :]
    padded = np.concatenate([cosines, np.full((len(cosines), 1), -np.inf, np.float32)], axis=1)
    return Nearness(cosines, five, padded[:, places])


def largest(values: Floats, count: int) -> Floats:
    """The `count` largest along the last axis, or all there are, in no order."""
    size = values.shape[-1]
    return values if size <= count else np.partition(values, size - count, axis=-1)[..., -count:]


def places_of(topics: NDArray[np.int64], count: int, most: int) -> tuple[list[int], NDArray[np.int32]]:
    """Which rows are kept, topic by topic, at most so many of each and those spread evenly; and each topic's places
    (count, most) among them, -1 for none. `topics` are numbers, -1 for none."""
    places = np.full((count, most), -1, np.int32)
    rows: list[int] = []
    for topic in range(count):
        own = np.flatnonzero(topics == topic)
        own = own[np.linspace(0, len(own) - 1, min(most, len(own))).astype(int)]
        places[topic, : len(own)] = range(len(rows), len(rows) + len(own))
        rows.extend(own.tolist())
    return rows, places
