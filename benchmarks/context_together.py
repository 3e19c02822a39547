"""Recall and the rolling summary: what of the gold answers' words is in the context, by either and by both?

At equal tokens, all as rendered. The newest turns, which the window keeps, are asked of neither and not in the
context; `beside_window` has their words in the context of all contestants, over and above the budget. What the
summary leaves of its share goes to recall. Without a model the summary is made of the turns' own clauses.

What comes of it depends on recall's floor. Without one, recall fills every budget and is best alone at 1,000 tokens
and as good as both at 2,000, whatever share from 5 to 20 % the summary has. As it ships (`as_shipped`: with its floors
and the cutting of long utterances, nobody named; seen on the first five conversations), recall leaves out what isn't
near enough, and both are a little better than either, most at 20 %, above all where evidence is spread. The overall
differences between recall and both are within a point. Questions are about one thing each, which is in recall's favour:
what a summary tells to a question that nobody could have searched for isn't seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.memory.contents import Memory, Utterance, WindowTurn
from assistant.memory.intake import folded
from assistant.memory.recall import RecallPolicy, render
from assistant.memory.summary import summarise
from assistant.memory.summary_rendering import render_summary, rendered_tokens
from assistant.memory.window import WindowPolicy, plan_fold
from benchmarks.context_recall_questions import POLICY, Prepared, between_user_and_assistant, recalled
from benchmarks.context_summaries import terms

BUDGETS = (1_000, 2_000)
SUMMARY_SHARES = {"recall": 0.0, "both_05": 0.05, "both": 0.1, "both_20": 0.2, "summary": 1.0}


@dataclass(frozen=True, slots=True)
class Folded:
    """A conversation behind its window: the summary as rendered, its tokens, the utterances that the window keeps."""

    summary: str
    tokens: int
    window: Sequence[Utterance]


def together(conversations: Sequence[Prepared], budgets: Sequence[int] = BUDGETS) -> dict[str, Any]:
    """By budget and contestant, the mean share of an answer's terms that stand in the context."""
    unnamed = [between_user_and_assistant(over) for over in conversations]
    return {
        **{str(budget): _contest(conversations, budget, POLICY) for budget in budgets},
        "as_shipped": {str(budget): _contest(unnamed, budget, RecallPolicy()) for budget in budgets},
    }


def _contest(conversations: Sequence[Prepared], budget: int, policy: RecallPolicy) -> dict[str, Any]:
    return {name: _shares(conversations, budget, share, policy) for name, share in SUMMARY_SHARES.items()}


def _shares(conversations: Sequence[Prepared], budget: int, share: float, policy: RecallPolicy) -> dict[str, float]:
    behind: list[float] = []
    beside: list[float] = []
    for over in conversations:
        state = fold(over.index.said, int(share * budget))
        window = {word for each in state.window for word in terms(each.text)}
        kept = frozenset(each.turn for each in state.window)
        for asked in over.asked:
            answer = set(terms(asked.answer))
            if not answer:
                continue
            found = recalled(over, asked, budget - state.tokens, kept, policy=policy) if share < 1 else []
            words = set(terms("\n".join([state.summary, *render(found)])))
            behind.append(len(answer & words) / len(answer))
            beside.append(len(answer & (words | window)) / len(answer))
    return {"behind_window": _mean(behind), "beside_window": _mean(beside)}


def fold(said: Sequence[Utterance], summary_tokens: int) -> Folded:
    """The conversation taken in and folded turn by turn, as it would be without a model; 0 tokens: no summary."""
    groups = turns(said)
    policy = WindowPolicy(summary_tokens=summary_tokens) if summary_tokens else WindowPolicy()
    memory = Memory(window=[], summary=[])
    for number, group in enumerate(groups):
        memory["window"].append(_window_turn(number, group))
        if plan := plan_fold(memory["window"], policy):
            lines = summarise(memory["summary"], plan.leaving, policy) if summary_tokens else []
            memory = folded(memory, plan, lines)
    window = [each for group in groups[len(groups) - len(memory["window"]) :] for each in group]
    return Folded("\n".join(render_summary(memory["summary"])), rendered_tokens(memory["summary"]), window)


def turns(said: Sequence[Utterance]) -> list[list[Utterance]]:
    """What the first speaker says up to the other's words, and those up to the first one's again."""
    groups: list[list[Utterance]] = []
    for each in said:
        first = each.speaker == said[0].speaker
        if not groups or (first and groups[-1][-1].speaker != each.speaker):
            groups.append([])
        groups[-1].append(each)
    return groups


def _window_turn(number: int, group: Sequence[Utterance]) -> WindowTurn:
    first = [each.text for each in group if each.speaker == group[0].speaker]
    other = [each.text for each in group if each.speaker != group[0].speaker]
    at = group[0].at.isoformat() if group[0].at else ""
    return WindowTurn(
        turn=f"{number:032x}", at=at, user=" ".join(first), assistant=" ".join(other), documents={}, titles=[]
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
