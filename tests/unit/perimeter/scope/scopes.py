"""A small scope to fit: three topics whose vectors lie apart, and questions that lie elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.perimeter.policy import Policy, Topic
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import OOS, Example

SIZE = 12
TOPICS = ("delivery", "returns", "warranty")
_WORDS = {
    "delivery": "where is my parcel when does it come",
    "returns": "send it back refund me please label",
    "warranty": "broken guarantee repair after a year",
    OOS: "weather joke capital song football president",
}
_AXES = {"delivery": 0, "returns": 1, "warranty": 2, OOS: 5}


def vector_of(text: str) -> list[float]:
    """A unit vector that says which topic's words the text has most of, with an echo of the text itself."""
    words = set(text.split())
    vector = np.random.default_rng(sum(map(ord, text))).normal(0, 0.12, SIZE)
    for label, said in _WORDS.items():
        vector[_AXES[label]] += len(words & set(said.split())) / 2
    return [float(x) for x in vector / np.linalg.norm(vector)]


def examples_of(each: int, *, outside: int = 0, seed: int = 0) -> tuple[Example, ...]:
    """So many examples of every topic, and so many out of scope."""
    random = np.random.default_rng(seed)
    wanted = dict.fromkeys(TOPICS, each) | {OOS: outside}
    return tuple(
        Example(" ".join(random.permutation(_WORDS[label].split())[: random.integers(2, 5)]) + f" {number}", label)
        for label, count in wanted.items()
        for number in range(count)
    )


def vectors_of(examples: Sequence[Example]) -> Floats:
    """One row an example."""
    return np.array([vector_of(example.text) for example in examples], np.float32).reshape(len(examples), SIZE)


def policy() -> Policy:
    """The three topics, with their examples."""
    examples = examples_of(6)
    return Policy(
        topics=tuple(
            Topic(name, "", action, examples=tuple(e.text for e in examples if e.label == name))
            for name, action in zip(TOPICS, ("answer", "refuse", "handoff"), strict=True)
        )
    )


class WordEmbedder:
    """Encodes by `vector_of` and counts what it was given."""

    name = "words"
    dimensions = SIZE

    def __init__(self) -> None:
        self.encoded = 0

    async def encode(self, texts: Sequence[str]) -> list[list[float]]:
        self.encoded += len(texts)
        return [vector_of(text) for text in texts]
