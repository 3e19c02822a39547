"""A server's rounds: turns that lost their worker are looked for and finished, as long as it runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from assistant.conversation import Conversations
from assistant.conversation.callers import Callers
from assistant.errors import AssistantError

_log = logging.getLogger(__name__)

EVERY_S = 15.0


@contextlib.asynccontextmanager
async def sweeping(conversations: Conversations, callers: Callers, *, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Sweep at once and then every `every_s` seconds while the block runs."""
    rounds = asyncio.create_task(_rounds(conversations, callers, every_s), name="sweep")
    try:
        yield
    finally:
        rounds.cancel()
        await asyncio.wait({rounds})


async def _rounds(conversations: Conversations, callers: Callers, every_s: float) -> None:
    while True:
        try:
            await conversations.sweep(callers)
        except AssistantError:
            _log.warning("turns that lost their worker could not be looked for; trying again", exc_info=True)
        await asyncio.sleep(every_s)
