"""Who sits at the browser: guests by a signed cookie, accounts checked against the user store."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from chainlit.auth import create_jwt, get_token_from_cookies
from chainlit.auth.jwt import decode_jwt
from chainlit.user import PersistedUser
from chainlit.user import User as ChainlitUser
from fastapi import HTTPException, Request

from assistant import ports
from assistant.errors import InvalidMessageError
from assistant.ui.limits import Buckets
from assistant.values import Caller, Role, User, groups_of

_log = logging.getLogger(__name__)

_GUEST = "guest:"
_CHECKED_FOR_S = 3.0
_MAX_CHECKED = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser. `subject` is what the cookie names; `id` owns the conversations."""

    id: str
    subject: str
    role: Role
    groups: frozenset[str]
    name: str

    def caller(self, language: str = "en") -> Caller:
        """The same person as the inside knows them."""
        return Caller(id=self.id, role=self.role, groups=self.groups, language=language, name=self.name)

    def persisted(self) -> PersistedUser:
        """The same person as Chainlit knows them; its `identifier` is our id, so that it compares owners by it."""
        return PersistedUser(
            id=self.id,
            createdAt="",
            identifier=self.id,
            display_name=self.name,
            metadata={"subject": self.subject, "role": self.role},
        )


class Accounts:
    """Turns cookies into people. What the user store says is believed for three seconds."""

    def __init__(self, users: ports.Users, *, guests: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self.guests = guests
        self._now = now
        self._checked: dict[str, tuple[float, Person | None]] = {}
        self._by_email = Buckets(burst=8, per_minute=4, now=now)
        self._by_address = Buckets(burst=30, per_minute=20, now=now)

    async def identify(self, token: str | None) -> Person | None:
        """The person a cookie names, if it is genuine, unexpired and their account still active."""
        if not token:
            return None
        try:
            claims: Any = decode_jwt(token)
        except (jwt.InvalidTokenError, TypeError, ValueError, KeyError):
            return None
        return await self.check(claims.identifier)

    async def check(self, subject: str) -> Person | None:
        """Whether a subject still has access, and with which role."""
        if subject.startswith(_GUEST):
            return _guest(subject) if self.guests else None
        until, person = self._checked.pop(subject, (0.0, None))
        if until <= self._now():
            user = await self._users.get(subject)
            person = _member(user) if user is not None and user.active else None
            until = self._now() + _CHECKED_FOR_S
        self._checked[subject] = (until, person)
        while len(self._checked) > _MAX_CHECKED:
            self._checked.pop(next(iter(self._checked)))
        return person

    async def sign_in(self, email: str, password: str, *, address: str) -> Person | None:
        """The account with this password, else None. Raises InvalidMessageError after too many attempts."""
        email = email.strip().lower()[:320]
        if not (self._by_address.take(address) and self._by_email.take(email)):
            _log.warning("sign-in refused: too many attempts from %s", address)
            raise InvalidMessageError("Too many attempts. Please wait a minute and try again.")
        user = await self._users.verify(email, password[:1024])
        self._checked.pop(email, None)
        return _member(user) if user is not None else None


async def signed_in(accounts: Accounts, request: Request) -> Person:
    """Who a request comes from. Raises HTTPException 401 when nobody is behind its cookie."""
    person = await accounts.identify(get_token_from_cookies(dict(request.cookies)))
    if person is None:
        raise HTTPException(status_code=401, detail="Please sign in.")
    return person


def new_guest() -> Person:
    """A guest nobody has seen before."""
    return _guest(f"{_GUEST}{uuid.uuid4().hex}")


def token_for(person: Person) -> str:
    """A signed cookie value naming this person, valid as long as Chainlit's `user_session_timeout`."""
    return create_jwt(ChainlitUser(identifier=person.subject, metadata={"role": person.role}))


def _guest(subject: str) -> Person:
    return Person(id=subject, subject=subject, role="guest", groups=groups_of("guest", frozenset()), name="Guest")


def _member(user: User) -> Person:
    return Person(
        id=user.id, subject=user.email, role=user.role, groups=groups_of(user.role, user.groups), name=user.email
    )
