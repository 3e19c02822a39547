"""The thorough fit: a fine-tuned encoder joins the stack where that helps on examples it hasn't seen."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.adapters.embedder import open_embedder
from assistant.adapters.encoder_training import train_encoder
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.evidence import ExtraHead, Flags, Floats, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.grounds import grounds_of
from assistant.perimeter.scope.quick import ScopeModel, fit_on
from assistant.perimeter.scope.thorough import (
    TunedReader,
    fit_tuned,
    held_head,
    held_parts,
    is_better,
    read_tuned,
    silent,
    write_tuned,
)

MINUTES = 7.0  # of training, all together; what comes on top, 110 s of CPU for 15,000 examples, stays within ten
_LABELLED_ENOUGH = 20


class Train(Protocol):
    """Trains without the examples of `out`; the encoder's name, and what it says of them and of `more` texts."""

    async def __call__(self, out: Flags, /, *, share: float, more: Sequence[str]) -> tuple[str, HeadEvidence]: ...


async def fit_thorough(
    examples: Sequence[Example],
    vectors: Floats,
    policy: Policy,
    folder: Path,
    *,
    base: str,
    say: Callable[[str], None],
    minutes: float = MINUTES,
    seed: int = 0,
    validation: tuple[Sequence[Example], Floats] | None = None,
) -> tuple[ScopeModel, str] | None:
    """The model with the encoder's name in `folder`; None where fine-tuning gives nothing, and the quick fit stands.

    Thresholds, weights and the choice itself rest on what encoders said of examples they were not trained on: of
    `validation`, or of examples left out of training.
    Raises: ConfigurationError when the base model can't be fine-tuned, or the encoder can't be written.
    """
    aside = sum(example.label == OOS for example in (*examples, *(validation[0] if validation else ())))
    topics = sorted({example.label for example in examples} - {OOS})
    if aside < _LABELLED_ENOUGH or len(topics) < 2:
        say(f"Fine-tuning is judged on {_LABELLED_ENOUGH} or more examples labelled {OOS}; the quick fit stands.")
        return None
    numbers = np.array([topics.index(example.label) if example.label != OOS else -1 for example in examples], np.int64)
    parts = held_parts(numbers, seed) if validation is None else (numbers < 0,)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".encoder-") as place:
        train = partial(_train, examples, numbers, Path(place) / "last", base=base, minutes=minutes, seed=seed, say=say)
        head = await _trained(train, parts, validation[0] if validation else ())
        grounds = await asyncio.to_thread(grounds_of, examples, vectors, validation=validation, seed=seed)
        fit = partial(fit_on, grounds, costs=policy.costs, max_false_answers=policy.max_false_answers)
        quick, model = fit(extra=(silent(head),)), fit(extra=(head,))
        then, now = quick.held_out, model.held_out
        found = (
            f"right for {now.right} instead of {then.right} of {now.inside}, cost {now.cost:.3f} for {then.cost:.3f}"
        )
        if not is_better(now, then):
            say(f"Fine-tuning gives nothing on held-out examples ({found}): the quick fit stands.")
            return None
        say(f"Fine-tuning helps on held-out examples: {found}.")
        _keep(Path(place) / "last", folder / head.name)
    return model, head.name


async def open_tuned(folder: Path, name: str, stack: AsyncExitStack) -> TunedReader:
    """The encoder `name` of `folder`, open as long as `stack`.

    Raises:
        ConfigurationError: it isn't there, or has changed.
    """
    tuned = await asyncio.to_thread(read_tuned, folder / name, name)
    return TunedReader(await stack.enter_async_context(open_embedder(str(folder / name))), tuned)


def forget_encoders(folder: Path, keep: Sequence[str]) -> None:
    """Delete the encoders the artifact doesn't name; to be called once it is written."""
    for path in folder.glob("encoder-*"):
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


async def _trained(train: Train, parts: Sequence[Flags], validation: Sequence[Example]) -> ExtraHead:
    """The head of the last training, with what trainings without them said of the `parts`."""
    every = (*parts, np.zeros_like(parts[0])) if len(parts) > 1 else parts
    evidence: list[HeadEvidence] = []
    for part in every:
        name, said = await train(part, share=1 / len(every), more=[example.text for example in validation])
        evidence.append(said)
    left = [_rows(said, slice(None, int(part.sum()))) for part, said in zip(parts, evidence, strict=False)]
    head = held_head(name, parts, left)
    last = evidence[-1]
    return replace(head, validation=_rows(last, slice(int(every[-1].sum()), None))) if validation else head


async def _train(
    examples: Sequence[Example],
    numbers: NDArray[np.int64],
    place: Path,
    out: Flags,
    *,
    share: float,
    more: Sequence[str],
    base: str,
    minutes: float,
    seed: int,
    say: Callable[[str], None],
) -> tuple[str, HeadEvidence]:
    """Train without the examples of `out`, into `place`, in a share of the minutes; what it says of them then, and of
    `more` texts."""
    say(f"Training on {int((~out).sum())} examples, at most {share * minutes:.1f} minutes.")
    await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
    seen = np.flatnonzero(~out).tolist()
    trained = await asyncio.to_thread(
        train_encoder,
        [examples[at].text for at in seen],
        [examples[at].label for at in seen],
        place,
        seed=seed,
        minutes=share * minutes,
        say=say,
        outlier=OOS,
        base=base,
    )
    tuned = fit_tuned(trained.vectors, numbers[seen], int(numbers.max()) + 1)
    name = await asyncio.to_thread(write_tuned, place, tuned)
    unseen = [*(examples[at].text for at in np.flatnonzero(out).tolist()), *more]
    async with open_embedder(str(place)) as embedder:
        rows = np.asarray(await embedder.encode(unseen), np.float32).reshape(len(unseen), embedder.dimensions)
    return name, tuned.read(rows)


def _rows(evidence: HeadEvidence, rows: slice) -> HeadEvidence:
    return HeadEvidence(evidence.logits[rows], evidence.features[rows])


def _keep(last: Path, place: Path) -> None:
    try:
        shutil.rmtree(place, ignore_errors=True)
        last.rename(place)
    except OSError as exc:
        raise ConfigurationError(f"{place}: the fine-tuned encoder can't be written ({exc}). Make room.") from exc
