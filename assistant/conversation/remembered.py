"""What a user sees of a conversation's memory, and has deleted from it."""

from __future__ import annotations

import asyncio

from assistant.conversation.line import Lines
from assistant.errors import NotFoundError
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities
from assistant.graph.restoring import RESTORED_FROM, restored
from assistant.memory.contents import Memory
from assistant.memory.forgetting import delete_item
from assistant.memory.intake import turn_of
from assistant.memory.view import MemoryView, view_of
from assistant.values import Caller


class Remembered:
    """The memory of all conversations, each for its own user only."""

    def __init__(self, graph: TurnGraph, can: Capabilities, lines: Lines) -> None:
        self._graph = graph
        self._can = can
        self._lines = lines

    async def view(self, caller: Caller, thread_id: str) -> MemoryView:
        """All of it, as it holds now. Raises NotFoundError for another's."""
        await self._own(caller, thread_id)
        return await self._view(caller, await self._memory(caller, thread_id))

    async def delete(self, caller: Caller, thread_id: str, item_id: str) -> MemoryView:
        """Delete a line or a pin, from the words of its turns too; what is left.

        Raises NotFoundError for another's and when there is no such item, BusyError while a turn runs on.
        """
        await self._own(caller, thread_id)
        async with self._lines.hold(self._lines.stand(thread_id)) as holding:
            memory = await self._memory(caller, thread_id)
            said = await self._can.stores.transcripts.of_thread(caller.id, thread_id, limit=RESTORED_FROM)
            turns = [turn_of(each) for each in said]
            deletion = await asyncio.to_thread(delete_item, memory, item_id, turns)
            if deletion is None:
                raise NotFoundError(f"nothing with the id {item_id} is remembered of conversation {thread_id}")
            await self._can.stores.records.forget(caller.id, thread_id, texts=deletion.texts, turns=deletion.turns)
            await self._graph.keep(deletion.memory, holding.lease)
            self._can.recollection.forget(caller, thread_id)
        return await self._view(caller, deletion.memory)

    async def _memory(self, caller: Caller, thread_id: str) -> Memory:
        return await restored(self._can, caller, thread_id, await self._graph.memory(thread_id))

    async def _view(self, caller: Caller, memory: Memory) -> MemoryView:
        across = await self._can.stores.preferences.recalls_across(caller.id)
        model = self._can.models.get("generate")
        ratio = await self._can.ratios.of(model.name) if model else 1.0
        return view_of(memory, budget=self._can.policies.budget.counted(ratio).room, recalls_across=across)

    async def _own(self, caller: Caller, thread_id: str) -> None:
        thread = await self._can.stores.threads.get(thread_id)
        if thread is None or thread.user_id != caller.id:
            raise NotFoundError(f"there is no conversation {thread_id} of this caller")
