"""The scope of a policy against its peers: which topic a question is of, and whether it is of any.

    python benchmarks/perimeter.py --train CSV [--validation CSV] --test CSV [--thorough] [--peers] [--limit N]
    python benchmarks/perimeter.py answerability --corpus JSONL[.gz] --tasks JSONL
    python benchmarks/perimeter.py shops --train CSV --domains JSON

CSV files have the columns text,label; the label `oos` is out of scope. CLINC150 is at https://github.com/clinc/oos-eval,
HINT3's bots are at https://github.com/hellohaptik/HINT3. What is fitted is fitted on train, probabilities on validation
(without it, by cross-validation), and test is read once. `--costs WRONG,REFUSAL,HANDOFF` decides what is accepted; the
default 1,1,1 counts every mistake alike, as F1 and MCC do. `--vectors FOLDER` keeps vectors between runs.

`--thorough` fits a second time as `assistant perimeter fit --thorough` does, in `--minutes` of training, and adds its
figures as "thorough"; progress goes to the error stream.

`--peers` runs semantic-router with the same encoder. Its last release with SemanticRouter (0.3.3) and its 1.x can't be
installed together, and neither beside the assistant's pins: each `--peer-path FOLDER` names a folder it was installed
into with its dependencies (`pip install --target FOLDER semantic-router==0.3.3`), and runs in a process of its own on
the vectors of this one. A table is printed, then one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant.bootstrap.fitting import one_thread
from assistant.bootstrap.thorough_fitting import MINUTES
from assistant.perimeter.policy import Costs
from benchmarks.context import print_table
from benchmarks.context_data import SEED, machine
from benchmarks.perimeter_data import Part, encode, load
from benchmarks.perimeter_measures import figures
from benchmarks.perimeter_noise import NOISES
from benchmarks.perimeter_ours import Scope, fit, fit_thoroughly, predict, timed, zones_hit

PARTS = ("answerability", "shops")
_DROPPED = ("closed_accuracy", "in_scope_accuracy", "oos_f1", "auroc", "mcc")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the part that is asked for, or the whole comparison."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in PARTS:
        import_module(f"benchmarks.perimeter_{given[0]}").main(given[1:])
        return
    warnings.simplefilter("ignore", DeprecationWarning)
    arguments = _arguments(given)
    one_thread()
    began = time.perf_counter()
    found = run(arguments)
    more = {"thorough": found["thorough"]} if arguments.thorough else {}
    print_table({"quick": {name: found[name] for name in found if name not in more}, **more, **found.get("peers", {})})
    ending = {"machine": machine(), "seed": arguments.seed, "wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps({**found, **ending}))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures of ours, and of the peers if asked for."""
    cache = arguments.vectors
    train, test = (load(path, limit=arguments.limit, cache=cache) for path in (arguments.train, arguments.test))
    validation = load(arguments.validation, limit=arguments.limit, cache=cache) if arguments.validation else None
    scope, took = fit(train, validation, costs=Costs(*arguments.costs), seed=arguments.seed, cache=cache)
    found = _measured(scope, train, test, arguments) | took
    if arguments.thorough:
        found["thorough"] = asyncio.run(_thorough(train, validation, test, arguments))
    if arguments.peers:
        from benchmarks.perimeter_peers import run_peers

        found["peers"] = run_peers(arguments.peer_path, train, validation, test)
    return found


def _measured(scope: Scope, train: Part, test: Part, arguments: argparse.Namespace) -> dict[str, Any]:
    found = figures(test.labels, predict(scope, test.texts, test.vectors))
    found |= {"classify_ms": timed(scope, train, test), "zone_shares": zones_hit(scope, test)}
    if arguments.noise:
        found["noise"] = {
            name: _drop(found, figures(part.labels, predict(scope, part.texts, part.vectors)))
            for name, part in noisy(test, arguments.seed, arguments.vectors).items()
        }
    return found


async def _thorough(train: Part, validation: Part | None, test: Part, arguments: argparse.Namespace) -> dict[str, Any]:
    costs = Costs(*arguments.costs)
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            fitted = await fit_thoroughly(
                train, validation, Path(folder), stack, costs=costs, seed=arguments.seed, minutes=arguments.minutes
            )
            if fitted is None:
                return {"kept": "the quick fit"}
            return await asyncio.to_thread(_measured, fitted[0], train, test, arguments) | fitted[1]


def noisy(test: Part, seed: int, cache: Path | None) -> dict[str, Part]:
    """The test questions with each kind of noise."""
    parts = {}
    for name, noise in NOISES.items():
        dice = random.Random(seed)
        texts = [noise(text, dice) for text in test.texts]
        examples = tuple(type(e)(text, e.label) for text, e in zip(texts, test.examples, strict=True))
        parts[name] = Part(examples, encode(texts, cache))
    return parts


def _drop(clean: dict[str, Any], noisy: dict[str, Any]) -> dict[str, Any]:
    found = {name: noisy[name] for name in _DROPPED}
    return found | {f"{name}_drop": round((clean[name] or 0) - (noisy[name] or 0), 4) for name in _DROPPED}


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--validation", type=Path)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="a short run: so many questions of each label")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--costs", type=lambda text: tuple(map(float, text.split(","))), default=(1.0, 1.0, 1.0))
    parser.add_argument("--vectors", type=Path, help="a folder to keep vectors in")
    parser.add_argument("--no-noise", dest="noise", action="store_false", help="leave the noisy runs out")
    parser.add_argument("--thorough", action="store_true", help="fine-tune an encoder too, as the command does")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of training, with --thorough")
    parser.add_argument("--peers", action="store_true", help="run the peers on the same work")
    parser.add_argument("--peer-path", type=Path, action="append", default=[], help="a folder with another release")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
