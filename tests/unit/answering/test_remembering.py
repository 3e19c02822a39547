from __future__ import annotations

from collections.abc import Sequence

from assistant.answering import remembering
from assistant.answering.remembering import KEPT, encode_sentences
from assistant.ports import Vector


class LengthEmbedder:
    """Gives a text's length as its vector, and keeps what it was asked."""

    name = "lengths"
    dimensions = 1

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        self.asked.append(list(texts))
        return [[float(len(text))] for text in texts]


async def test_a_sentence_is_encoded_once_and_another_text_each_time() -> None:
    embedder = LengthEmbedder()
    first = await encode_sentences(["a", "bb", "a"], ["question"], embedder=embedder)
    second = await encode_sentences(["bb", "ccc"], ["question"], embedder=embedder)
    assert embedder.asked == [["a", "bb", "question"], ["ccc", "question"]]
    assert [[list(vector) for vector in vectors] for vectors in first] == [[[1.0], [2.0], [1.0]], [[8.0]]]
    assert [[list(vector) for vector in vectors] for vectors in second] == [[[2.0], [3.0]], [[8.0]]]


async def test_what_is_known_needs_no_call() -> None:
    embedder = LengthEmbedder()
    await encode_sentences(["a"], [], embedder=embedder)
    await encode_sentences(["a"], [], embedder=embedder)
    assert len(embedder.asked) == 1


async def test_vectors_of_one_embedder_are_not_those_of_another() -> None:
    first, second = LengthEmbedder(), LengthEmbedder()
    await encode_sentences(["a"], [], embedder=first)
    await encode_sentences(["a"], [], embedder=second)
    assert second.asked == [["a"]]


async def test_only_so_many_are_kept_and_those_used_last() -> None:
    embedder = LengthEmbedder()
    await encode_sentences(["kept", "forgotten"], [], embedder=embedder)
    for at in range(0, KEPT - 1, 32):
        await encode_sentences(["kept", *(f"{at} {n}" for n in range(min(32, KEPT - 1 - at)))], [], embedder=embedder)
    assert len(remembering._known[embedder]) == KEPT
    calls = len(embedder.asked)
    await encode_sentences(["kept"], [], embedder=embedder)
    assert len(embedder.asked) == calls
    await encode_sentences(["forgotten"], [], embedder=embedder)
    assert embedder.asked[-1] == ["forgotten"]
