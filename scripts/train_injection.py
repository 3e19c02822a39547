"""Trains the injection guard's weights on its own examples: no other data is read.

    python scripts/train_injection.py [--out assistant/perimeter/injection_weights.npz]

Takes some minutes on two cores, most of them for the sentence vectors. The shifts, which say at what raw score an
attack begins, are arguments: they are chosen on texts that are not shipped, and written down where they stand.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import numpy as np
from injection_examples import Example, long_examples, short_examples
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from assistant.adapters.embedder import PACKAGED, open_embedder
from assistant.perimeter.injection_model import BITS, READ_CHARS, WEIGHTS, features, windows
from assistant.ports import Vector

EMBEDDER = "all-MiniLM-L6-v2"  # as the packaged embedder names itself
ASKED = frozenset({"harm_plain", "suffix"})  # families of harm, not of orders to the assistant


def main() -> None:
    """Expand, embed, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--vectors", type=Path, help="keep the vectors here (.npz) for another run")
    parser.add_argument("--command-shift", type=float, default=3.75)
    parser.add_argument("--intent-shift", type=float, default=3.75)
    parser.add_argument("--mixed-shift", type=float, default=7.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    short = short_examples(seed=arguments.seed)
    made = short + long_examples(seed=arguments.seed)
    vectors = embedded([each.text for each in made], arguments.vectors)
    command = fitted(*sentences(short), strength=4.0)
    intent = fitted([each.text[:READ_CHARS] for each in made], [each.attack for each in made], strength=0.5)
    network = MLPClassifier((64,), alpha=1.0, max_iter=40, random_state=arguments.seed)
    network.fit(vectors, [each.attack for each in made])
    np.savez_compressed(
        arguments.out,
        command=command.coef_[0].astype(np.float16),
        command_bias=np.float32(command.intercept_[0]),
        command_shift=np.float32(arguments.command_shift),
        intent=intent.coef_[0].astype(np.float16),
        intent_bias=np.float32(intent.intercept_[0]),
        intent_shift=np.float32(arguments.intent_shift),
        hidden=network.coefs_[0].astype(np.float16),
        hidden_bias=network.intercepts_[0].astype(np.float16),
        out=network.coefs_[1][:, 0].astype(np.float16),
        out_bias=np.float32(network.intercepts_[1][0]),
        mixed_shift=np.float32(arguments.mixed_shift),
        embedder=np.str_(EMBEDDER),
    )
    sys.stdout.write(f"{len(made)} examples, {arguments.out.stat().st_size:,} bytes written\n")


def sentences(made: list[Example]) -> tuple[list[str], list[bool]]:
    """What the reading of commands learns from: attacks on the assistant against every sentence that is none."""
    texts: dict[str, bool] = {}
    for each in made:
        if not each.attack:
            texts |= dict.fromkeys([each.text[:240], *windows(each.text)], False)
    orders = [each.text for each in made if each.attack and not each.request and each.family not in ASKED]
    texts |= dict.fromkeys((text[:240] for text in orders), True)
    return list(texts), list(texts.values())


def fitted(texts: list[str], attack: list[bool], *, strength: float) -> LogisticRegression:
    """Logistic regression over hashed n-grams, rows of unit length."""
    rows = [features(text) for text in texts]
    values = np.concatenate([np.full(row.size, 1 / np.sqrt(max(1, row.size))) for row in rows])
    starts = np.concatenate([[0], np.cumsum([row.size for row in rows])])
    matrix = csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), 2**BITS))
    return LogisticRegression(C=strength, max_iter=500, class_weight="balanced").fit(matrix, attack)


def embedded(texts: list[str], kept: Path | None) -> NDArray[np.float32]:
    """The packaged embedder's vectors; those of texts that `kept` (.npz) holds are read from there."""
    known: dict[str, NDArray[np.float32]] = {}
    if kept and kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
    missing = sorted({text for text in texts if text not in known}, key=len)
    known |= zip(missing, np.asarray(asyncio.run(encoded(missing)), dtype=np.float32), strict=True) if missing else {}
    if kept and missing:
        np.savez(kept, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts])


async def encoded(texts: list[str]) -> list[Vector]:
    async with open_embedder(PACKAGED) as embedder:
        return await embedder.encode(texts)


if __name__ == "__main__":
    main()
