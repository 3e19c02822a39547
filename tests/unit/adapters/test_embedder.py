"""How encoding is scheduled, on a model that can be held; and the packaged model itself."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.adapters.embedder import SentenceEmbedder, open_embedder
from assistant.errors import ConfigurationError


class HeldModel:
    """Encodes a text as its length; waits at the gate before each batch."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.entered = threading.Semaphore(0)
        self.batches: list[list[str]] = []

    def encode(self, texts: list[str], **_: Any) -> Any:
        self.batches.append(texts)
        self.entered.release()
        assert self.gate.acquire(timeout=10)
        if "bad" in texts:
            raise ValueError("bad text")
        return np.array([[float(len(text))] for text in texts], dtype=np.float32)

    def open(self) -> None:
        for _ in range(100):
            self.gate.release()


@pytest.fixture
async def held() -> AsyncIterator[tuple[HeldModel, SentenceEmbedder]]:
    model = HeldModel()
    with ThreadPoolExecutor(1) as worker:
        embedder = SentenceEmbedder(lambda: model, name="held", dimensions=1, worker=worker)
        yield model, embedder
        model.open()
        await embedder.aclose()


async def entered(model: HeldModel) -> None:
    assert await asyncio.to_thread(model.entered.acquire, timeout=10)


async def test_queries_that_come_while_a_batch_runs_share_the_next(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    model, embedder = held
    first = asyncio.create_task(embedder.encode(["a"]))
    await entered(model)
    others = [asyncio.create_task(embedder.encode(["b" * n])) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    model.open()
    assert await first == [[1.0]]
    assert await asyncio.gather(*others) == [[[2.0]], [[3.0]], [[4.0]]]
    assert model.batches == [["a"], ["bb", "bbb", "bbbb"]]


async def test_a_query_goes_before_the_rest_of_bulk_work(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    model, embedder = held
    bulk = asyncio.create_task(embedder.encode(["x" * 2_000] * 40))
    await entered(model)
    query = asyncio.create_task(embedder.encode(["q"]))
    await asyncio.sleep(0)
    model.open()
    assert await query == [[1.0]]
    await bulk
    assert model.batches[1] == ["q"]
    assert len(model.batches[0]) <= 8


async def test_bulk_vectors_come_back_in_the_order_of_their_texts(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    model, embedder = held
    model.open()
    texts = ["x" * (n * 37 % 90 + 1) for n in range(70)]
    assert await embedder.encode(texts) == [[float(len(text))] for text in texts]


async def test_a_text_that_fails_fails_its_caller_and_nobody_after(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    model, embedder = held
    model.open()
    with pytest.raises(ValueError, match="bad text"):
        await embedder.encode(["bad"])
    assert await embedder.encode(["fine"]) == [[4.0]]


async def test_a_caller_that_left_costs_nothing(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    model, embedder = held
    first = asyncio.create_task(embedder.encode(["a"]))
    await entered(model)
    left = asyncio.create_task(embedder.encode(["left"]))
    await asyncio.sleep(0)
    left.cancel()
    model.open()
    await first
    assert await embedder.encode(["b"]) == [[1.0]]
    assert ["left"] not in model.batches


async def test_nothing_to_encode_is_no_work(held: tuple[HeldModel, SentenceEmbedder]) -> None:
    assert await held[1].encode([]) == []


async def test_the_packaged_model_gives_unit_vectors_that_mean_something(capfd: pytest.CaptureFixture[str]) -> None:
    async with open_embedder() as embedder:
        assert (embedder.name, embedder.dimensions) == ("all-MiniLM-L6-v2", 384)
        a, b, c = await embedder.encode(["send it back", "how to return an order", "the moon orbits the earth"])
        alone = (await embedder.encode(["send it back"]))[0]
    assert math.hypot(*a) == pytest.approx(1, abs=1e-5)
    assert np.dot(a, b) > np.dot(a, c)
    assert alone == pytest.approx(a, abs=1e-5)
    assert capfd.readouterr().out == ""


async def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        async with open_embedder(str(tmp_path)):
            pass
