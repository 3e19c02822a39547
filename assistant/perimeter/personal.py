"""Personal data in messages: what the policy says is masked before anything else sees a message."""

from __future__ import annotations

import unicodedata

from assistant.perimeter.injection import Finding
from assistant.perimeter.policy import Policy
from assistant.phrases import listed, say
from assistant.privacy import PersonalKind, find_personal, kind_label, mask, masked_kinds


def mask_message(text: str, policy: Policy) -> tuple[str, tuple[Finding, ...]]:
    """A message with the policy's `mask` kinds masked, and a finding for each place; none of them weighs anything.

    A finding names the kind and where it stood, never what was masked.
    """
    masked = mask(text, policy.mask)
    return masked.text, tuple(
        Finding(f"personal_{each.kind}", f"characters {each.start} to {each.end}", 0.0) for each in masked.found
    )


def personal_kinds(text: str, policy: Policy) -> tuple[PersonalKind, ...]:
    """The kinds of personal data that a message as it was taken in held: those masked in it, and those for people.

    Full-width characters and the like say what their plain forms say.
    """
    written = dict.fromkeys((text, unicodedata.normalize("NFKC", text)))
    found = [each for form in written for each in find_personal(form, policy.to_people)] if policy.to_people else []
    return tuple(dict.fromkeys([*masked_kinds(text), *(each.kind for each in found)]))


def hidden_notice(text: str, *, language: str = "en") -> str:
    """What the user is told of a message as it was taken in; empty when nothing was masked in it.

    It is read from the masked text, so that a turn that is begun again tells the same.
    """
    names = [kind_label(kind) for kind in masked_kinds(text)]
    return say("personal_data_hidden", language, what=listed(names, language)) if names else ""
