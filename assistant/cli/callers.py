"""Whose rights a command is run with."""

from __future__ import annotations

from assistant.conversation.callers import caller_of
from assistant.errors import ConfigurationError
from assistant.ports import Stores
from assistant.values import Caller

GUEST = "guest"


async def caller_named(stores: Stores, name: str) -> Caller:
    """A guest, or the active account with this e-mail address.

    Raises:
        ConfigurationError: there is none.
    """
    if name == GUEST:
        return Caller(id="guest:command-line")
    user = await stores.users.get(name)
    if user is None or not user.active:
        raise ConfigurationError(f"there is no active account {name}; `assistant users list` shows them")
    return caller_of(user)
