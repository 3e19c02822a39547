"""What the chat needs of the assistant behind it; `assistant.bootstrap.Assistant` is one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from assistant import ports
from assistant.memory.view import MemoryView
from assistant.privacy import PersonalKind
from assistant.values import Caller, Event, Part, Turn


class Suggestion(Protocol):
    """A starter on the empty chat."""

    @property
    def label(self) -> str: ...
    @property
    def message(self) -> str: ...


class House(Protocol):
    """The part of the perimeter's policy that the chat shows."""

    @property
    def organisation(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def starters(self) -> Sequence[Suggestion]: ...
    @property
    def mask(self) -> tuple[PersonalKind, ...]: ...


class Backend(Protocol):
    """An open assistant. `origin_note` is said once, quietly; `message_max_chars` counts characters."""

    @property
    def stores(self) -> ports.Stores: ...
    @property
    def policy(self) -> House: ...
    @property
    def origin_note(self) -> str: ...
    @property
    def auth_secret(self) -> str: ...
    @property
    def guests(self) -> bool: ...
    @property
    def message_max_chars(self) -> int: ...
    @property
    def overlap(self) -> str:
        """What a message does that comes while another is answered: `queue`, `interrupt` or `refuse`."""
        ...

    @property
    def secure_cookies(self) -> bool: ...
    def take(self, turn: Turn, *, wants_person: bool = False) -> AsyncIterator[Event]:
        """Run one turn; with `wants_person` it ends in a ticket. Closing or cancelling it is a stop.

        The partial answer of a stopped turn is kept and marked.
        """
        ...

    def finish_abandoned(self, caller: Caller, thread_id: str) -> AsyncIterator[Event]:
        """Finish the turn of a conversation that lost its worker; yields nothing if there is none."""
        ...

    async def forget(self, caller: Caller, thread_id: str) -> None:
        """Delete a conversation with all its turns. Raises NotFoundError for another's."""
        ...

    async def memory(self, caller: Caller, thread_id: str) -> MemoryView:
        """All that is remembered of a conversation. Raises NotFoundError for another's."""
        ...

    async def forget_item(self, caller: Caller, thread_id: str, item_id: str) -> MemoryView:
        """Delete one line or pin; what is left. Raises NotFoundError, and BusyError while a turn runs."""
        ...

    async def recall_across(self, caller: Caller, on: bool) -> None:
        """Whether this caller's other conversations may be recalled."""
        ...

    async def health(self) -> list[Part]: ...
