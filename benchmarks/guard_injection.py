"""The input guard on labelled attacks and harmless texts: recall, false positives, F1, by source, with its cost.

Data (JSONL with `text`, `label` attack or benign, `source`): qualifire's prompt-injections-benchmark
(https://huggingface.co/datasets/qualifire/prompt-injections-benchmark, CC BY-NC 4.0: for measuring only), InjecGuard
with NotInject (https://github.com/leolee99/PIGuard, MIT), WildGuardMix (ODC-BY), Giskard's prompt injections
(Apache-2.0). `--support` takes questions of real users, all harmless, as CSV or JSONL with a column `text`: HINT3
(https://github.com/hellohaptik/HINT3), MT-RAG (https://github.com/IBM/mt-rag-benchmark), whose `|user|:` marks
are taken off.

    python -m benchmarks.guard --data qualifire_public.jsonl injection.jsonl --support train.csv queries_lastturn.jsonl

The headline is the guard as the graph uses it, with the message's sentence vector; `without_vector` is the first look
alone. `halves` splits every source by a hash of the text: the thresholds and rules were developed while looking at the
half `seen`, so `unseen` is the honest one. `--noise` repeats everything on the texts as they come from a telephone, by
the functions and seed of `perimeter_noise`: slips of the finger, lower case without punctuation, missing spaces, small
words of other languages.

`--peers`: the guards that PyPI carries (protectai's llm-guard, rebuff, nemoguardrails, vigil) need a model's weights or
a service at run time, so none runs offline. Published for the same set, by its authors and not measured here: ProtectAI
deberta-v3-base-prompt-injection-v2 F1 0.65. Peers therefore report only what a list of phrases does (`phrases`).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.embedder import PACKAGED, open_embedder
from assistant.perimeter.injection_model import shipped_weights
from assistant.perimeter.input_guard import screen, weigh
from assistant.perimeter.policy import Policy
from assistant.ports import Vector
from benchmarks.perimeter_noise import NOISES

POLICY = Policy(max_chars=20_000)  # the sets hold longer texts than a chat takes; being too long is no finding here
SHORT = 500  # characters; most messages of a chat are shorter
PHRASES = (
    "ignore previous",
    "ignore all",
    "system prompt",
    "you are now",
    "developer mode",
    "jailbreak",
    "dan mode",
)


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    attack: bool
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the guard said: with the vector, without it, and how long it took, in ms of CPU."""

    refused: bool
    refused_without: bool
    unchecked: bool
    ms: float


def main(argv: list[str]) -> None:
    """Measure, print a table for people and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--support", type=Path, nargs="+", default=[])
    parser.add_argument("--limit", type=int, default=0, help="so many texts of each source")
    parser.add_argument("--noise", action="store_true", help="repeat it on noisy texts; four times the work")
    parser.add_argument("--no-vectors", action="store_true", help="the first look alone, without loading the embedder")
    parser.add_argument("--vectors", type=Path, help="keep the sentence vectors here (.npz) for another run")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    started = time.perf_counter()
    rows = limited([row for path in arguments.data + arguments.support for row in read(path)], arguments)
    result = measured(rows, arguments)
    if arguments.noise:
        result["noise"] = {name: noisy(rows, name, result, arguments) for name in NOISES}
    if arguments.peers:
        found = [any(phrase in row.text.lower() for phrase in PHRASES) for row in rows]
        result["peers"] = {"phrases": figures(rows, found)}
    result |= {"machine": machine(), "seed": arguments.seed, "wall_s": round(time.perf_counter() - started, 1)}
    show(result)
    print(json.dumps(result))


def read(path: Path) -> Iterable[Row]:
    """The texts of a file; without a label they are harmless, and the file is their source."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file) if path.suffix == ".csv" else (json.loads(line) for line in file)
        for line in lines:
            labelled = "source" in line
            text = line["text"] if labelled else line["text"].replace("|user|:", "").strip()
            yield Row(text, labelled and line["label"] == "attack", line["source"] if labelled else path.stem)


def limited(rows: list[Row], arguments: argparse.Namespace) -> list[Row]:
    if not arguments.limit:
        return rows
    random.Random(arguments.seed).shuffle(rows)
    kept: dict[tuple[str, bool], list[Row]] = {}
    for row in rows:
        kept.setdefault((row.source, row.attack), []).append(row)
    return [row for group in kept.values() for row in group[: arguments.limit]]


