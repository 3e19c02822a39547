"""Pseudonyms and masking: what may leave the turn for logs and traces."""

from __future__ import annotations

import hashlib
import hmac
import re

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LONG_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ \-.]?\d){7,18}(?!\w)")


def pseudonym(user_id: str, key: str) -> str:
    """A stable name for a user that can't be turned back without `key` (HMAC-SHA-256, 16 hex digits)."""
    return hmac.new(key.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:16]


def mask_personal_data(text: str) -> str:
    """Replace e-mail addresses and numbers of eight digits or more (cards, phones, accounts) by their kind."""
    return _LONG_NUMBER.sub("<number>", _EMAIL.sub("<email>", text))
