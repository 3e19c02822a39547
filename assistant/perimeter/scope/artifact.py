"""A fitted scope on disk: one .npz of arrays and one JSON text, no pickles, written in one go and checked when read."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.combining import PRIOR_BIAS, PRIOR_WEIGHTS, Combiner
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import Example, background, policy_examples
from assistant.perimeter.scope.heads import FEATURES, KEPT, Heads
from assistant.perimeter.scope.lexicon import Lexicon
from assistant.perimeter.scope.outside import OUTSIDE_KEPT, Outside
from assistant.perimeter.scope.quick import HeldOut, ScopeModel
from assistant.perimeter.scope.thresholds import Zones

_DAMAGED = (
    OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, RuntimeError, SyntaxError,
    zipfile.BadZipFile, zlib.error, tokenize.TokenError,
)  # fmt: skip
FORM = 3
FILE = "scope.npz"
_KIND = "assistant-scope"
T = TypeVar("T")
_HEAD_ARRAYS = tuple(field.name for field in fields(Heads) if field.name not in ("lexicon", "outside"))
_OUTSIDE_ARRAYS = tuple(field.name for field in fields(Outside))
_COMBINER_ARRAYS = ("centre", "spread", "weights")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted scope with what it was fitted on. `given` of the examples came with the policy, the rest from a file;
    `extra` names further heads that must be there to read with it."""

    key: str
    embedder: str
    policy_key: str
    model: ScopeModel
    examples: tuple[Example, ...]
    vectors: Floats
    given: int
    extra: tuple[str, ...] = ()


def fit_recipe() -> tuple[object, ...]:
    """What this version fits with, besides what it is given."""
    return FORM, [example.text for example in background()], FEATURES, KEPT, OUTSIDE_KEPT, PRIOR_WEIGHTS, PRIOR_BIAS


def policy_key(policy: Policy, recipe: Sequence[object] | None = None) -> str:
    """Changes whenever the policy would be fitted otherwise; the recipe is this version's unless one is given."""
    said = [[example.text, example.label] for example in policy_examples(policy)]
    names = [topic.name for topic in policy.topics]
    with_what = [*(fit_recipe() if recipe is None else recipe)]
    return _digest([with_what, said, names, asdict(policy.costs), policy.max_false_answers])


def fit_key(examples: Sequence[Example], policy: Policy, embedder: str, extra: Sequence[str] = ()) -> str:
    """Changes whenever the artifact would: data, policy, recipe, embedder or further heads."""
    data = [[example.text, example.label] for example in examples]
    return _digest([data, policy_key(policy), embedder, list(extra)])


def write_artifact(folder: Path, fitted: Fitted) -> Path:
    """Write it in place of what is there; a reader sees the old one or the new one whole. Returns the file."""
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".scope-", delete=False) as file:
            try:
                np.savez(file, **_arrays(fitted))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            finally:
                Path(file.name).unlink(missing_ok=True)  # gone already where it took the place
    except OSError as exc:
        raise ConfigurationError(
            f"{path}: the fitted scope can't be written ({exc}). Make room or set rights."
        ) from exc
    return path


def read_artifact(folder: Path) -> Fitted | None:
    """The artifact in the folder; None where there is none in this version's form.

    Raises:
        ConfigurationError: it is damaged, or something else; names the file and the way out.
    """
    return _read(folder / FILE, lambda about, arrays: _restored(about, arrays) if about["form"] == FORM else None)


def kept_examples(folder: Path) -> tuple[Example, ...]:
    """The examples of the artifact in the folder that came from a file, whatever form it is in; none without one.

    Raises:
        ConfigurationError: it is damaged, or something else; names the file and the way out.
    """
    return _read(folder / FILE, lambda about, _: _examples(about)[int(about["given"]) :]) or ()


def _read(path: Path, make: Callable[[Mapping[str, Any], Mapping[str, Any]], T]) -> T | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            about = json.loads(bytes(arrays["about"]))
            if about.get("kind") != _KIND:
                raise _unusable(path, "is none")
            return make(about, arrays)
    except _DAMAGED as exc:
        raise _unusable(path, f"is damaged ({type(exc).__name__}: {exc})") from exc


def _examples(about: Mapping[str, Any]) -> tuple[Example, ...]:
    return tuple(Example(*row) for row in about["examples"])


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: the fitted scope {why}. Delete the file and run `assistant perimeter fit` again, with --examples "
        "if it was fitted on a file of examples."
    )


def _arrays(fitted: Fitted) -> dict[str, Any]:
    model, heads = fitted.model, fitted.model.heads
    if heads is None:
        raise ValueError("a scope without topics has nothing to write")
    about = {
        "kind": _KIND,
        "form": FORM,
        "key": fitted.key,
        "embedder": fitted.embedder,
        "policy_key": fitted.policy_key,
        "topics": model.topics,
        "zones": asdict(model.zones),
        "held_out": asdict(model.held_out),
        "seconds": model.seconds,
        "bias": model.combiner.bias,
        "temperature": model.combiner.temperature,
        "words": list(heads.lexicon.words),
        "pieces": list(heads.lexicon.pieces),
        "examples": [[example.text, example.label] for example in fitted.examples],
        "given": fitted.given,
        "extra": fitted.extra,
    }
    return (
        {"about": np.frombuffer(json.dumps(about).encode(), np.uint8), "idf": heads.lexicon.idf}
        | {f"heads_{name}": getattr(heads, name) for name in _HEAD_ARRAYS}
        | {f"outside_{name}": getattr(heads.outside, name) for name in _OUTSIDE_ARRAYS}
        | {f"combiner_{name}": getattr(model.combiner, name) for name in _COMBINER_ARRAYS}
        | {"vectors": fitted.vectors}
    )


def _restored(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Fitted:
    words = {gram: at for at, gram in enumerate(about["words"])}
    pieces = {gram: len(words) + at for at, gram in enumerate(about["pieces"])}
    heads = Heads(
        lexicon=Lexicon(words, pieces, arrays["idf"]),
        outside=Outside(**{name: arrays[f"outside_{name}"] for name in _OUTSIDE_ARRAYS}),
        **{name: arrays[f"heads_{name}"] for name in _HEAD_ARRAYS},
    )
    combiner = Combiner(
        **{name: arrays[f"combiner_{name}"] for name in _COMBINER_ARRAYS},
        bias=float(about["bias"]),
        temperature=float(about["temperature"]),
    )
    topics, examples = tuple(about["topics"]), _examples(about)
    vectors = arrays["vectors"]
    shapes = (len(heads.lexicon.idf), heads.dense.shape[1], len(vectors), heads.dense.shape[0])
    if shapes != (len(words) + len(pieces), len(topics), len(examples), vectors.shape[1]):
        raise ValueError("its arrays don't fit one another")
    if not all(np.isfinite(arrays[name]).all() for name in ("heads_dense", "combiner_weights", "vectors")):
        raise ValueError("it holds numbers that are none")
    model = ScopeModel(
        topics, heads, combiner, Zones(**about["zones"]), HeldOut(**about["held_out"]), float(about["seconds"])
    )
    return Fitted(
        key=about["key"],
        embedder=about["embedder"],
        policy_key=about["policy_key"],
        model=model,
        examples=examples,
        vectors=vectors,
        given=int(about["given"]),
        extra=tuple(about["extra"]),
    )


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
