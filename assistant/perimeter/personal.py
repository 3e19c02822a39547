"""Personal data in messages: what the policy says is masked before anything else sees a message."""

from __future__ import annotations

from assistant.perimeter.injection import Finding
from assistant.perimeter.policy import Policy
from assistant.privacy import kind_label, mask, masked_kinds

HIDDEN = "I've hidden your {what}; please never send {it} in chat."


def mask_message(text: str, policy: Policy) -> tuple[str, tuple[Finding, ...]]:
    """A message with the policy's `mask` kinds masked, and a finding for each place; none of them weighs anything.

    A finding names the kind and where it stood, never what was masked.
    """
    masked = mask(text, policy.mask)
    return masked.text, tuple(
        Finding(f"personal_{each.kind}", f"characters {each.start} to {each.end}", 0.0) for each in masked.found
    )


def hidden_notice(text: str) -> str:
    """What the user is told of a message as it was taken in; empty when nothing was masked in it.

    It is read from the masked text, so that a turn that is begun again tells the same.
    """
    names = [kind_label(kind) for kind in masked_kinds(text)]
    if not names:
        return ""
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return HIDDEN.format(what=listed, it="it" if len(names) == 1 else "them")
