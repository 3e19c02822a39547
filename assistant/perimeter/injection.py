"""Instructions that try to change how the assistant works: rules and a learned score, also under disguises.

This is telemetry and a first sieve. What must hold is enforced elsewhere: rights in the query, egress in the output
guard and the page's CSP. A rule is tried only where one of its first words stands, and every repetition in it is
bounded, so that the time is linear in the text's length. The rules themselves are in `injection_rules.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.perimeter.injection_disguises import Layer, layers
from assistant.perimeter.injection_model import Weights, command_score, intent_score, mixed_score
from assistant.perimeter.injection_rules import DELIMITERS, HIDDEN_ORDER, HIDDEN_STYLE, RULES, STANDING
from assistant.perimeter.wording import fold


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a guard saw: its kind, what exactly, and how much it weighs, 0 to 1."""

    kind: str
    detail: str
    weight: float = 1.0


_MAX_TRIGGERS = 300
_SLIGHT = 0.35  # a learned score below this is no finding
_TOKEN = re.compile(r"[a-z][a-z']*")
_BY_FIRST_WORD: dict[str, list[tuple[str, float, re.Pattern[str]]]] = {}
for _rule in RULES:
    _compiled = re.compile(_rule.rest)
    for _word in _rule.first.split():
        _BY_FIRST_WORD.setdefault(_word, []).append((_rule.kind, _rule.weight, _compiled))
_STANDING = [(rule.kind, rule.weight, re.compile(rule.rest)) for rule in STANDING]
_DELIMITERS = re.compile(DELIMITERS)
_HIDDEN_ORDER = re.compile(HIDDEN_ORDER)
_HIDDEN_STYLE = re.compile(HIDDEN_STYLE)


def injection_findings(text: str, under: Sequence[Layer] | None = None) -> tuple[Finding, ...]:
    """What the rules find in a text and under its disguises; a detail says how it was hidden."""
    found = _matches(fold(text), "")
    for layer in layers(text) if under is None else under:
        found += _new(_matches(fold(layer.text), f"{layer.how}: "), found)
    return found


def learned_findings(text: str, under: Sequence[Layer], weights: Weights) -> tuple[Finding, ...]:
    """What the model reads in a text, and under its disguises. Raises ValueError for junk weights."""
    scores = [("command", command_score(text, weights), ""), ("intent", intent_score(text, weights), "")]
    shown = [layer for layer in under if not layer.guessed]
    scores += [("command", command_score(layer.text, weights), f"{layer.how}: ") for layer in shown]
    return tuple(_learned(kind, score, how) for kind, score, how in scores if score >= _SLIGHT)


def vector_finding(text: str, vector: Sequence[float], weights: Weights) -> Finding | None:
    """What the model reads when it sees the sentence vector too. Raises ValueError for junk."""
    score = mixed_score(text, vector, weights)
    return _learned("intent", score, "with its vector, ") if score >= _SLIGHT else None


def injection_score(findings: tuple[Finding, ...]) -> float:
    """How surely it is an attack, 0 to 1: each kind counts once, independent kinds add up."""
    best: dict[str, float] = {}
    for finding in findings:
        best[finding.kind] = max(best.get(finding.kind, 0.0), finding.weight)
    innocent = 1.0
    for weight in best.values():
        innocent *= 1.0 - weight
    return round(1.0 - innocent, 4)


def suspicious(text: str) -> tuple[Finding, ...]:
    """Instructions hidden in a passage or a tool's result. They are data: flag them, never obey them."""
    under = layers(text)
    orders = [
        Finding("hidden_order", how + match.group(0).strip()[:80], 0.7)
        for how, plain in [("", fold(text)), *((f"{layer.how}: ", fold(layer.text)) for layer in under)]
        if (match := _HIDDEN_ORDER.search(plain))
    ]
    style = _HIDDEN_STYLE.search(text.lower())
    unseen = (Finding("unseen_text", style.group(0).strip()[:80], 0.6),) if style else ()
    return injection_findings(text, under) + tuple(orders[:3]) + unseen


def _new(found: tuple[Finding, ...], known: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the text didn't already say openly."""
    kinds = {(finding.kind, finding.weight) for finding in known}
    return tuple(finding for finding in found if (finding.kind, finding.weight) not in kinds)


def _learned(kind: str, score: float, how: str) -> Finding:
    return Finding("learned", f"{how}{kind} {score:.2f}", round(score, 4))


def _matches(plain: str, prefix: str) -> tuple[Finding, ...]:
    found: list[Finding] = []
    tried = 0
    for token in _TOKEN.finditer(plain):
        rules = _BY_FIRST_WORD.get(token.group(0))
        if rules is None or plain[token.end() : token.end() + 1] == "":
            continue
        tried += 1
        if tried > _MAX_TRIGGERS:
            found.append(Finding("flood", f"{prefix}more than {_MAX_TRIGGERS} words of command", 0.7))
            break
        for kind, weight, pattern in rules:
            match = pattern.match(plain, token.end())
            if match:
                found.append(Finding(kind, prefix + plain[token.start() : match.end()][:80], weight))
    for kind, weight, pattern in _STANDING:
        if match := pattern.search(plain):
            found.append(Finding(kind, prefix + match.group(0).strip()[:80], weight))
    if match := _DELIMITERS.search(plain):
        found.append(Finding("delimiter", prefix + match.group(0).strip()[:80], 0.8))
    return tuple(found[:20])
