"""The model adapter against a real HTTP server that misbehaves on command."""

import asyncio
import time
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.adapters.breaker import Breaker
from assistant.adapters.model_replies import retry_after_s
from assistant.adapters.models import Patience, open_model
from assistant.errors import ConfigurationError, ModelError
from assistant.ports import ToolCall, ToolSpec
from assistant.testing.completions import Behaviour
from assistant.testing.model_server import serve_model

SEARCH = ToolSpec(
    "search_knowledge",
    "Search.",
    {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
)
QUICK = Patience(connect_s=1, first_token_s=0.5, stall_s=0.3, backoff_s=0.01, breaker_failures=50)
EVIDENCE = SystemMessage("Answer from these.\n[1] Returns\nYou have 30 days to return an item. Keep the box.")


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


async def collect(model, pieces):
    async for chunk in model.stream([EVIDENCE]):
        pieces.append(chunk.text)


@asynccontextmanager
async def stand_in(behaviour=None, *, patience=QUICK, clock=time.monotonic, timeout_s=5.0, name="stand-in"):
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)

    async with serve_model(behaviour) as running:
        model = open_model(
            name,
            base_url=running.base_url,
            api_key="k-secret",
            timeout_s=timeout_s,
            max_tokens=50,
            patience=patience,
            clock=clock,
            sleep=pause,
        )
        try:
            yield model, running.server, pauses
        finally:
            await model.aclose()


async def reply(model, *messages, tools=()):
    text, calls, usage = "", (), None
    async for chunk in model.stream(messages or [HumanMessage("hello")], tools=tools):
        text, calls, usage = text + chunk.text, chunk.tool_calls or calls, chunk.usage or usage
    return text, calls, usage


async def test_a_reply_streams_with_its_usage():
    async with stand_in() as (model, server, _):
        text, calls, usage = await reply(model, EVIDENCE, HumanMessage("How long may I return?"))
        assert text == "You have 30 days to return an item. [1]"
        assert calls == ()
        assert usage.prompt > 10
        assert usage.completion > 5
        sent = server.log[0]
        assert sent["authorization"] == "Bearer k-secret"
        assert sent["body"]["model"] == "stand-in"
        assert sent["body"]["temperature"] == 0
        # Ollama knows the old name of the limit only.
        assert sent["body"]["max_tokens"] == 50


async def test_pieces_arrive_while_the_model_still_writes():
    async with stand_in(Behaviour(tokens_per_s=20)) as (model, _, _):
        times = [time.monotonic() async for chunk in model.stream([EVIDENCE]) if chunk.text]
        assert times[-1] - times[0] > 0.2


async def test_a_tool_call_comes_whole_with_the_last_piece():
    async with stand_in() as (model, server, _):
        text, calls, usage = await reply(
            model, HumanMessage('use search_knowledge {"query": "refund"}'), tools=[SEARCH]
        )
        assert (text, calls) == ("", (ToolCall("call_0", "search_knowledge", {"query": "refund"}),))
        assert usage is not None
        assert server.log[0]["body"]["tools"][0]["function"]["name"] == "search_knowledge"


@pytest.mark.parametrize("fault", ["429", "500", "junk", "html", "empty", "badtool"])
async def test_a_fault_before_the_first_piece_is_retried_and_forgotten(fault):
    async with stand_in() as (model, server, pauses):
        server.script += [{"fault": fault}, {"fault": fault}, {"text": "fine now"}]
        text, _, _ = await reply(model)
        assert text == "fine now"
        assert len(server.log) == 3
        assert pauses == [0.01, 0.02]


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        ("429", 3),
        ("500", 3),
        ("junk", 3),
        ("html", 3),
        ("empty", 3),
        ("badtool", 3),
        ("401", 1),
        ("hang", 1),
        ("cut", 1),
        ("short", 1),
        ("stall", 1),
    ],
)
async def test_every_fault_ends_in_a_model_error_after_two_retries_at_most(fault, attempts):
    async with stand_in(Behaviour(fault=fault)) as (model, server, _):
        began = time.monotonic()
        with pytest.raises(ModelError) as raised:
            await reply(model, EVIDENCE)
        assert time.monotonic() - began < 3
        assert len(server.log) == attempts
        assert "k-secret" not in str(raised.value)
        assert "stand-in fault" not in str(raised.value)


@pytest.mark.parametrize("fault", ["cut", "stall"])
async def test_after_the_first_piece_there_is_no_retry(fault):
    async with stand_in(Behaviour(fault=fault)) as (model, server, _):
        pieces = []
        with pytest.raises(ModelError):
            await collect(model, pieces)
        assert pieces == ["You"]
        assert len(server.log) == 1


