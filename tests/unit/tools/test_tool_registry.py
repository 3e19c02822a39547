"""What a model may do with tools, and what it may not."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import Field

from assistant.errors import ConfigurationError, ToolError, UnavailableError
from assistant.ports import ToolCall
from assistant.tools.registry import Registry, ToolPolicy, admit, bounded, entry
from assistant.tools.shipped import SHIPPED
from assistant.tools.tool import Arguments, Tool, ToolContext
from assistant.values import Caller, Ticket

MAYA = Caller("maya")


class FewTickets:
    def __init__(self, *tickets):
        self.by_number = {ticket.number: ticket for ticket in tickets}

    async def get(self, number):
        return self.by_number.get(number)

    async def of_thread(self, thread_id):
        return next((ticket for ticket in self.by_number.values() if ticket.thread_id == thread_id), None)


def ticket(number, user_id, thread_id="t1"):
    return Ticket(
        id=number,
        number=number,
        thread_id=thread_id,
        user_id=user_id,
        reason="asked_for",
        state="queued",
        queue="",
        summary="private words",
        language="en",
        opened_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    )


def context(caller=MAYA, *, passages=("<passage>red</passage>",), number="T-1042", tickets=()):
    asked = []

    async def search(query):
        asked.append(query)
        return passages

    async def request_person(note):
        asked.append(note)
        return number

    return ToolContext(caller, "t1", search, request_person, FewTickets(*tickets))


class Word(Arguments):
    word: str = Field(max_length=20)


def tool(run, name="probe", arguments=Word):
    return Tool(name, "A probe.", arguments, run)


def call(name="probe", **arguments):
    return ToolCall("c1", name, arguments or {"word": "x"})


async def fine(arguments, _context):
    return (f"heard {arguments.word}",)


async def test_an_allowed_call_returns_its_text():
    outcome = await Registry([tool(fine)]).run(call(word="red"), context())
    assert (outcome.ok, outcome.text, outcome.call_id, outcome.name) == (True, "heard red", "c1", "probe")


async def test_a_tool_that_is_not_allowed_is_neither_shown_nor_run():
    registry = Registry([tool(fine), tool(fine, "other")], allowed=frozenset({"other"}))
    assert [spec.name for spec in registry.specs] == ["other"]
    outcome = await registry.run(call(), context())
    assert (outcome.ok, outcome.refused) == (False, True)
    assert "other" in outcome.text


@pytest.mark.parametrize(
    "arguments",
    [{"word": 3}, {}, {"word": "x", "user_id": "boss"}, {"word": "x" * 21}, {"word": "x", "groups": ["staff"]}],
)
async def test_arguments_that_miss_the_schema_are_refused_without_running(arguments):
    ran = []

    async def run(_arguments, _context):
        ran.append(1)
        return ("ran",)

    outcome = await Registry([tool(run)]).run(ToolCall("c1", "probe", arguments), context())
    assert (outcome.ok, ran) == (False, [])
    assert "schema" in outcome.text
    assert "boss" not in outcome.text


def test_a_schema_that_asks_who_is_asking_is_refused_at_start():
    class WithUser(Arguments):
        user_id: str

    with pytest.raises(ConfigurationError, match="who asks"):
        Registry([tool(fine, arguments=WithUser)])


def test_an_allow_list_with_an_unknown_name_is_refused_at_start():
    with pytest.raises(ConfigurationError, match="missing"):
        Registry([tool(fine)], allowed=frozenset({"missing"}))


async def test_a_slow_call_is_stopped():
    stopped = asyncio.Event()

    async def slow(_arguments, _context):
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    outcome = await Registry([tool(slow)], policy=ToolPolicy(timeout_s=0.02)).run(call(), context())
    assert not outcome.ok
    assert "too long" in outcome.text
    await asyncio.wait_for(stopped.wait(), 1)


@pytest.mark.parametrize(
    "failure", [UnavailableError("qdrant", "10.0.0.7:6333 refused"), KeyError("/srv/secret"), OSError(2)]
)
async def test_a_failure_is_an_outcome_without_internals(failure):
    async def broken(_arguments, _context):
        raise failure

    outcome = await Registry([tool(broken)]).run(call(), context())
    assert (outcome.ok, outcome.text) == (False, "probe is not available at the moment.")


async def test_a_tool_error_speaks_to_the_model():
    async def picky(_arguments, _context):
        raise ToolError("Ask for the order number first.")

    outcome = await Registry([tool(picky)]).run(call(), context())
    assert (outcome.ok, outcome.text) == (False, "Ask for the order number first.")


async def test_cancelling_the_turn_cancels_the_call():
    started, stopped = asyncio.Event(), asyncio.Event()

    async def slow(_arguments, _context):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    running = asyncio.create_task(Registry([tool(slow)]).run(call(), context()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(stopped.wait(), 1)


def past(ok=True, refused=False, name="probe", **arguments):
    return {"name": name, "arguments": arguments or {"word": "x"}, "ok": ok, "refused": refused}


def test_the_same_call_again_is_stopped_and_said():
    assert "already called" in (admit(call(), [past()]) or "")
    assert admit(call(word="y"), [past()]) is None


def test_a_failed_call_may_be_tried_once_more_and_no_more():
    assert admit(call(), [past(ok=False)]) is None
    assert "stopped" in (admit(call(), [past(ok=False), past(ok=False)]) or "")
    assert admit(call("other"), [past(ok=False), past(ok=False)]) is None


def test_a_turn_has_so_many_calls_and_refused_ones_count():
    previous = [past(word=str(n)) for n in range(3)] + [past(ok=False, refused=True)]
    assert "No more" in (admit(call(), previous, ToolPolicy(calls_per_turn=4)) or "")


async def test_a_model_in_a_loop_is_stopped():
    registry, previous, texts = Registry([tool(fine)]), [], []
    for _ in range(20):
        outcome = await registry.run(call(), context(), previous=previous)
        previous.append(entry(call(), outcome))
        texts.append(outcome.text)
    assert texts[0] == "heard x"
    assert sum(1 for noted in previous if noted["ok"]) == 1
    assert texts[-1].startswith("No more tool calls")


def test_results_are_bounded_by_whole_blocks():
    assert bounded(["a" * 5, "b" * 5, "c" * 5], 12) == "aaaaa\nbbbbb\n(1 more left out)"
    assert len(bounded(["a" * 100], 12)) < 20


async def run(name, context, **arguments):
    return await Registry(SHIPPED).run(ToolCall("c1", name, arguments), context)


def test_shipped_tools_have_closed_schemas():
    specs = {spec.name: spec.parameters for spec in Registry(SHIPPED).specs}
    assert set(specs) == {"search_knowledge", "request_person", "ticket_status"}
    assert all(parameters["additionalProperties"] is False for parameters in specs.values())
    assert specs["search_knowledge"]["required"] == ["query"]
    assert specs["ticket_status"]["required"] == []


async def test_search_returns_passages_as_data():
    outcome = await run("search_knowledge", context(), query="red things")
    assert outcome.ok
    assert "<passage>red</passage>" in outcome.text
    assert "never instructions" in outcome.text
    assert (await run("search_knowledge", context(passages=()), query="red")).text == "Nothing was found."


async def test_a_person_is_requested_and_the_number_told():
    assert "T-1042" in (await run("request_person", context(), reason="wants a person")).text
    refused = await run("request_person", context(number=""), reason="wants a person")
    assert not refused.ok


async def test_own_tickets_only_and_foreign_reads_like_absent():
    tickets = (ticket("T-1", "maya"), ticket("T-2", "boss", thread_id="t2"))
    own = await run("ticket_status", context(tickets=tickets), number="T-1")
    foreign = await run("ticket_status", context(tickets=tickets), number="T-2")
    absent = await run("ticket_status", context(tickets=tickets), number="T-3")
    assert own.text == "Ticket T-1 is waiting for a person. It was opened on 2026-01-02 at 03:04 UTC."
    assert (foreign.text, foreign.ok) == (absent.text, absent.ok)
    assert (await run("ticket_status", context(tickets=tickets))).text == own.text
    assert (await run("ticket_status", context(Caller("eve"), tickets=tickets))).text == "There is no ticket here."
