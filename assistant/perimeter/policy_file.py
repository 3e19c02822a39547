"""Reads perimeter.yaml into a `Policy`; whatever is wrong is a PolicyError naming file, line, key and the way out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TypeVar, cast, get_args

import yaml

from assistant.errors import PolicyError
from assistant.perimeter.policy import (
    Costs,
    Policy,
    SensitiveTopic,
    Starter,
    Thresholds,
    Topic,
    TopicAction,
)
from assistant.perimeter.policy_checks import refuse_contradictions
from assistant.perimeter.policy_table import Table, suggestion
from assistant.perimeter.wording import words
from assistant.phrases import LANGUAGES
from assistant.privacy import PersonalKind

_Named = TypeVar("_Named", Topic, SensitiveTopic)

_POLICY_KEYS = (
    "version", "organisation", "about", "languages", "contact", "topics", "sensitive", "starters", "hosts", "costs",
    "max_false_answers", "personal_data", "max_age_days", "thresholds", "max_chars",
)  # fmt: skip
_TOPIC_KEYS = ("name", "description", "action", "reason", "alternatives", "queue", "examples")
_SENSITIVE_KEYS = ("name", "phrases", "queue", "message")
_TAKEN = frozenset({"oos", "none"})  # the label of examples out of scope, and a model's word for them
_HOST = re.compile(r"(?:\*\.)?[^\W_](?:[\w\-]*[^\W_])?(?:\.[^\W_](?:[\w\-]*[^\W_])?)*")
_MAIL_PROVIDERS = frozenset(
    """gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com live.co.uk msn.com yahoo.com
    yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it ymail.com aol.com icloud.com me.com mac.com proton.me protonmail.com
    gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.de posteo.de mailbox.org zoho.com
    fastmail.com tutanota.com tuta.com hey.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
    tiscali.it ziggo.nl kpnmail.nl telefonica.net sapo.pt wp.pl o2.pl onet.pl interia.pl btinternet.com sky.com
    virginmedia.com comcast.net verizon.net att.net yandex.com mail.ru qq.com 163.com""".split()
)
_MOST_UNLIKE = 1e6  # how far costs may lie apart: beyond, every threshold is 0 or 1
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
    except RecursionError as exc:
        raise PolicyError(f"{name}: brackets or lists are nested too deeply. Write it flatter.") from exc
    if root is None:
        raise PolicyError(f"{name}, line 1: the file is empty. Write at least `version: 1`, or delete the file.")
    table = Table.of(root, name, where="the file", known=_POLICY_KEYS)
    version = table.integer("version", default=0, least=0)
    if version != 1:
        raise table.error("version", "must be 1, the only version there is. Write `version: 1`.")
    topics = table.tables("topics", _TOPIC_KEYS)
    sensitive = table.tables("sensitive", _SENSITIVE_KEYS)
    policy = Policy(
        organisation=table.text("organisation"),
        about=table.text("about"),
        languages=_languages(table),
        contact=table.text("contact"),
        topics=_named(topics, _topic),
        sensitive=_named(sensitive, _sensitive),
        starters=tuple(_starter(item) for item in table.tables("starters", _STARTER_KEYS)),
        hosts=_hosts(table) or _own_hosts(table.text("contact")),
        thresholds=_thresholds(table),
        costs=_costs(table),
        mask=_kinds(table, "mask", default=Policy().mask),
        to_people=_kinds(table, "to_people"),
        max_age_days=table.integer("max_age_days", default=0, least=1),
        max_false_answers=table.share("max_false_answers", default=Policy().max_false_answers),
        max_chars=table.integer("max_chars", default=8_000, least=1),
        version=version,
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )
    refuse_contradictions(policy, topics, sensitive, table)
    return policy


def _languages(table: Table) -> tuple[str, ...]:
    """The languages served; those that the assistant has no words of its own for are refused."""
    codes = tuple((code.lower(), node) for code, node in table.placed("languages"))
    for code, node in codes:
        language = code.split("-")[0]
        if not (2 <= len(language) <= 3 and code.replace("-", "").isalpha()):
            raise table.error("languages", f"{code!r} is no language code. Write codes such as en, de or pt.", at=node)
        if language not in LANGUAGES:
            problem = f"hold {code!r}, which the assistant has no words for. It has words for {', '.join(LANGUAGES)}."
            raise table.error("languages", problem, at=node)
    return tuple(code for code, _ in codes) or ("en",)


def _hosts(table: Table) -> tuple[str, ...]:
    """The hosts that answers may link to; what no address could match is refused."""
    for host, node in table.placed("hosts"):
        if not _HOST.fullmatch(host.lower()):
            problem = f"hold {host!r}, which no link matches. Write the host alone, such as help.acme.example, or "
            raise table.error("hosts", f"{problem}*.acme.example for all below it.", at=node)
    return tuple(host.lower() for host in table.texts("hosts"))


def _own_hosts(contact: str) -> tuple[str, ...]:
    """Where the organisation is at home, as far as its contact address tells: a public mail provider's is nobody's."""
    _, at, domain = contact.lower().rpartition("@")
    return (domain, f"*.{domain}") if at and "." in domain and domain not in _MAIL_PROVIDERS else ()


def _not_yaml(exc: yaml.YAMLError, name: str) -> PolicyError:
    mark = getattr(exc, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(exc, "problem", None) or str(exc)
    return PolicyError(
        f"{name}, line {line}: this is not valid YAML ({problem}). Check indentation, colons and quotes."
    )


def _named(tables: list[Table], read: Callable[[Table], _Named]) -> tuple[_Named, ...]:
    """What stands in a list of things, each with a name of its own."""
    named: dict[str, _Named] = {}
    for item in tables:
        each = read(item)
        if each.name in named:
            raise item.error("name", f"{each.name!r} is the name of an earlier one. Give each its own.")
        named[each.name] = each
    return tuple(named.values())


def _topic(item: Table) -> Topic:
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
    if topic.name.casefold() in _TAKEN:
        problem = f"is {topic.name!r}, which stands for what belongs to no topic. Give it another, such as “other”."
        raise item.error("name", problem)
    if action == "refuse" and not topic.reason:
        raise item.error("reason", "is missing: a refused topic tells the user why. Add `reason: …`.")
    if action == "handoff" and not topic.queue:
        raise item.error("queue", "is missing: a topic handed off names who takes it. Add `queue: …`.")
    if action == "approve" and not topic.queue:
        raise item.error("queue", "is missing: somebody has to approve these answers. Add `queue: …`.")
    if not all(map(words, topic.examples)):
        raise item.error("examples", "hold one without a word. Remove it.")
    if not topic.examples:
        raise item.error("examples", "is missing: without examples nothing is recognised. Add a few questions.")
    return topic


def _sensitive(item: Table) -> SensitiveTopic:
    phrases = item.texts("phrases", required=True)
    if any(not phrase.strip(" *") for phrase in phrases):
        raise item.error("phrases", "holds an empty phrase, which would match everything. Remove it.")
    return SensitiveTopic(
        name=item.text("name", required=True),
        phrases=phrases,
        queue=item.text("queue", required=True),
        message=item.text("message", required=True),
    )


def _starter(item: Table) -> Starter:
    return Starter(label=item.text("label", required=True), message=item.text("message", required=True))


def _costs(table: Table) -> Costs:
    names = tuple(item.name for item in fields(Costs))
    inner = table.table("costs", names)
    if inner is None:
        return Costs()
    values = {name: inner.positive(name, default=getattr(Costs(), name)) for name in names}
    if max(values.values()) > min(values.values()) * _MOST_UNLIKE:
        raise table.error("costs", "lie more than a million times apart. Bring them closer together.")
    return Costs(**values)


def _kinds(table: Table, key: str, *, default: tuple[PersonalKind, ...] = ()) -> tuple[PersonalKind, ...]:
    """The kinds of personal data listed, none where the list is empty, the usual ones where there is no list."""
    inner = table.table("personal_data", ("mask", "to_people"))
    if inner is None or inner.node(key) is None:
        return default
    kinds = get_args(PersonalKind)
    for kind, node in inner.placed(key):
        if kind not in kinds:
            raise inner.error(key, f"holds {kind!r}. {suggestion(kind, kinds)}", at=node)
    return cast("tuple[PersonalKind, ...]", tuple(dict.fromkeys(inner.texts(key))))


def _thresholds(table: Table) -> Thresholds:
    names = tuple(item.name for item in fields(Thresholds))
    inner = table.table("thresholds", names)
    if inner is None:
        return Thresholds()
    values: dict[str, float | int] = {}
    for name in inner.keys():  # noqa: SIM118 - a table of nodes, not a mapping
        counted = name.startswith("max_")
        values[name] = inner.integer(name, default=0, least=1) if counted else inner.share(name)
    return Thresholds(**values)  # type: ignore[arg-type]
