"""A fine-tuned encoder as one more head of the stack: what it says of texts, how it is held out, when it is kept.

The question is encoded a second time, by these weights, which takes as long again as the first time. Everything here is
arrays; the training itself is an adapter's.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ConfigurationError
from assistant.perimeter.scope.evidence import ExtraHead, Flags, Floats, HeadEvidence
from assistant.perimeter.scope.heads import log_softmax
from assistant.perimeter.scope.quick import HeldOut
from assistant.ports import Embedder

FILE = "tuned.npz"
FEATURES = ("tuned_cosine", "tuned_margin", "tuned_energy", "tuned_mahalanobis")
PRIOR = (0.5, 0.0, 1.0, 0.5)  # of the features, where few examples out of scope are labelled
_SHARPNESS = 24.0
_SPLIT_FROM = 4_000
_SPLIT_PARTS = 10
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Tuned:
    """Of K topics and D dimensions: `means` (K, D) of the training vectors, `directions` (K, D) their unit vectors,
    `centre` (D) the mean of all; `within` and `around` (D, D) the inverse covariances about them."""

    means: Floats
    directions: Floats
    centre: Floats
    within: Floats
    around: Floats

    def read(self, vectors: Floats) -> HeadEvidence:
        """The evidence of n unit vectors; features in the order of `FEATURES`."""
        cosines = vectors @ self.directions.T
        logits = _SHARPNESS * cosines
        ordered = -np.sort(-cosines, axis=1)
        margin = ordered[:, 0] - ordered[:, 1] if cosines.shape[1] > 1 else ordered[:, 0]
        energy = logits[:, 0] - log_softmax(logits)[:, 0]
        columns = [ordered[:, 0], margin, energy, self._distance(vectors)]
        return HeadEvidence(np.asarray(logits, np.float32), np.stack(columns, axis=1).astype(np.float32))

    def _distance(self, vectors: Floats) -> Floats:
        """Minus the relative Mahalanobis distance (Ren et al. 2021, arXiv:2106.09022), in hundreds."""
        sides = (self.means @ self.within * self.means).sum(axis=1) - 2 * (vectors @ self.within) @ self.means.T
        own = (vectors @ self.within * vectors).sum(axis=1) + sides.min(axis=1)
        off = vectors - self.centre
        return np.asarray(((off @ self.around * off).sum(axis=1) - own) / 100, np.float32)


@dataclass(frozen=True, slots=True)
class TunedReader:
    """Implements classifier.HeadReader with an encoder of its own."""

    embedder: Embedder
    tuned: Tuned

    async def read(self, texts: Sequence[str]) -> HeadEvidence:
        return self.tuned.read(np.asarray(await self.embedder.encode(texts), np.float32))


def fit_tuned(vectors: Floats, topics: NDArray[np.int64], count: int) -> Tuned:
    """Fit on the fine-tuned vectors of the examples the encoder was trained on; `topics` are numbers, -1 for none."""
    inside = topics >= 0
    rows, numbers = vectors[inside], topics[inside]
    means = np.stack([rows[numbers == topic].mean(axis=0) for topic in range(count)])
    centre = rows.mean(axis=0)
    arrays = (
        means,
        means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6),
        centre,
        _precision(rows - means[numbers]),
        _precision(rows - centre),
    )
    return Tuned(*(np.asarray(array, np.float32) for array in arrays))


def held_parts(topics: NDArray[np.int64], seed: int) -> tuple[Flags, ...]:
    """Which examples each training leaves out.

    Few examples are left out in three parts, and the encoder that stays is trained once more on all of them. From 4,000
    on a tenth is left out of the one training there is: that encoder stays, so what it says of them is what it will
    say of questions. A topic's only example is left out of nothing.
    """
    random = np.random.default_rng(seed)
    count = _SPLIT_PARTS if len(topics) >= _SPLIT_FROM else _FOLDS
    parts = np.full(len(topics), -1, np.int64)
    for topic in np.unique(topics):
        own = random.permutation(np.flatnonzero(topics == topic))
        if len(own) > 1:
            parts[own] = (np.arange(len(own)) + random.integers(count)) % count
    return tuple(parts == part for part in range(1 if count == _SPLIT_PARTS else count))


def held_head(name: str, parts: Sequence[Flags], evidence: Sequence[HeadEvidence]) -> ExtraHead:
    """The head of out-of-fold evidence: `evidence[i]` is of the examples of `parts[i]`, by an encoder without them."""
    logits = np.zeros((len(parts[0]), evidence[0].logits.shape[1]), np.float32)
    features = np.zeros((len(parts[0]), evidence[0].features.shape[1]), np.float32)
    for part, said in zip(parts, evidence, strict=True):
        logits[part], features[part] = said.logits, said.features
    return ExtraHead(name, HeadEvidence(logits, features), np.logical_or.reduce(parts), prior=PRIOR)


def silent(head: ExtraHead) -> ExtraHead:
    """A head that says nothing of the same examples: with it the quick fit is judged on the rows the other one is."""

    def nothing(said: HeadEvidence) -> HeadEvidence:
        return HeadEvidence(np.zeros_like(said.logits), np.zeros((len(said.logits), 0), np.float32))

    validation = nothing(head.validation) if head.validation is not None else None
    return ExtraHead(head.name, nothing(head.held_out), head.known, validation)


def is_better(thorough: HeldOut, quick: HeldOut) -> bool:
    """Whether fine-tuning is kept: on the same held-out examples it names more topics rightly at no higher cost, or
    costs less and names no fewer."""
    more, less = thorough.right > quick.right, thorough.cost < quick.cost
    return (more and thorough.cost <= quick.cost) or (less and thorough.right >= quick.right)


def write_tuned(folder: Path, tuned: Tuned) -> str:
    """Write the arrays beside the encoder's weights; the name is by the content of the whole folder, for the artifact.

    Raises:
        ConfigurationError: it can't be written.
    """
    try:
        np.savez(folder / FILE, **{field.name: getattr(tuned, field.name) for field in fields(Tuned)})
        return tuned_name(folder)
    except OSError as exc:
        raise ConfigurationError(f"{folder}: the fine-tuned encoder can't be written ({exc}). Make room.") from exc


def read_tuned(folder: Path, name: str) -> Tuned:
    """The arrays of the encoder the artifact was fitted with.

    Raises:
        ConfigurationError: the folder isn't there, or isn't what was written under that name.
    """
    try:
        if tuned_name(folder) != name:
            raise ValueError("it isn't what the scope was fitted with")
        with np.load(folder / FILE, allow_pickle=False) as arrays:
            return Tuned(**{field.name: arrays[field.name] for field in fields(Tuned)})
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as exc:
        raise ConfigurationError(
            f"{folder}: the fine-tuned encoder can't be used ({exc}). Run `assistant perimeter fit --thorough` again."
        ) from exc


def tuned_name(folder: Path) -> str:
    """`encoder-` and a hash of every file's path and content."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}:{content}\n".encode())
    return f"encoder-{digest.hexdigest()[:32]}"


def _precision(rows: Floats) -> NDArray[np.float64]:
    """The inverse covariance, shrunk towards a sphere the more, the fewer the rows."""
    size = rows.shape[1]
    spread = rows.T.astype(np.float64) @ rows / len(rows)
    shrink = max(0.1, size / (2 * len(rows))) * max(float(np.trace(spread)) / size, 1e-6)
    return np.linalg.inv(spread + shrink * np.eye(size))
