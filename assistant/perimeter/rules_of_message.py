"""The rules that the message alone decides by, before anything is retrieved, in their order."""

from __future__ import annotations

from assistant.perimeter import messages
from assistant.perimeter.deciding import Rule, decided, handoff
from assistant.perimeter.policy import Policy
from assistant.perimeter.signals import Signals
from assistant.perimeter.standing import clear_topic
from assistant.perimeter.wording import fold, phrase_pattern
from assistant.phrases import say
from assistant.privacy import kind_label
from assistant.values import Verdict

_THREAT = 0.9  # an abuse finding of this weight


def sensitive(signals: Signals, policy: Policy) -> Verdict | None:
    # the message, and what can be read under its disguises; a follow-up rewritten may name what the message left out
    texts = (signals.screened.text, *signals.screened.readings, signals.question)
    text = " \n ".join(fold(each) for each in texts)
    for topic in policy.sensitive:
        found = phrase_pattern(topic.phrases).search(text)
        if found:
            return decided(
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
    return handoff(signals, "could-not-check", reason, say("handoff_unchecked", signals.speaks), "assistant_failed")


def _unreadable(signals: Signals, policy: Policy) -> Verdict | None:
    kinds = {finding.kind for finding in signals.screened.findings}
    if signals.screened.outcome != "blocked" or not kinds & {"empty", "too_long"} or signals.wants_person:
        return None
    reason = "The message is empty or too long to be read."
    length = signals.screened.original_length
    too_long = messages.too_long(length, policy.max_chars, language=signals.speaks)
    said = too_long if "too_long" in kinds else say("empty", signals.speaks)
    return decided(signals, "refuse", "unreadable-message", reason, message=said)


def _asked_for_person(signals: Signals, _: Policy) -> Verdict | None:
    if not (signals.wants_person or signals.intent.asked_for_person):
        return None
    said = say("handoff_asked", signals.speaks)
    return handoff(signals, "asked-for-person", "The user asked for a person.", said, "asked_for")


def _injection(signals: Signals, policy: Policy) -> Verdict | None:
    score = signals.screened.injection_score
    if signals.screened.outcome == "ok" and score < policy.thresholds.injection:
        return None
    reason = f"The message tries to change how the assistant works (score {score:.2f})."
    return decided(signals, "refuse", "injection", reason, message=messages.injection(policy, language=signals.speaks))


def _personal(signals: Signals, policy: Policy) -> Verdict | None:
    """What acting on such data wrongly would cost is not for the assistant to risk."""
    kind = next((each for each in signals.personal if each in policy.to_people), None)
    if kind is None:
        return None
    reason = f"The message holds personal data ({kind_label(kind)}) that the policy gives to people."
    return handoff(signals, f"personal-data:{kind}", reason, say("handoff_topic", signals.speaks), "sensitive_topic")


def _ticket_status(signals: Signals, _: Policy) -> Verdict | None:
    if not signals.intent.ticket_status:
        return None
    return decided(signals, "answer", "ticket-status", "The user asks how their ticket stands.")


def _small_talk(signals: Signals, policy: Policy) -> Verdict | None:
    kind = signals.intent.small_talk
    if not kind:
        return None
    said = messages.small_talk(kind, policy, language=signals.speaks)
    return decided(signals, "answer", f"small-talk:{kind}", "The message is small talk only.", message=said)


def _unhappy(signals: Signals, _: Policy) -> Verdict | None:
    if not signals.intent.unhappy:
        return None
    said = say("handoff_unhappy", signals.speaks)
    return handoff(signals, "unhappy", "The user is plainly unhappy.", said, "unhappy_user")


def _threat(signals: Signals, _: Policy) -> Verdict | None:
    """Insults are borne; a threat is for people."""
    if not any(finding.kind == "abuse" and finding.weight >= _THREAT for finding in signals.screened.findings):
        return None
    said = say("handoff_unhappy", signals.speaks)
    return handoff(signals, "threat", "The message threatens somebody.", said, "unhappy_user")


def _repeated(signals: Signals, policy: Policy) -> Verdict | None:
    if signals.times_asked < policy.thresholds.max_repeats:
        return None
    reason = f"The same question was asked {signals.times_asked} times."
    return handoff(signals, "asked-again", reason, say("handoff_stuck", signals.speaks), "unhappy_user")


def _language(signals: Signals, policy: Policy) -> Verdict | None:
    found = signals.language
    served = {code.split("-")[0] for code in policy.languages}
    if not found.code or found.code in served or found.confidence < policy.thresholds.language_confidence:
        return None
    reason = f"The message is in a language that isn't served ({found.code}, {found.confidence:.2f})."
    said = messages.language_not_served(found.code, policy.languages)
    return decided(signals, "refuse", "language-not-served", reason, message=said)


def _other_topic(signals: Signals, policy: Policy) -> Verdict | None:
    topic = clear_topic(signals, policy)
    if topic is None or topic.action == "approve" or signals.intent.vague:
        return None
    if topic.action == "handoff":
        reason = f"The question belongs to “{topic.name}”, which the policy gives to people."
        said = messages.handed_topic(topic, language=signals.speaks)
        return handoff(signals, f"topic:{topic.name}", reason, said, "out_of_scope", queue=topic.queue)
    reason = f"The question belongs to “{topic.name}”, which the policy refuses."
    said = messages.refused_topic(topic, language=signals.speaks)
    return decided(signals, "refuse", f"topic:{topic.name}", reason, message=said, ticket_reason="out_of_scope")


MESSAGE_RULES: tuple[Rule, ...] = (
    sensitive, _unchecked, _threat, _asked_for_person, _unreadable, _injection, _personal, _ticket_status,
    _small_talk, _unhappy, _repeated, _language, _other_topic,
)  # fmt: skip
