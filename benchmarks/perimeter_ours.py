"""Our quick fit on the work of benchmarks/perimeter.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.classifier import open_classifier
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import background
from assistant.perimeter.scope.quick import ScopeModel, fit_quick
from benchmarks.context_data import percentiles
from benchmarks.perimeter_data import Part, part_of
from benchmarks.perimeter_measures import Predictions

_TIMED = 300


def fit(
    train: Part, validation: Part | None, *, costs: Costs, seed: int, cache: Any
) -> tuple[ScopeModel, dict[str, Any]]:
    """The fitted scope, and what fitting took and found. Seconds apart from encoding."""
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
    took = {
        "fit_s": round(time.perf_counter() - began, 1),
        "fit_cpu_s": round(time.process_time() - cpu, 1),
        "zones": {name: round(value, 4) for name, value in asdict(model.zones).items()},
        "held_out": asdict(model.held_out),
    }
    return model, took


def predict(model: ScopeModel, texts: Sequence[str], vectors: Floats) -> Predictions:
    """What the fitted scope says of questions, decided at the cut."""
    topics, inside = model.read(texts, vectors)
    return Predictions(
        topics=np.array(model.topics)[topics.argmax(axis=1)],
        sureness=topics.max(axis=1) * inside,
        inside=inside,
        accepted=inside >= model.zones.cut,
    )


def zones_hit(model: ScopeModel, test: Part) -> dict[str, float]:
    """The shares of questions by zone, in scope and out of it; "wrong" are sure in scope and aren't."""
    _, inside = model.read(test.texts, test.vectors)
    ours = np.array([label != "oos" for label in test.labels])
    sure_in, sure_out = inside >= model.zones.sure_in, inside < model.zones.sure_out
    return {
        "in_scope_sure_in": round(float(sure_in[ours].mean()), 4),
        "in_scope_sure_out": round(float(sure_out[ours].mean()), 4),
        "oos_sure_in": round(float(sure_in[~ours].mean()), 4) if (~ours).any() else 0.0,
        "oos_sure_out": round(float(sure_out[~ours].mean()), 4) if (~ours).any() else 0.0,
        "band": round(float((~sure_in & ~sure_out).mean()), 4),
    }


def timed(model: ScopeModel, train: Part, test: Part) -> dict[str, float]:
    """Milliseconds of CPU a question, one at a time and without its encoding, as a turn reads it."""
    classifier = open_classifier(model, dict.fromkeys(model.topics, "answer"), train.examples, train.vectors)

    async def run() -> list[float]:
        spent = []
        for text, vector in zip(test.texts[:_TIMED], test.vectors[:_TIMED], strict=True):
            began = time.process_time()
            await classifier.read([text], [vector.tolist()])
            spent.append((time.process_time() - began) * 1_000)
        return spent

    return percentiles(asyncio.run(run()))
