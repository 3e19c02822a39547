"""Small shops drawn from CLINC150's training part: how a scope without labelled out-of-scope questions fares.

    python benchmarks/perimeter.py shops --train train.csv --domains domains.json [--shops 40] [--vectors FOLDER]

A shop has 5 to 24 topics of one or two domains with 3 to 40 examples each; its users also ask what other topics of the
same domains are about (near), of other domains, and what belongs to none. The weights that a scope starts from are
fitted on some shops and measured on the others, all shops in turn; then on all of them together, for
`assistant.perimeter.scope.combining`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.grounds import cross_validated, fit_heads_of
from assistant.perimeter.scope.heads import FEATURES
from benchmarks.context_data import SEED
from benchmarks.perimeter_data import Part, load
from benchmarks.perimeter_measures import Predictions, figures

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Shop:
    """What a shop's heads say of its users' questions, each feature after what held-out examples show of it."""

    topics: tuple[str, ...]
    said: Any
    scaled: Floats
    truth: tuple[str, ...]
    near: Any


def main(argv: Sequence[str]) -> None:
    """Draw the shops, print how they fare and the weights, then one line of JSON."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--domains", type=Path, required=True)
    parser.add_argument("--shops", type=int, default=40)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--vectors", type=Path)
    given = parser.parse_args(argv)
    part = load(given.train, limit=0, cache=given.vectors)
    domains = json.loads(given.domains.read_text())
    dice = np.random.default_rng(given.seed)
    shops = [draw(part, domains, dice) for _ in range(given.shops)]
    fared = [fare(shop, *weigh([other for at, other in enumerate(shops) if at % _FOLDS != number % _FOLDS]))
             for number, shop in enumerate(shops)]  # fmt: skip
    means = {name: round(float(np.mean([one[name] for one in fared])), 4) for name in fared[0]}
    weights, bias = weigh(shops)
    rounded = [round(float(weight), 2) for weight in weights]
    for name, value in (*means.items(), *zip(FEATURES, rounded, strict=True), ("bias", round(bias, 2))):
        print(f"{name:24}{value:>10}")
    print(json.dumps({"shops": given.shops, "seed": given.seed, **means, "weights": rounded, "bias": round(bias, 2)}))


def draw(part: Part, domains: dict[str, list[str]], dice: np.random.Generator) -> Shop:
    """One shop with its users' questions, none of which it was fitted on."""
    labels = np.array(part.labels)
    chosen = dice.choice(sorted(set(domains) - {OOS}), size=int(dice.integers(1, 3)), replace=False)
    pool = [topic for domain in chosen for topic in domains[domain]]
    size = int(dice.integers(5, 12 if len(chosen) == 1 else 25))
    own = sorted(str(topic) for topic in dice.choice(pool, size=size, replace=False))
    train, inside = [], []
    for topic in own:
        rows = dice.permutation(np.flatnonzero(labels == topic))
        count = int(dice.choice([3, 5, 5, 8, 8, 12, 20, 40]))
        train.extend(rows[:count])
        inside.extend(rows[count : count + 15])
    near = np.flatnonzero(np.isin(labels, list(set(pool) - set(own))))
    far = np.flatnonzero(~np.isin(labels, pool))
    half = len(inside) // 2
    rows = np.concatenate([inside, dice.choice(near, half, replace=False), dice.choice(far, half, replace=False)])
    return _read(part, np.array(train), rows, near)


def _read(part: Part, train: Any, rows: Any, near: Any) -> Shop:
    examples = [part.examples[at] for at in train]
    topics, numbers, heads = fit_heads_of(examples, part.vectors[train])
    held, evidence = cross_validated(examples, part.vectors[train], numbers, 0)
    centre, spread = evidence.features[held].mean(axis=0), evidence.features[held].std(axis=0) + 1e-3
    asked = [part.examples[at] for at in rows]
    said = heads.read([example.text for example in asked], part.vectors[rows])
    scaled = np.clip((said.features - centre) / spread, -8, 8)
    truth = tuple(_truth(example, topics) for example in asked)
    return Shop(topics, said.logits, scaled, truth, np.isin(rows, near))


def _truth(example: Example, topics: Sequence[str]) -> str:
    return example.label if example.label in topics else OOS


def weigh(shops: Sequence[Shop]) -> tuple[Floats, float]:
    """The weights and the bias that tell the shops' own questions from near ones of others, each side as heavy.

    Those far off are left out: they are told apart anyhow, and with them the near ones would weigh too little.
    """
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([shop.scaled for shop in shops])
    inside = np.concatenate([[label != OOS for label in shop.truth] for shop in shops])
    kept = inside | np.concatenate([shop.near for shop in shops])
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2_000).fit(rows[kept], inside[kept])
    return model.coef_[0], float(model.intercept_[0])


def fare(shop: Shop, weights: Floats, bias: float) -> dict[str, float]:
    """The figures of a shop with these weights, at even costs; `best_mcc` with the best threshold of all."""
    score = shop.scaled @ weights + bias
    topics = np.array(shop.topics)[shop.said.argmax(axis=1)]

    def at(limit: float) -> dict[str, Any]:
        return figures(shop.truth, Predictions(topics, score, score, score >= limit))

    found, inside = at(0.0), np.array([label != OOS for label in shop.truth])
    return {
        "closed_accuracy": found["closed_accuracy"],
        "auroc": found["auroc"],
        "mcc": found["mcc"],
        "best_mcc": max(at(limit)["mcc"] for limit in np.quantile(score, np.linspace(0.05, 0.9, 18))),
        "oos_f1": found["oos_f1"],
        "in_scope_accepted": float((score >= 0)[inside].mean()),
        "near_accepted": float((score >= 0)[shop.near & ~inside].mean()),
    }
