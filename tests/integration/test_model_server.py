"""The stand-in model server does what its page says."""

import asyncio
import json
import sys
import time

import httpx
import pytest

from assistant.testing.completions import Behaviour
from assistant.testing.model_server import nonce, serve_model

QUESTION = {"model": "stand-in", "messages": [{"role": "user", "content": "hello there"}]}
STREAM = {**QUESTION, "stream": True}


async def post(base_url, body, **headers):
    async with httpx.AsyncClient(timeout=5) as http:
        return await http.post(f"{base_url}/chat/completions", json=body, headers=headers)


def events(answer):
    return [json.loads(line[6:]) for line in answer.text.split("\n\n") if line.startswith("data: {")]


async def test_a_whole_reply_counts_its_tokens():
    async with serve_model(Behaviour(mode="echo")) as running:
        body = (await post(running.base_url, QUESTION)).json()
        assert body["choices"][0]["message"]["content"] == "hello there"
        assert body["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}


async def test_a_stream_gives_usage_only_when_asked():
    async with serve_model(Behaviour(mode="echo")) as running:
        plain = events(await post(running.base_url, STREAM))
        asked = events(await post(running.base_url, {**STREAM, "stream_options": {"include_usage": True}}))
        assert [event["usage"] for event in plain] == [None] * len(plain)
        assert asked[-1]["usage"]["completion_tokens"] == 2
        texts = [event["choices"][0]["delta"].get("content") or "" for event in plain]
        assert "".join(texts) == "hello there"
        assert plain[-1]["choices"][0]["finish_reason"] == "stop"


async def test_a_nonce_belongs_to_a_conversation_and_turn():
    async with serve_model(Behaviour(mode="nonce")) as running:
        body = {**QUESTION, "messages": [{"role": "user", "content": "hi #c7/3"}]}
        reply = (await post(running.base_url, body)).json()["choices"][0]["message"]["content"]
        assert reply == nonce("c7", 3)
        assert nonce("c7", 3) != nonce("c7", 4)


@pytest.mark.parametrize(
    "passage",
    ['<passage number="1" title="A">\nIt is red. It is big.\n</passage>', "[1] A\nIt is red. It is big.\n\n[2] B"],
)
async def test_the_evidence_is_quoted_and_cited(passage):
    async with serve_model() as running:
        body = {**QUESTION, "messages": [{"role": "system", "content": f"Use:\n{passage}"}, *QUESTION["messages"]]}
        reply = (await post(running.base_url, body)).json()["choices"][0]["message"]["content"]
        assert reply == "It is red. [1]"


async def test_a_scripted_step_waits_for_its_request():
    async with serve_model(Behaviour(mode="echo")) as running:
        root = running.base_url.removesuffix("/v1")
        async with httpx.AsyncClient() as http:
            await http.post(f"{root}/script", json=[{"when": "weather", "text": "sunny"}])
            assert (await post(running.base_url, QUESTION)).json()["choices"][0]["message"]["content"] == "hello there"
            body = {**QUESTION, "messages": [{"role": "user", "content": "the weather?"}]}
            assert (await post(running.base_url, body)).json()["choices"][0]["message"]["content"] == "sunny"
            log = (await http.get(f"{root}/log")).json()
        assert [entry["body"]["messages"][0]["content"] for entry in log] == ["hello there", "the weather?"]


async def test_a_line_of_the_users_makes_a_tool_call_and_its_result_an_answer():
    async with serve_model() as running:
        asked = {"role": "user", "content": 'Question:\nuse probe {"word": "red"}'}
        tools = [{"type": "function", "function": {"name": "probe", "parameters": {}}}]
        choice = (await post(running.base_url, {**QUESTION, "messages": [asked], "tools": tools})).json()["choices"][0]
        assert choice["finish_reason"] == "tool_calls"
        assert choice["message"]["tool_calls"][0]["function"] == {"name": "probe", "arguments": '{"word": "red"}'}
        told = {"role": "tool", "tool_call_id": "call_0", "content": '<passage number="1">\nIt is red.\n</passage>'}
        body = {**QUESTION, "messages": [asked, choice["message"], told], "tools": tools}
        assert (await post(running.base_url, body)).json()["choices"][0]["message"]["content"] == "It is red. [1]"


async def test_faults_come_by_header_and_by_count():
    async with serve_model(Behaviour(mode="echo", fault="429", fault_every=2, retry_after="1")) as running:
        statuses = [(await post(running.base_url, QUESTION)).status_code for _ in range(4)]
        assert statuses == [200, 429, 200, 429]
        assert (await post(running.base_url, QUESTION, **{"x-fault": "500"})).status_code == 500


async def test_a_cut_reply_breaks_the_connection():
    async with serve_model(Behaviour(mode="echo", fault="cut")) as running:
        with pytest.raises(httpx.RemoteProtocolError):
            await post(running.base_url, STREAM)


async def test_latency_and_pace_are_kept():
    async with serve_model(Behaviour(mode="echo", latency_ms=200, tokens_per_s=20)) as running:
        began = time.monotonic()
        await post(running.base_url, STREAM)
        assert 0.4 < time.monotonic() - began < 2


async def test_it_runs_as_a_program():
    with __import__("socket").create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "assistant.testing.model_server", "--port", str(port), "--mode", "echo"]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with httpx.AsyncClient() as http, asyncio.timeout(20):
            while True:
                try:
                    models = await http.get(f"http://127.0.0.1:{port}/v1/models")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
        assert models.json()["data"][0]["id"] == "stand-in"
    finally:
        process.terminate()
        await process.wait()
