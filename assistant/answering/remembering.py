"""The vectors of passages' sentences, kept for the next question: the same passages come with many questions."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from weakref import WeakKeyDictionary

from assistant.ports import Embedder, Vector

KEPT = 4_096  # vectors of an embedder, the last ones used: six megabytes at 384 dimensions

_known: WeakKeyDictionary[Embedder, OrderedDict[bytes, array[float]]] = WeakKeyDictionary()


async def encode_sentences(
    sentences: Sequence[str], others: Sequence[str], *, embedder: Embedder
) -> tuple[list[Vector], list[Vector]]:
    """The vectors of the sentences and of `others`, in at most one call; only those of sentences are remembered."""
    known = _known.setdefault(embedder, OrderedDict())
    keys = [blake2b(text.encode(errors="replace"), digest_size=16).digest() for text in sentences]
    found = {key: known[key] for key in keys if key in known}
    new = {key: text for key, text in zip(keys, sentences, strict=True) if key not in found}
    vectors = await embedder.encode([*new.values(), *others]) if new or others else []
    found |= {key: array("f", vector) for key, vector in zip(new, vectors, strict=False)}
    for key in found:
        known[key] = found[key]
        known.move_to_end(key)
    while len(known) > KEPT:
        known.popitem(last=False)
    return [found[key] for key in keys], list(vectors[len(new) :])
