"""Reads perimeter.yaml into a `Policy`; whatever is wrong is a PolicyError naming file, line, key and the way out."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar, cast, get_args

import yaml

from assistant.errors import PolicyError
from assistant.perimeter.policy import Policy, SensitiveTopic, Starter, Thresholds, Topic, TopicAction

_T = TypeVar("_T")
_TAG = "tag:yaml.org,2002:"
_POLICY_KEYS = (
    "version", "organisation", "about", "languages", "contact", "topics", "sensitive", "starters", "hosts",
    "thresholds", "max_chars",
)  # fmt: skip
_TOPIC_KEYS = ("name", "description", "action", "reason", "alternatives", "queue", "examples")
_SENSITIVE_KEYS = ("name", "phrases", "queue", "message")
_STARTER_KEYS = ("label", "message")


def load_policy(path: Path) -> Policy:
    """The policy in the file.

    Raises:
        PolicyError: the file can't be read, isn't YAML, or says something the schema doesn't know.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise PolicyError(f"{path}: there is no such file. Correct ASSISTANT_PERIMETER, or unset it.") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise PolicyError(f"{path}: can't be read ({exc}). Save it as UTF-8 text, readable by this process.") from exc
    return parse_policy(text, name=str(path))


def parse_policy(text: str, *, name: str = "perimeter.yaml") -> Policy:
    """The policy in the text of a file called `name`.

    Raises:
        PolicyError: as `load_policy`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise _not_yaml(exc, name) from exc
    if root is None:
        raise PolicyError(f"{name}, line 1: the file is empty. Write at least `version: 1`, or delete the file.")
    table = _Table.of(root, name, where="the file", known=_POLICY_KEYS)
    version = table.integer("version", default=0, least=0)
    if version != 1:
        raise table.error("version", "must be 1, the only version there is. Write `version: 1`.")
    policy = Policy(
        organisation=table.text("organisation"),
        about=table.text("about"),
        languages=tuple(code.lower() for code in table.texts("languages")) or ("en",),
        contact=table.text("contact"),
        topics=_topics(table),
        sensitive=tuple(_sensitive(item) for item in table.tables("sensitive", _SENSITIVE_KEYS)),
        starters=tuple(_starter(item) for item in table.tables("starters", _STARTER_KEYS)),
        hosts=tuple(host.lower() for host in table.texts("hosts")) or _own_hosts(table.text("contact")),
        thresholds=_thresholds(table),
        max_chars=table.integer("max_chars", default=8_000, least=1),
        version=version,
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )
    for code in policy.languages:
        if not (2 <= len(code.split("-")[0]) <= 3 and code.replace("-", "").isalpha()):
            raise table.error("languages", f"{code!r} is no language code. Write codes such as en, de or pt.")
    return policy


def _own_hosts(contact: str) -> tuple[str, ...]:
    """Where the organisation is at home, as far as its contact address tells."""
    _, at, domain = contact.lower().rpartition("@")
    return (domain, f"*.{domain}") if at and "." in domain else ()


def _not_yaml(exc: yaml.YAMLError, name: str) -> PolicyError:
    mark = getattr(exc, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(exc, "problem", None) or str(exc)
    return PolicyError(
        f"{name}, line {line}: this is not valid YAML ({problem}). Check indentation, colons and quotes."
    )


def _topics(table: _Table) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for item in table.tables("topics", _TOPIC_KEYS):
        topic = _topic(item)
        if any(topic.name == other.name for other in topics):
            raise item.error("name", f"{topic.name!r} is the name of an earlier topic. Give each topic its own.")
        topics.append(topic)
    return tuple(topics)


def _topic(item: _Table) -> Topic:
    action = item.choice("action", get_args(TopicAction), default="answer")
    topic = Topic(
        name=item.text("name", required=True),
        description=item.text("description"),
        action=cast("TopicAction", action),
        reason=item.text("reason"),
        alternatives=item.texts("alternatives"),
        queue=item.text("queue"),
        examples=item.texts("examples"),
    )
    if action == "refuse" and not topic.reason:
        raise item.error("reason", "is missing: a refused topic tells the user why. Add `reason: …`.")
    if action == "handoff" and not topic.queue:
        raise item.error("queue", "is missing: a topic handed off names who takes it. Add `queue: …`.")
    if not (topic.examples or topic.description):
        raise item.error("examples", "is missing: without examples nothing is recognised. Add a few questions.")
    return topic


def _sensitive(item: _Table) -> SensitiveTopic:
    phrases = item.texts("phrases", required=True)
    if any(not phrase.strip(" *") for phrase in phrases):
        raise item.error("phrases", "holds an empty phrase, which would match everything. Remove it.")
    return SensitiveTopic(
        name=item.text("name", required=True),
        phrases=phrases,
        queue=item.text("queue", required=True),
        message=item.text("message", required=True),
    )


def _starter(item: _Table) -> Starter:
    return Starter(label=item.text("label", required=True), message=item.text("message", required=True))


def _thresholds(table: _Table) -> Thresholds:
    node = table.node("thresholds")
    if node is None:
        return Thresholds()
    names = tuple(item.name for item in fields(Thresholds))
    inner = _Table.of(node, table.file, where="thresholds", known=names)
    values: dict[str, float | int] = {}
    for name in inner.keys():  # noqa: SIM118 - a table of nodes, not a mapping
        counted = name.startswith("max_")
        values[name] = inner.integer(name, default=0, least=1) if counted else inner.share(name)
    found = Thresholds(**values)  # type: ignore[arg-type]
    if found.support_floor > found.support_answer:
        raise table.error("thresholds", "support_floor is above support_answer. Make the floor the lower one.")
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """A mapping of the file whose values are read by kind, with errors that name the line."""

    nodes: dict[str, tuple[yaml.Node, yaml.Node]]
    start: yaml.Node
    file: str
    where: str

    @classmethod
    def of(cls, node: yaml.Node, file: str, *, where: str, known: Iterable[str]) -> _Table:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise PolicyError(f"{file}, line {line}: {where} must be `key: value` lines, not {_kind(node)}.")
        nodes: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = str(key.value)
            at = f"{file}, line {key.start_mark.line + 1}"
            if name not in known:
                raise PolicyError(f"{at}: unknown key {name!r} in {where}. {_suggestion(name, tuple(known))}")
            if name in nodes:
                raise PolicyError(f"{at}: the key {name!r} stands twice in {where}. Keep one of them.")
            nodes[name] = (key, value)
        return cls(nodes=nodes, start=node, file=file, where=where)

    def keys(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    def node(self, key: str) -> yaml.Node | None:
        pair = self.nodes.get(key)
        return None if pair is None or pair[1].tag == _TAG + "null" else pair[1]

    def error(self, key: str, problem: str, *, at: yaml.Node | None = None) -> PolicyError:
        pair = self.nodes.get(key)
        node = at or (pair[0] if pair else self.start)
        return PolicyError(f"{self.file}, line {node.start_mark.line + 1}: {key!r} in {self.where} {problem}")

    def text(self, key: str, *, required: bool = False) -> str:
        node = self.node(key)
        value = "" if node is None else self._string(key, node)
        if required and not value:
            raise self.error(key, f"is missing. Add `{key}: …`.")
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        node = self.node(key)
        if node is None:
            if required:
                raise self.error(key, f"is missing. Add `{key}: [ … ]`.")
            return ()
        values = tuple(self._string(key, item) for item in self._items(key, node))
        if required and not values:
            raise self.error(key, "is empty. Add at least one entry.")
        return values

    def tables(self, key: str, known: tuple[str, ...]) -> list[_Table]:
        node = self.node(key)
        items = [] if node is None else self._items(key, node)
        return [_Table.of(item, self.file, where=f"{key} no. {n}", known=known) for n, item in enumerate(items, 1)]

    def choice(self, key: str, options: tuple[str, ...], *, default: str) -> str:
        value = self.text(key) or default
        if value not in options:
            raise self.error(key, f"is {value!r}. {_suggestion(value, options)}")
        return value

    def integer(self, key: str, *, default: int, least: int) -> int:
        node = self.node(key)
        return default if node is None else self._number(key, node, int, lambda n: n >= least, f"{least} or more")

    def share(self, key: str) -> float:
        node = self.node(key) or self.start
        return self._number(key, node, float, lambda n: 0.0 <= n <= 1.0, "between 0 and 1")

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


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a table"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"


def _suggestion(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(known)}."
