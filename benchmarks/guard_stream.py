"""Streaming stays a stream: the time to the first released sentence with the guards on, against the same without.

    python benchmarks/guard.py stream [--answers 5] [--tokens-per-s 40] [--limit N]

A stand-in server streams answers whose sentences its passages bear, over HTTP, through the real model adapter. `on` is
the first piece that the output guard released; `off` is when the first sentence's full stop had come from the model,
as early as anything that shows sentences could have shown it. `max_gap_ms` is the longest silence between two releases.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from langchain_core.messages import BaseMessage

from assistant.adapters.models import open_model
from assistant.ports import LanguageModel, ModelChunk, ToolSpec
from assistant.testing.completions import Behaviour
from assistant.testing.model_server import serve_model
from assistant.values import Event, Part, Token
from benchmarks.guard_turns import Answering, passage

FACTS = (
    "You have 30 days from delivery to start a return of any device in the shop.",
    "The refund is sent to the card that paid for the order within 5 working days.",
    "Opened battery packs cannot be returned, because nobody can tell whether they have been used.",
    "The prepaid label is valid for 21 days and covers one parcel of up to 10 kg.",
    "A late parcel is searched for by the carrier, which takes up to 5 working days.",
    "Orders over 60 pounds are delivered free of charge to every address on the mainland.",
)
QUESTION = "How do I return a device, and when do I get my money?"
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")


@dataclass(slots=True)
class Watched:
    """A model that notes when it was asked and when its first sentence was whole, in seconds."""

    inner: LanguageModel
    name: str = "watched"
    asked_at: float = 0.0
    whole_at: float = 0.0
    _said: str = field(default="")

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        self.asked_at, self.whole_at, self._said = time.perf_counter(), 0.0, ""
        async for chunk in self.inner.stream(messages, tools=tools):
            self._said += chunk.text
            if not self.whole_at and _SENTENCE_END.search(self._said):
                self.whole_at = time.perf_counter()
            yield chunk

    async def health(self) -> Part:
        return await self.inner.health()


def main(argv: Sequence[str] | None = None) -> None:
    arguments = _arguments(argv)
    began = time.perf_counter()
    result = asyncio.run(run(min(arguments.answers, arguments.limit or arguments.answers), arguments.tokens_per_s))
    for name, value in result.items():
        print(f"{name:<22}{value}")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    print(json.dumps({**result, "seed": 0, "wall_s": round(time.perf_counter() - began, 1), "machine": machine}))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="guard.py stream", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=int, default=5)
    parser.add_argument("--tokens-per-s", type=float, default=40.0)
    parser.add_argument("--limit", type=int, default=0)
    return parser.parse_args(argv)


async def run(answers: int, tokens_per_s: float) -> dict[str, Any]:
    """Stream the answer this often; times are medians in milliseconds, the gap is the longest of all."""
    passages = [passage(fact, title="Returns", number=number) for number, fact in enumerate(FACTS)]
    text = " ".join(f"{fact[:-1]} [{number}]." for number, fact in enumerate(FACTS, 1))
    on, off, gaps, pieces = list[float](), list[float](), list[float](), list[int]()
    async with serve_model(Behaviour(tokens_per_s=tokens_per_s)) as running:
        model = open_model("openai:stand-in", base_url=running.base_url, api_key="none", timeout_s=60, max_tokens=400)
        watched = Watched(model)
        for _ in range(answers):
            running.server.script.append({"text": text})
            released: list[float] = []
            said = await Answering(watched).answer(QUESTION, passages, wait=_noting(released))
            if len(released) < 2:
                raise ValueError(f"the guard released nothing to measure: {said.findings}")
            on.append(released[0] - watched.asked_at)
            off.append(watched.whole_at - watched.asked_at)
            gaps += [later - earlier for earlier, later in pairwise(released)]
            pieces.append(said.pieces)
        await model.aclose()
    first = {"on": _ms(statistics.median(on)), "off": _ms(statistics.median(off))}
    return {
        "first_sentence_ms": first,
        "ratio": round(first["on"] / first["off"], 3),
        "max_gap_ms": _ms(max(gaps)),
        "released_pieces": round(statistics.mean(pieces), 1),
        "answers": answers,
    }


def _noting(times: list[float]) -> Any:
    def emit(event: Event) -> None:
        if isinstance(event, Token):
            times.append(time.perf_counter())

    return emit


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


if __name__ == "__main__":
    main()