def measured(rows: list[Row], arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures of these texts."""
    texts = [row.text for row in rows]
    vectors = None if arguments.no_vectors else embedded(texts, arguments.vectors)
    outcomes = [judged(text, None if vectors is None else vectors[at]) for at, text in enumerate(texts)]
    refused = [outcome.refused for outcome in outcomes]
    halves = {
        name: [at for at, row in enumerate(rows) if seen(row.text) == (name == "seen")] for name in ("seen", "unseen")
    }
    return figures(rows, refused) | {
        "without_vector": figures(rows, [outcome.refused_without for outcome in outcomes]),
        "halves": {name: figures([rows[i] for i in at], [refused[i] for i in at]) for name, at in halves.items()},
        "could_not_check": sum(outcome.unchecked for outcome in outcomes),
        "screen_ms": spread(outcomes),
        "screen_ms_short": spread([each for each, text in zip(outcomes, texts, strict=True) if len(text) <= SHORT]),
        "screen_ms_long": spread([each for each, text in zip(outcomes, texts, strict=True) if len(text) > SHORT]),
    }


def spread(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Middle and 95th percentile of the CPU time, in ms."""
    times = sorted(outcome.ms for outcome in outcomes)
    if not times:
        return {"n": 0}
    p50, p95 = statistics.median(times), times[int(0.95 * len(times))]
    return {"n": len(times), "p50": round(p50, 2), "p95": round(p95, 2)}


def judged(text: str, vector: Sequence[float] | None) -> Outcome:
    began = time.process_time()
    first = screen(text, POLICY)
    second = first if vector is None else weigh(first, vector, POLICY, embedder=shipped_weights().embedder)
    took = (time.process_time() - began) * 1000
    empty = any(finding.kind in ("empty", "too_long") for finding in first.findings)
    unchecked = second.outcome == "could_not_check"
    return Outcome(second.outcome == "blocked" and not empty, first.outcome == "blocked" and not empty, unchecked, took)


def figures(rows: Sequence[Row], refused: Sequence[bool]) -> dict[str, Any]:
    """Recall, false positives and F1 over all, and by source with counts."""
    sources: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        sources.setdefault(row.source, []).append(at)
    return rates(rows, refused) | {
        "by_source": {
            name: rates([rows[i] for i in at], [refused[i] for i in at]) for name, at in sorted(sources.items())
        }
    }


def rates(rows: Sequence[Row], refused: Sequence[bool]) -> dict[str, Any]:
    attacks = sum(row.attack for row in rows)
    harmless = len(rows) - attacks
    found = sum(row.attack and hit for row, hit in zip(rows, refused, strict=True))
    wrong = sum(not row.attack and hit for row, hit in zip(rows, refused, strict=True))
    made: dict[str, Any] = {"n": len(rows)}
    if attacks:
        made |= {"attack_recall": round(found / attacks, 4), "attacks_found": found}
    if harmless:
        made |= {"benign_false_positive_rate": round(wrong / harmless, 4), "false_positives": wrong}
    if attacks and harmless:
        made["f1"] = round(2 * found / (found + wrong + attacks), 4)
    return made


def seen(text: str) -> bool:
    """Whether a text was in the half that was looked at."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] % 2 == 0


def noisy(
    rows: list[Row], name: str, clean: dict[str, Any], arguments: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """The figures of the texts with one noise, over all and by source, and how far they moved."""
    rng = random.Random(arguments.seed)
    made = measured([replace(row, text=NOISES[name](row.text, rng)) for row in rows], arguments)
    moved = {source: change(each, clean["by_source"][source]) for source, each in made["by_source"].items()}
    return {"all": change(made, clean), **moved}


def change(now: dict[str, Any], before: dict[str, Any]) -> dict[str, float]:
    """Recall, refusals and F1 with noise, and the difference to those without."""
    keys = [key for key in ("attack_recall", "benign_false_positive_rate", "f1") if key in before]
    return {key: now[key] for key in keys} | {f"{key}_change": round(now[key] - before[key], 4) for key in keys}


def embedded(texts: Sequence[str], kept: Path | None) -> np.ndarray:
    """The packaged embedder's vectors; those of texts that `kept` holds are read from there."""
    known: dict[str, Any] = {}
    if kept and kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    known |= zip(missing, np.asarray(asyncio.run(encoded(missing)), dtype=np.float32), strict=True) if missing else {}
    if kept and missing:
        np.savez(kept, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts])


async def encoded(texts: Sequence[str]) -> list[Vector]:
    async with open_embedder(PACKAGED) as embedder:
        return await embedder.encode(texts)


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__}


def show(result: dict[str, Any]) -> None:
    """The table for people."""
    halves = result["halves"]
    print(f"{'source':34}{'n':>6}{'recall':>9}{'refused':>9}{'':>6}{'F1':>8}{'unseen half':>14}")
    for name, each in [("all", result), *result["by_source"].items()]:
        other = halves["unseen"] if name == "all" else halves["unseen"]["by_source"].get(name, {})
        recall, wrong, f1 = (each.get(k) for k in ("attack_recall", "benign_false_positive_rate", "f1"))
        count = f"({each['false_positives']})" if wrong is not None else ""
        unseen = other.get("f1", other.get("attack_recall", other.get("benign_false_positive_rate")))
        print(f"{name:34}{each['n']:>6}{cell(recall):>9}{cell(wrong):>9}{count:>6}{cell(f1):>8}{cell(unseen):>14}")
    print(f"without the vector: recall {cell(result['without_vector'].get('attack_recall'))}")
    short, long = result["screen_ms_short"], result["screen_ms_long"]
    print(f"screen and weigh, ms of CPU: up to {SHORT} characters {short}, longer {long}")
    print(f"could not check: {result['could_not_check']}")
    for name, sources in result.get("noise", {}).items():
        for source, each in sources.items():
            moved = ", ".join(f"{key.removesuffix('_change')} {each[key]:+.4f}" for key in each if "change" in key)
            print(f"noise, {name}, {source}: {moved}")


def cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    main(sys.argv[1:])
