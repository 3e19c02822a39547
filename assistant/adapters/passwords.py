"""Passwords of accounts: what may be one, and how its argon2id hash is made and checked."""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import ConfigurationError

SHORTEST = 10
LONGEST = 1000
_HASHES_AT_ONCE = 4
_EMAIL = re.compile(r"[^\s@<>\x00-\x1f]{1,64}@[^\s@<>\x00-\x1f]{1,190}")


def checked_email(email: str) -> str:
    """`email` without blanks around it. Raises ConfigurationError unless it looks like an address."""
    trimmed = email.strip()
    if not _EMAIL.fullmatch(trimmed) or any("\ud800" <= character <= "\udfff" for character in trimmed):
        raise ConfigurationError(f"{trimmed!r} is not an e-mail address; write it like name@example.org")
    return trimmed


def checked_password(password: str) -> str:
    """`password` itself. Raises ConfigurationError when it is shorter or longer than we take."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigurationError(f"a password has {SHORTEST} to {LONGEST} characters; choose another one")
    return password


def email_key(email: str) -> str:
    """What makes two spellings of an address the same account."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


class Passwords:
    """Hashes passwords with argon2id, in threads, at most four at a time (each takes 64 MiB by default)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._nobody: str | None = None

    async def hashed(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _encoded(password))

    async def match(self, password: str, password_hash: str | None) -> bool:
        """Whether the password belongs to the hash. Without a hash it takes as long, and is False."""
        if self._nobody is None:
            self._nobody = await self.hashed(secrets.token_urlsafe())
        async with self._turn:
            matches = await asyncio.to_thread(self._verify, password_hash or self._nobody, password[: LONGEST + 1])
        return matches and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether the hash was made under other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _encoded(password))
        except (VerificationError, InvalidHashError):
            return False


def _encoded(password: str) -> bytes:
    """One spelling in bytes, whatever the keyboard composed; a lone surrogate must not raise."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
