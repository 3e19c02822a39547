"""A turn on the screen: events come in, Chainlit's steps go out over the socket."""

from __future__ import annotations

import asyncio
import logging
import uuid
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from chainlit.action import Action
from chainlit.context import init_ws_context
from chainlit.message import Message
from chainlit.session import WebsocketSession

from assistant.errors import AssistantError, BusyError
from assistant.ui.accounts import Person
from assistant.ui.backend import Backend
from assistant.ui.history import History
from assistant.ui.origins import choose_language
from assistant.ui.transcript import (
    ASK_FOR_PERSON,
    PERSON_COMMAND,
    answer_step,
    answer_text,
    failure_text,
    question_step,
    run_step,
    stage_step,
    wants_person,
    work_step,
)
from assistant.ui.wire import Wire
from assistant.values import Event, Finished, Record, Stage, Started, Token, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


_log = logging.getLogger(__name__)

PERSON_ACTION = "request_person"
_COMMANDS: list[Any] = [
    {
        "id": PERSON_COMMAND,
        "icon": "headset",
        "description": "Press send to open a ticket: a colleague takes over",
        "button": True,
        "persistent": False,
    }
]


class TurnView:
    """What of a running turn has been drawn, so that it can be drawn again for a browser that came back."""

    def __init__(self, turn: Turn, wire: Wire) -> None:
        self.record = running_record(turn)
        self.wire = wire
        self._text = ""
        self.started = False
        self.task = asyncio.current_task()

    @property
    def trace_id(self) -> str:
        """Empty until the turn was taken in."""
        return self.record.trace_id

    async def show(self, event: Event) -> None:
        """Draw one event."""
        match event:
            case Started():
                self.record = replace(self.record, trace_id=event.trace_id, answer_id=event.answer_id)
                self.started = True
                await self.wire.announce(self.record.thread_id, "started")
                await self.wire.send(run_step(self.record, ended=False))
                await self.wire.send(work_step(self.record, ended=False))
            case Stage():
                stage = {"name": event.name, "detail": event.detail, "ms": event.ms}
                self.record = replace(self.record, stages=(*self.record.stages, stage))
                await self.wire.send(stage_step(self.record, len(self.record.stages) - 1, stage))
            case Token():
                await self._token(event.text)
            case Finished():
                await self.finish(event.record)

    async def redraw(self, session: WebsocketSession) -> None:
        """Draw all of it for a session that came back, which then goes on seeing it and can stop it."""
        wire = Wire(session)
        session.current_task = self.task
        self.wire.join(session)
        await wire.busy(True)
        if not self.started:
            return
        await wire.send(run_step(self.record, ended=False))
        await wire.send(work_step(self.record, ended=bool(self._text)))
        for number, stage in enumerate(self.record.stages):
            await wire.send(stage_step(self.record, number, stage))
        if self._text:
            await wire.stream(answer_step(self.record, self._text, streaming=True))

    async def finish(self, record: Record) -> None:
        """Draw the turn as it is stored."""
        if not self.started:
            await self.show(Started(record.trace_id, record.answer_id))
        if record.question != self.record.question:  # something in it was masked: the page shows no more than is kept
            await self.wire.update(question_step(record))
        # Keep the stages as they were drawn: the stored ones may be named or counted otherwise.
        await self.wire.update(work_step(record, ended=True))
        answer = answer_step(record, answer_text(record), error=record.status == "failed")
        await self.wire.update(answer) if self._text else await self.wire.send(answer)
        await self.wire.update(run_step(record, ended=True))
        self._text = self._text or record.answer

    async def fail(self, sentence: str) -> None:
        """End the turn with a sentence for the user."""
        if not self.started:
            await self.wire.say(sentence, error=True)
            return
        ended = replace(self.record, status="failed", finished_at=datetime.now(UTC))
        await self.wire.update(work_step(ended, ended=True))
        text = f"{self._text}\n\n*{sentence}*" if self._text else sentence
        answer = answer_step(ended, text, error=True)
        await self.wire.update(answer) if self._text else await self.wire.send(answer)
        await self.wire.update(run_step(ended, ended=True))
        self.record = ended

    async def _token(self, text: str) -> None:
        if not text:
            return
        first, self._text = not self._text, self._text + text
        if first:
            await self.wire.update(work_step(self.record, ended=True))
            await self.wire.stream(answer_step(self.record, text, streaming=True))
        else:
            await self.wire.token(self.record.answer_id, text)


