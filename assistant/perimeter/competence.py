"""The verdict on a turn: answer, clarify, refuse or hand off. Pure rules in a fixed order over plain values.

The first rule that speaks decides; its name goes into the record. Rules of the message need no evidence and can be
asked before retrieval (`judge_message`); rules of the evidence come after. Whatever could not be checked goes to a
person, never to an answer.

Where the default thresholds come from: see `Thresholds` in policy.py.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.perimeter import messages
from assistant.perimeter.policy import Policy
from assistant.perimeter.signals import Signals
from assistant.perimeter.standing import clear_topic, is_foreign, is_ours, likeliest, near_refusal
from assistant.perimeter.support import nearest_documents, possible_meanings, unknown_names
from assistant.perimeter.wording import fold, phrase_pattern
from assistant.phrases import say
from assistant.values import Decision, TicketReason, Verdict

__all__ = ["Signals", "judge", "judge_message", "unanswered"]

_MOST_CHOICES = 4
_THREAT = 0.9  # an abuse finding of this weight

Rule = Callable[[Signals, Policy], Verdict | None]


def judge(signals: Signals, policy: Policy) -> Verdict:
    """The verdict on a turn whose evidence is at hand."""
    return judge_message(signals, policy) or _first(_EVIDENCE_RULES, signals, policy) or _answer(signals, policy)


def judge_message(signals: Signals, policy: Policy) -> Verdict | None:
    """The verdict where the message alone decides, before anything is retrieved; None where evidence is needed."""
    return _first(_MESSAGE_RULES, signals, policy)


def in_band(signals: Signals, policy: Policy) -> bool:
    """Whether the evidence is neither plainly enough nor plainly too little: what a model may be asked about."""
    low, high = policy.limits.support_floor / 2, (1 + policy.limits.support_answer) / 2
    return low <= signals.support.score < high


def unanswered(signals: Signals, policy: Policy) -> Verdict:
    """The verdict after the answerer found no sentence that answers: a kind refusal with the nearest documents."""
    near = nearest_documents(signals.evidence)
    return _verdict(
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
    choices = _choices(signals, policy)
    reason = "No sentence of the answer could be borne out by the documents."
    if choices:
        return _clarify(signals, policy, "not-borne-out", reason, say("thin", signals.speaks), choices)
    return _handoff(signals, "not-borne-out", reason, say("handoff_unchecked", signals.speaks), "low_confidence")


def unchecked_answer(signals: Signals) -> Verdict:
    """The verdict after the output guard could not run: what could not be checked is not said."""
    reason = "The output guard could not check the answer."
    return _handoff(signals, "answer-unchecked", reason, say("handoff_unchecked", signals.speaks), "assistant_failed")


def _first(rules: tuple[Rule, ...], signals: Signals, policy: Policy) -> Verdict | None:
    return next((verdict for rule in rules if (verdict := rule(signals, policy)) is not None), None)


# Rules of the message.


def _sensitive(signals: Signals, policy: Policy) -> Verdict | None:
    # the message, and what can be read under its disguises; a follow-up rewritten may name what the message left out
    texts = (signals.screened.text, *signals.screened.readings, signals.question)
    text = " \n ".join(fold(each) for each in texts)
    for topic in policy.sensitive:
        found = phrase_pattern(topic.phrases).search(text)
        if found:
            return _verdict(
                signals,
                "handoff",
                f"sensitive:{topic.name}",
                f"The message says “{found.group(0)}”, which the policy sends to people at once.",
                message=topic.message,
                queue=topic.queue,
                ticket_reason="sensitive_topic",
            )
    return None


def _unchecked(signals: Signals, _: Policy) -> Verdict | None:
    if signals.screened.outcome != "could_not_check":
        return None
    reason = "The input guard could not check the message."
    return _handoff(signals, "could-not-check", reason, say("handoff_unchecked", signals.speaks), "assistant_failed")


def _unreadable(signals: Signals, policy: Policy) -> Verdict | None:
    kinds = {finding.kind for finding in signals.screened.findings}
    if signals.screened.outcome != "blocked" or not kinds & {"empty", "too_long"} or signals.wants_person:
        return None
    reason = "The message is empty or too long to be read."
    length = signals.screened.original_length
    too_long = messages.too_long(length, policy.max_chars, language=signals.speaks)
    said = too_long if "too_long" in kinds else say("empty", signals.speaks)
    return _verdict(signals, "refuse", "unreadable-message", reason, message=said)


def _asked_for_person(signals: Signals, _: Policy) -> Verdict | None:
    if not (signals.wants_person or signals.intent.asked_for_person):
        return None
    said = say("handoff_asked", signals.speaks)
    return _handoff(signals, "asked-for-person", "The user asked for a person.", said, "asked_for")


def _injection(signals: Signals, policy: Policy) -> Verdict | None:
    score = signals.screened.injection_score
    if signals.screened.outcome == "ok" and score < policy.thresholds.injection:
        return None
    reason = f"The message tries to change how the assistant works (score {score:.2f})."
    return _verdict(signals, "refuse", "injection", reason, message=messages.injection(policy, language=signals.speaks))


def _ticket_status(signals: Signals, _: Policy) -> Verdict | None:
    if not signals.intent.ticket_status:
        return None
    return _verdict(signals, "answer", "ticket-status", "The user asks how their ticket stands.")


def _small_talk(signals: Signals, policy: Policy) -> Verdict | None:
    kind = signals.intent.small_talk
    if not kind:
        return None
    said = messages.small_talk(kind, policy, language=signals.speaks)
    return _verdict(signals, "answer", f"small-talk:{kind}", "The message is small talk only.", message=said)


def _unhappy(signals: Signals, _: Policy) -> Verdict | None:
    if not signals.intent.unhappy:
        return None
    said = say("handoff_unhappy", signals.speaks)
    return _handoff(signals, "unhappy", "The user is plainly unhappy.", said, "unhappy_user")


def _threat(signals: Signals, _: Policy) -> Verdict | None:
    """Insults are borne; a threat is for people."""
    if not any(finding.kind == "abuse" and finding.weight >= _THREAT for finding in signals.screened.findings):
        return None
    said = say("handoff_unhappy", signals.speaks)
    return _handoff(signals, "threat", "The message threatens somebody.", said, "unhappy_user")


def _repeated(signals: Signals, policy: Policy) -> Verdict | None:
    if signals.times_asked < policy.thresholds.max_repeats:
        return None
    reason = f"The same question was asked {signals.times_asked} times."
    return _handoff(signals, "asked-again", reason, say("handoff_stuck", signals.speaks), "unhappy_user")


def _language(signals: Signals, policy: Policy) -> Verdict | None:
    found = signals.language
    served = {code.split("-")[0] for code in policy.languages}
    if not found.code or found.code in served or found.confidence < policy.thresholds.language_confidence:
        return None
    reason = f"The message is in a language that isn't served ({found.code}, {found.confidence:.2f})."
    said = messages.language_not_served(found.code, policy.languages)
    return _verdict(signals, "refuse", "language-not-served", reason, message=said)


# Rules of the scope: which topic the question clearly belongs to.


def _other_topic(signals: Signals, policy: Policy) -> Verdict | None:
    topic = clear_topic(signals, policy)
    if topic is None or topic.action == "approve" or signals.intent.vague:
        return None
    if topic.action == "handoff":
        reason = f"The question belongs to “{topic.name}”, which the policy gives to people."
        said = messages.handed_topic(topic, language=signals.speaks)
        return _handoff(signals, f"topic:{topic.name}", reason, said, "out_of_scope", queue=topic.queue)
    reason = f"The question belongs to “{topic.name}”, which the policy refuses."
    said = messages.refused_topic(topic, language=signals.speaks)
    return _verdict(signals, "refuse", f"topic:{topic.name}", reason, message=said, ticket_reason="out_of_scope")


# Rules of the evidence.


def _approval(signals: Signals, policy: Policy) -> Verdict | None:
    """Evidence is looked up first, so that the person who approves finds a suggestion."""
    topic = clear_topic(signals, policy)
    if topic is None or topic.action != "approve":
        return None
    reason = f"The question belongs to “{topic.name}”, where a person approves each answer."
    said = say("approval", signals.speaks)
    return _handoff(signals, f"approval:{topic.name}", reason, said, "out_of_scope", queue=topic.queue)


def _vague(signals: Signals, policy: Policy) -> Verdict | None:
    if not signals.intent.vague:
        return None
    choices = _choices(signals, policy) or _offered(signals, policy)
    said = say("vague" if choices else "vague_open", signals.speaks)
    return _clarify(signals, policy, "vague", "The question names no subject.", said, choices)


def _unknown_name(signals: Signals, _: Policy) -> Verdict | None:
    names = unknown_names(signals.question, signals.evidence)
    if not names:
        return None
    reason = f"The question is about {', '.join(names)}, which no passage found mentions."
    said = messages.unknown_name(names[0], language=signals.speaks)
    return _verdict(signals, "refuse", "name-not-in-documents", reason, message=said, ticket_reason="low_confidence")


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
    return _verdict(signals, "refuse", "out-of-scope", reason, message=said, ticket_reason="out_of_scope")


def _thin_support(signals: Signals, policy: Policy) -> Verdict | None:
    support = signals.support
    if support.score >= policy.limits.support_answer or not _few_terms(signals.question):
        return None
    if support.coverage >= 1.0 and (support.agree or len(signals.question.split()) > 2):
        return None  # every word stands in what was found: the answerer looks, and says so if no sentence answers
    choices = _choices(signals, policy)
    if not choices:
        return None
    reason = f"The question is short and the evidence thin (support {signals.support.score:.2f})."
    return _clarify(signals, policy, "thin-support", reason, say("thin", signals.speaks), choices)


def _answer(signals: Signals, _: Policy) -> Verdict:
    return _verdict(signals, "answer", "supported", f"The evidence supports an answer ({signals.support.score:.2f}).")


_MESSAGE_RULES: tuple[Rule, ...] = (
    _sensitive, _unchecked, _threat, _asked_for_person, _unreadable, _injection, _ticket_status, _small_talk, _unhappy,
    _repeated, _language, _other_topic,
)  # fmt: skip
_EVIDENCE_RULES: tuple[Rule, ...] = (_approval, _vague, _no_support, _unknown_name, _thin_support)


def _few_terms(question: str) -> bool:
    return len(question.split()) <= 4


def _choices(signals: Signals, policy: Policy) -> tuple[str, ...]:
    answered = likeliest(signals, "answer")
    topics = tuple(messages.topic_label(t.name) for t in answered if t.probability >= policy.thresholds.choice)
    return possible_meanings(signals.evidence, topics)


def _offered(signals: Signals, policy: Policy) -> tuple[str, ...]:
    """Where the evidence means nothing: what can be asked about at all, the likeliest first."""
    likely = [topic.name for topic in likeliest(signals, "answer")]
    names = dict.fromkeys([*likely, *(topic.name for topic in policy.answered())])
    labels = tuple(messages.topic_label(name) for name in names)[:_MOST_CHOICES]
    return labels if len(labels) > 1 else ()


def _clarify(
    signals: Signals, policy: Policy, rule: str, reason: str, message: str, choices: tuple[str, ...]
) -> Verdict:
    if signals.clarifications >= policy.thresholds.max_clarifications:
        stuck = f"{reason} It was asked back {signals.clarifications} times in a row already."
        return _handoff(signals, "clarified-enough", stuck, say("handoff_stuck", signals.speaks), "low_confidence")
    return _verdict(signals, "clarify", rule, reason, message=message, choices=choices)


def _handoff(
    signals: Signals, rule: str, reason: str, message: str, ticket_reason: TicketReason, *, queue: str = ""
) -> Verdict:
    return _verdict(signals, "handoff", rule, reason, message=message, queue=queue, ticket_reason=ticket_reason)


def _verdict(
    signals: Signals,
    decision: Decision,
    rule: str,
    reason: str,
    *,
    message: str = "",
    choices: tuple[str, ...] = (),
    queue: str = "",
    ticket_reason: TicketReason | None = None,
) -> Verdict:
    return Verdict(
        decision=decision,
        rule=rule,
        reason=reason,
        scores=signals.scores(),
        choices=choices,
        message=message,
        queue=queue,
        ticket_reason=ticket_reason,
        nearest=signals.reading.nearest if signals.reading is not None else (),
    )
