"""The learned part of the injection score: hashed n-grams with linear weights, and a small network on the vector.

Two readings. `command` looks at a text sentence by sentence for orders to the assistant itself (override, leak of the
prompt, persona, fake messages); `intent` looks at the whole for harm asked for, framed as fiction or not, and is better
with the message's sentence vector. Trained by `scripts/train_injection.py` on texts written for this project, with
the weights of `injection_weights.npz`. All scores run from 0 to 1; 0.7 is where an attack begins.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.wording import fold

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("injection_weights.npz")
BITS = 16
READ_CHARS = 4_000  # of the whole, for its intent
_WINDOW_CHARS = 240
_MAX_WINDOWS = 400
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?\n。！？]{3,240}[.!?。！？]{0,3}")
_STEP = np.uint32(0x9E3779B1)
_GRAMS_SHARE = 2.0  # how much n-grams and commands count beside the vector; chosen on the half of the data looked at
_COMMAND_SHARE = 0.6
_ATTACK_LOGIT = float(np.log(0.7 / 0.3))


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear weights over 2**BITS hashed n-grams for both readings, and a network of one layer over the vector.

    `*_shift` is the raw score at which an attack begins; `mixed_shift` that of the intent with a vector. The network
    reads the vectors of `embedder` and of no other.
    """

    command: Floats
    command_bias: float
    command_shift: float
    intent: Floats
    intent_bias: float
    intent_shift: float
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: float
    mixed_shift: float
    embedder: str = ""


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package. Raises OSError or ValueError when they can't be read."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        embedder = str(stored["embedder"])
        arrays = {name: stored[name].astype(np.float32) for name in stored.files if name != "embedder"}
    values: dict[str, Any] = {name: value if value.ndim else float(value) for name, value in arrays.items()}
    return Weights(**values, embedder=embedder)


def command_score(text: str, weights: Weights) -> float:
    """How much the most commanding of the text's sentences reads like an order to the assistant itself, 0 to 1."""
    return squashed(_most_commanding(text, weights), weights.command_shift)


def intent_score(text: str, weights: Weights) -> float:
    """How much the text as a whole reads like a request for harm, 0 to 1. Reads the first READ_CHARS."""
    return squashed(linear(text[:READ_CHARS], weights.intent, weights.intent_bias), weights.intent_shift)


def mixed_score(text: str, vector: Sequence[float], weights: Weights) -> float:
    """What the n-grams, the sentence vector and the most commanding sentence say together, 0 to 1."""
    grams = linear(text[:READ_CHARS], weights.intent, weights.intent_bias)
    seen = network(np.asarray(vector, dtype=np.float32), weights)
    told = _most_commanding(text[:READ_CHARS], weights)
    return squashed(seen + _GRAMS_SHARE * grams + _COMMAND_SHARE * told, weights.mixed_shift)


def network(vector: Floats, weights: Weights) -> float:
    """The raw score of a vector."""
    return float(np.maximum(vector @ weights.hidden + weights.hidden_bias, 0.0) @ weights.out) + weights.out_bias


def linear(text: str, weights: Floats, bias: float) -> float:
    """The raw score of a text: the mean weight of its n-grams, as long as a unit vector."""
    grams = features(text)
    return float(weights[grams].sum() / np.sqrt(max(1, grams.size))) + bias


def windows(text: str) -> list[str]:
    """The sentences of a text, none longer than 240 characters, at most 400."""
    found = [match.group(0) for _, match in zip(range(_MAX_WINDOWS), _SENTENCE.finditer(text), strict=False)]
    return found or [text[:_WINDOW_CHARS]]


def features(text: str) -> NDArray[np.int64]:
    """The hashed words, pairs of words and runs of three to five characters of a text, each once."""
    plain = fold(text)
    words = np.array([zlib.crc32(word.encode()) for word in _WORD.findall(plain)], dtype=np.uint32)
    chars = np.frombuffer(f" {plain} ".encode("utf-32-le", "replace"), dtype=np.uint32)
    hashed = [words, _joined(words, 2), *(_joined(chars, length) for length in (3, 4, 5))]
    mixed = np.concatenate(hashed) * _STEP
    return np.unique(mixed >> np.uint32(32 - BITS)).astype(np.int64)


def squashed(raw: float, shift: float) -> float:
    """A raw score as a number from 0 to 1 that is 0.7 at `shift`. Raises ValueError for what is no number."""
    if not np.isfinite(raw):
        raise ValueError(f"the injection model gave {raw}")
    return float(1.0 / (1.0 + np.exp(-np.clip(raw - shift + _ATTACK_LOGIT, -30.0, 30.0))))


def _most_commanding(text: str, weights: Weights) -> float:
    """The raw score of the sentence that is most of a command."""
    raw = [linear(window, weights.command, weights.command_bias) for window in windows(text)]
    return max(raw, default=-9.0)


def _joined(units: NDArray[np.uint32], length: int) -> NDArray[np.uint32]:
    """One hash for each run of `length` units."""
    count = max(0, units.size - length + 1)
    hashed = np.full(count, length, dtype=np.uint32)
    for offset in range(length):
        hashed = (hashed ^ units[offset : offset + count]) * _STEP
        hashed ^= hashed >> np.uint32(15)
    return hashed
