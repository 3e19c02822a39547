"""Checks an answer as it streams: a sentence is released once it has passed. Never more than one is held back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.perimeter.addresses import Mender, hosts_of
from assistant.perimeter.grounding import unsupported
from assistant.perimeter.injection import Finding
from assistant.perimeter.leaks import LeakWatch
from assistant.perimeter.units import Unit, Units

__all__ = ["Checked", "Guard", "GuardPolicy", "check", "hosts_of"]

OutputOutcome = Literal["passed", "mended", "blocked", "could_not_check"]

_CITATION = re.compile(r" ?(?<!\w)\[(\d{1,3})\](?![(:])")
_CITATION_LIST = re.compile(r"(?<!\w)\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})+)\](?!\()")
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_STRUCTURE = re.compile(r"^\s*(?:[-*+>#|]|\d{1,3}[.)])?[\s\-*+>#|:_=]*$")


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What one answer is checked against.

    `sources` maps each citation number to the text of its passage; `hosts` may be linked to (`*.example.org` for
    subdomains). With `grounded`, a sentence whose figures stand neither in what it cites nor in the question is left
    out: for models; quotes need it not. `prompt` and `canaries` must not come out, apart from what `public` says too.
    """

    sources: Mapping[int, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    question: str = ""
    prompt: str = ""
    canaries: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    grounded: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after the guard."""

    text: str
    findings: tuple[Finding, ...]
    outcome: OutputOutcome


class Guard:
    """Checks one answer: `feed` it pieces as they come, release what it returns, `close` at the end."""

    def __init__(self, policy: GuardPolicy) -> None:
        self._policy = policy
        self._units = Units()
        self._taken: list[tuple[str, str]] = []
        self._mender = Mender(policy.hosts, self._taken)
        self._leaks = LeakWatch(policy.prompt, policy.canaries, (*policy.sources.values(), *policy.public))
        self._findings: list[Finding] = []
        self._released: list[str] = []
        self._line_over = True
        self._stopped: OutputOutcome | None = None

    @property
    def findings(self) -> list[Finding]:
        """What was found so far."""
        return [*self._findings, *(Finding(kind, detail) for kind, detail in self._taken)]

    @property
    def outcome(self) -> OutputOutcome:
        """`blocked` and `could_not_check` end the answer: nothing more is released."""
        return self._stopped or ("mended" if self.findings else "passed")

    def checked(self) -> Checked:
        """All that was released, with the findings."""
        return Checked("".join(self._released), tuple(self.findings), self.outcome)

    def feed(self, text: str) -> list[str]:
        """The pieces that have passed now."""
        return self._pass(self._units.feed(text)) if self._stopped is None else []

    def close(self) -> list[str]:
        """The rest, when the answer is over."""
        return self._pass(self._units.close()) if self._stopped is None else []

    def _pass(self, units: Iterable[Unit]) -> list[str]:
        passed: list[str] = []
        for unit in units:
            try:
                text = self._check(unit)
            except (ValueError, RecursionError, OverflowError) as exc:
                self._stop("could_not_check", "not_checked", type(exc).__name__)
                break
            if self._stopped is not None:
                break
            if text:
                passed.append(text)
        self._released += passed
        return passed

    def _check(self, unit: Unit) -> str:
        starts_line, self._line_over = self._line_over, unit.text.endswith("\n")
        text = unit.text if unit.code else self._mend_citations(unit.text)
        text = self._mender.mend(text, code=unit.code)
        leak = self._leaks.sees(text)
        if leak:
            self._stop("blocked", "leak", leak)
            return ""
        if self._policy.grounded and not unit.code and not _STRUCTURE.match(text):
            text = self._grounded(text, whole_line=starts_line)
        return text

    def _stop(self, outcome: OutputOutcome, kind: str, detail: str) -> None:
        self._stopped = outcome
        self._findings.append(Finding(kind, detail))

    def _mend_citations(self, text: str) -> str:
        if "[" not in text:
            return text
        text = _CITATION_LIST.sub(self._listed, text)
        return _CITATION.sub(self._cited, text)

    def _listed(self, match: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", match.group(1))]
        known = [number for number in numbers if number in self._policy.sources]
        if len(known) == len(numbers) or _in_code(match):
            return match.group()
        self._findings.append(Finding("citation", match.group()))
        return "".join(f"[{number}]" for number in known)

    def _cited(self, match: re.Match[str]) -> str:
        if int(match.group(1)) in self._policy.sources or _in_code(match):
            return match.group()
        self._findings.append(Finding("citation", match.group().strip()))
        return ""

    def _grounded(self, text: str, *, whole_line: bool) -> str:
        """The sentence; when its figures are not in what it cites, nothing but the line break that others need."""
        if not self._policy.sources:
            missing = unsupported(text, (self._policy.question,))
        else:
            cited = [int(n) for n in re.findall(r"\[(\d{1,3})\]", text)]
            texts = [self._policy.sources[n] for n in cited if n in self._policy.sources]
            missing = unsupported(text, (*(texts or self._policy.sources.values()), self._policy.question))
        if not missing:
            return text
        self._findings.append(Finding("unsupported", ", ".join(sorted(missing))[:80]))
        return "\n" if text.endswith("\n") and not whole_line else ""


def _in_code(match: re.Match[str]) -> bool:
    spans = _INLINE_CODE.finditer(match.string)
    return any(span.start() < match.start() and match.end() <= span.end() for span in spans)


def check(text: str, policy: GuardPolicy) -> Checked:
    """Check a whole answer at once."""
    guard = Guard(policy)
    guard.feed(text)
    guard.close()
    return guard.checked()