async def test_the_whole_reply_is_bounded_in_time():
    async with stand_in(Behaviour(tokens_per_s=5), timeout_s=0.5) as (model, _, _):
        began = time.monotonic()
        with pytest.raises(ModelError):
            await reply(model, EVIDENCE)
        assert time.monotonic() - began < 1.5


async def test_a_dead_address_is_a_model_error():
    model = open_model("m", base_url="http://127.0.0.1:9/v1", api_key=None, timeout_s=5, max_tokens=5, patience=QUICK)
    with pytest.raises(ModelError):
        await reply(model)
    assert not (await model.health()).well
    await model.aclose()


async def test_a_short_retry_after_is_obeyed_and_a_long_one_is_an_error_at_once():
    async with stand_in() as (model, server, pauses):
        server.script += [{"fault": "429", "retry_after": "3"}, {"text": "fine"}]
        assert (await reply(model))[0] == "fine"
        assert pauses == [3.0]
        server.script += [{"fault": "429", "retry_after": "60"}]
        with pytest.raises(ModelError):
            await reply(model)
        assert len(server.log) == 3


async def test_the_breaker_answers_for_a_dead_model_and_closes_after_a_good_probe():
    clock = Clock()
    patience = Patience(backoff_s=0.01, breaker_failures=3, breaker_rest_s=30)
    async with stand_in(Behaviour(fault="500"), patience=patience, clock=clock) as (model, server, _):
        with pytest.raises(ModelError):
            await reply(model)
        assert len(server.log) == 3
        with pytest.raises(ModelError):
            await reply(model)
        assert len(server.log) == 3
        assert not (await model.health()).well
        clock.now += 31
        server.script += [{"text": "back"}]
        assert (await reply(model))[0] == "back"
        assert (await model.health()).well


async def test_a_request_the_server_finds_wrong_does_not_open_the_breaker():
    async with stand_in(Behaviour(fault="400"), patience=Patience(breaker_failures=1)) as (model, server, _):
        for _ in range(2):
            with pytest.raises(ModelError):
                await reply(model)
        assert len(server.log) == 2


async def test_a_caller_who_goes_away_neither_fails_nor_heals_the_breaker():
    async with stand_in(Behaviour(tokens_per_s=20), patience=Patience(breaker_failures=1)) as (model, _, _):
        async with aclosing(model.stream([EVIDENCE])) as chunks:
            await anext(chunks)
        assert not model.breaker.open
        assert (await reply(model, EVIDENCE))[0]


async def test_a_caller_who_gives_up_on_a_silent_model_counts_against_it():
    patience = Patience(breaker_failures=1, suspect_s=0.1)
    async with stand_in(Behaviour(fault="hang"), patience=patience) as (model, _, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reply(model), 0.05)
        assert not model.breaker.open
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reply(model), 0.2)
        assert model.breaker.open


async def test_concurrent_replies_stay_apart():
    async with stand_in(Behaviour(mode="echo")) as (model, _, _):
        replies = await asyncio.gather(*(reply(model, HumanMessage(f"word {n}")) for n in range(10)))
        assert [text for text, _, _ in replies] == [f"word {n}" for n in range(10)]


async def test_health_lists_the_models():
    async with stand_in() as (model, _, _):
        assert (await model.health()).well
    async with stand_in(name="openai:another") as (model, _, _):
        part = await model.health()
        assert part.well
        assert part.name == "model:generate"
        assert "doesn't list" in part.detail


def test_a_name_nobody_knows_is_a_configuration_error():
    with pytest.raises(ConfigurationError):
        open_model("no-such-thing", base_url=None, api_key="x", timeout_s=5, max_tokens=5)
    with pytest.raises(ConfigurationError, match="package"):
        open_model("fireworks:x", base_url=None, api_key="x", timeout_s=5, max_tokens=5)


def test_a_model_name_with_a_colon_is_kept_whole_on_a_compatible_server():
    model = open_model("llama3:8b", base_url="http://127.0.0.1:9/v1", api_key=None, timeout_s=5, max_tokens=5)
    assert model.chat.model_name == "llama3:8b"


def test_one_probe_at_a_time():
    clock = Clock()
    breaker = Breaker(1, 10, clock)
    assert breaker.admit()
    breaker.failed()
    assert not breaker.admit()
    clock.now += 10
    assert breaker.admit()
    assert not breaker.admit()
    breaker.abandoned()
    assert breaker.admit()
    breaker.failed()
    assert not breaker.admit()


def test_retry_after_is_seconds_or_a_date():
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after_s("2", now) == 2
    assert retry_after_s("Thu, 01 Jan 2026 12:00:05 GMT", now) == 5
    assert retry_after_s("", now) is None
    assert retry_after_s("soon", now) is None
