"""Fine-tuning of a sentence encoder on labelled questions, on the processor, within a budget of minutes."""

from __future__ import annotations

import json
import math
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.adapters.embedder import PACKAGED, _located
from assistant.errors import ConfigurationError

CENTRES = "label_centres.safetensors"  # unit vectors (labels, dimensions), the labels in its metadata

_POOLING = "1_Pooling"
_TOKENS = 48  # of a question; what is longer is cut while training
_LEEWAY = 0.05  # of the time, by which the clock may run ahead of the steps
_MEAN_OF = 20  # examples a label whose mean its vector begins at
_WEIGHTS = ("*.safetensors", "*.bin", "*.onnx", "onnx", "openvino", ".git*")  # of the base model: not copied


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. Passes over the examples are as many as give `steps` steps, within `passes`.

    The head is a normalised softmax: cosine to one vector a label, times `sharpness`, begun at the labels' mean
    vectors. `outlier_weight` weighs the loss that keeps what is out of scope equally far from every label.
    """

    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    sharpness: float = 24.0
    smoothing: float = 0.0
    outlier_weight: float = 0.5
    batch: int = 48
    steps: int = 1500
    passes: tuple[int, int] = (5, 25)
    warm_share: float = 0.08
    weight_decay: float = 0.01


@dataclass(frozen=True, slots=True)
class Trained:
    """An encoder's folder, openable by `open_embedder`; `share` (0 to 1) of the planned steps was done in time."""

    folder: Path
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
    the time, and the same seed gives the same weights wherever the time suffices. Word vectors stay as they are, which
    spares a third of a step's work and keeps words the examples don't have in place.

    Blocking, on all of torch's threads. Raises:
        ConfigurationError: the base model isn't one of a transformer with mean pooling on disk.
    """
    started = time.monotonic()
    source = Path(_located(base)[0])
    if not (source / _POOLING).is_dir():
        raise ConfigurationError(f"The embedder {base!r} can't be fine-tuned: it isn't a folder of a plain encoder.")
    with _seeded(seed):
        tokenizer, model = _opened(source)
        names = sorted(set(labels) - {outlier})
        targets = [names.index(label) if label != outlier else -1 for label in labels]
        tokens = tokenizer(list(texts), truncation=True, max_length=_TOKENS)["input_ids"]
        model.eval()
        head = _class_means(model, tokens, targets, len(names), recipe.batch).requires_grad_()
        model.train()
        share = _fit(model, head, tokens, targets, recipe, seed, started + 60 * minutes, say)
        model.eval()
    _write(model, head, names, source, folder)
    return Trained(folder, share, time.monotonic() - started)


def _fit(
    model: Any,
    head: Any,
    tokens: Sequence[Sequence[int]],
    targets: Sequence[int],
    recipe: Recipe,
    seed: int,
    until: float,
    say: Callable[[str], None],
) -> float:
    """Train in place; the share of the planned steps that was done before `until` (of the monotonic clock)."""
    import torch

    optimizer = torch.optim.AdamW(_groups(model, head, recipe), weight_decay=recipe.weight_decay, fused=True)
    full = [group["lr"] for group in optimizer.param_groups]
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    passes = min(max(recipe.steps * recipe.batch // len(tokens), recipe.passes[0]), recipe.passes[1])
    steps = passes * math.ceil(len(tokens) / recipe.batch)
    began, told, loss_sum = time.monotonic(), 0.0, 0.0
    for step, batch in enumerate(_batches(tokens, recipe.batch, passes, random.Random(seed))):
        now = time.monotonic()
        if now >= until:
            return step / steps
        progress = _progress(step / steps, (now - began) / max(until - began, 1e-9))
        factor = min((step + 1) / (recipe.warm_share * steps), 1.0) * (1.0 - progress)
        for group, rate in zip(optimizer.param_groups, full, strict=True):
            group["lr"] = rate * factor
        loss = _loss(_pooled(model, [tokens[at] for at in batch]), head, [targets[at] for at in batch], recipe)
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


def _pooled(model: Any, tokens: Sequence[Sequence[int]]) -> Any:
    """Mean of the token vectors, padding left out."""
    import torch

    longest = max(len(ids) for ids in tokens)
    pad = model.config.pad_token_id
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weight = mask[:, :, None].to(hidden.dtype)
    return (hidden * weight).sum(dim=1) / weight.sum(dim=1)


def _class_means(model: Any, tokens: Sequence[Sequence[int]], targets: Sequence[int], classes: int, batch: int) -> Any:
    """One unit vector a label, before any training: (classes, dimensions)."""
    import torch
    from torch.nn import functional

    taken: dict[int, list[int]] = {}
    for at, target in enumerate(targets):
        if target >= 0 and len(taken.setdefault(target, [])) < _MEAN_OF:
            taken[target].append(at)
    order = sorted((at for some in taken.values() for at in some), key=lambda at: len(tokens[at]))
    sums = torch.zeros(classes, model.config.hidden_size)
    with torch.no_grad():
        for start in range(0, len(order), 4 * batch):
            some = order[start : start + 4 * batch]
            vectors = functional.normalize(_pooled(model, [tokens[at] for at in some]), dim=1)
            sums.index_add_(0, torch.tensor([targets[at] for at in some]), vectors)
    return functional.normalize(sums, dim=1)


def _batches(tokens: Sequence[Sequence[int]], size: int, passes: int, order: random.Random) -> Iterator[list[int]]:
    """Every example once a pass, in random batches of like length: little is spent on padding."""
    for _ in range(passes):
        shuffled = order.sample(range(len(tokens)), len(tokens))
        span = size * 40
        batches: list[list[int]] = []
        for start in range(0, len(shuffled), span):
            like = sorted(shuffled[start : start + span], key=lambda at: len(tokens[at]))
            batches += [like[at : at + size] for at in range(0, len(like), size)]
        order.shuffle(batches)
        yield from batches


def _groups(model: Any, head: Any, recipe: Recipe) -> list[dict[str, Any]]:
    """What is trained, by rate: the head, then the layers, less the farther they lie from the top."""
    for parameter in model.embeddings.parameters():
        parameter.requires_grad_(False)
    layers = list(model.encoder.layer)
    return [
        {"params": [head], "lr": recipe.head_rate},
        *(
            {"params": list(layer.parameters()), "lr": recipe.encoder_rate * recipe.layer_decay**depth}
            for depth, layer in enumerate(reversed(layers))
        ),
    ]


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


def _write(model: Any, head: Any, names: Sequence[str], source: Path, folder: Path) -> None:
    from safetensors.numpy import save_file
    from torch.nn import functional

    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_WEIGHTS))
    model.save_pretrained(str(folder))
    centres = functional.normalize(head.detach(), dim=1).numpy()
    save_file({"centres": centres}, folder / CENTRES, metadata={"labels": json.dumps(list(names))})
