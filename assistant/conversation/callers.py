"""Who the owner of a stored turn is now: what an account may read is never taken from the past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from assistant.ports import Users
from assistant.values import Caller, User, groups_of

GUEST_PREFIX = "guest:"

Callers = Callable[[str], Awaitable[Caller | None]]


def caller_of(user: User) -> Caller:
    """The caller an account is, with all its groups."""
    return Caller(id=user.id, role=user.role, groups=groups_of(user.role, user.groups), name=user.email)


def callers_among(users: Users, *, guests: bool) -> Callers:
    """Finds a caller by the id that owns a turn; None for an account that is unknown or no longer active."""

    async def find(user_id: str) -> Caller | None:
        if user_id.startswith(GUEST_PREFIX):
            return Caller(id=user_id) if guests else None
        owner = next((user for user in await users.all() if user.id == user_id), None)
        return caller_of(owner) if owner is not None and owner.active else None

    return find
