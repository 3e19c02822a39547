"""The context runtime against its peers: what is found again, what it costs, what it keeps word for word.

    python benchmarks/context.py recall --data locomo10.json[.gz] [--budgets 1000,2000,4000,8000] [--peers]
    python benchmarks/context.py cost --data locomo10.json[.gz] [--turns 200] [--peers]
    python benchmarks/context.py fidelity --data locomo10.json[.gz] [--facts 20] [--folds 1,3,10] [--peers]

The data are in LoCoMo's form (https://github.com/snap-research/locomo, data/locomo10.json). `--peers` needs the extra
`bench`; `--limit N` makes a short run (conversations; turns for cost). A table is printed, then one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.context_data import SEED, machine

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
os.environ.setdefault("LANGSMITH_TRACING", "false")

PARTS = ("recall", "cost", "fidelity")
WIDTH = 16


def main() -> None:
    """Run the part that is asked for."""
    name, arguments = _arguments()
    logging.basicConfig(level=logging.WARNING)
    warnings.simplefilter("ignore", DeprecationWarning)
    began = time.perf_counter()
    figures = _part(name).run(arguments)
    if name == "recall" and arguments.peers:
        figures = {**figures, "peers": _part("recall_peers").run(arguments) | figures.get("peers", {})}
    print_table({"ours": figures, **figures.get("variants", {}), **figures.get("peers", {})})
    ending = {"machine": machine(), "seed": arguments.seed, "wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps({**figures, **ending}))


def _arguments() -> tuple[str, argparse.Namespace]:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], add_help=False)
    parser.add_argument("part", choices=PARTS)
    chosen, _ = parser.parse_known_args()
    whole = argparse.ArgumentParser(parents=[parser], usage=__doc__)
    whole.add_argument("--data", type=Path, required=True, help="conversations in LoCoMo's form")
    whole.add_argument("--limit", type=int, default=0, help="a short run: so many conversations, or turns")
    whole.add_argument("--seed", type=int, default=SEED)
    whole.add_argument("--peers", action="store_true", help="run the peers on the same work")
    _part(chosen.part).add_arguments(whole)
    return chosen.part, whole.parse_args()


def _part(name: str) -> Any:
    """A part's module; each loads only what it needs."""
    return import_module(f"benchmarks.context_{name}")


def print_table(columns: Mapping[str, Mapping[str, Any]]) -> None:
    """A line a figure, a column a contestant; their names stand above, numbered."""
    flat = {name: dict(_flat(figures)) for name, figures in columns.items()}
    rows = list(dict.fromkeys(row for figures in flat.values() for row in figures))
    for number, name in enumerate(flat):
        print(f"[{number}] {name}")
    print(f"\n{'':44}" + "".join(f"{f'[{number}]':>{WIDTH}}" for number in range(len(flat))))
    for row in rows:
        print(f"{row:44}" + "".join(f"{_shown(figures.get(row)):>{WIDTH}}" for figures in flat.values()))


def _flat(figures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in figures.items():
        if name in {"peers", "variants"}:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
