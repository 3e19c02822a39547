"""Fits the scope of a policy, keeps it in the data folder, and opens the one that fits what is in force."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.data_folder import make_data_folder
from assistant.adapters.embedder import open_embedder
from assistant.bootstrap.parts import load_perimeter
from assistant.bootstrap.thorough_fitting import MINUTES, fit_thorough, forget_encoders, open_tuned
from assistant.errors import ConfigurationError
from assistant.perimeter.intervals import wilson
from assistant.perimeter.policy import Policy
from assistant.perimeter.scope.artifact import (
    Fitted,
    fit_key,
    kept_examples,
    policy_key,
    read_artifact,
    write_artifact,
)
from assistant.perimeter.scope.classifier import HeadReader, ScopeClassifier, open_classifier
from assistant.perimeter.scope.evidence import Floats
from assistant.perimeter.scope.examples import OOS, Example, background, distinct, policy_examples, read_examples
from assistant.perimeter.scope.quick import HeldOut, ScopeModel, fit_quick
from assistant.perimeter.scope.thresholds import Zones
from assistant.ports import Embedder
from assistant.settings import Settings

FOLDER = "perimeter"
Say = Callable[[str], None]
Tune = Callable[[Sequence[Example], Floats, Policy, Path], Awaitable[tuple[ScopeModel, str] | None]]


def _silent(_: str) -> None:
    """Say nothing."""


def one_thread() -> None:
    """Multiply in one thread from here on: a scope's matrices are small, and a second thread mostly waits for work.

    Reading a question against 150 topics costs a third of the CPU time so. What torch encodes with is left alone.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    threadpool_limits(1, user_api="blas")


@dataclass(frozen=True, slots=True)
class FitReport:
    """What a fit was made of and how it does on examples it had not seen. `seconds` include encoding."""

    path: Path
    examples: int
    topics: int
    labelled_out_of_scope: int
    held_out: HeldOut
    zones: Zones
    policy: Policy
    thorough: bool
    seconds: float

    def lines(self) -> tuple[str, ...]:
        """For a terminal."""
        held, zones, costs = self.held_out, self.zones, self.policy.costs
        stood_in = " (generic ones stand in: label some of your own as oos)" if held.on_background else ""
        sure = "no question is surely in scope: too few out-of-scope examples for the bound" if zones.sure_in > 1 else (
            f"{zones.sure_in:.2f} or more is surely in scope"
        )  # fmt: skip
        return (
            f"{self.examples} examples of {self.topics} topics, {self.labelled_out_of_scope} labelled out of scope.",
            f"Held out, the topic is right for {_share(held.right, held.inside)}.",
            f"In scope and taken so: {_share(held.accepted, held.inside)}.",
            f"Out of scope and taken for ours: {_share(held.passed_outside, held.outside)}{stood_in}.",
            f"Thresholds on the probability of being in scope: below {zones.sure_out:.2f} is surely out, {sure}, "
            "between them a model is asked, if one is set, and the evidence decides.",
            f"They follow from the costs: wrong answer {costs.wrong_answer:g}, needless refusal "
            f"{costs.needless_refusal:g}, needless handoff {costs.needless_handoff:g}; expected cost {held.cost:.2f}.",
            f"Bound on false answers among the sure: {held.answered_outside} of {held.outside}, at most "
            f"{held.bound:.1%} (95%, exact); the policy asks for {self.policy.max_false_answers:.1%}.",
            f"Written to {self.path} in {self.seconds:.1f} s.",
        )

    def as_dict(self) -> dict[str, Any]:
        """For a program."""
        held = self.held_out
        return {
            "path": str(self.path),
            "examples": self.examples,
            "topics": self.topics,
            "labelled_out_of_scope": self.labelled_out_of_scope,
            "held_out": asdict(held),
            "topic_accuracy": _interval(held.right, held.inside),
            "in_scope_accepted": _interval(held.accepted, held.inside),
            "out_of_scope_accepted": _interval(held.passed_outside, held.outside),
            "zones": asdict(self.zones),
            "costs": asdict(self.policy.costs),
            "max_false_answers": self.policy.max_false_answers,
            "thorough": self.thorough,
            "seconds": round(self.seconds, 2),
        }


