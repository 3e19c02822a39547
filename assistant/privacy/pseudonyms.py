"""Pseudonyms: a user's name for traces."""

from __future__ import annotations

import hashlib
import hmac


def pseudonym(user_id: str, key: str) -> str:
    """A stable name for a user that can't be turned back without `key` (HMAC-SHA-256, 16 hex digits)."""
    return hmac.new(key.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:16]
