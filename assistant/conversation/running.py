"""One turn under its lease: the graph, whatever ends it, and what goes on after the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from assistant.conversation.closing import Closing
from assistant.conversation.line import Holding
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.wording import ASK_FOR_PERSON
from assistant.errors import AssistantError, StaleLeaseError, StorageFullError
from assistant.graph.build import TurnGraph
from assistant.graph.context import Capabilities, TurnContext
from assistant.values import Caller, Event, Finished, Record, Started, Token, Turn

_log = logging.getLogger(__name__)

Emit = Callable[[Event | AssistantError], None]


class Runner:
    """Runs turns whose record is stored. The one edge where a broad `except` belongs."""

    def __init__(
        self,
        graph: TurnGraph,
        can: Capabilities,
        policy: TurnPolicy,
        closing: Closing,
        timer: Callable[[], float],
    ) -> None:
        self._graph = graph
        self._can = can
        self._policy = policy
        self._closing = closing
        self._timer = timer
        self._slots = asyncio.Semaphore(policy.at_once)

    async def resume(self, record: Record, caller: Caller, holding: Holding, emit: Emit) -> None:
        """Run a known turn to its end, once more and not for ever; one that has ended is told as it ended."""
        holding.epoch = await self._can.live.epoch(record.thread_id)
        emit(Started(record.trace_id, record.answer_id))
        if record.status == "running":
            tried = await self._can.live.attempt(record.thread_id, record.trace_id)
            if tried <= self._policy.resumptions:
                turn = Turn(record.thread_id, record.message_id, record.question, caller, record.created_at)
                await self.run(record, turn, record.question == ASK_FOR_PERSON, holding, emit)
                return
            _log.error("turn %s lost its worker %d times and is given up", record.trace_id, tried)
            record = await self._closing.given_up(record)
        emit(Token(record.answer))
        emit(Finished(record, replayed=True))

    async def run(self, record: Record, turn: Turn, wants_person: bool, holding: Holding, emit: Emit) -> None:
        """Run a turn to its end, and what can wait after it."""
        holding.trace_id = record.trace_id
        context = TurnContext(
            turn=turn,
            trace_id=record.trace_id,
            answer_id=record.answer_id,
            started=self._timer(),
            epoch=holding.epoch,
            lease=holding.lease,
            wants_person=wants_person,
            can=self._can,
            emit=emit,
            timer=self._timer,
        )
        with self._can.tracer.turn(
            trace_id=record.trace_id, thread_id=turn.thread_id, caller=turn.caller, question=record.question
        ) as span:
            if await self._guarded(record, context, holding):
                span.update(output=context.speech.text)
                await self._settle(context, holding)

    async def _guarded(self, record: Record, context: TurnContext, holding: Holding) -> bool:
        """Run the graph; whatever happens, the record says what became of the turn. Whether it ran to its end."""
        try:
            async with asyncio.timeout(self._policy.timeout_s), self._slots:
                await self._graph.run(context)
        except asyncio.CancelledError:
            end = self._closing.lost if holding.lost else self._closing.interrupted
            await asyncio.shield(end(record, context))
            raise
        except StaleLeaseError:
            _log.exception("turn %s has passed to another worker", record.trace_id)
            await self._closing.lost(record, context)
        except TimeoutError:
            _log.exception("turn %s took longer than %s s", record.trace_id, self._policy.timeout_s)
            await self._closing.failed(record, context, "timed_out")
        except Exception as exc:  # noqa: BLE001 - the conversation's edge: logged with its trace id, a fixed sentence for the user
            _log.exception("turn %s failed", record.trace_id)
            why = "storage_full" if isinstance(exc, StorageFullError) else "failed"
            await self._closing.failed(record, context, why)
        else:
            return True
        return False

    async def _settle(self, context: TurnContext, holding: Holding) -> None:
        """The user has the answer: what fails here is tried again after the next turn."""
        try:
            await holding.settle(lambda: self._graph.settle(context), timeout_s=self._policy.settle_s)
        except Exception:  # noqa: BLE001 - the conversation's edge: there is nobody left to tell
            _log.warning("turn %s: its memory was not settled", context.trace_id, exc_info=True)
