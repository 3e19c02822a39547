"""Checks an answer as it streams: a sentence is released once it has passed. Never more than one is held back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from assistant.perimeter.injection import Finding
from assistant.perimeter.language import detect_language
from assistant.perimeter.output.addresses import Mender, hosts_of
from assistant.perimeter.output.claims import claims
from assistant.perimeter.output.grounding import Beside, Grounds
from assistant.perimeter.output.leaks import LeakWatch
from assistant.perimeter.output.units import Unit, Units

__all__ = ["Checked", "Guard", "GuardPolicy", "check", "hosts_of"]

OutputOutcome = Literal["passed", "mended", "blocked", "could_not_check"]

_CITATION = re.compile(r" ?(?<!\w)\[(\d{1,3})\](?![(:])")
_CITATION_LIST = re.compile(r"(?<!\w)\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})+)\](?!\()")
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})*)\]")
_SURE = 0.65  # of a sentence's language, more than one word says it: below, the answer's so far is meant
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_STRUCTURE = re.compile(r"^\s*(?:[-*+>#|]|\d{1,3}[.)])?[\s\-*+>#|:_=]*$")


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What one answer is checked against.

    `sources` maps each citation number to the text of its passage, `beside` is what tools said; `hosts` may be linked
    to (`*.example.org` for subdomains). With `grounded`, a sentence that these and the question don't bear is left
    out, and so is one in a language that is not the question's, the evidence's or one of `languages`: for models;
    quotes need it not. `prompt` and `canaries` must not come out, apart from what `public` says too. A sentence that
    takes longer than `slowest_s` seconds to check counts as one that could not be checked.
    """

    sources: Mapping[int, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    question: str = ""
    prompt: str = ""
    canaries: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    grounded: bool = False
    slowest_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after the guard; `notes` say where sentences were compared by less than their words."""

    text: str
    findings: tuple[Finding, ...]
    outcome: OutputOutcome
    notes: tuple[Finding, ...] = ()


class Guard:
    """Checks one answer: `feed` it pieces as they come, release what it returns, `close` at the end.

    Where a check may not hold up others, `hold` takes a piece in at once and `release` does the work, wherever it runs.

    `claimed` counts the sentences that claimed something, `dropped` those of them that were left out.
    """

    def __init__(self, policy: GuardPolicy, *, timer: Callable[[], float] = monotonic) -> None:
        self._policy = policy
        self._timer = timer
        self._units = Units()
        self._held: list[Unit] = []
        self._taken: list[tuple[str, str]] = []
        self._mender = Mender(policy.hosts, self._taken)
        self._leaks = LeakWatch(policy.prompt, policy.canaries, (*policy.sources.values(), *policy.public))
        self._grounds = Grounds(policy.sources, policy.beside, Beside.of(policy.question, "\n".join(policy.public)))
        self._spoken = {*policy.languages, _language(policy.question), _language(*policy.sources.values()), ""}
        self._language = _language(policy.question)
        self._findings: list[Finding] = []
        self._notes: list[Finding] = []
        self._released: list[str] = []
        self._line_over = True
        self._stopped: OutputOutcome | None = None
        self.claimed = 0
        self.dropped = 0

    @property
    def findings(self) -> list[Finding]:
        """What was found so far."""
        return [*self._findings, *(Finding(kind, detail) for kind, detail in self._taken)]

    @property
    def notes(self) -> tuple[Finding, ...]:
        """How sentences were compared where that was less than usual."""
        return tuple(self._notes)

    @property
    def outcome(self) -> OutputOutcome:
        """`blocked` and `could_not_check` end the answer: nothing more is released."""
        return self._stopped or ("mended" if self.findings else "passed")

    @property
    def stopped(self) -> bool:
        """Something must not come out, or could not be checked: nothing more is released."""
        return self._stopped is not None

    @property
    def failed_share(self) -> float:
        """The share of the sentences that claimed something and were left out, 0 to 1."""
        return self.dropped / self.claimed if self.claimed else 0.0

    def checked(self) -> Checked:
        """All that was released, with the findings."""
        return Checked("".join(self._released), tuple(self.findings), self.outcome, self.notes)

    def feed(self, text: str) -> list[str]:
        """The pieces that have passed now."""
        return self.release() if self.hold(text) else []

    def close(self) -> list[str]:
        """The rest, when the answer is over."""
        return self.release() if self.hold_rest() else []

    def hold(self, text: str) -> bool:
        """Take a piece in; True when something is whole and waits for `release`."""
        return self._hold(lambda: self._units.feed(text))

    def hold_rest(self) -> bool:
        """As `hold`, at the end: what is left counts as whole."""
        return self._hold(self._units.close)

    def _hold(self, cut: Callable[[], list[Unit]]) -> bool:
        if not self.stopped:
            with self._failing_closed():
                self._held += cut()
        return bool(self._held) and not self.stopped

    def release(self) -> list[str]:
        """What passes of what is held; whatever goes wrong in a check, nothing more is said."""
        passed: list[str] = []
        held, self._held = self._held, []
        with self._failing_closed():
            passed.extend(self._checked(held))
        self._released += passed
        return passed

    @contextmanager
    def _failing_closed(self) -> Iterator[None]:
        try:
            yield
        except Exception as exc:  # noqa: BLE001  a guard that can't run releases nothing, whatever the reason
            self._stop("could_not_check", "not_checked", type(exc).__name__)

    def _checked(self, units: Iterable[Unit]) -> Iterator[str]:
        for unit in units:
            text = self._timed(unit)
            if self._stopped is not None:
                return
            if text:
                yield text

    def _timed(self, unit: Unit) -> str:
        began = self._timer()
        text = self._check(unit)
        if self._stopped is None and self._timer() - began > self._policy.slowest_s:
            self._stop("could_not_check", "not_checked", "too slow")
        return text

    def _check(self, unit: Unit) -> str:
        starts_line, self._line_over = self._line_over, unit.text.endswith("\n")
        text = unit.text if unit.code else self._mend_citations(unit.text)
        text = self._mender.mend(text, code=unit.code)
        leak = self._leaks.sees(text)
        if leak:
            self._stop("blocked", "leak", leak)
            return ""
        if unit.code or _STRUCTURE.match(text):
            return text
        if self._policy.grounded:
            return self._grounded(text, whole_line=starts_line)
        self.claimed += claims(text)
        return text

    def _note(self, detail: str) -> None:
        note = Finding("other_language", detail, weight=0.0)
        if note not in self._notes:
            self._notes.append(note)

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
        """The sentence; when its evidence doesn't bear it, nothing but the line break that others need."""
        cited = [int(number) for group in _CITED.findall(text) for number in re.findall(r"\d+", group)]
        detected = detect_language(text)
        if detected.confidence >= _SURE:
            self._language = detected.code
        language = self._language
        faults = [(fault.kind, fault.detail) for fault in self._grounds.faults(text, cited, language=language)]
        if detected.code not in self._spoken:
            faults.append(("language", detected.code))
        elif self._grounds.ground(cited).is_foreign(language):
            self._note(f"compared by figures and names only ({language})")
        self.claimed += bool(faults) or claims(text)
        if not faults:
            return text
        self.dropped += 1
        self._findings += [Finding(kind, detail[:80]) for kind, detail in faults]
        return "\n" if text.endswith("\n") and not whole_line else ""


def _language(*texts: str) -> str:
    return detect_language("\n".join(texts)).code


def _in_code(match: re.Match[str]) -> bool:
    spans = _INLINE_CODE.finditer(match.string) if "`" in match.string else ()
    return any(span.start() < match.start() and match.end() <= span.end() for span in spans)


def check(text: str, policy: GuardPolicy) -> Checked:
    """Check a whole answer at once."""
    guard = Guard(policy)
    guard.feed(text)
    guard.close()
    return guard.checked()
