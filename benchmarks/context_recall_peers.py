"""Recall of what keeps the newest messages: which utterances are still in the context, given its tokens.

Peers that summarise are left out: what a summary keeps depends on a model, and here none is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import HumanMessage, trim_messages

from assistant.memory.tokens import count, count_message
from benchmarks.context_data import ADVERSARIAL, Dialogue, Line, read_dialogues
from benchmarks.context_peers import exact
from benchmarks.context_recall_questions import evidence


def last_lines(lines: Sequence[Line], budget: int) -> tuple[set[str], int]:
    """The ids of the newest utterances that fit as lines with their speaker, and the tokens they take."""
    kept: set[str] = set()
    used = 0
    for line in reversed(lines):
        tokens = count(f"{line.speaker}: {line.text}\n")
        if used + tokens > budget:
            break
        used += tokens
        kept.add(line.id)
    return kept, used


def trimmed(lines: Sequence[Line], budget: int) -> tuple[set[str], int]:
    """The same with langchain's `trim_messages`, each utterance a message."""
    messages = [HumanMessage(f"{line.speaker}: {line.text}", id=line.id) for line in lines]
    kept = trim_messages(messages, max_tokens=budget, token_counter=exact, strategy="last")
    return {str(message.id) for message in kept}, sum(count_message(str(message.content)) for message in kept)


RECALL_PEERS: dict[str, Callable[[Sequence[Line], int], tuple[set[str], int]]] = {
    "last lines": last_lines,
    "trim_messages (last)": trimmed,
}


def run(arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """By peer, the figures of recall at each of `--budgets` over the same conversations."""
    dialogues = read_dialogues(arguments.data)[: arguments.limit or None]
    return peers(dialogues, [int(budget) for budget in arguments.budgets.split(",")])


def clean_evidence(dialogue: Dialogue) -> list[frozenset[str]]:
    """Of the questions that have an answer: the evidence, where it names utterances of the conversation only."""
    ids = {line.id for line in dialogue.lines}
    asked = [evidence(question.evidence) for question in dialogue.questions if question.category != ADVERSARIAL]
    return [wanted for wanted in asked if wanted and wanted <= ids]


def peers(dialogues: Sequence[Dialogue], budgets: Sequence[int]) -> dict[str, dict[str, Any]]:
    """By peer and budget: the share of questions whose evidence is all there, the mean share that is, the tokens."""
    return {
        name: {"recall": {str(b): _recall(dialogues, keep, b) for b in budgets}} for name, keep in RECALL_PEERS.items()
    }


def _recall(
    dialogues: Sequence[Dialogue], keep: Callable[[Sequence[Line], int], tuple[set[str], int]], budget: int
) -> dict[str, float]:
    found: list[float] = []
    used: list[int] = []
    for dialogue in dialogues:
        kept, tokens = keep(dialogue.lines, budget)
        used.append(tokens)
        found += [len(kept & wanted) / len(wanted) for wanted in clean_evidence(dialogue)]
    return {
        "all": round(sum(share == 1 for share in found) / len(found), 4),
        "mean": round(sum(found) / len(found), 4),
        "tokens": round(sum(used) / len(used), 1),
    }
