"""The guards, measured: injection without a subcommand, `pii`, `indirect`, `stream` with one.

    python -m benchmarks.guard --data attacks.jsonl … [--support questions.csv …]
    python -m benchmarks.guard pii --data presidio_synth.jsonl
    python -m benchmarks.guard indirect …
    python -m benchmarks.guard stream …

Each says with `--help` what it reads and where that comes from.
"""

from __future__ import annotations

import importlib
import sys

PARTS = {"pii": "guard_pii", "indirect": "guard_indirect", "stream": "guard_stream"}


def main(argv: list[str]) -> None:
    """Hand the arguments to the part that is asked for."""
    named = argv[0] if argv and argv[0] in PARTS else ""
    part = importlib.import_module(f"benchmarks.{PARTS.get(named, 'guard_injection')}")
    part.main(argv[1:] if named else argv)


if __name__ == "__main__":
    main(sys.argv[1:])
