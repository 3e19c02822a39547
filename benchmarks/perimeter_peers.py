"""semantic-router on the work of benchmarks/perimeter.py, each release in a process of its own.

The encoder is a table of the vectors that ours used too. 0.x: SemanticRouter with thresholds by its own `fit` (a random
search, here over a sample), and with one threshold for all routes. 1.x: IndexedRouter, calibrated by its own `fit`,
with one threshold. A threshold for all is the one with the best MCC on validation; without validation on a fifth of the
training questions that the router hasn't seen, with our generic questions as those out of scope.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.perimeter_data import Part, part_of
from benchmarks.perimeter_measures import OOS, Predictions, figures

_FIT_SAMPLE = 300
_FIT_ROUNDS = 60
_PROBE = "test"  # 0.x has its encoder encode this word, for the number of dimensions and nothing else
_LIMITS = np.linspace(0, 1, 201)
_Router = Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]


def run_peers(paths: Sequence[Path], train: Part, validation: Part | None, test: Part) -> dict[str, Any]:
    """The figures of the installed release, or of the one in each folder."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work.npz"
        _write(work, train, validation, test)
        for path in paths or [None]:
            places = [str(path)] if path else []
            where = os.pathsep.join([*places, str(Path(__file__).parents[1])])
            command = [sys.executable, "-m", "benchmarks.perimeter_peers", str(work)]
            done = subprocess.run(
                command, env={**os.environ, "PYTHONPATH": where}, check=True, stdout=subprocess.PIPE, text=True
            )
            found |= json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure the release that is importable here on the work in the file named."""
    import semantic_router

    parts = _read(Path(sys.argv[1]))
    release = "0" if hasattr(semantic_router, "SemanticRouter") else "1"
    measured = (_measure_0 if release == "0" else _measure_1)(parts)
    print(json.dumps(measured))


def _measure_0(parts: dict[str, tuple[list[str], list[str], np.ndarray]]) -> dict[str, Any]:
    from semantic_router import Route, SemanticRouter
    from semantic_router.encoders import DenseEncoder

    table = _table(parts)

    class Table(DenseEncoder):
        def __call__(self, docs: list[Any]) -> list[list[float]]:
            return [table[text] for text in docs]

    def build(texts: Sequence[str], labels: Sequence[str]) -> Any:
        routes = [
            Route(name=label, utterances=[t for t, own in zip(texts, labels, strict=True) if own == label])
            for label in sorted({*labels} - {OOS})
        ]
        return SemanticRouter(encoder=Table(name="table", score_threshold=0.0), routes=routes, auto_sync="local")

    def read(router: Any) -> _Router:
        def said(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
            choices = [router(vector=table[text]) for text in texts]
            return np.array([c.name or "" for c in choices]), np.array([c.similarity_score or 0.0 for c in choices])

        return said

    texts, labels, _ = parts["test"]
    began = time.perf_counter()
    router = build(*_inside(parts["train"]))
    fit_s = time.perf_counter() - began
    limit, questions = _one_threshold(parts, build, read, router)
    topics, scores = read(router)(texts)
    found = {"semantic-router 0.x, one threshold": _figures(labels, topics, scores, scores >= limit, limit, fit_s)}
    random.seed(0)
    sample = random.sample(questions, min(_FIT_SAMPLE, len(questions)))
    router.set_threshold(0.3)
    began = time.perf_counter()
    router.fit([q for q, _ in sample], [None if y == OOS else y for _, y in sample], max_iter=_FIT_ROUNDS)
    own, _ = read(router)(texts)
    accepted = own != ""
    found["semantic-router 0.x, own fit"] = _figures(
        labels, topics, scores, accepted, 0.0, fit_s + time.perf_counter() - began
    )
    return found


def _measure_1(parts: dict[str, tuple[list[str], list[str], np.ndarray]]) -> dict[str, Any]:
    from semantic_router import IndexedRouter, Route
    from semantic_router.encoders import DenseEncoder

    table = _table(parts)

    class Table(DenseEncoder):
        def __call__(self, docs: list[Any]) -> list[list[float]]:
            return [table[text] for text in docs]

    def build(texts: Sequence[str], labels: Sequence[str]) -> Any:
        routes = [
            Route(name=label, utterances=[t for t, own in zip(texts, labels, strict=True) if own == label])
            for label in sorted({*labels} - {OOS})
        ]
        return IndexedRouter(encoder=Table(name="table"), routes=routes)

    def read(router: Any) -> _Router:
        def said(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
            choices = [router(text, threshold=-1.0) for text in texts]
            return np.array([c.name for c in choices]), np.array([c.confidence for c in choices])

        return said

    texts, labels, _ = parts["test"]
    began = time.perf_counter()
    router = build(*_inside(parts["train"]))
    limit, _ = _one_threshold(parts, build, read, router, calibrate=True)
    topics, scores = read(router)(texts)
    took = time.perf_counter() - began
    return {"semantic-router 1.x, own calibration": _figures(labels, topics, scores, scores >= limit, limit, took)}


def _one_threshold(
    parts: dict[str, tuple[list[str], list[str], np.ndarray]],
    build: Callable[[Sequence[str], Sequence[str]], Any],
    read: Callable[[Any], _Router],
    router: Any,
    *,
    calibrate: bool = False,
) -> tuple[float, list[tuple[str, str]]]:
    """The threshold with the best MCC on questions the router hasn't seen, and those questions."""
    from sklearn.metrics import matthews_corrcoef

    train = parts["train"]
    if "validation" in parts:
        seen, texts, labels = router, *parts["validation"][:2]
    else:
        fifth = np.random.default_rng(0).random(len(train[0])) < 0.2
        rest = [(t, y) for t, y, held in zip(train[0], train[1], fifth, strict=True) if not held and y != OOS]
        seen = build([t for t, _ in rest], [y for _, y in rest])
        held = [(t, y) for t, y, own in zip(train[0], train[1], fifth, strict=True) if own]
        texts = [t for t, _ in held] + parts["background"][0]
        labels = [y for _, y in held] + parts["background"][1]
    if calibrate:
        seen.fit(texts, [None if y == OOS else y for y in labels])
        router.calibrator = seen.calibrator
    topics, scores = read(seen)(texts)
    found = [matthews_corrcoef(labels, np.where(scores >= limit, topics, OOS)) for limit in _LIMITS]
    return float(_LIMITS[int(np.argmax(found))]), list(zip(texts, labels, strict=True))


