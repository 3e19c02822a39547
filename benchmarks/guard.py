"""The guards, measured: injection without a subcommand, `pii`, `indirect`, `stream` with one.

    python benchmarks/guard.py --data attacks.jsonl … [--support questions.csv …]
    python benchmarks/guard.py pii --data presidio_synth.jsonl
    python benchmarks/guard.py indirect …
    python benchmarks/guard.py stream …

Each says with `--help` what it reads and where that comes from.
"""

from __future__ import annotations

import importlib
import sys

PARTS = {"pii": "guard_pii", "indirect": "guard_indirect", "stream": "guard_stream"}


def main(argv: list[str]) -> None:
    """Hand the arguments to the part that is asked for."""
    named = argv[0] if argv and argv[0] in PARTS else ""
    part = importlib.import_module(PARTS.get(named, "guard_injection"))
    part.main(argv[1:] if named else argv)


if __name__ == "__main__":
    main(sys.argv[1:])