async def fit_perimeter(
    settings: Settings,
    *,
    examples: Path | None = None,
    thorough: bool = False,
    minutes: float = MINUTES,
    say: Say = _silent,
) -> FitReport:
    """Fit the scope of the policy in force, on its examples and those of a CSV, and write it to the data folder.

    Without a CSV the examples of the last one are taken again. `minutes` of training, all together, are what a
    `thorough` fit may take.

    Raises:
        ConfigurationError: the policy, the file or an artifact can't be used; names it and the way out.
    """
    began = time.perf_counter()
    one_thread()
    policy = load_perimeter(settings)
    if not policy.topics:
        raise ConfigurationError(
            "There is no policy with topics to fit. Write perimeter.yaml (`assistant perimeter init` drafts one)."
        )
    given = read_examples(examples, topics=[topic.name for topic in policy.topics]) if examples else ()
    folder = make_data_folder(settings.data_dir) / FOLDER
    if not examples:
        given = await asyncio.to_thread(_kept, folder, policy, say)
    async with open_embedder(settings.embedder) as embedder:
        tune = partial(fit_thorough, base=settings.embedder, minutes=minutes, say=say) if thorough else None
        fitted = await _fit(policy, given, embedder, folder=folder, say=say, tune=tune)
    path = await asyncio.to_thread(_write, folder, fitted)
    return FitReport(
        path=path,
        examples=len(fitted.examples),
        topics=len(fitted.model.topics),
        labelled_out_of_scope=sum(example.label == OOS for example in fitted.examples),
        held_out=fitted.model.held_out,
        zones=fitted.model.zones,
        policy=policy,
        thorough=bool(fitted.extra),
        seconds=time.perf_counter() - began,
    )


async def open_scope(
    folder: Path, policy: Policy, embedder: Embedder, *, stack: AsyncExitStack, say: Say = _silent
) -> ScopeClassifier:
    """The scope fitted for this policy and embedder; `folder` is the data folder.

    Where none was, or for another policy, it is fitted quickly on the policy's examples and those kept from the last.
    A fine-tuned encoder stays open as long as `stack`.
    Raises: ConfigurationError when the artifact is damaged or in another form.
    """
    one_thread()
    place = folder / FOLDER
    kept = await asyncio.to_thread(read_artifact, place)
    if kept is not None and kept.policy_key == policy_key(policy) and kept.embedder == embedder.name:
        tuned = [await open_tuned(place, name, stack) for name in kept.extra]
        return _classifier(kept, policy, tuple(tuned))
    if not policy.topics:
        nothing = np.zeros((0, 0), np.float32)
        return open_classifier(fit_quick((), nothing), {}, (), nothing)
    if kept is not None and kept.extra:
        say("The policy, the embedder or the version has changed: a quick fit takes the thorough one's place.")
    more = await asyncio.to_thread(_kept, place, policy, say)
    say("Fitting the scope to the policy.")
    fitted = await _fit(policy, more, embedder, folder=place, say=say)
    await asyncio.to_thread(_write, place, fitted)
    return _classifier(fitted, policy, ())


def _kept(folder: Path, policy: Policy, say: Say) -> tuple[Example, ...]:
    """The examples that the last fit had from a file, as far as their topics are still the policy's."""
    names = {topic.name for topic in policy.topics} | {OOS}
    kept = kept_examples(folder)
    still = tuple(example for example in kept if example.label in names)
    if kept:
        gone = f"; {len(kept) - len(still)} are of topics that are gone" if len(still) < len(kept) else ""
        say(f"The {len(still)} examples of the last file are taken again{gone}. --examples replaces them.")
    return still


def _classifier(fitted: Fitted, policy: Policy, extra: tuple[HeadReader, ...]) -> ScopeClassifier:
    actions = {topic.name: topic.action for topic in policy.topics}
    return open_classifier(fitted.model, actions, fitted.examples, fitted.vectors, extra)


async def _fit(
    policy: Policy,
    more: Sequence[Example],
    embedder: Embedder,
    *,
    folder: Path,
    say: Say,
    tune: Tune | None = None,
) -> Fitted:
    own = distinct(policy_examples(policy))
    examples = distinct((*own, *more))
    behind = background()
    say(f"Encoding {len(examples)} examples.")
    rows = np.asarray(await embedder.encode([example.text for example in (*examples, *behind)]), np.float32)
    vectors, aside = rows[: len(examples)], rows[len(examples) :]
    tuned = await tune(examples, vectors, policy, folder) if tune else None
    model = tuned[0] if tuned else await asyncio.to_thread(_quick, examples, vectors, (behind, aside), policy)
    extra = (tuned[1],) if tuned else ()
    return Fitted(
        key=fit_key(examples, policy, embedder.name, extra),
        embedder=embedder.name,
        policy_key=policy_key(policy),
        model=model,
        examples=examples,
        vectors=vectors,
        given=len(own),
        extra=extra,
    )


def _write(folder: Path, fitted: Fitted) -> Path:
    path = write_artifact(folder, fitted)
    forget_encoders(folder, fitted.extra)
    return path


def _quick(
    examples: Sequence[Example], vectors: Floats, behind: tuple[Sequence[Example], Floats], policy: Policy
) -> ScopeModel:
    return fit_quick(
        examples, vectors, background=behind, costs=policy.costs, max_false_answers=policy.max_false_answers
    )


def _share(count: int, total: int) -> str:
    low, high = wilson(count, total)
    return f"{count / max(total, 1):.1%} ({count} of {total}; {low:.1%} to {high:.1%})"


def _interval(count: int, total: int) -> dict[str, float]:
    low, high = wilson(count, total)
    return {"share": round(count / max(total, 1), 4), "low": round(low, 4), "high": round(high, 4), "n": total}
