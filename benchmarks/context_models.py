"""Stand-ins for the assistant's language models: they say what they were given and note what they were asked."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from assistant.memory.tokens import count, count_messages
from assistant.ports import ModelChunk, ToolSpec
from assistant.values import Part, Usage
from benchmarks.context_peers import REPLY, SUMMARY, SUMMARY_TOKENS, Meter

TALKER = "gpt-4o-stand-in"  # it counts tokens as that family does
_LEAVING = re.compile(r"^(t\d+) (User|Assistant): (.*)$", re.MULTILINE)


@dataclass(slots=True)
class Talker:
    """Implements ports.LanguageModel: says the next reply."""

    meter: Meter
    lines: Iterator[str]
    name: str = TALKER

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        began, cpu = time.perf_counter(), time.process_time()
        assert not tools
        self.meter.call(REPLY, messages)
        reply = next(self.lines)
        used = Usage(count_messages(messages), count(reply))
        self.meter.model_s += time.perf_counter() - began
        self.meter.model_cpu_s += time.process_time() - cpu
        for word in re.findall(r"\S+\s*", reply):
            yield ModelChunk(word)
        yield ModelChunk(usage=used)

    async def health(self) -> Part:
        return Part("model", "here", "", well=True)


@dataclass(slots=True)
class Summariser:
    """Implements ports.LanguageModel: a line for what each speaker said in each leaving turn, from its first words.

    Takes `seconds` for it. `calls` holds when each began and ended, and whether it ended of itself; `arrivals` when
    each message came and when its reply began (seconds of the clock).
    """

    meter: Meter
    seconds: float = 0.0
    waited_for: bool = False
    calls: list[tuple[float, float, bool]] = field(default_factory=list)
    arrivals: list[tuple[float, float]] = field(default_factory=list)
    running: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "stand-in"

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        began, cpu, finished = time.perf_counter(), time.process_time(), False
        assert not tools
        self.meter.call(SUMMARY, messages, waited_for=self.waited_for)
        reply = self._lines(str(messages[-1].content))
        self.meter.model_s += time.perf_counter() - began
        self.meter.model_cpu_s += time.process_time() - cpu
        self.running.set()
        try:
            await asyncio.sleep(self.seconds)
            finished = True
        finally:
            self.running.clear()
            self.calls.append((began, time.perf_counter(), finished))
        yield ModelChunk(reply)
        yield ModelChunk(usage=Usage(count_messages(messages), count(reply)))

    @property
    def finished(self) -> int:
        """How many calls were not given up."""
        return sum(finished for _, _, finished in self.calls)

    def waited(self) -> list[tuple[float, bool]]:
        """Of each turn: the milliseconds between message and reply in which a call was running, whether it blocked.

        A call blocks a turn when it runs on to its own end, and the reply begins only then. One that is given up
        because of the message doesn't, but the time until it has ended is waited too.
        """
        return [self._waited(*arrival) for arrival in self.arrivals]

    def _waited(self, arrived: float, replied: float) -> tuple[float, bool]:
        met = [(max(began, arrived), ended, done) for began, ended, done in self.calls if ended > arrived]
        before = [(began, ended, done) for began, ended, done in met if ended <= replied]
        return 1000 * sum(ended - began for began, ended, _ in before), any(done for _, _, done in before)

    def _lines(self, prompt: str) -> str:
        said = _LEAVING.findall(prompt.rpartition("Turns:")[2])
        each = SUMMARY_TOKENS // max(1, len(said))
        lines = (f"- [facts] {speaker}: {_first(text, each - 12)} {{{alias}}}" for alias, speaker, text in said)
        return "\n".join(lines)

    async def health(self) -> Part:
        return Part("model", "here", "", well=True)


def _first(text: str, tokens: int) -> str:
    words = text.split()
    while words and count(" ".join(words)) > tokens:
        words.pop()
    return " ".join(words)
