"""The operator's one door. `main` is what the `assistant` command runs."""

from assistant.cli.commands import main

__all__ = ["main"]
