"""The folder Chainlit works from: a fresh copy of what we ship, so that an install may be read-only."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from assistant.errors import ConfigurationError

_SHIPPED = Path(__file__).parent / "root"
_CHECKOUT = Path(__file__).parents[2]


def shipped_root() -> Path:
    """Where `public/`, `.chainlit/` and `chainlit.md` are: inside the wheel, or at the top of a checkout."""
    for folder in (_SHIPPED, _CHECKOUT):
        if (folder / ".chainlit" / "config.toml").is_file() and (folder / "public").is_dir():
            return folder
    raise ConfigurationError(
        f"The chat's files (public/, .chainlit/) are neither in {_SHIPPED} nor in {_CHECKOUT}: reinstall the package."
    )


def prepare_root(folder: Path) -> Path:
    """Copy the shipped files into `folder` and point Chainlit at it; must run before Chainlit is imported.

    Raises ConfigurationError when Chainlit already runs from another folder: one root per process.
    """
    folder = folder.resolve()
    loaded = sys.modules.get("chainlit.config")
    if loaded is not None:
        if Path(loaded.APP_ROOT) != folder:
            raise ConfigurationError(f"The chat already runs from {loaded.APP_ROOT}; one folder per process.")
        return folder
    _copy(shipped_root(), folder)
    os.environ["CHAINLIT_APP_ROOT"] = str(folder)
    os.environ["CHAINLIT_CUSTOM_AUTH"] = "1"
    # Chainlit would load the .env of whatever folder the command was started in.
    os.environ["CHAINLIT_ENV_FILE"] = str(folder / "no.env")
    return folder


def _copy(source: Path, folder: Path) -> None:
    for name in ("public", ".chainlit"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(source / name, folder / name)
    readme = source / "chainlit.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    for name in ("chainlit.md", "chainlit_en-US.md"):
        (folder / name).write_text(text, encoding="utf-8")
