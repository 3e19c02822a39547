"""Fidelity: what of a conversation's facts is still there, word for word, after folds. No model is asked.

Facts are planted early in every conversation (context_facts.py). Its turns are then taken in one by one and folded
as the window demands; after some folds it is asked which values stand verbatim in the pins that fit their tokens,
whether corrected values are marked, and whether a line of the summary says what its turns don't. Apart from that the
plain conversation is folded to its end with other caps, to see which words of the gold answers the summary keeps.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, trim_messages

from assistant.memory.contents import Memory, SummaryLine, WindowTurn
from assistant.memory.intake import take_in
from assistant.memory.pins import PinPolicy, choose_pins, render_pins
from assistant.memory.summary import summarise, summarise_from_model
from assistant.memory.summary_rendering import render_summary
from assistant.memory.tokens import count
from assistant.memory.window import WindowPolicy, plan_fold
from benchmarks.context_contradictions import contradictions
from benchmarks.context_data import ADVERSARIAL, Dialogue, read_dialogues
from benchmarks.context_facts import Fact, plant
from benchmarks.context_lies import lies
from benchmarks.context_peers import exact
from benchmarks.context_summaries import BASELINES, Rolling, terms

PIN_TOKENS = 250
TRIM_TOKENS = 4_000
SUMMARY_TOKENS = (400, 800)
OURS, TRIM, SUMMARY = "pins", f"trim_messages (last {TRIM_TOKENS:,} tokens)", "extractive summary alone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `context.py fidelity` beside those that all have."""
    parser.add_argument("--facts", type=int, default=20, help="how many are planted in each conversation")
    parser.add_argument("--folds", default="1,3,10", help="after how many folds it is asked what is left")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures over all conversations, or the first `--limit`."""
    dialogues = read_dialogues(arguments.data)[: arguments.limit or None]
    at = [int(number) for number in arguments.folds.split(",")]
    tally, misled = Tally(), Tally()
    for dialogue in dialogues:
        seed = f"{arguments.seed}:{dialogue.name}"
        planted = plant(dialogue.pairs(), arguments.facts, seed)
        tally.watch(planted.turns, planted.facts, at, Remembering(WindowPolicy()))
        liar = partial(lies, draw=random.Random(seed))
        misled.watch(planted.turns, planted.facts, at, Remembering(WindowPolicy(), liar))
    figures = tally.figures()
    figures["with_a_model_that_lies"] = {
        "summary_lines": len(misled.lines),
        "contradictions": len(misled.contradicted),
        "summary_tokens_max": misled.summary_tokens,
    }
    kept = {name: terms_kept(dialogues, name, arguments.seed) for name in ("", *BASELINES)}
    figures["answer_terms_kept"] = kept.pop("")
    if arguments.peers:
        peers = {name: {"pins_verbatim": tally.shares(name)} for name in (TRIM, SUMMARY)}
        figures["peers"] = peers | {name: {"answer_terms_kept": share} for name, share in kept.items()}
    return figures


@dataclass(slots=True)
class Remembering:
    """A conversation's memory as it goes through turns and folds; without a model, or with what `reply` makes of it."""

    policy: WindowPolicy
    reply: Callable[[Sequence[WindowTurn]], str] | None = None
    memory: Memory = field(default_factory=lambda: Memory())
    folds: int = 0
    batches: list[list[WindowTurn]] = field(default_factory=list)

    def take(self, turn: WindowTurn) -> bool:
        """Take a turn in and fold if the window is full; whether it was."""
        self.memory = take_in(self.memory, [turn], PinPolicy())
        plan = plan_fold(self.memory["window"], self.policy)
        if plan is None:
            return False
        self._fold(plan.leaving, plan.staying)
        return True

    def finish(self) -> None:
        """Fold what is left in the window."""
        self._fold(self.memory["window"], ())

    def _fold(self, leaving: Sequence[WindowTurn], staying: Sequence[WindowTurn]) -> None:
        lines, made = self.memory.get("summary", []), None
        if self.reply:
            made = summarise_from_model(self.reply(leaving), lines, leaving, self.memory["pins"], self.policy)
        summary = summarise(lines, leaving, self.policy) if made is None else made
        self.memory = Memory(**{**self.memory, "summary": summary, "window": list(staying)})
        self.folds += 1
        self.batches.append(list(leaving))

    @property
    def rendered(self) -> str:
        """The summary as a prompt shows it."""
        return "\n".join(render_summary(self.memory.get("summary", [])))


def turns_of(pairs: Iterable[tuple[str, str]]) -> Iterator[WindowTurn]:
    """Turns as the window holds them, resting on no document."""
    for number, (user, assistant) in enumerate(pairs):
        yield WindowTurn(
            turn=f"{number:032x}",
            at="2026-11-20T12:00:00+00:00",
            user=user,
            assistant=assistant,
            documents={},
            titles=[],
        )


