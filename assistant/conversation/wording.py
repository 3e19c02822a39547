"""What the conversation itself says, and which messages it can take in."""

from __future__ import annotations

import re

from assistant.errors import InvalidMessageError
from assistant.perimeter.input_guard import clean

ID_USED = "That message was already sent with other words. Please send it again."
ASK_FOR_PERSON = "I'd like to talk to a person."
EMPTY = "That message is empty. Type a question and send it again."
TOO_LONG = "That message has {length:,} characters; I can read up to {limit:,}. Please shorten it and send it again."

_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would turn round what is shown around them
_NAME_CHARS = 60


def usable(text: str, *, max_chars: int) -> str:
    """A message as it is taken in. Raises InvalidMessageError when it is too long, or nothing is left of it."""
    if len(text) > max_chars:
        raise InvalidMessageError(TOO_LONG.format(length=len(text), limit=max_chars))
    cleaned = _BIDIRECTIONAL.sub("", text.replace("\x00", "")).encode("utf-8", "replace").decode("utf-8")
    if not clean(cleaned):
        raise InvalidMessageError(EMPTY)
    return cleaned


def reference(trace_id: str) -> str:
    """The reference number a user can read out: the first eight digits of the trace id."""
    return trace_id[:8].upper()


def thread_name(text: str) -> str:
    """A conversation's name, from its first message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _NAME_CHARS else flat[: _NAME_CHARS - 1].rstrip() + "…"
