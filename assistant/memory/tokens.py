"""Exact token counts, offline: the o200k_base vocabulary ships with the package."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path

import tiktoken

ENCODING = "o200k_base"
PER_MESSAGE = 4  # what the chat format adds around each message, after OpenAI's cookbook
CUT_MARK = "\n[… cut: the message was too long …]\n"

_VOCABULARY = Path(__file__).parent / "vocabulary"
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


@lru_cache(maxsize=4_096)
def count(text: str) -> int:
    """Tokens of a text. Special tokens in it are counted as the plain text they are."""
    return len(encoding().encode_ordinary(text))


def count_message(text: str) -> int:
    """Tokens of a text as one chat message."""
    return count(text) + PER_MESSAGE


def cut_middle(text: str, limit: int) -> str:
    """The text if it fits `limit` tokens, else its beginning and end around a visible mark; never above `limit`."""
    if count(text) <= limit:
        return text
    mark = encoding().encode_ordinary(CUT_MARK)
    room = limit - len(mark)
    if room < 2:
        return encoding().decode(encoding().encode_ordinary(text)[: max(limit, 0)], errors="ignore")
    return _shrunk(encoding().encode_ordinary(text), room, limit)


def _shrunk(tokens: list[int], room: int, limit: int) -> str:
    """Cutting inside a character or a merge can add a token when counted anew: take less until it holds."""
    decode = encoding().decode
    while room > 0:
        head, tail = tokens[: room - room // 2], tokens[len(tokens) - room // 2 :]
        cut = decode(head, errors="ignore") + CUT_MARK + decode(tail, errors="ignore")
        if count(cut) <= limit:
            return cut
        room -= 1
    return ""
