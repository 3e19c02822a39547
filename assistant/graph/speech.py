"""Pieces of an answer on their way to the user."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from assistant.graph.context import TurnContext
from assistant.perimeter.output.guard import Guard, GuardPolicy, check, hosts_of
from assistant.perimeter.policy import Policy
from assistant.phrases import say
from assistant.values import Evidence

_PIECE = re.compile(r"\S+\s*|\s+")
_LINKED = re.compile(r"https?://[^\s()<>\"']+(?<![.,;:!?])", re.IGNORECASE)


def pieces(text: str) -> Iterator[str]:
    """A text word by word, white space kept: what a quoted answer streams as."""
    return (match.group() for match in _PIECE.finditer(text))


def mended(text: str, policy: Policy, *, language: str = "en") -> str:
    """A fixed sentence through the output guard: what users or documents put into it leads nowhere.

    It may link to the policy's hosts, and to those that the policy names in its own words.
    """
    if not text.strip():
        return text
    checked = check(text, GuardPolicy(hosts=frozenset(policy.hosts) | _named_hosts(policy)))
    return say("blocked_answer", language) if checked.outcome in {"blocked", "could_not_check"} else checked.text


def _named_hosts(policy: Policy) -> frozenset[str]:
    topics = [text for topic in policy.topics for text in (topic.reason, *topic.alternatives)]
    own = (policy.about, policy.contact, *topics, *(topic.message for topic in policy.sensitive))
    return hosts_of([match.group() for text in own for match in _LINKED.finditer(text)])


class Opening:
    """Holds back the first characters of a model's reply until they are known not to be the sign for "no answer"."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        self._held: str | None = ""

    @property
    def declined(self) -> bool:
        """The reply is the sign."""
        return self._held is not None and self._held.strip().startswith(self._sign)

    def feed(self, text: str) -> str:
        """What may go on now."""
        if self._held is None:
            return text
        self._held += text
        begun = self._held.strip()
        if self.declined or self._sign.startswith(begun):
            return ""
        released, self._held = self._held, None
        return released

    def rest(self) -> str:
        """What was held at the end, if it is not the sign."""
        return "" if self._held is None or self.declined else self._held


class GuardedSpeech:
    """An answer's way to the user through the output guard: what passes is said, what was found is noted.

    `sources` are the texts of passages by their numbers; `beside` is what tools said, for sentences that cite nothing.
    """

    def __init__(
        self,
        context: TurnContext,
        evidence: Evidence,
        *,
        sources: Mapping[int, str],
        prompt: str = "",
        sign: str = "",
        grounded: bool = False,
        beside: Sequence[str] = (),
    ) -> None:
        self._context = context
        self._sign = sign
        self._said: list[str] = []
        self.declined = False
        urls = [hit.passage.url for hit in evidence.kept]
        headed = {hit.passage.text: hit.passage.indexed_text for hit in evidence.kept}
        self._guard = Guard(
            GuardPolicy(
                sources={number: headed.get(text, text) for number, text in sources.items()},
                beside=tuple(beside),
                languages=frozenset(context.can.perimeter.languages),
                hosts=frozenset(context.can.perimeter.hosts) | hosts_of(urls),
                question=evidence.question,
                prompt=prompt,
                public=(context.can.perimeter.about, context.can.perimeter.organisation, sign),
                grounded=grounded,
            )
        )

    @property
    def text(self) -> str:
        """What passed and was said."""
        return "".join(self._said)

    @property
    def stopped(self) -> bool:
        """Something must not come out, or could not be checked: nothing more is said."""
        return self._guard.outcome in {"blocked", "could_not_check"}

    @property
    def unchecked(self) -> bool:
        """The guard could not check what was to be said."""
        return self._guard.outcome == "could_not_check"

    @property
    def came_to_nothing(self) -> bool:
        """The model claimed something, and nothing of what it claimed was borne: worth one stricter try.

        What has been said then, if anything, only connects.
        """
        return not self.stopped and not self.declined and self._guard.dropped > 0 and self.failed_share == 1.0

    @property
    def claimed_nothing(self) -> bool:
        """Nothing that was said or left out claims anything: words of courtesy at most."""
        return self._guard.claimed == 0

    @property
    def failed_share(self) -> float:
        """The share of the sentences that claimed something and were left out, 0 to 1."""
        return self._guard.failed_share

    @property
    def failures(self) -> tuple[str, ...]:
        """The kinds of what was found, in order, each once."""
        return tuple(dict.fromkeys(finding.kind for finding in self._guard.findings))

    async def feed(self, text: str) -> None:
        """Say what has passed by now. Sentences are checked off the event loop."""
        if self._guard.hold(text):
            await self._release()

    async def close(self) -> None:
        """Say the rest, and note the findings."""
        if self._guard.hold_rest():
            await self._release()
        self._context.speech.findings += [asdict(each) for each in (*self._guard.findings, *self._guard.notes)]

    async def _release(self) -> None:
        self._say(await asyncio.to_thread(self._guard.release))

    def _say(self, passed: Iterable[str]) -> None:
        for text in passed:
            if self._sign and self._sign in text:
                self.declined = True
                text = text.replace(self._sign, "")
            if not self._said:
                text = text.lstrip()
                self._part(text)
            if text:
                self._said.append(text)
                self._context.say(text)

    def _part(self, text: str) -> None:
        """A paragraph's distance to what was said before in this turn."""
        if text and self._context.speech.text.strip():
            self._context.say("\n\n")
