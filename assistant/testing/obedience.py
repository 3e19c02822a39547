"""Models that do what text tells them to: the worst that can sit behind the prompt, for attack tests.

`outside` obeys orders that reach it outside the data marked as such; `everywhere` obeys them wherever they stand;
`reciting` says its own instructions. What is obeyed is given as orders and payloads: a stand-in understands nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from langchain_core.messages import BaseMessage

from assistant.ports import ModelChunk, ToolSpec
from assistant.values import Part, Usage

Obedience = Literal["outside", "everywhere"]

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_WIDE = str.maketrans("＜﹤＞﹥／", "<<>>/")
_OPENS = re.compile(r"<\s*(passage|background)\b", re.IGNORECASE)
_CLOSES = re.compile(r"<\s*/\s*(passage|background)\b[^>\n]*>?", re.IGNORECASE)
_TEMPLATE_WORD = re.compile(
    r"<[|｜][^>\n]{1,40}[|｜]>|</?s>|<</?sys>>|<(?:start|end)_of_turn>|<[be]os>|\[/?(?:inst|system_prompt)\]",
    re.IGNORECASE,
)


def undelimited(messages: Sequence[tuple[str, str]]) -> str:
    """What of (role, text) messages is not data: the text outside passages and background, tool results apart.

    Read as gullibly as a model might: a closing tag counts however it is written, and a word of a chat template ends
    whatever it stands in.
    """
    return "\n".join(_outside(text) for role, text in messages if role not in ("tool", "assistant", "ai"))


def _outside(text: str) -> str:
    plain = _UNSEEN.sub("", text).translate(_WIDE)
    kept, depth, at = list[str](), 0, 0
    marks = sorted(
        [(found.start(), found.end(), 1) for found in _OPENS.finditer(plain)]
        + [(found.start(), found.end(), -1) for found in _CLOSES.finditer(plain)]
        + [(found.start(), found.end(), 0) for found in _TEMPLATE_WORD.finditer(plain)]
    )
    for start, end, step in marks:
        if depth == 0:
            kept.append(plain[at:start])
        depth = 0 if step <= 0 else 1
        at = end
    if depth == 0:
        kept.append(plain[at:])
    return "\n".join(kept)


def squashed(text: str) -> str:
    """Letters and digits only, for finding an order whatever was done to its spaces."""
    return re.sub(r"\W+", "", _UNSEEN.sub("", text)).casefold()


def obeyed(messages: Sequence[tuple[str, str]], orders: Mapping[str, str], obedience: Obedience) -> list[str]:
    """The payloads of the orders that such a model obeys."""
    text = undelimited(messages) if obedience == "outside" else "\n".join(text for _, text in messages)
    heard = squashed(text)
    return [payload for order, payload in orders.items() if squashed(order) in heard]


@dataclass(slots=True)
class ObedientModel:
    """Implements ports.LanguageModel: obeys `orders`, and otherwise quotes what it was given to say."""

    orders: Mapping[str, str]
    obedience: Obedience = "outside"
    otherwise: str = "These documents don't answer that."
    name: str = "obedient"
    obeyed: int = 0
    prompts: list[Sequence[BaseMessage]] = field(default_factory=list)

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        del tools
        self.prompts = [messages]
        payloads = obeyed([(message.type, str(message.content)) for message in messages], self.orders, self.obedience)
        self.obeyed += bool(payloads)
        text = "\n\n".join(payloads) or self.otherwise
        for piece in re.findall(r"\S+\s*|\s+", text):
            yield ModelChunk(piece)
        yield ModelChunk(usage=Usage(prompt=1, completion=len(text.split())))

    async def health(self) -> Part:
        return Part(name=f"model:{self.name}", where="here", version=self.name, well=True)


@dataclass(slots=True)
class RecitingModel:
    """Implements ports.LanguageModel: says its system prompt, put as `disguise` puts it."""

    disguise: Callable[[str], str]
    name: str = "reciting"
    prompt: str = ""

    async def stream(
        self, messages: Sequence[BaseMessage], *, tools: Sequence[ToolSpec] = ()
    ) -> AsyncIterator[ModelChunk]:
        del tools
        self.prompt = str(messages[0].content)
        for piece in re.findall(r"\S+\s*|\s+", self.disguise(self.prompt)):
            yield ModelChunk(piece)
        yield ModelChunk(usage=Usage(prompt=1, completion=1))

    async def health(self) -> Part:
        return Part(name=f"model:{self.name}", where="here", version=self.name, well=True)
