"""Who may read a document: `audience.yaml` beside the documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ConfigurationError

FILE_NAME = "audience.yaml"
NARROWEST = frozenset({"staff"})


@dataclass(frozen=True, slots=True)
class AudienceRules:
    """Globs and the groups they grant, first match wins. What no rule matches is for staff only."""

    folder: Path
    rules: tuple[tuple[re.Pattern[str], frozenset[str]], ...]

    def of(self, path: Path) -> frozenset[str]:
        relative = path.relative_to(self.folder).as_posix()
        return next((groups for pattern, groups in self.rules if pattern.fullmatch(relative)), NARROWEST)


def find_rules(root: Path) -> AudienceRules | None:
    """Those of the nearest `audience.yaml`: in `root` itself or in a folder above it.

    Raises:
        ConfigurationError: the file can't be read as rules.
    """
    start = root if root.is_dir() else root.parent
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return _read(folder / FILE_NAME)
    return None


def groups_of(value: Any) -> frozenset[str]:
    """Groups from a YAML value: a name or a list of names.

    Raises:
        ValueError: it is neither.
    """
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(f"audience must be a list of group names, not {value!r}")
    return frozenset(name.strip() for name in names)


def _read(path: Path) -> AudienceRules:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or set(content) != {"rules"} or not isinstance(content["rules"], list):
            raise ValueError("it must have one key, `rules`, with a list")
        return AudienceRules(path.parent, tuple(_rule(rule) for rule in content["rules"]))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as exc:
        raise ConfigurationError(f"{path}: {exc}") from exc


def _rule(rule: Any) -> tuple[re.Pattern[str], frozenset[str]]:
    if not isinstance(rule, dict) or set(rule) != {"match", "audience"} or not isinstance(rule["match"], str):
        raise ValueError(f"a rule has exactly `match` and `audience`, unlike {rule!r}")
    return _glob(rule["match"]), groups_of(rule["audience"])


def _glob(pattern: str) -> re.Pattern[str]:
    """`*` and `?` stay within a folder, `**` crosses folders, `**/` also matches none."""
    parts = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)
    return re.compile("".join(parts.get(token, re.escape(token)) for token in tokens), re.DOTALL)
