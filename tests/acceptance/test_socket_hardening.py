"""Chainlit's socket as we reopen it. Each test fails when a hole of Chainlit 2.12.0 is open again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from socketio.exceptions import ConnectionError as Refused

from assistant.errors import BusyError
from assistant.testing.assistants import Reply, ScriptedAssistant
from assistant.testing.chat_client import ChatClient
from assistant.testing.serving import serve_chat


@pytest.fixture
def scripted() -> ScriptedAssistant:
    return ScriptedAssistant(replies={"hello": Reply("Good day."), "slow": Reply("one two three four", pause_after=2)})


@pytest.fixture
async def address(scripted: ScriptedAssistant) -> AsyncIterator[str]:
    async with serve_chat(scripted) as served:
        yield served


@pytest.fixture
async def guest(address: str) -> AsyncIterator[ChatClient]:
    async with ChatClient(address) as client:
        await client.visit()
        yield client


@pytest.fixture
async def other(address: str) -> AsyncIterator[ChatClient]:
    async with ChatClient(address) as client:
        await client.visit()
        yield client


def thread_of(client: ChatClient) -> str:
    return str(client.named("first_interaction")[-1]["thread_id"])


async def test_only_our_events_exist_on_the_socket(address: str) -> None:
    from chainlit.server import sio

    from assistant.ui.sockets import EVENTS

    assert set(sio.handlers["/"]) == EVENTS
    assert not sio.namespace_handlers


async def test_a_forged_staff_message_arrives_as_the_users_own(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    await guest.ask("hello", type="assistant_message", name="Staff", metadata={"staff": True}, parentId="x")

    async with guest.http.get(f"/project/thread/{thread_of(guest)}") as response:
        steps = (await response.json())["steps"]
    question = next(step for step in steps if step["output"] == "hello")
    assert (question["type"], question["name"], question["metadata"]) == ("user_message", "User", {})
    assert scripted.turns[0].text == "hello"
    from chainlit.chat_context import chat_contexts

    [kept] = chat_contexts[guest.session_id]
    assert (kept.type, kept.author, kept.metadata, kept.parent_id) == ("user_message", "User", {}, None)
    assert not [step for step in guest.named("new_message") if step.get("name") == "Staff"]


async def test_editing_a_message_does_nothing(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    message_id = str(uuid.uuid4())
    await guest.ask("hello", message_id=message_id)
    mark = len(guest.events)
    await guest.socket.emit("edit_message", {"message": {"id": message_id, "output": "forged"}})
    await guest.ask("hello again")

    assert [turn.text for turn in scripted.turns] == ["hello", "hello again"]
    assert "forged" not in str(guest.events[mark:])


async def test_the_message_id_of_another_users_turn_changes_nothing_of_theirs(
    guest: ChatClient, other: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.connect()
    message_id = str(uuid.uuid4())
    await guest.ask("hello, my secret", message_id=message_id)
    await other.connect()
    await other.ask("hello from elsewhere", message_id=message_id)

    records = await scripted.stores.records.of_thread(thread_of(guest))
    assert [record.question for record in records] == ["hello, my secret"]
    assert "my secret" not in str(other.events)


async def test_a_foreign_thread_looks_exactly_like_an_absent_one(guest: ChatClient, other: ChatClient) -> None:
    await guest.connect()
    await guest.ask("hello, my secret")
    seen = []
    for thread_id in (thread_of(guest), str(uuid.uuid4())):
        other.session_id = str(uuid.uuid4())
        mark = len(other.events)
        await other.connect(thread_id=thread_id)
        await other.ask("hello")
        seen.append([(name, data) for name, data in other.events[mark:] if "resume" in name])
        assert thread_of(other) != thread_id
        await other.drop()

    assert seen[0] == seen[1]
    assert seen[0][0][0] == "resume_thread_error"
    assert "my secret" not in str(other.events)


async def test_another_users_session_cannot_be_taken_over(guest: ChatClient, other: ChatClient) -> None:
    await guest.connect()
    await guest.ask("hello, my secret")
    other.session_id = guest.session_id
    with pytest.raises(Refused):
        await other.connect()
    await guest.ask("hello again")
    assert "my secret" not in str(other.events)


async def test_a_foreign_origin_is_refused(guest: ChatClient) -> None:
    for origin in ("https://evil.example", "null", f"{guest.address}.evil.example"):
        with pytest.raises(Refused):
            await guest.connect(headers={"Origin": origin})
    await guest.connect(headers={"Origin": guest.address})


async def test_an_allowed_origin_may_connect(scripted: ScriptedAssistant) -> None:
    partner = "https://partner.example"
    async with serve_chat(scripted, allowed_origins=[partner]) as address, ChatClient(address) as client:
        await client.visit()
        await client.connect(headers={"Origin": partner})


async def test_no_cookie_is_refused(address: str) -> None:
    async with ChatClient(address) as client:
        with pytest.raises(Refused):
            await client.connect()


@pytest.mark.parametrize("kind", ["expired", "foreign key", "unsigned", "nonsense"])
async def test_a_cookie_that_is_not_good_is_refused(address: str, scripted: ScriptedAssistant, kind: str) -> None:
    claims = {"identifier": "guest:0123", "metadata": {}, "iat": datetime.now(UTC)}
    past, future = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC) + timedelta(days=1)
    token = {
        "expired": jwt.encode(claims | {"exp": past}, scripted.auth_secret, algorithm="HS256"),
        "foreign key": jwt.encode(claims | {"exp": future}, "x" * 40, algorithm="HS256"),
        "unsigned": jwt.encode(claims | {"exp": future}, None, algorithm="none"),
        "nonsense": "a.b.c",
    }[kind]
    async with ChatClient(address) as client:
        client.http.cookie_jar.update_cookies({"access_token": token})
        async with client.http.get("/user") as response:
            assert response.status == 401
        with pytest.raises(Refused):
            await client.connect()


async def test_guests_are_refused_where_guests_are_off(scripted: ScriptedAssistant) -> None:
    async with serve_chat(scripted) as address, ChatClient(address) as client:
        await client.visit()
        scripted.guests = False
        async with serve_chat(scripted) as closed:
            client.address = closed
            with pytest.raises(Refused):
                await client.connect()


async def test_a_deactivated_account_loses_its_live_socket(address: str, scripted: ScriptedAssistant) -> None:
    await scripted.stores.users.add("mara@halden.example", "correct horse", "staff", frozenset())
    async with ChatClient(address) as client:
        assert await client.sign_in("mara@halden.example", "correct horse") == 303
        await client.connect()
        await client.ask("hello")
        await scripted.stores.users.change("mara@halden.example", active=False)
        async with asyncio.timeout(5):  # what the user store says is believed for at most five seconds
            while await client.whoami():
                await asyncio.sleep(0.2)
        await client.send("hello again")
        assert await client.closed()
        assert [turn.text for turn in scripted.turns] == ["hello"]


async def test_a_demoted_account_asks_with_its_new_rights(address: str, scripted: ScriptedAssistant) -> None:
    await scripted.stores.users.add("mara@halden.example", "correct horse", "staff", frozenset())
    async with ChatClient(address) as client:
        await client.sign_in("mara@halden.example", "correct horse")
        await client.connect()
        await client.ask("hello")
        await scripted.stores.users.change("mara@halden.example", role="member")
        await asyncio.sleep(3.1)  # what the user store says is believed for three seconds
        await client.ask("hello again")
    assert [turn.caller.role for turn in scripted.turns] == ["staff", "member"]
    assert scripted.turns[0].caller.groups > scripted.turns[1].caller.groups


async def test_a_megabyte_of_text_gets_a_clear_sentence(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    async with asyncio.timeout(1):
        await guest.send("x" * 1_000_000)
        said = await guest.wait_for("new_message", containing="too long")
    assert said["isError"]
    assert not scripted.turns
    await guest.ask("hello")


async def test_more_than_the_frame_limit_costs_the_socket_only(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    await guest.send("x" * 2_500_000)
    assert await guest.closed()
    await guest.connect()
    await guest.ask("hello")
    assert [turn.text for turn in scripted.turns] == ["hello"]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        {},
        {"message": None},
        {"message": {"output": "hello"}},
        {"message": {"id": "../../etc", "output": "hello"}},
        {"message": {"id": "6f1b0d2e-0000-1000-8000-000000000000", "output": "hello"}},
        {"message": {"id": str(uuid.uuid4()), "output": {"a": 1}}},
        {"message": {"id": str(uuid.uuid4()), "output": "  \n\t "}},
    ],
)
async def test_a_payload_that_is_no_message_is_refused_in_words(
    guest: ChatClient, scripted: ScriptedAssistant, payload: object
) -> None:
    await guest.connect()
    await guest.socket.emit("client_message", payload)
    said = await guest.wait_for("new_message")
    assert said["isError"]
    assert "Error" not in said["output"]
    assert not scripted.turns


async def test_file_references_are_dropped(guest: ChatClient) -> None:
    await guest.connect()
    message = {"id": str(uuid.uuid4()), "output": "hello"}
    await guest.socket.emit("client_message", {"message": message, "fileReferences": [{"id": "x"}]})
    await guest.wait_for("update_message", containing="Good day.")
    assert not guest.named("element")


async def test_a_second_message_waits_its_turn(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    await guest.send("slow")
    await guest.wait_for("stream_token", containing="two")
    await guest.send("hello")
    scripted.gate.set()
    await guest.wait_for("update_message", containing="Good day.")
    assert [turn.text for turn in scripted.turns] == ["slow", "hello"]
    records = [await scripted.stores.records.of_thread(turn.thread_id) for turn in scripted.turns[:1]]
    assert [record.status for record in records[0]] == ["delivered", "delivered"]


async def test_stop_reaches_what_waits_in_line_and_what_it_waits_for(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.connect()
    await guest.send("slow")
    await guest.wait_for("stream_token", containing="two")
    await guest.send("hello")
    await guest.socket.emit("stop")
    await guest.wait_for("update_message", containing="Stopped before it was finished.")
    assert [turn.text for turn in scripted.turns] == ["slow"]


async def test_a_second_message_is_refused_or_interrupts_where_that_is_set() -> None:
    for overlap, statuses in (("refuse", ["delivered"]), ("interrupt", ["interrupted", "delivered"])):
        scripted = ScriptedAssistant(
            {"slow": Reply("one two three four", pause_after=2), "": Reply("Good day.")}, overlap=overlap
        )
        async with serve_chat(scripted) as address, ChatClient(address) as client:
            await client.visit()
            await client.connect()
            await client.send("slow")
            await client.wait_for("stream_token", containing="two")
            await client.send("hello")
            said = BusyError.user_message if overlap == "refuse" else "Good day."
            await client.wait_for("new_message" if overlap == "refuse" else "update_message", containing=said)
            scripted.gate.set()
            await client.wait_for("update_message", containing="three four" if overlap == "refuse" else "Good day.")
        records = await scripted.stores.records.of_thread(scripted.turns[0].thread_id)
        assert [record.status for record in records] == statuses


async def test_a_flood_is_slowed_down(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.connect()
    for number in range(40):
        await guest.send(f"hello {number}")
    await guest.wait_for("new_message", containing="faster than I can answer")
    assert len(scripted.turns) <= 15


async def test_sockets_of_one_person_are_bounded(address: str, guest: ChatClient) -> None:
    cookies = {cookie.key: cookie.value for cookie in guest.http.cookie_jar}
    opened: list[ChatClient] = []
    try:
        for _ in range(60):
            client = ChatClient(address)
            opened.append(client)
            client.http.cookie_jar.update_cookies(cookies)
            await client.connect(settle=False)
        pytest.fail("sixty sockets of one person were let in")
    except Refused:
        assert 20 < len(opened) < 60
    finally:
        for client in opened:
            await client.__aexit__()


async def test_a_chats_messages_are_freed_with_its_session(guest: ChatClient) -> None:
    from chainlit.chat_context import chat_contexts

    await guest.connect()
    await guest.ask("hello")
    assert guest.session_id in chat_contexts
    await guest.socket.emit("clear_session")
    await guest.send("")
    await guest.wait_for("new_message", containing="empty")
    await guest.drop()
    async with asyncio.timeout(5):
        while guest.session_id in chat_contexts:
            await asyncio.sleep(0.01)


async def test_a_button_cannot_be_pressed_in_another_users_chat(
    guest: ChatClient, other: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.connect()
    await guest.ask("hello")
    pressed = {"sessionId": guest.session_id, "action": {"name": "request_person"}}
    async with other.http.post("/project/action", json=pressed) as response:
        foreign = response.status, await response.read()
    async with other.http.post("/project/action", json=pressed | {"sessionId": str(uuid.uuid4())}) as response:
        absent = response.status, await response.read()
    assert foreign == absent == (404, absent[1])
    assert await scripted.stores.tickets.listed() == []
