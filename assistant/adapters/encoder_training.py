"""Fine-tuning of a sentence encoder on labelled questions, on the processor, within a budget of minutes."""

from __future__ import annotations

import math
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.adapters.embedder import PACKAGED, located
from assistant.errors import ConfigurationError

_POOLING = "1_Pooling"
_TOKENS = 48  # of a question; what is longer is cut while training
_LEEWAY = 0.05  # of the time, by which the clock may run ahead of the steps
_READ_AT_ONCE = 128  # examples, where nothing is learned
_KINDS = ("bert", "roberta", "xlm-roberta")  # model types whose layers take hidden states and a mask
_MEAN_OF = 20  # examples a label whose mean its vector begins at
_WEIGHTS = ("*.safetensors", "*.bin", "*.onnx", "onnx", "openvino", ".git*")  # of the base model: not copied


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. Passes over the examples are as many as give `steps` steps, within `passes`.

    The head is a normalised softmax: cosine to one vector a label, times `sharpness`, begun at the labels' mean
    vectors. `outlier_weight` weighs the loss that keeps what is out of scope equally far from every label. The lowest
    `frozen_layers` stay as they are, as the word vectors do: what they say of an example is worked out once.
    """

    encoder_rate: float = 2e-4
    head_rate: float = 3e-3
    layer_decay: float = 0.9
    sharpness: float = 24.0
    smoothing: float = 0.0
    outlier_weight: float = 0.5
    batch: int = 48
    steps: int = 1500
    passes: tuple[int, int] = (5, 25)
    warm_share: float = 0.08
    frozen_layers: int = 3
    dropout: float = 0.1
    weight_decay: float = 0.01


@dataclass(frozen=True, slots=True)
class Trained:
    """An encoder's folder, openable by `open_embedder`; `vectors` are its unit vectors (n, D) of the texts it was
    trained on; `share` (0 to 1) of the planned steps was done in time."""

    folder: Path
    vectors: NDArray[np.float32]
    share: float
    seconds: float


def train_encoder(
    texts: Sequence[str],
    labels: Sequence[str],
    folder: Path,
    *,
    seed: int,
    minutes: float,
    say: Callable[[str], None],
    outlier: str = "oos",
    base: str = PACKAGED,
    recipe: Recipe = Recipe(),
) -> Trained:
    """Fine-tune `base` so that questions of one label come together, and write it to `folder` with its tokenizer.

    Examples labelled `outlier` are no class: they are kept away from every label. The rate of learning falls to zero
    with the planned steps or with the clock, whichever is ahead: so the last weights are the ones to keep however short
    the time, and the same seed gives the same weights wherever the time suffices. Memory: two bytes for each dimension
    of each token of the examples, 120 MB for 15,000 short questions.

    Blocking, on all of torch's threads. Raises:
        ConfigurationError: the base model isn't one like BERT, with mean pooling, on disk.
    """
    started = time.monotonic()
    source = Path(located(base)[0])
    if not (source / _POOLING).is_dir():
        raise ConfigurationError(f"The embedder {base!r} can't be fine-tuned: it isn't a folder of a plain encoder.")
    with _seeded(seed):
        tokenizer, model = _opened(source)
        if model.config.model_type not in _KINDS:
            raise ConfigurationError(f"The embedder {base!r} can't be fine-tuned: name one of {', '.join(_KINDS)}.")
        names = sorted(set(labels) - {outlier})
        targets = [names.index(label) if label != outlier else -1 for label in labels]
        tokens = tokenizer(list(texts), truncation=True, max_length=_TOKENS)["input_ids"]
        model.eval()
        lower = _lower(model, tokens, recipe)
        layers = list(model.encoder.layer)[recipe.frozen_layers :]
        head = _class_means(layers, lower, targets, len(names)).requires_grad_()
        share = _fit(model, layers, head, lower, targets, recipe, seed, started + 60 * minutes, say)
        model.eval()
        vectors = _unit_vectors(layers, lower)
    _write(model, source, folder)
    return Trained(folder, vectors, share, time.monotonic() - started)


def _fit(
    model: Any,
    layers: Sequence[Any],
    head: Any,
    lower: Sequence[Any],
    targets: Sequence[int],
    recipe: Recipe,
    seed: int,
    until: float,
    say: Callable[[str], None],
) -> float:
    """Train in place; the share of the planned steps that was done before `until` (of the monotonic clock)."""
    import torch

    _set_dropout(model, recipe.dropout)
    optimizer = torch.optim.AdamW(_groups(layers, head, recipe), weight_decay=recipe.weight_decay, fused=True)
    full = [group["lr"] for group in optimizer.param_groups]
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    passes = min(max(recipe.steps * recipe.batch // len(lower), recipe.passes[0]), recipe.passes[1])
    steps = passes * math.ceil(len(lower) / recipe.batch)
    began, told, loss_sum = time.monotonic(), 0.0, 0.0
    for step, batch in enumerate(_batches(lower, recipe.batch, passes, random.Random(seed))):
        now = time.monotonic()
        if now >= until:
            return step / steps
        progress = _progress(step / steps, (now - began) / max(until - began, 1e-9))
        factor = min((step + 1) / (recipe.warm_share * steps), 1.0) * (1.0 - progress)
        for group, rate in zip(optimizer.param_groups, full, strict=True):
            group["lr"] = rate * factor
        loss = _loss(_pooled(layers, [lower[at] for at in batch]), head, [targets[at] for at in batch], recipe)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        loss_sum = 0.98 * loss_sum + 0.02 * float(loss.detach()) if step else float(loss.detach())
        if now - told >= 15:
            told = now
            say(f"Fine-tuning: {step / steps:.0%} of {passes} passes, loss {loss_sum:.3f}, {now - began:.0f} s")
    return 1.0


def _progress(steps: float, clock: float) -> float:
    """The share done (0 to 1) by steps; by the clock where that is well ahead, so that a slow start changes nothing."""
    return clock if clock > steps + _LEEWAY else steps


def _loss(pooled: Any, head: Any, targets: Sequence[int], recipe: Recipe) -> Any:
    """Cross-entropy of what has a label; of the others the divergence from saying every label alike."""
    import torch
    from torch.nn import functional

    target = torch.tensor(targets)
    logits = recipe.sharpness * functional.normalize(pooled, dim=1) @ functional.normalize(head, dim=1).T
    ours = target >= 0
    own = functional.cross_entropy(logits[ours], target[ours], label_smoothing=recipe.smoothing, reduction="sum")
    flat = -functional.log_softmax(logits[~ours], dim=1).mean(dim=1) - math.log(logits.shape[1])
    return (own + recipe.outlier_weight * flat.sum()) / len(targets)


def _lower(model: Any, tokens: Sequence[Sequence[int]], recipe: Recipe) -> list[Any]:
    """What the frozen layers say of each token of each example: half floats (tokens, dimensions)."""
    import torch

    layers = list(model.encoder.layer)[: recipe.frozen_layers]
    order = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
    found: dict[int, Any] = {}
    with torch.no_grad():
        for start in range(0, len(order), _READ_AT_ONCE):
            some = order[start : start + _READ_AT_ONCE]
            ids, inside = _padded([torch.tensor(tokens[at]) for at in some], model.config.pad_token_id)
            hidden = _through(layers, model.embeddings(input_ids=ids), inside)
            found |= {at: hidden[row, : len(tokens[at])].half() for row, at in enumerate(some)}
    return [found[at] for at in range(len(tokens))]


def _pooled(layers: Sequence[Any], lower: Sequence[Any]) -> Any:
    """Mean of the token vectors behind the upper layers, padding left out."""
    hidden, inside = _padded(lower, 0.0)
    weight = inside[:, :, None].float()
    return (_through(layers, hidden.float(), inside) * weight).sum(dim=1) / weight.sum(dim=1)


def _through(layers: Sequence[Any], hidden: Any, inside: Any) -> Any:
    mask = None if inside.all() else inside[:, None, None, :]
    for layer in layers:
        hidden = layer(hidden, mask)
    return hidden


def _padded(rows: Sequence[Any], filling: float) -> tuple[Any, Any]:
    """The rows side by side, and which of their places (rows, longest) are theirs."""
    import torch

    lengths = torch.tensor([len(row) for row in rows])
    joined = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=filling)
    return joined, torch.arange(joined.shape[1])[None, :] < lengths[:, None]


def _class_means(layers: Sequence[Any], lower: Sequence[Any], targets: Sequence[int], classes: int) -> Any:
    """One unit vector a label, before any training: (classes, dimensions)."""
    import torch
    from torch.nn import functional

    taken: dict[int, list[int]] = {}
    for at, target in enumerate(targets):
        if target >= 0 and len(taken.setdefault(target, [])) < _MEAN_OF:
            taken[target].append(at)
    order = sorted((at for some in taken.values() for at in some), key=lambda at: len(lower[at]))
    sums = torch.zeros(classes, lower[0].shape[1])
    with torch.no_grad():
        for start in range(0, len(order), _READ_AT_ONCE):
            some = order[start : start + _READ_AT_ONCE]
            vectors = functional.normalize(_pooled(layers, [lower[at] for at in some]), dim=1)
            sums.index_add_(0, torch.tensor([targets[at] for at in some]), vectors)
    return functional.normalize(sums, dim=1)


def _unit_vectors(layers: Sequence[Any], lower: Sequence[Any]) -> NDArray[np.float32]:
    """A unit vector of each example, without dropout."""
    import torch
    from torch.nn import functional

    order = sorted(range(len(lower)), key=lambda at: len(lower[at]))
    rows = torch.zeros(len(lower), lower[0].shape[1])
    with torch.no_grad():
        for start in range(0, len(order), _READ_AT_ONCE):
            some = order[start : start + _READ_AT_ONCE]
            rows[some] = functional.normalize(_pooled(layers, [lower[at] for at in some]), dim=1)
    return np.asarray(rows.numpy(), np.float32)


def _batches(lower: Sequence[Any], size: int, passes: int, order: random.Random) -> Iterator[list[int]]:
    """Every example once a pass, in random batches of like length: little is spent on padding."""
    for _ in range(passes):
        shuffled = order.sample(range(len(lower)), len(lower))
        span = size * 40
        batches: list[list[int]] = []
        for start in range(0, len(shuffled), span):
            like = sorted(shuffled[start : start + span], key=lambda at: len(lower[at]))
            batches += [like[at : at + size] for at in range(0, len(like), size)]
        order.shuffle(batches)
        yield from batches


def _groups(layers: Sequence[Any], head: Any, recipe: Recipe) -> list[dict[str, Any]]:
    """What is trained, by rate: the head, then the layers, less the farther they lie from the top."""
    return [
        {"params": [head], "lr": recipe.head_rate},
        *(
            {"params": list(layer.parameters()), "lr": recipe.encoder_rate * recipe.layer_decay**depth}
            for depth, layer in enumerate(reversed(layers))
        ),
    ]


def _set_dropout(model: Any, share: float) -> None:
    """Train with dropout of what the layers pass on, and none of their attention: that would take the slow way."""
    import torch

    model.train()
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0 if name.endswith("attention.self.dropout") else share


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Torch's dropout drawn from `seed` inside, its random state as it was afterwards."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _opened(source: Path) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(source), local_files_only=True)
    return tokenizer, AutoModel.from_pretrained(str(source), local_files_only=True, add_pooling_layer=False)


def _write(model: Any, source: Path, folder: Path) -> None:
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_WEIGHTS))
    model.save_pretrained(str(folder))
