"""Stand-ins for the assistant's language models: they say what they were given and note what they were asked."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

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
        began = time.perf_counter()
        assert not tools
        self.meter.call(REPLY, messages)
        reply = next(self.lines)
        used = Usage(count_messages(messages), count(reply))
        self.meter.model_s += time.perf_counter() - began
        for word in re.findall(r"\S+\s*", reply):
            yield ModelChunk(word)
        yield ModelChunk(usage=used)

    async def health(self) -> Part:
        return Part("model", "here", "", well=True)


@dataclass(slots=True)
class Summariser:
    """Implements ports.LanguageModel: a line for what each speaker said in each leaving turn, from its first words.

    Takes `seconds` for it. `finished` counts the calls that were not stopped.
    """

    meter: Meter
    seconds: float = 0.0
    waited_for: bool = False
    finished: int = 0
    name: str = "stand-in"

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        began = time.perf_counter()
        assert not tools
        self.meter.call(SUMMARY, messages, waited_for=self.waited_for)
        reply = self._lines(str(messages[-1].content))
        self.meter.model_s += time.perf_counter() - began
        await asyncio.sleep(self.seconds)
        yield ModelChunk(reply)
        yield ModelChunk(usage=Usage(count_messages(messages), count(reply)))
        self.finished += 1

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
