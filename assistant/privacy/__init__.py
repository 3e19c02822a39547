"""Pseudonyms, and personal data found and masked: what may leave the turn, and what may enter it."""

from assistant.privacy.detection import find_personal
from assistant.privacy.kinds import KINDS, Found, PersonalKind
from assistant.privacy.masking import Masked, kind_label, mask, mask_personal_data, masked_kinds
from assistant.privacy.pseudonyms import pseudonym

__all__ = [
    "KINDS",
    "Found",
    "Masked",
    "PersonalKind",
    "find_personal",
    "kind_label",
    "mask",
    "mask_personal_data",
    "masked_kinds",
    "pseudonym",
]
