"""The rules that decide by what was found, in their order; and what is decided when an answer falls through later."""

from __future__ import annotations

from assistant.perimeter import messages
from assistant.perimeter.deciding import Rule, clarify, decided, handoff
from assistant.perimeter.freshness import UNREADABLE
from assistant.perimeter.policy import Policy
from assistant.perimeter.signals import Signals
from assistant.perimeter.standing import clear_topic, is_foreign, is_ours, is_surely_ours, near_refusal
from assistant.perimeter.support import nearest_documents, possible_meanings, unknown_names
from assistant.phrases import say
from assistant.values import Evidence, Verdict


def _approval(signals: Signals, policy: Policy) -> Verdict | None:
    """Evidence is looked up first, so that the person who approves finds a suggestion."""
    topic = clear_topic(signals, policy)
    if topic is None or topic.action != "approve":
        return None
    reason = f"The question belongs to “{topic.name}”, where a person approves each answer."
    said = say("approval", signals.speaks)
    return handoff(signals, f"approval:{topic.name}", reason, said, "out_of_scope", queue=topic.queue)


def _vague(signals: Signals, policy: Policy) -> Verdict | None:
    if not signals.intent.vague:
        return None
    choices = _choices(signals) or _offered(policy)
    said = say("vague" if choices else "vague_open", signals.speaks)
    return clarify(signals, policy, "vague", "The question names no subject.", said, choices)


def _unknown_name(signals: Signals, _: Policy) -> Verdict | None:
    names = unknown_names(signals.question, signals.evidence)
    if not names:
        return None
    reason = f"The question is about {', '.join(names)}, which no passage found mentions."
    said = messages.unknown_name(names[0], language=signals.speaks)
    return decided(signals, "refuse", "name-not-in-documents", reason, message=said, ticket_reason="low_confidence")


def _no_support(signals: Signals, policy: Policy) -> Verdict | None:
    support, limits, ours = signals.support, policy.limits, is_ours(signals, policy)
    floor = limits.support_floor if ours else limits.support_answer
    if support.kept and support.score >= floor and not is_foreign(signals, policy):
        return None
    if support.kept and ours:
        return unanswered(signals, policy)
    reason = f"The documents hold too little about the question (support {support.score:.2f}, needed {floor:.2f})."
    near, speaks = near_refusal(signals, policy), signals.speaks
    said = messages.refused_topic(near, language=speaks) if near else messages.out_of_scope(policy, language=speaks)
    return decided(signals, "refuse", "out-of-scope", reason, message=said, ticket_reason="out_of_scope")


def _thin_support(signals: Signals, policy: Policy) -> Verdict | None:
    support = signals.support
    if support.score >= policy.limits.support_answer or not _few_terms(signals.question):
        return None
    if support.coverage >= 1.0 and (support.agree or len(signals.question.split()) > 2):
        return None  # every word stands in what was found: the answerer looks, and says so if no sentence answers
    choices = _choices(signals)
    if not choices:
        return None
    reason = f"The question is short and the evidence thin (support {signals.support.score:.2f})."
    return clarify(signals, policy, "thin-support", reason, say("thin", signals.speaks), choices)


def _unsure(signals: Signals, policy: Policy) -> Verdict | None:
    """What is only likely ours needs the evidence of a stranger, so that `max_false_answers` binds what is answered."""
    if is_surely_ours(signals, policy) or signals.support.score >= policy.limits.support_answer:
        return None
    return unanswered(signals, policy)


def _outdated(signals: Signals, policy: Policy) -> Verdict | None:
    age, limit = signals.age_days, policy.max_age_days
    if not limit or age is None or age <= limit:
        return None
    reason = f"The newest document behind the answer is {age} days old; the policy allows {limit}."
    if age == UNREADABLE:
        reason = "No date of the documents behind the answer can be read; the policy sets a limit to their age."
    return handoff(signals, "out-of-date", reason, say("handoff_outdated", signals.speaks), "low_confidence")


def supported(signals: Signals, _: Policy) -> Verdict:
    """The verdict where no rule speaks against an answer."""
    return decided(signals, "answer", "supported", f"The evidence supports an answer ({signals.support.score:.2f}).")


def unanswered(signals: Signals, policy: Policy) -> Verdict:
    """The verdict after the answerer found no sentence that answers: a kind refusal with the nearest documents."""
    near = nearest_documents(signals.evidence)
    return decided(
        signals,
        "refuse",
        "no-sentence-answers",
        "Passages were found, but no sentence of them answers the question.",
        message=messages.unanswered(near, policy, language=signals.speaks),
        choices=near,
        ticket_reason="low_confidence",
    )


def unborne(signals: Signals, policy: Policy) -> Verdict:
    """The verdict after no sentence of a model's answer, written twice, was borne out by the evidence."""
    choices = _choices(signals)
    reason = "No sentence of the answer could be borne out by the documents."
    if choices:
        return clarify(signals, policy, "not-borne-out", reason, say("thin", signals.speaks), choices)
    return handoff(signals, "not-borne-out", reason, say("handoff_unchecked", signals.speaks), "low_confidence")


def unchecked_answer(signals: Signals) -> Verdict:
    """The verdict after the output guard could not run: what could not be checked is not said."""
    reason = "The output guard could not check the answer."
    return handoff(signals, "answer-unchecked", reason, say("handoff_unchecked", signals.speaks), "assistant_failed")


def _few_terms(question: str) -> bool:
    return len(question.split()) <= 4


def _choices(signals: Signals) -> tuple[str, ...]:
    """What was found for this caller could be meant: a topic's documents may be for others."""
    return possible_meanings(signals.evidence)


def _offered(policy: Policy) -> tuple[str, ...]:
    """Where the evidence means nothing: what the empty chat suggests to everybody."""
    return possible_meanings(Evidence(""), tuple(starter.label for starter in policy.starters))


EVIDENCE_RULES: tuple[Rule, ...] = (
    _approval, _vague, _no_support, _unknown_name, _thin_support, _unsure, _outdated,
)  # fmt: skip
