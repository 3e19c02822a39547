"""A mapping of a YAML file whose values are read by kind; whatever is wrong is a PolicyError that names the line."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import yaml

from assistant.errors import PolicyError

_T = TypeVar("_T")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Table:
    """The `key: value` lines at one place of a file."""

    nodes: dict[str, tuple[yaml.Node, yaml.Node]]
    start: yaml.Node
    file: str
    where: str

    @classmethod
    def of(cls, node: yaml.Node, file: str, *, where: str, known: Iterable[str]) -> Table:
        """The table at a node; keys that aren't `known`, or stand twice, are errors."""
        if not isinstance(node, yaml.MappingNode):
            raise PolicyError(f"{file}, line {line_of(node)}: {where} must be `key: value` lines, not {_kind(node)}.")
        nodes: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = str(key.value)
            at = f"{file}, line {line_of(key)}"
            if name not in known:
                raise PolicyError(f"{at}: unknown key {name!r} in {where}. {suggestion(name, tuple(known))}")
            if name in nodes:
                raise PolicyError(f"{at}: the key {name!r} stands twice in {where}. Keep one of them.")
            nodes[name] = (key, value)
        return cls(nodes=nodes, start=node, file=file, where=where)

    def keys(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    def node(self, key: str) -> yaml.Node | None:
        """The value's node; None where it is absent or empty."""
        pair = self.nodes.get(key)
        return None if pair is None or pair[1].tag == _TAG + "null" else pair[1]

    def error(self, key: str, problem: str, *, at: yaml.Node | None = None) -> PolicyError:
        """An error at the key's line, or at that of the node `at`."""
        pair = self.nodes.get(key)
        node = at or (pair[0] if pair else self.start)
        return PolicyError(f"{self.file}, line {line_of(node)}: {key!r} in {self.where} {problem}")

    def text(self, key: str, *, required: bool = False) -> str:
        node = self.node(key)
        value = "" if node is None else self._string(key, node)
        if required and not value:
            raise self.error(key, f"is missing. Add `{key}: …`.")
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        return tuple(text for text, _ in self.placed(key, required=required))

    def placed(self, key: str, *, required: bool = False) -> list[tuple[str, yaml.Node]]:
        """The texts of a list, each with its place in the file."""
        node = self.node(key)
        if node is None:
            if required:
                raise self.error(key, f"is missing. Add `{key}: [ … ]`.")
            return []
        values = [(self._string(key, item), item) for item in self._items(key, node)]
        if required and not values:
            raise self.error(key, "is empty. Add at least one entry.")
        return values

    def table(self, key: str, known: tuple[str, ...]) -> Table | None:
        node = self.node(key)
        return None if node is None else Table.of(node, self.file, where=key, known=known)

    def tables(self, key: str, known: tuple[str, ...]) -> list[Table]:
        node = self.node(key)
        items = [] if node is None else self._items(key, node)
        return [Table.of(item, self.file, where=f"{key} no. {n}", known=known) for n, item in enumerate(items, 1)]

    def choice(self, key: str, options: tuple[str, ...], *, default: str) -> str:
        value = self.text(key) or default
        if value not in options:
            raise self.error(key, f"is {value!r}. {suggestion(value, options)}")
        return value

    def integer(self, key: str, *, default: int, least: int) -> int:
        node = self.node(key)
        return default if node is None else self._number(key, node, int, lambda n: n >= least, f"{least} or more")

    def share(self, key: str, *, default: float | None = None) -> float:
        """A number from 0 to 1; without a `default` it must be there."""
        node = self.node(key)
        if node is None and default is not None:
            return default
        return self._number(key, node or self.start, float, lambda n: 0.0 <= n <= 1.0, "between 0 and 1")

    def positive(self, key: str, *, default: float) -> float:
        node = self.node(key)
        if node is None:
            return default
        return self._number(key, node, float, lambda n: n > 0.0 and math.isfinite(n), "above 0")

    def _number(self, key: str, node: yaml.Node, kind: type[_T], fits: Callable[[_T], bool], range_: str) -> _T:
        try:
            value = kind(node.value)  # type: ignore[call-arg]
        except (TypeError, ValueError) as exc:
            raise self.error(key, f"must be a number {range_}.", at=node) from exc
        if not fits(value):
            raise self.error(key, f"is {value}; it must be {range_}.", at=node)
        return value

    def _items(self, key: str, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"must be a list (lines that start with `-`), not {_kind(node)}.", at=node)
        return list(node.value)

    def _string(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(key, f"must be text, not {_kind(node)}.", at=node)
        if node.tag != _TAG + "str":
            raise self.error(key, f'must be text; YAML reads {node.value} otherwise. Write "{node.value}".', at=node)
        return str(node.value).strip()


def line_of(node: yaml.Node) -> int:
    """The line a node begins on, counted from 1."""
    return int(node.start_mark.line) + 1


def suggestion(word: str, known: tuple[str, ...]) -> str:
    """What was meant, if something known is near, and all that is known."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(known)}."


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a table"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
