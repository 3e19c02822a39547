"""The vectors of the questions asked lately, so that one asked again in other words is noticed without a new encoding.

They stand in the checkpoint beside the window, by turn, in 16 bits a number; the words stay in the window alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.memory.contents import WindowTurn
from assistant.ports import Vector

TURNS = 6


def kept(
    lately: Mapping[str, str], turn: str, vector: Vector | None, window: Sequence[WindowTurn], *, embedder: str
) -> dict[str, str]:
    """What to keep after a turn: the newest `TURNS` of the window, this one with its vector if it came to one."""
    packed = "" if vector is None else base64.b64encode(np.asarray(vector, dtype=np.float16).tobytes()).decode()
    known = {**lately, turn: f"{embedder}|{packed}" if packed else ""}
    return {each["turn"]: known[each["turn"]] for each in window[-TURNS:] if each["turn"] in known}


def questions(
    lately: Mapping[str, str], window: Sequence[WindowTurn], *, embedder: str
) -> list[tuple[str, Vector | None]]:
    """The last questions of the window, oldest first, with their vectors where this embedder made them."""
    return [(each["user"], _unpacked(lately.get(each["turn"], ""), embedder)) for each in window[-TURNS:]]


def _unpacked(stored: str, embedder: str) -> Vector | None:
    made_by, _, packed = stored.rpartition("|")
    if not packed or made_by != embedder:
        return None
    try:
        numbers: list[float] = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.float16).tolist()
    except (binascii.Error, ValueError):
        return None
    return numbers
