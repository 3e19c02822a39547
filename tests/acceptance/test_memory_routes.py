"""The routes to what is remembered, attacked: absent and another's are one answer, and nothing foreign changes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence

import pytest

from assistant.memory.view import MemoryItem, MemoryView
from assistant.testing.assistants import Reply, ScriptedAssistant, save_documents
from assistant.testing.chat_client import ChatClient
from assistant.testing.serving import serve_chat
from assistant.values import Document, Record

SECRET = "HH-SECRET-118203"
STAFF_ONLY = Document("staff.md", "Margins", "40%", frozenset({"staff"}), "1", "demo")


def remembers(records: Sequence[Record]) -> MemoryView:
    turns = tuple(record.trace_id for record in records)
    pin = MemoryItem("pin-1", "pin", "identifier", "order number", SECRET, "user", turns[:1])
    line = MemoryItem("line-1", "line", "facts", "", "It broke.", turns=turns, documents=("staff.md",))
    return MemoryView(items=(pin, line), tokens=100 * len(turns), budget=8_000)


@pytest.fixture
async def scripted() -> ScriptedAssistant:
    replies = {"hello": Reply("Good day."), "slow": Reply("one two three", pause_after=1)}
    scripted = ScriptedAssistant(replies=replies, remembers=remembers)
    await save_documents(scripted.stores, [STAFF_ONLY])
    return scripted


@pytest.fixture
async def address(scripted: ScriptedAssistant) -> AsyncIterator[str]:
    async with serve_chat(scripted) as served:
        yield served


@pytest.fixture
async def guest(address: str) -> AsyncIterator[ChatClient]:
    """A visitor who has said hello."""
    async with ChatClient(address) as client:
        await client.visit()
        await client.connect()
        await client.ask("hello")
        yield client


@pytest.fixture
async def other(address: str) -> AsyncIterator[ChatClient]:
    async with ChatClient(address) as client:
        await client.visit()
        yield client


def thread_of(client: ChatClient) -> str:
    return str(client.named("first_interaction")[-1]["thread_id"])


async def answer(client: ChatClient, method: str, path: str, **more: object) -> tuple[int, bytes]:
    async with client.http.request(method, path, **more) as response:  # type: ignore[arg-type]
        return response.status, await response.read()


async def test_the_owner_sees_what_is_remembered_without_documents_that_may_not_be_read(guest: ChatClient) -> None:
    async with guest.http.get(f"/api/memory/{thread_of(guest)}") as response:
        told = await response.json()
    assert (told["tokens"], told["budget"]) == (100, 8_000)
    assert [item["text"] for item in told["items"]] == [SECRET, "It broke."]
    assert "Margins" not in str(told)
    assert response.headers["cache-control"] == "no-store"


async def test_another_users_memory_looks_exactly_like_an_absent_one(guest: ChatClient, other: ChatClient) -> None:
    seen = {
        await answer(other, method, path.format(thread))
        for thread in (thread_of(guest), str(uuid.uuid4()), "' OR 1=1 --", "%00", "x" * 900)
        for method, path in (("GET", "/api/memory/{}"), ("DELETE", "/api/memory/{}/pin-1"))
    }
    assert seen == {(404, b'{"detail":"Not Found"}')}


async def test_nothing_of_another_users_memory_can_be_deleted(guest: ChatClient, other: ChatClient) -> None:
    await answer(other, "DELETE", f"/api/memory/{thread_of(guest)}/pin-1")
    await answer(other, "DELETE", "/project/thread", json={"threadId": thread_of(guest)})
    status, body = await answer(guest, "GET", f"/api/memory/{thread_of(guest)}")
    assert status == 200
    assert SECRET.encode() in body


@pytest.mark.parametrize("item", ["pin-2", "PIN-1", "%70in-1%00", "*", "..", "pin-1,line-1", "' OR ''='"])
async def test_a_guessed_item_is_absent_and_deletes_nothing(guest: ChatClient, item: str) -> None:
    status, _ = await answer(guest, "DELETE", f"/api/memory/{thread_of(guest)}/{item}")
    assert status in {404, 405}
    _, body = await answer(guest, "GET", f"/api/memory/{thread_of(guest)}")
    assert SECRET.encode() in body


async def test_an_item_is_forgotten_once(guest: ChatClient) -> None:
    path = f"/api/memory/{thread_of(guest)}/pin-1"
    status, left = await answer(guest, "DELETE", path)
    assert status == 200
    assert SECRET.encode() not in left
    assert (await answer(guest, "DELETE", path))[0] == 404


async def test_nothing_is_forgotten_while_a_turn_runs(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    mark = len(guest.events)
    await guest.send("slow")
    await guest.wait_for("stream_start", since=mark)
    path = f"/api/memory/{thread_of(guest)}/pin-1"
    assert (await answer(guest, "DELETE", path))[0] == 409
    scripted.gate.set()
    await guest.wait_for("update_message", containing="one two three")
    async with asyncio.timeout(5):
        while (await answer(guest, "DELETE", path))[0] != 200:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_without_a_cookie_there_is_no_memory(address: str, guest: ChatClient, method: str) -> None:
    path = {
        "GET": f"/api/memory/{thread_of(guest)}",
        "DELETE": f"/api/memory/{thread_of(guest)}/pin-1",
        "PUT": "/api/preferences",
    }[method]
    async with ChatClient(address) as nobody:
        assert (await answer(nobody, method, path, json={"recall_across": True}))[0] == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_site_can_neither_delete_nor_switch(guest: ChatClient, origin: str) -> None:
    headers = {"Origin": origin}
    path = f"/api/memory/{thread_of(guest)}/pin-1"
    assert (await answer(guest, "DELETE", path, headers=headers))[0] == 403
    assert (await answer(guest, "PUT", "/api/preferences", headers=headers, json={"recall_across": True}))[0] == 403
    status, body = await answer(guest, "GET", f"/api/memory/{thread_of(guest)}")
    assert (status, b'"recall_across":false' in body, SECRET.encode() in body) == (200, True, True)


async def test_the_choice_is_off_and_ones_own(guest: ChatClient, other: ChatClient) -> None:
    await other.connect()
    await other.ask("hello")
    assert b'"recall_across":false' in (await answer(guest, "GET", f"/api/memory/{thread_of(guest)}"))[1]
    assert (await answer(guest, "PUT", "/api/preferences", json={"recall_across": True}))[0] == 200
    assert b'"recall_across":true' in (await answer(guest, "GET", f"/api/memory/{thread_of(guest)}"))[1]
    assert b'"recall_across":false' in (await answer(other, "GET", f"/api/memory/{thread_of(other)}"))[1]


@pytest.mark.parametrize(
    "body", [{}, {"recall_across": "yes"}, {"recall_across": 1}, {"recall_across": True, "user_id": "x"}, [], None]
)
async def test_a_choice_that_is_none_is_refused(guest: ChatClient, scripted: ScriptedAssistant, body: object) -> None:
    assert (await answer(guest, "PUT", "/api/preferences", json=body))[0] == 422
    assert not await scripted.stores.preferences.recalls_across(await guest.whoami())


async def test_a_form_of_another_site_is_no_choice(guest: ChatClient) -> None:
    """What a page can send without being asked for permission: no JSON."""
    headers = {"content-type": "text/plain"}
    assert (await answer(guest, "PUT", "/api/preferences", headers=headers, data='{"recall_across": true}'))[0] == 422


async def test_a_turn_says_when_it_starts_and_when_it_has_ended(guest: ChatClient) -> None:
    told = [each["assistantTurn"] for each in guest.named("window_message")]
    async with asyncio.timeout(5):
        while "ended" not in told:
            await asyncio.sleep(0.01)
            told = [each["assistantTurn"] for each in guest.named("window_message")]
    assert told == ["started", "ended"]
    assert {each["assistantThread"] for each in guest.named("window_message")} == {thread_of(guest)}


async def test_a_browser_that_comes_back_is_told_which_conversation_it_is(guest: ChatClient) -> None:
    thread = thread_of(guest)
    await guest.drop()
    mark = len(guest.events)
    guest.session_id = str(uuid.uuid4())
    await guest.connect(thread_id=thread)
    told = await guest.wait_for("window_message", since=mark)
    assert told == {"assistantThread": thread, "assistantTurn": "ended"}
