"""A turn whose process died, as the browser sees it that comes back to another."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from assistant.testing.assistants import Reply, ScriptedAssistant
from assistant.testing.chat_client import ChatClient
from assistant.testing.serving import serve_chat
from assistant.values import Record

REPLIES = {"return": Reply("You have 30 days."), "warranty": Reply("Two years.")}


async def lost(scripted: ScriptedAssistant, thread_id: str) -> Record:
    """A turn that was taken in after the last one, by a process that is no more."""
    (last,) = await scripted.stores.records.of_thread(thread_id, limit=1)
    later = last.created_at + timedelta(seconds=1)
    begun = replace(last, trace_id=uuid.uuid4().hex, answer_id=str(uuid.uuid4()), message_id=str(uuid.uuid4()))
    return await scripted.stores.records.begin(
        replace(begun, question="And the warranty?", status="running", answer="", created_at=later, finished_at=None)
    )


async def test_a_browser_that_comes_back_gets_the_answer_its_dead_process_owed() -> None:
    scripted = ScriptedAssistant(replies=REPLIES)
    async with serve_chat(scripted) as address, ChatClient(address) as client:
        await client.visit()
        await client.connect()
        await client.ask("How do I return something?")
        thread_id = str(client.named("first_interaction")[-1]["thread_id"])
        record = await lost(scripted, thread_id)
        await client.drop()
        client.session_id = str(uuid.uuid4())
        mark = len(client.events)
        await client.connect(thread_id=thread_id, settle=False)
        answer = await client.wait_for("update_message", containing="Two years.", since=mark)

    assert answer["id"] == record.answer_id
    stored = await scripted.stores.records.get(record.trace_id)
    assert stored is not None
    assert stored.status == "delivered"
