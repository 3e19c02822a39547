"""The thorough fit: a fine-tuned encoder joins the stack where that helps on examples it hasn't seen."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.adapters.embedder import open_embedder
from assistant.adapters.encoder_training import train_encoder
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.evidence import Flags, Floats, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.quick import ScopeModel, fit_quick
from assistant.perimeter.scope.thorough import (
    Tuned,
    TunedReader,
    fit_tuned,
    held_head,
    held_parts,
    is_better,
    read_tuned,
    silent,
    write_tuned,
)

MINUTES = 8.0  # of training, all together; encoding and the quick fit come on top, within ten
_LABELLED_ENOUGH = 20


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
) -> tuple[ScopeModel, str] | None:
    """The model with the encoder's name in `folder`; None where fine-tuning gives nothing, and the quick fit stands.

    Thresholds, weights and the choice itself rest on what encoders said of examples they were not trained on.
    Raises: ConfigurationError when the base model can't be fine-tuned, or the encoder can't be written.
    """
    aside = sum(example.label == OOS for example in examples)
    topics = sorted({example.label for example in examples} - {OOS})
    if aside < _LABELLED_ENOUGH or len(topics) < 2:
        say(f"Fine-tuning is judged on {_LABELLED_ENOUGH} or more examples labelled {OOS}; the quick fit stands.")
        return None
    numbers = np.array([topics.index(example.label) if example.label != OOS else -1 for example in examples], np.int64)
    parts = held_parts(numbers, seed)
    trainings = len(parts) if len(parts) == 1 else len(parts) + 1
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".encoder-") as place:
        evidence: list[HeadEvidence] = []
        last = Path(place) / "last"
        for number, part in enumerate((*parts, np.zeros_like(parts[0]))[:trainings]):
            say(f"Training {number + 1} of {trainings}, at most {minutes / trainings:.1f} minutes.")
            shutil.rmtree(last, ignore_errors=True)
            tuned, said = await _train(
                examples, numbers, part, last, base=base, minutes=minutes / trainings, seed=seed, say=say
            )
            evidence += [said] if part.any() else []
        name = await asyncio.to_thread(write_tuned, last, tuned)
        head = held_head(name, parts, evidence)
        fit = partial(fit_quick, examples, vectors, costs=policy.costs, max_false_answers=policy.max_false_answers)
        quick = await asyncio.to_thread(fit, extra=(silent(head),))
        model = await asyncio.to_thread(fit, extra=(head,))
        then, now = quick.held_out, model.held_out
        found = (
            f"right for {now.right} instead of {then.right} of {now.inside}, cost {now.cost:.3f} for {then.cost:.3f}"
        )
        if not is_better(now, then):
            say(f"Fine-tuning gives nothing on held-out examples ({found}): the quick fit stands.")
            return None
        say(f"Fine-tuning helps on held-out examples: {found}.")
        _keep(last, folder / name)
    return model, name


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


async def _train(
    examples: Sequence[Example],
    numbers: NDArray[np.int64],
    out: Flags,
    place: Path,
    *,
    base: str,
    minutes: float,
    seed: int,
    say: Callable[[str], None],
) -> tuple[Tuned, HeadEvidence]:
    """Train without the examples of `out`, into `place`; what it says of them then."""
    texts = [example.text for example in examples]
    seen = np.flatnonzero(~out).tolist()
    await asyncio.to_thread(
        train_encoder,
        [texts[at] for at in seen],
        [examples[at].label for at in seen],
        place,
        seed=seed,
        minutes=minutes,
        say=say,
        outlier=OOS,
        base=base,
    )
    async with open_embedder(str(place)) as embedder:
        rows = np.asarray(await embedder.encode(texts), np.float32)
    tuned = fit_tuned(rows[seen], numbers[seen], int(numbers.max()) + 1)
    return tuned, tuned.read(rows[out])


def _keep(last: Path, place: Path) -> None:
    try:
        shutil.rmtree(place, ignore_errors=True)
        last.rename(place)
    except OSError as exc:
        raise ConfigurationError(f"{place}: the fine-tuned encoder can't be written ({exc}). Make room.") from exc
