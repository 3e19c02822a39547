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
from pathlib import Path
from typing import Any

from benchmarks.context_data import SEED, machine

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
os.environ.setdefault("LANGSMITH_TRACING", "false")

WIDTH = 16


def main() -> None:
    """Run the part that is asked for."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING)
    warnings.simplefilter("ignore", DeprecationWarning)
    began = time.perf_counter()
    figures = arguments.part.run(arguments)
    print_table({"ours": figures, **figures.get("variants", {}), **figures.get("peers", {})})
    ending = {"machine": machine(), "seed": arguments.seed, "wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps({**figures, **ending}))


def _arguments() -> argparse.Namespace:
    from benchmarks import context_cost, context_fidelity

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parts = parser.add_subparsers(required=True, metavar="recall | cost | fidelity")
    for name, part in {"cost": context_cost, "fidelity": context_fidelity}.items():
        chosen = parts.add_parser(name)
        chosen.set_defaults(part=part)
        chosen.add_argument("--data", type=Path, required=True, help="conversations in LoCoMo's form")
        chosen.add_argument("--limit", type=int, default=0, help="a short run: so many conversations, or turns")
        chosen.add_argument("--seed", type=int, default=SEED)
        chosen.add_argument("--peers", action="store_true", help="run the peers on the same work")
        part.add_arguments(chosen)
    return parser.parse_args()


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
