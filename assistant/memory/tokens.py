"""Exact token counts, offline: the o200k_base vocabulary ships with the package."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import tiktoken
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from assistant.ports import ToolSpec

ENCODING = "o200k_base"
PER_MESSAGE = 4  # what the chat format adds around each message, after OpenAI's cookbook
PER_REPLY = 3  # and what it adds once, to open the reply
PER_CALL = 8  # around a tool call, and around a tool's schema
CUT_MARK = "\n[… cut: the message was too long …]\n"
LONGEST_TOKEN = 128  # characters of the vocabulary's longest, so that n characters are at least n/128 tokens

_VOCABULARY = Path(__file__).parent / "vocabulary"
_SLICE = 20_000
_SEAM = 200
_WIDE = 16  # characters for each token wanted, when only so many are
_loading = threading.Lock()


@lru_cache(maxsize=1)
def encoding() -> tiktoken.Encoding:
    """The encoding, loaded once from the package's own vocabulary; tiktoken verifies its hash.

    Loading takes some 0.3 s: call it once before the first user comes.
    """
    with _loading:
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(_VOCABULARY)
        try:
            return tiktoken.get_encoding(ENCODING)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before


class CountCache:
    """Counts by a text's length and keyed 64-bit hash: it holds numbers and no text, some 2 MB when full.

    Two generations of `size` entries stand in for a queue: what is used moves to the young one, and when that is full
    the old one goes. Two threads may at worst count one text twice.
    """

    def __init__(self, size: int = 8_192) -> None:
        self._size = size
        self._young: dict[tuple[int, int], int] = {}
        self._old: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def count(self, text: str) -> int:
        """Tokens of the text, looked up or counted."""
        key = (hash(text), len(text))
        known = self._young.get(key)
        if known is None:
            known = self._old.get(key)
            self._keep(key, known := sum(_counts(text)) if known is None else known)
        return known

    def _keep(self, key: tuple[int, int], tokens: int) -> None:
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = tokens


count = CountCache().count
"""Tokens of a text. Special tokens in it are counted as the plain text they are; a text above 20,000 characters is
counted by slices, which may add a token at a seam."""


def fits(text: str, limit: int) -> bool:
    """Whether `count(text) <= limit`, told without reading on once it is clear that it isn't."""
    if len(text) > max(limit, 0) * LONGEST_TOKEN:
        return False
    if len(text) <= _SLICE:
        return count(text) <= limit
    used = 0
    for tokens in _counts(text):
        used += tokens
        if used > limit:
            return False
    return True


def count_message(text: str) -> int:
    """Tokens of a text as one chat message."""
    return count(text) + PER_MESSAGE


def count_whole(message: BaseMessage) -> int:
    """Tokens of one message with its tool calls, or with the id of the call it answers."""
    tokens = count_message(str(message.content))
    if isinstance(message, AIMessage):
        tokens += sum(_json({"id": c["id"], "name": c["name"], "args": c["args"]}) for c in message.tool_calls)
    if isinstance(message, ToolMessage):
        tokens += count(message.tool_call_id)
    return tokens


def count_messages(messages: Sequence[BaseMessage]) -> int:
    """Tokens of the messages as one prompt: texts, what the chat format adds, tool calls as JSON."""
    return sum(map(count_whole, messages)) + PER_REPLY


def count_tools(tools: Sequence[ToolSpec]) -> int:
    """Tokens of tools' schemas as JSON: an upper estimate, since providers render them more tersely."""
    return sum(_json({"name": t.name, "description": t.description, "parameters": dict(t.parameters)}) for t in tools)


def cut_middle(text: str, limit: int) -> str:
    """The text if it fits `limit` tokens, else its beginning and end around a visible mark; never above `limit`."""
    if fits(text, limit):
        return text
    room = limit - count(CUT_MARK)
    if room < 2:
        return _head(text, max(limit, 0))
    while room > 0:
        cut = _head(text, room - room // 2) + CUT_MARK + _tail(text, room // 2)
        over = count(cut) - limit
        if over <= 0:
            return cut
        room -= over
    return _head(text, limit)


def clip(text: str, limit: int) -> str:
    """The text if it fits `limit` tokens, else its beginning and an ellipsis; never above `limit`."""
    if fits(text, limit):
        return text
    for room in range(limit - 1, 0, -1):
        cut = _head(text, room).rstrip() + "…"
        if count(cut) <= limit:
            return cut
    return ""


def _head(text: str, limit: int) -> str:
    """A beginning of at most `limit` tokens, out of as many characters as so many tokens hardly ever exceed.

    Cutting inside a character or a merge can add a token when counted anew: then it takes less.
    """
    tokens, keep = _encoded(text[: _WIDE * limit]), limit
    while keep > 0:
        cut = encoding().decode(tokens[:keep], errors="ignore")
        over = count(cut) - limit
        if over <= 0:
            return cut
        keep -= over
    return ""


def _tail(text: str, limit: int) -> str:
    return encoding().decode(_encoded(text[-_WIDE * limit :])[-limit:], errors="ignore") if limit else ""


def _slices(text: str) -> Iterator[str]:
    """Pieces that end before a blank where there is one: tiktoken panics on a megabyte of blanks, and slows before."""
    start = 0
    while start < len(text):
        end = start + _SLICE
        if end < len(text):
            end = max(text.rfind(" ", end - _SEAM, end), end - _SEAM)
        yield text[start:end]
        start = end


def _encoded(text: str) -> list[int]:
    return [token for piece in _slices(text) for token in encoding().encode_ordinary(piece)]


def _counts(text: str) -> Iterator[int]:
    return (len(encoding().encode_ordinary(piece)) for piece in _slices(text))


def _json(value: Mapping[str, Any]) -> int:
    return count(json.dumps(value, ensure_ascii=False, default=str)) + PER_CALL