def _figures(
    labels: Sequence[str], topics: np.ndarray, scores: np.ndarray, accepted: np.ndarray, limit: float, fit_s: float
) -> dict[str, Any]:
    said = Predictions(topics, scores, scores, accepted)
    return figures(labels, said) | {"threshold": round(limit, 4), "fit_s": round(fit_s, 1)}


def _inside(part: tuple[list[str], list[str], np.ndarray]) -> tuple[list[str], list[str]]:
    kept = [(text, label) for text, label in zip(*part[:2], strict=True) if label != OOS]
    return [text for text, _ in kept], [label for _, label in kept]


def _table(parts: dict[str, tuple[list[str], list[str], np.ndarray]]) -> dict[str, list[float]]:
    width = parts["train"][2].shape[1]
    return {_PROBE: [1.0] + [0.0] * (width - 1)} | {
        text: vector
        for texts, _, vectors in parts.values()
        for text, vector in zip(texts, vectors.tolist(), strict=True)
    }


def _write(path: Path, train: Part, validation: Part | None, test: Part) -> None:
    from assistant.perimeter.scope.examples import background

    parts = {"train": train, "test": test} | ({"validation": validation} if validation else {})
    if not validation:
        parts["background"] = part_of(background(), None)
    arrays: dict[str, Any] = {}
    for name, part in parts.items():
        arrays |= {f"{name}_vectors": part.vectors, f"{name}_said": np.array(json.dumps([part.texts, part.labels]))}
    np.savez(path, **arrays)


def _read(path: Path) -> dict[str, tuple[list[str], list[str], np.ndarray]]:
    with np.load(path) as arrays:
        names = [name.removesuffix("_said") for name in arrays if name.endswith("_said")]
        return {name: (*json.loads(str(arrays[f"{name}_said"])), arrays[f"{name}_vectors"]) for name in names}


if __name__ == "__main__":
    main()
