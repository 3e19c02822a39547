"""A turn as the browser's socket sees it: streamed, stopped, failed, handed over, and there again after a reload."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator

import pytest

from assistant.errors import ModelError, StorageFullError
from assistant.testing.assistants import Reply, ScriptedAssistant, cite, save_documents
from assistant.testing.chat_client import ChatClient
from assistant.testing.serving import serve_chat
from assistant.ui.transcript import PERSON_COMMAND
from assistant.values import Document, Verdict

RETURNS = Document(
    id="returns.md",
    title="Returns",
    text="# Returns\n\nYou have 30 days. Parcels are free.\n",
    audience=frozenset({"public"}),
    version="1",
    source="demo",
)
STAFF_ONLY = Document(
    id="staff.md", title="Margins", text="Margins are 40%.", audience=frozenset({"staff"}), version="1", source="demo"
)
REPLIES = {
    "return": Reply("You have 30 days. [1]", citations=(cite(RETURNS, "You have 30 days."),)),
    "margin": Reply("Margins are 40%. [1]", citations=(cite(STAFF_ONLY, "Margins are 40%."),)),
    "weather": Reply("Not the weather, sorry.", verdict=Verdict("refuse", "out_of_scope", "not ours")),
    "which": Reply("Which one?", verdict=Verdict("clarify", "ambiguous", "two", choices=("A lamp", "A chair"))),
    "slow": Reply("one two three four", pause_after=2),
    "fail": Reply("half of it", fails=True),
    "boom": Reply("", crash=RuntimeError("secret path /etc/passwd")),
    "full": Reply("", crash=StorageFullError("disk", "/data is full")),
    "down": Reply("", crash=ModelError("http://10.0.0.1:8000 refused")),
}


@pytest.fixture
async def scripted() -> ScriptedAssistant:
    scripted = ScriptedAssistant(replies=REPLIES)
    await save_documents(scripted.stores, [RETURNS, STAFF_ONLY])
    return scripted


@pytest.fixture
async def guest(scripted: ScriptedAssistant) -> AsyncIterator[ChatClient]:
    async with serve_chat(scripted) as address, ChatClient(address) as client:
        await client.visit()
        await client.connect()
        yield client


def thread_of(client: ChatClient) -> str:
    return str(client.named("first_interaction")[-1]["thread_id"])


async def resumed(client: ChatClient) -> dict:
    client.session_id = str(uuid.uuid4())
    mark = len(client.events)
    thread_id = thread_of(client)
    await client.drop()
    await client.connect(thread_id=thread_id, settle=False)
    return await client.wait_for("resume_thread", since=mark)


async def test_an_answer_streams_in_and_ends_with_its_sources(guest: ChatClient) -> None:
    answer = await guest.ask("How do I return it?")

    streamed = guest.named("stream_start")[0]["output"] + "".join(e["token"] for e in guest.named("stream_token"))
    assert streamed == "You have 30 days. [1]"
    assert answer["output"] == "You have 30 days. [1](/documents/returns.md?start=11&end=28#quote)"
    [sources] = guest.named("element")
    assert sources["forId"] == answer["id"]
    assert [source["title"] for source in sources["props"]["sources"]] == ["Returns"]


async def test_what_was_done_is_one_folded_line_with_its_stages_below(guest: ChatClient) -> None:
    await guest.ask("How do I return it?")

    steps = {step["id"]: step for name, step in guest.events if name in ("new_message", "update_message")}
    [work] = [step for step in steps.values() if step["name"] == "What I did"]
    stages = [step for step in steps.values() if step["parentId"] == work["id"]]
    assert work["end"]
    assert [step["name"].split(" · ")[0] for step in stages] == [
        "Checked the message",
        "Searched the documents",
        "Decided what to do",
    ]


async def test_a_resumed_thread_looks_as_it_did(guest: ChatClient) -> None:
    answer = await guest.ask("How do I return it?")
    sources = guest.named("element")[0]

    thread = await resumed(guest)
    steps = {step["id"]: step for step in thread["steps"]}
    assert steps[answer["id"]]["output"] == answer["output"]
    assert steps[answer["id"]]["parentId"] == answer["parentId"]
    assert [step["output"] for step in thread["steps"] if step["type"] == "user_message"] == ["How do I return it?"]
    assert thread["elements"] == [sources]


async def test_a_source_that_may_no_longer_be_read_loses_its_name(guest: ChatClient) -> None:
    await guest.ask("What is the margin?")
    thread = await resumed(guest)
    assert thread["elements"][0]["props"]["sources"] == [{"index": 1, "title": "", "section": "", "link": ""}]


async def test_stop_keeps_the_partial_answer_and_marks_it(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.send("be slow")
    await guest.wait_for("stream_token", containing="two")
    await guest.socket.emit("stop")
    stopped = await guest.wait_for("update_message", containing="Stopped before it was finished.")
    await guest.wait_for("task_end")

    assert stopped["output"].startswith("one two")
    assert "manually stopped" not in str(guest.events)
    [record] = await scripted.stores.records.of_thread(thread_of(guest))
    assert (record.status, record.answer.split()) == ("interrupted", ["one", "two"])
    thread = await resumed(guest)
    assert any(step["output"] == stopped["output"] for step in thread["steps"])


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("boom", "Something went wrong on our side"), ("full", "can't store anything"), ("down", "Something went wrong")],
)
async def test_a_failure_is_one_sentence_and_no_more(
    guest: ChatClient, caplog: pytest.LogCaptureFixture, question: str, sentence: str
) -> None:
    with caplog.at_level(logging.WARNING):
        await guest.send(question)
        said = await guest.wait_for("new_message", containing=sentence)
    assert said["isError"]
    for secret in ("/etc/passwd", "/data", "10.0.0.1", "RuntimeError", "ModelError", "Traceback"):
        assert secret not in str(guest.events)
    assert "Traceback" in caplog.text


async def test_the_reference_number_leads_to_the_log(guest: ChatClient, caplog: pytest.LogCaptureFixture) -> None:
    await guest.send("boom")
    said = await guest.wait_for("new_message", containing="Reference")
    reference = said["output"].split("**")[1]
    assert f"turn {reference.lower()}" in caplog.text


async def test_a_turn_that_failed_says_so_now_and_later_and_offers_a_person(guest: ChatClient) -> None:
    answer = await guest.ask("fail please")
    await guest.wait_for("action", containing=answer["id"])
    assert answer["isError"]
    assert answer["output"].startswith("half of it")
    again = next(step for step in (await resumed(guest))["steps"] if step["id"] == answer["id"])
    assert (again["output"], again["isError"]) == (answer["output"], True)


async def test_a_refusal_offers_a_person_and_the_button_opens_a_ticket(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.ask("The weather?")
    action = await guest.wait_for("action")
    async with guest.http.post("/project/action", json={"sessionId": guest.session_id, "action": action}) as response:
        assert response.status == 200
    await guest.wait_for("update_message", containing="T-1001")
    [ticket] = await scripted.stores.tickets.listed()
    assert ticket.thread_id == thread_of(guest)
    thread = await resumed(guest)
    assert "T-1001" in str(thread["steps"])


async def test_the_composers_command_opens_a_ticket_without_a_word(guest: ChatClient) -> None:
    assert guest.named("set_commands")[0][0]["id"] == PERSON_COMMAND
    await guest.send("", command=PERSON_COMMAND)
    await guest.wait_for("update_message", containing="T-1001")
    questions = [step["output"] for step in guest.named("update_message") if step["type"] == "user_message"]
    assert questions == ["I'd like to talk to a person."]


async def test_the_composers_command_takes_the_words_along(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.send("How do I return it?", command=PERSON_COMMAND)
    await guest.wait_for("update_message", containing="T-1001")
    assert [turn.text for turn in scripted.turns] == ["How do I return it?"]


async def test_an_answer_that_was_supported_offers_no_person(guest: ChatClient) -> None:
    await guest.ask("How do I return it?")
    assert not guest.named("action")


async def test_a_question_back_offers_its_choices(guest: ChatClient) -> None:
    await guest.ask("which one?")
    [choices] = guest.named("element")
    assert (choices["name"], choices["props"]["choices"]) == ("Choices", ["A lamp", "A chair"])


async def test_what_arrives_while_the_socket_is_away_is_there_when_it_returns(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.send("be slow")
    await guest.wait_for("stream_token", containing="two")
    await guest.drop()
    scripted.gate.set()
    async with asyncio.timeout(5):
        while (await scripted.stores.records.of_thread(thread_of(guest)))[0].status == "running":
            await asyncio.sleep(0.01)
    mark = len(guest.events)
    await guest.connect(settle=False)
    thread = await guest.wait_for("resume_thread", since=mark)
    assert "one two three four" in str(thread["steps"])


async def test_a_running_answer_goes_on_after_a_reconnect_and_can_be_stopped(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    await guest.send("be slow")
    await guest.wait_for("stream_token", containing="two")
    await guest.drop()
    mark = len(guest.events)
    await guest.connect(settle=False)
    again = await guest.wait_for("stream_start", since=mark)
    assert again["output"].split() == ["one", "two"]
    assert guest.named("task_start", since=mark)
    await guest.socket.emit("stop")
    await guest.wait_for("update_message", since=mark, containing="Stopped before")


async def test_a_reload_in_mid_answer_goes_on_in_the_new_page(guest: ChatClient, scripted: ScriptedAssistant) -> None:
    await guest.send("be slow")
    await guest.wait_for("stream_token", containing="two")
    mark = len(guest.events)
    await resumed(guest)
    await guest.wait_for("stream_start", since=mark)
    scripted.gate.set()
    finished = await guest.wait_for("update_message", since=mark, containing="three four")
    assert finished["output"] == "one two three four"
    await guest.wait_for("task_end", since=len(guest.events) - 1 if guest.events[-1][0] == "task_end" else mark)


async def test_the_same_message_sent_again_is_answered_from_the_records(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    message_id = str(uuid.uuid4())
    first = await guest.ask("How do I return it?", message_id=message_id)
    again = await guest.ask("How do I return it?", message_id=message_id)
    assert (first["id"], first["output"]) == (again["id"], again["output"])
    assert len(await scripted.stores.records.of_thread(thread_of(guest))) == 1


async def test_the_new_thread_is_in_the_sidebar_when_the_browser_asks(guest: ChatClient) -> None:
    await guest.send("be slow")
    await guest.wait_for("first_interaction")
    async with guest.http.post("/project/threads", json={"pagination": {"first": 10}, "filter": {}}) as response:
        page = await response.json()
    assert [thread["name"] for thread in page["data"]] == ["be slow"]


async def test_a_thumb_with_its_comment_is_stored_and_comes_back(
    guest: ChatClient, scripted: ScriptedAssistant
) -> None:
    answer = await guest.ask("How do I return it?")
    thumb = {"forId": answer["parentId"], "value": 0, "comment": "too short"}
    async with guest.http.put("/feedback", json={"feedback": thumb, "sessionId": "x"}) as response:
        feedback_id = (await response.json())["feedbackId"]
    [record] = await scripted.stores.records.of_thread(thread_of(guest))
    assert (record.feedback, record.feedback_comment) == (0, "too short")
    run = next(step for step in (await resumed(guest))["steps"] if step["type"] == "run")
    assert (run["feedback"]["value"], run["feedback"]["comment"]) == (0, "too short")

    async with guest.http.delete("/feedback", json={"feedbackId": feedback_id}) as response:
        assert response.status == 200
    [record] = await scripted.stores.records.of_thread(thread_of(guest))
    assert record.feedback is None