@dataclass(slots=True)
class Tally:
    """What was seen over all conversations."""

    verbatim: dict[tuple[str, int], list[bool]] = field(default_factory=lambda: defaultdict(list))
    by_kind: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    marked: list[bool] = field(default_factory=list)
    shown_stale: int = 0
    wrongly_marked: int = 0
    contradicted: dict[str, list[str]] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    pin_tokens: int = 0
    summary_tokens: int = 0

    def watch(
        self, pairs: Sequence[tuple[str, str]], facts: Sequence[Fact], at: Sequence[int], remembering: Remembering
    ) -> None:
        """Take a conversation through its folds and look at what is left after those in `at`."""
        said = {turn["turn"]: [turn["user"], turn["assistant"]] for turn in turns_of(pairs)}
        for number, turn in enumerate(turns_of(pairs)):
            if not remembering.take(turn):
                continue
            self.summary_tokens = max(self.summary_tokens, count(remembering.rendered))
            self._check(remembering.memory.get("summary", []), said)
            if remembering.folds in at:
                known = [fact for fact in facts if fact.turn <= number]
                self._look(remembering, known, pairs[: number + 1], last=remembering.folds == max(at))

    def _look(
        self, remembering: Remembering, facts: Sequence[Fact], pairs: Sequence[tuple[str, str]], *, last: bool
    ) -> None:
        pins = remembering.memory.get("pins", [])
        shown = render_pins(choose_pins(pins, limit_tokens=PIN_TOKENS))
        self.pin_tokens = max(self.pin_tokens, count("\n".join(shown)))
        texts = {OURS: "\n".join(shown), SUMMARY: remembering.rendered, TRIM: trimmed(pairs)}
        for name, text in texts.items():
            self.verbatim[name, remembering.folds] += [fact.value in text for fact in facts]
        overtaken = {pin["text"] for pin in pins if pin["superseded_by"]}
        held = {pin["text"] for pin in pins if not pin["superseded_by"]}
        for fact in facts:
            if last:
                self.by_kind[fact.kind].append(fact.value in texts[OURS])
            self.wrongly_marked += fact.value in overtaken - held
            if fact.corrects:
                self.marked.append(any(fact.corrects in text for text in overtaken))
                self.shown_stale += any(fact.corrects in line and fact.value not in line for line in shown)

    def _check(self, summary: Sequence[SummaryLine], said: dict[str, list[str]]) -> None:
        for line in summary:
            self.lines.add(line["id"])
            bare = line["text"].partition(": ")[2] or line["text"]
            if found := contradictions(bare, [text for turn in line["turns"] for text in said[turn]]):
                self.contradicted[line["text"]] = found

    def shares(self, name: str) -> dict[str, float]:
        """The share of the facts that one of them kept, by the number of folds."""
        return {str(folds): share(kept) for (whose, folds), kept in self.verbatim.items() if whose == name}

    def figures(self) -> dict[str, Any]:
        """What is reported of ours."""
        return {
            "facts": {str(folds): len(kept) for (name, folds), kept in self.verbatim.items() if name == OURS},
            "pins_verbatim": self.shares(OURS),
            "pins_verbatim_by_kind": {kind: share(kept) for kind, kept in sorted(self.by_kind.items())},
            "pin_tokens_max": self.pin_tokens,
            "superseded_marked": share(self.marked),
            "superseded_shown_as_current": self.shown_stale,
            "wrongly_superseded": self.wrongly_marked,
            "summary_lines": len(self.lines),
            "contradictions": len(self.contradicted),
            "summary_tokens_max": self.summary_tokens,
        }


def trimmed(pairs: Sequence[tuple[str, str]]) -> str:
    """What `trim_messages` leaves of a conversation."""
    messages: list[BaseMessage] = [
        message for user, assistant in pairs for message in (HumanMessage(user), AIMessage(assistant))
    ]
    kept = trim_messages(messages, max_tokens=TRIM_TOKENS, token_counter=exact, strategy="last", start_on="human")
    return "\n".join(str(message.content) for message in kept)


def terms_kept(dialogues: Sequence[Dialogue], baseline: str, seed: int) -> dict[str, float]:
    """The share of a gold answer's terms that stand in the summary of the whole conversation, mean over questions.

    By the cap in tokens. `baseline` names one of BASELINES, "" is ours. All roll through the same folds of the same
    turns. Adversarial questions, which have no answer, are left out.
    """
    kept: dict[str, float] = {}
    for cap in SUMMARY_TOKENS:
        found: list[float] = []
        for dialogue in dialogues:
            words = set(terms(_summary_text(dialogue, baseline, cap, seed)))
            answers = [
                set(terms(question.answer)) for question in dialogue.questions if question.category != ADVERSARIAL
            ]
            found += [len(answer & words) / len(answer) for answer in answers if answer]
        kept[str(cap)] = share(found)
    return kept


def _summary_text(dialogue: Dialogue, baseline: str, cap: int, seed: int) -> str:
    remembering = Remembering(WindowPolicy(summary_tokens=cap))
    for turn in turns_of(dialogue.pairs()):
        remembering.take(turn)
    remembering.finish()
    if not baseline:
        return remembering.rendered
    rolling = Rolling(BASELINES[baseline], cap, random.Random(f"{seed}:{dialogue.name}"))
    for batch in remembering.batches:
        rolling.fold([text for turn in batch for text in (turn["user"], turn["assistant"])])
    return rolling.text


def share(values: Sequence[float]) -> float:
    """Their mean; 0 for none."""
    return round(sum(values) / len(values), 4) if values else 0.0
