"""Our quick and our thorough fit on the work of benchmarks/perimeter.py."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.embedder import PACKAGED
from assistant.bootstrap.thorough_fitting import fit_thorough, open_tuned
from assistant.perimeter.policy import Costs, Policy, TopicAction
from assistant.perimeter.scope.classifier import open_classifier
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import background
from assistant.perimeter.scope.quick import ScopeModel, fit_quick
from assistant.perimeter.scope.thorough import TunedReader
from benchmarks.context_data import percentiles
from benchmarks.perimeter_data import Part, part_of
from benchmarks.perimeter_measures import Predictions

_TIMED = 300


@dataclass(frozen=True, slots=True)
class Scope:
    """A fitted scope, with a reader where an encoder of its own was trained."""

    model: ScopeModel
    reader: TunedReader | None = None

    def read(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
        """The probabilities of each topic (n, K) and of being in scope (n)."""
        more = [asyncio.run(self.reader.read(texts))] if self.reader else []
        return self.model.read(texts, vectors, more)


def fit(
    train: Part, validation: Part | None, *, costs: Costs, seed: int, cache: Path | None
) -> tuple[Scope, dict[str, Any]]:
    """The quick fit, and what it took and found. Seconds apart from encoding."""
    behind = part_of(background(), cache)
    cpu, began = time.process_time(), time.perf_counter()
    model = fit_quick(
        train.examples,
        train.vectors,
        validation=(validation.examples, validation.vectors) if validation else None,
        background=(behind.examples, behind.vectors),
        costs=costs,
        seed=seed,
    )
    return Scope(model), _took(model, cpu, began)


async def fit_thoroughly(
    train: Part,
    validation: Part | None,
    folder: Path,
    stack: AsyncExitStack,
    *,
    costs: Costs,
    seed: int,
    minutes: float,
) -> tuple[Scope, dict[str, Any]] | None:
    """What `assistant perimeter fit --thorough` runs, its encoder open as long as `stack`; None where the quick fit
    stands. Seconds apart from the encoding by the packaged encoder."""
    cpu, began = time.process_time(), time.perf_counter()
    found = await fit_thorough(
        train.examples,
        train.vectors,
        Policy(costs=costs),
        folder,
        base=PACKAGED,
        say=lambda said: print(said, file=sys.stderr, flush=True),
        minutes=minutes,
        seed=seed,
        validation=(validation.examples, validation.vectors) if validation else None,
    )
    if found is None:
        return None
    model, name = found
    took = _took(model, cpu, began)
    return Scope(model, await open_tuned(folder, name, stack)), took


def _took(model: ScopeModel, cpu: float, began: float) -> dict[str, Any]:
    return {
        "fit_s": round(time.perf_counter() - began, 1),
        "fit_cpu_s": round(time.process_time() - cpu, 1),
        "zones": {name: round(value, 4) for name, value in asdict(model.zones).items()},
        "held_out": asdict(model.held_out),
    }


def predict(scope: Scope, texts: Sequence[str], vectors: Floats) -> Predictions:
    """What the fitted scope says of questions, decided at the cut."""
    topics, inside = scope.read(texts, vectors)
    return Predictions(
        topics=np.array(scope.model.topics)[topics.argmax(axis=1)],
        sureness=topics.max(axis=1) * inside,
        inside=inside,
        accepted=inside >= scope.model.zones.cut,
    )


def zones_hit(scope: Scope, test: Part) -> dict[str, float]:
    """The shares of questions by zone, in scope and out of it; "wrong" are sure in scope and aren't."""
    _, inside = scope.read(test.texts, test.vectors)
    zones = scope.model.zones
    ours = np.array([label != "oos" for label in test.labels])
    sure_in, sure_out = inside >= zones.sure_in, inside < zones.sure_out
    return {
        "in_scope_sure_in": round(float(sure_in[ours].mean()), 4),
        "in_scope_sure_out": round(float(sure_out[ours].mean()), 4),
        "oos_sure_in": round(float(sure_in[~ours].mean()), 4) if (~ours).any() else 0.0,
        "oos_sure_out": round(float(sure_out[~ours].mean()), 4) if (~ours).any() else 0.0,
        "band": round(float((~sure_in & ~sure_out).mean()), 4),
    }


def timed(scope: Scope, train: Part, test: Part) -> dict[str, float]:
    """Milliseconds of CPU a question, one at a time, as a turn reads it: without its encoding by the packaged encoder,
    with that of its own."""
    model = scope.model
    actions: dict[str, TopicAction] = dict.fromkeys(model.topics, "answer")
    extra = (scope.reader,) if scope.reader else ()
    classifier = open_classifier(model, actions, train.examples, train.vectors, extra)

    async def run() -> list[float]:
        spent = []
        for text, vector in zip(test.texts[:_TIMED], test.vectors[:_TIMED], strict=True):
            began = time.process_time()
            await classifier.read([text], [vector.tolist()])
            spent.append((time.process_time() - began) * 1_000)
        return spent

    return percentiles(asyncio.run(run()))
