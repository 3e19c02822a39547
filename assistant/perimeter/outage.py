"""Verdicts for when a part is down: the perimeter never fails open."""

from __future__ import annotations

from assistant.perimeter import messages
from assistant.perimeter.policy import Policy
from assistant.values import Verdict

_SEARCH_DOWN = (
    "I can't reach the documents at the moment, so I won't guess. Please ask again in a minute, "
    "or say that you'd like to talk to a person."
)


_NOTHING_IN = "I have no documents to answer from yet. An operator brings them in with: assistant ingest PATH"


def documents_unavailable(policy: Policy) -> Verdict:
    """Nothing could be retrieved: nothing is answered."""
    contact = f" You can also write to {policy.contact}." if policy.contact else ""
    return Verdict(
        "refuse",
        "documents-unavailable",
        "The documents could not be searched.",
        message=_SEARCH_DOWN + contact,
        ticket_reason="assistant_failed",
    )


def no_documents() -> Verdict:
    """Nothing was ever brought in."""
    return Verdict("refuse", "no-documents", "No documents have been brought in.", message=_NOTHING_IN)


def undecided() -> Verdict:
    """The perimeter itself could not decide: a person does."""
    return Verdict(
        "handoff",
        "could-not-decide",
        "The perimeter could not reach a verdict.",
        message=messages.HANDOFF_UNCHECKED,
        ticket_reason="assistant_failed",
    )


def blocked_answer() -> Verdict:
    """The output guard let nothing of the answer through."""
    return Verdict(
        "refuse",
        "output-blocked",
        "The answer did not pass the output guard.",
        message=messages.BLOCKED_ANSWER,
        ticket_reason="assistant_failed",
    )
