"""How a turn ends that the graph's own record node did not reach."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from assistant.conversation.wording import reference
from assistant.errors import AssistantError, StaleLeaseError
from assistant.graph.context import TurnContext
from assistant.graph.nodes.closing import unfinished_record
from assistant.phrases import say
from assistant.ports import Records
from assistant.values import Finished, Record, RecordStatus

_log = logging.getLogger(__name__)


class Closing:
    """Stores such turns. One that was stored before, here or by another worker, stays as it was."""

    def __init__(self, records: Records, clock: Callable[[], datetime]) -> None:
        self._records = records
        self._clock = clock

    async def interrupted(self, record: Record, context: TurnContext) -> None:
        """The turn was stopped: what was said so far is kept."""
        await self._closed(record, context, status="interrupted", answer=context.speech.text)

    async def failed(self, record: Record, context: TurnContext, why: str) -> None:
        """The turn failed: `why` is the key of the phrase that the user reads, below what was said so far."""
        told = say(why, context.speech.known.get("language", "en"), reference=reference(record.trace_id))
        said = context.speech.text
        await self._closed(record, context, status="failed", answer=f"{said}\n\n{told}" if said else told)

    async def lost(self, record: Record, context: TurnContext) -> None:
        """The turn has passed to another worker, which ends it. Raises StaleLeaseError when it has not done so yet."""
        stored = await self._records.get(record.trace_id)
        if stored is None or stored.status == "running":
            raise StaleLeaseError(f"turn {record.trace_id} has passed to another worker")
        context.emit(Finished(stored))

    async def given_up(self, record: Record) -> Record:
        """The turn lost its worker and can't be begun again."""
        told = say("failed", reference=reference(record.trace_id))
        return await self._records.finish(
            replace(record, status="failed", answer=told, origin="fixed", finished_at=self._clock())
        )

    async def _closed(self, record: Record, context: TurnContext, *, status: RecordStatus, answer: str) -> None:
        closed = replace(unfinished_record(context), status=status, answer=answer)
        try:
            closed = await self._records.finish(closed)
        except AssistantError:
            _log.exception("turn %s ended as %s and could not be stored", record.trace_id, status)
        context.emit(Finished(closed))
