"""Instructions that try to change how the assistant works: patterns with weights, over text unmasked first.

This is telemetry and a first sieve. What must hold is enforced elsewhere: rights in the query, egress in the output
guard and the page's CSP. A pattern is tried only where one of its first words stands, and every repetition in it is
bounded, so that the time is linear in the text's length. The rules themselves are in `injection_rules.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from assistant.perimeter.injection_rules import DELIMITERS, HIDDEN_ORDER, RULES
from assistant.perimeter.wording import fold


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a guard saw: its kind, what exactly, and how much it weighs, 0 to 1."""

    kind: str
    detail: str
    weight: float = 1.0


_MAX_TRIGGERS = 300
_MAX_ENCODED = 4
_MAX_DECODED_CHARS = 2_000
_TOKEN = re.compile(r"[a-z][a-z']*")
_BY_FIRST_WORD: dict[str, list[tuple[str, float, re.Pattern[str]]]] = {}
for _rule in RULES:
    _compiled = re.compile(_rule.rest)
    for _word in _rule.first.split():
        _BY_FIRST_WORD.setdefault(_word, []).append((_rule.kind, _rule.weight, _compiled))
_DELIMITERS = re.compile(DELIMITERS)
_HIDDEN_ORDER = re.compile(HIDDEN_ORDER)
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_LEET_SIGN = re.compile(r"[a-z][0134578@$!|][a-z]|[0134578@$|][a-z]{2}")
_SPACED_SIGN = re.compile(r"(?<!\w)[a-z][ .\-_*][a-z][ .\-_*][a-z][ .\-_*][a-z](?!\w)")
_SPACED = re.compile(r"(?<!\w)(?:[a-z][.\-_* ]){3,60}[a-z](?!\w)")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{24,}")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһոԛԝαοερνικ", "aeopcyxijsdhnqwaoepvik")


def injection_findings(text: str) -> tuple[Finding, ...]:
    """The patterns of prompt injection in a text, also behind look-alike letters, leetspeak, spacing and base64."""
    plain = fold(text) if text.isascii() else fold(text).translate(_LOOKALIKES)
    found = _matches(plain, "")
    if not found:
        unmasked = _unmasked(plain)
        found = _matches(unmasked, "disguised ") if unmasked != plain else ()
    if not found:
        found = tuple(f for piece in _decoded(text) for f in _matches(fold(piece), "encoded "))
    return found


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
    hidden = _HIDDEN_ORDER.search(fold(text))
    own = (Finding("hidden_order", hidden.group(0).strip()[:80], 0.7),) if hidden else ()
    return injection_findings(text) + own


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
    delimiter = _DELIMITERS.search(plain)
    if delimiter:
        found.append(Finding("delimiter", prefix + delimiter.group(0).strip()[:80], 0.8))
    return tuple(found[:20])


def _unmasked(plain: str) -> str:
    """Leetspeak put back into letters, and letters spaced out put together."""
    if _SPACED_SIGN.search(plain):
        plain = _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match.group(0)), plain.replace("  ", " \n "))
    return plain.translate(_LEET) if _LEET_SIGN.search(plain) else plain


def _decoded(text: str) -> list[str]:
    pieces = []
    for number, match in enumerate(_ENCODED.finditer(text)):
        if number >= _MAX_ENCODED:
            break
        chunk = match.group(0)[:_MAX_DECODED_CHARS]
        try:
            piece = base64.b64decode(chunk[: len(chunk) // 4 * 4], validate=True).decode("utf-8", errors="strict")
        except (binascii.Error, UnicodeDecodeError):
            continue
        pieces.append(piece)
    return pieces