class Chat:
    """Takes messages of people to the assistant and draws what comes back."""

    def __init__(self, backend: Backend, history: History) -> None:
        self._backend = backend
        self._history = history
        self._views: dict[str, TurnView] = {}

    async def open(self, session: WebsocketSession) -> None:
        """What a new or resumed chat gets besides its messages."""
        await Wire(session).emit("set_commands", _COMMANDS)

    async def reopen(self, session: WebsocketSession, person: Person) -> None:
        """What Chainlit does not keep of a resumed thread: the buttons below its last answer, and a turn under way.

        A turn whose process is gone is finished here.
        """
        records = await self._backend.stores.records.of_thread(session.thread_id, limit=1)
        for record in records:
            await self._offer_person(Wire(session), record)
        if view := self._views.get(session.thread_id):
            await view.redraw(session)
        elif records and records[-1].status == "running":
            session.current_task = asyncio.create_task(self._finish(session, person, records[-1]))
        else:
            await Wire(session).announce(session.thread_id, "ended")

    async def answer(self, session: WebsocketSession, message: Message, person: Person) -> None:
        """Take one message. Everything that goes wrong ends here: logged in full, said in one sentence."""
        wants_person = message.command == PERSON_COMMAND
        turn = self._turn(session, person, message.id, (message.content.strip() and message.content) or ASK_FOR_PERSON)
        wire = Wire(session)
        if not message.content.strip():
            await wire.update(question_step(running_record(turn)))
        await self._run(wire, turn, person, self._backend.take(turn, wants_person=wants_person))

    async def call_person(self, session: WebsocketSession, person: Person) -> None:
        """The button below an answer: ask for a person in the user's name."""
        wire = Wire(session)
        if session.current_task is not None and not session.current_task.done():
            await wire.say(BusyError.user_message, error=True)
            return
        turn = self._turn(session, person, str(uuid.uuid4()), ASK_FOR_PERSON)
        session.current_task = asyncio.create_task(self._called(session, wire, turn, person))
        await asyncio.wait({session.current_task})

    async def _called(self, session: WebsocketSession, wire: Wire, turn: Turn, person: Person) -> None:
        emitter: Any = init_ws_context(session).emitter
        if not session.has_first_interaction:
            session.has_first_interaction = True
            await emitter.init_thread(ASK_FOR_PERSON)
        await wire.send(question_step(running_record(turn)))
        await self._run(wire, turn, person, self._backend.take(turn, wants_person=True))

    async def _finish(self, session: WebsocketSession, person: Person, record: Record) -> None:
        turn = self._turn(session, person, record.message_id, record.question)
        await self._run(Wire(session), turn, person, self._backend.finish_abandoned(turn.caller, turn.thread_id))

    async def _run(self, wire: Wire, turn: Turn, person: Person, events: AsyncIterator[Event]) -> None:
        await wire.busy(True)
        try:
            await self._take(wire, turn, person, events)
        finally:
            await wire.busy(False)
            await wire.announce(turn.thread_id, "ended")

    async def _take(self, wire: Wire, turn: Turn, person: Person, events: AsyncIterator[Event]) -> None:
        view = TurnView(turn, wire)
        self._views.setdefault(turn.thread_id, view)
        try:
            await self._follow(view, person, events)
        except asyncio.CancelledError:
            await asyncio.shield(self._stopped(view))
            raise
        except AssistantError as error:
            _log.warning("turn %s of %s: %s", view.trace_id or "-", turn.thread_id, error, exc_info=True)
            await view.fail(error.user_message or failure_text(view.trace_id))
            await self._offer_person(view.wire, view.record)
        except Exception:  # noqa: BLE001 (the conversation's edge: nothing of it may reach the user raw)
            trace_id = view.trace_id or uuid.uuid4().hex
            _log.exception("turn %s of %s failed", trace_id, turn.thread_id)
            await view.fail(failure_text(trace_id))
            await self._offer_person(view.wire, view.record)
        finally:
            if self._views.get(turn.thread_id) is view:
                del self._views[turn.thread_id]

    async def _follow(self, view: TurnView, person: Person, events: AsyncIterator[Event]) -> None:
        async with aclosing(cast("AsyncGenerator[Event, None]", events)):
            async for event in events:
                await view.show(event)
                if isinstance(event, Finished):
                    await self._furnish(view.wire, event.record, person)

    async def _furnish(self, wire: Wire, record: Record, person: Person) -> None:
        try:
            elements = await self._history.elements(record, person)
        except AssistantError:
            _log.exception("turn %s: its sources can't be shown now; a reload shows them", record.trace_id)
            elements = []
        for element in elements:
            await wire.emit("element", element)
        await self._offer_person(wire, record)

    async def _offer_person(self, wire: Wire, record: Record) -> None:
        if not wants_person(record):
            return
        action = Action(
            id=f"person-{record.answer_id}",
            name=PERSON_ACTION,
            payload={},
            label=PERSON_COMMAND,
            icon="headset",
            forId=record.answer_id,
        )
        # A browser that reconnects has the button already, and Chainlit adds without comparing.
        await wire.emit("remove_action", action.to_dict())
        await wire.emit("action", action.to_dict())

    async def _stopped(self, view: TurnView) -> None:
        """Draw the turn as the conversation has kept it."""
        if not view.started:
            return
        try:
            stored = await self._backend.stores.records.get(view.trace_id)
        except AssistantError:
            stored = None
        if stored is not None and stored.status != "running":
            await view.finish(stored)
        else:
            await view.fail("Stopped before it was finished.")

    def _turn(self, session: WebsocketSession, person: Person, message_id: str, text: str) -> Turn:
        caller = person.caller(self._language(session))
        return Turn(session.thread_id, message_id, text, caller, datetime.now(UTC))

    def _language(self, session: WebsocketSession) -> str:
        header = str((session.environ or {}).get("HTTP_ACCEPT_LANGUAGE", ""))
        return choose_language(header, self._backend.policy.languages)


def running_record(turn: Turn) -> Record:
    """A turn as it stands before anything is known of it."""
    return Record(
        trace_id="",
        thread_id=turn.thread_id,
        message_id=turn.message_id,
        answer_id="",
        user_id=turn.caller.id,
        question=turn.text,
        status="running",
        created_at=turn.received_at,
    )
