"""Verdicts for when a part is down: the perimeter never fails open."""

from __future__ import annotations

from assistant.perimeter.input_guard import Screened
from assistant.perimeter.policy import Policy
from assistant.perimeter.rules_of_message import sensitive
from assistant.perimeter.signals import Signals
from assistant.phrases import say
from assistant.values import Verdict


def documents_unavailable(policy: Policy, *, language: str = "en") -> Verdict:
    """Nothing could be retrieved: nothing is answered."""
    contact = f" {say('write_to', language, contact=policy.contact)}" if policy.contact else ""
    return Verdict(
        "refuse",
        "documents-unavailable",
        "The documents could not be searched.",
        message=say("search_down", language) + contact,
        ticket_reason="assistant_failed",
    )


def no_documents(*, language: str = "en") -> Verdict:
    """Nothing was ever brought in."""
    said = say("nothing_brought_in", language)
    return Verdict("refuse", "no-documents", "No documents have been brought in.", message=said)


def undecided(message: Screened, policy: Policy, *, language: str = "en") -> Verdict:
    """The perimeter itself could not decide: a person does, with the policy's own words where the message is sensitive.

    `message` as far as it was read; of one that was not, `readings` hold the words.
    """
    words = Signals(message.text, message, speaks=language)  # what the policy calls sensitive needs nothing else
    return sensitive(words, policy) or Verdict(
        "handoff",
        "could-not-decide",
        "The perimeter could not reach a verdict.",
        message=say("handoff_unchecked", language),
        ticket_reason="assistant_failed",
    )


def blocked_answer(*, language: str = "en") -> Verdict:
    """The output guard let nothing of the answer through."""
    return Verdict(
        "refuse",
        "output-blocked",
        "The answer did not pass the output guard.",
        message=say("blocked_answer", language),
        ticket_reason="assistant_failed",
    )


def policys_words(verdict: Verdict, policy: Policy) -> str:
    """What the policy itself says to somebody it sends to people; "" where the words are ours, and promise a person."""
    kind, _, name = verdict.rule.partition(":")
    topic = policy.topic(name) if kind == "topic" else None
    return verdict.message if kind == "sensitive" or (topic and topic.reason.strip()) else ""
