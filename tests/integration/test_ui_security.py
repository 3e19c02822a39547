"""The chat's routes: every one asked by its owner, by another user, and by nobody."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assistant.testing.assistants import Reply, ScriptedAssistant, cite, save_documents
from assistant.testing.serving import serve_chat
from assistant.values import Document, Finished, Part, Record, Turn

SECRET = "The vault code is 4711."
STAFF_ONLY = Document(
    id="staff/vault.md", title="Vault", text=SECRET, audience=frozenset({"staff"}), version="1", source="demo"
)
HOSTILE = Document(
    id="public/hostile.md",
    title="<img src=x onerror=alert(1)>",
    text="# <script>alert(1)</script>\n\n<b>b</b> [x](javascript:alert(1)) ![y](http://127.0.0.1:9/y.png)\n\nQuoted.",
    audience=frozenset({"public"}),
    version="1",
    source="demo",
)


@dataclass
class House:
    """A served chat with two accounts and a turn of the first."""

    scripted: ScriptedAssistant
    address: str
    owner: httpx.AsyncClient
    other: httpx.AsyncClient
    nobody: httpx.AsyncClient
    record: Record


@pytest.fixture
async def house() -> AsyncIterator[House]:
    scripted = ScriptedAssistant(
        replies={"vault": Reply(f"{SECRET} [1]", citations=(cite(STAFF_ONLY, SECRET),))}, guests=True
    )
    await save_documents(scripted.stores, [STAFF_ONLY, HOSTILE])
    for name in ("owner", "other"):
        await scripted.stores.users.add(f"{name}@halden.example", f"{name}-password", "staff", frozenset())
    async with serve_chat(scripted) as address:
        clients = [httpx.AsyncClient(base_url=address) for _ in range(3)]
        try:
            owner, other, nobody = clients
            for name, client in (("owner", owner), ("other", other)):
                form = {"username": f"{name}@halden.example", "password": f"{name}-password"}
                assert (await client.post("/login", data=form)).status_code == 303
            record = await turn_of(scripted, "owner@halden.example")
            yield House(scripted, address, owner, other, nobody, record)
        finally:
            for client in clients:
                await client.aclose()


async def turn_of(scripted: ScriptedAssistant, email: str) -> Record:
    user = await scripted.stores.users.get(email)
    assert user is not None
    from assistant.values import Caller

    caller = Caller(user.id, user.role, user.groups)
    turn = Turn(str(uuid.uuid4()), str(uuid.uuid4()), "the vault?", caller, datetime.now(UTC))
    async for event in scripted.take(turn):
        if isinstance(event, Finished):
            return event.record
    raise AssertionError("no answer")


Call = Callable[[httpx.AsyncClient, Record], "httpx._client.Response"]
ROUTES = {
    "read": lambda client, r: client.get(f"/project/thread/{r.thread_id}"),
    "rename": lambda client, r: client.put("/project/thread", json={"threadId": r.thread_id, "name": "new name"}),
    "rate": lambda client, r: client.put(
        "/feedback", json={"feedback": {"forId": f"run-{r.answer_id}", "value": 1}, "sessionId": ""}
    ),
    "unrate": lambda client, r: client.request("DELETE", "/feedback", json={"feedbackId": r.answer_id}),
    "passage": lambda client, r: client.get(f"/api/passages?turn={r.trace_id}&index=1"),
    "delete": lambda client, r: client.request("DELETE", "/project/thread", json={"threadId": r.thread_id}),
}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_serves_its_owner_and_is_the_same_404_for_foreign_and_absent(house: House, route: str) -> None:
    call, record = ROUTES[route], house.record
    absent = Record(
        trace_id=uuid.uuid4().hex,
        thread_id=str(uuid.uuid4()),
        message_id="",
        answer_id=str(uuid.uuid4()),
        user_id="",
        question="",
        status="delivered",
        created_at=record.created_at,
    )
    foreign, missing = await call(house.other, record), await call(house.other, absent)
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert missing.status_code == 404
    assert (await call(house.nobody, record)).status_code == 401
    stored = await house.scripted.stores.records.get(record.trace_id)
    assert stored == record
    thread = await house.scripted.stores.threads.get(record.thread_id)
    assert thread is not None
    assert thread.name == "the vault?"

    assert (await call(house.owner, record)).status_code == 200


async def test_the_sidebar_lists_only_ones_own_whatever_the_filter_says(house: House) -> None:
    asked = {"pagination": {"first": 50}, "filter": {"userId": house.record.user_id, "search": "vault"}}
    assert (await house.other.post("/project/threads", json=asked)).json()["data"] == []
    assert (await house.nobody.post("/project/threads", json=asked)).status_code == 401
    [row] = (await house.owner.post("/project/threads", json=asked)).json()["data"]
    assert row["id"] == house.record.thread_id


async def test_a_document_is_the_same_404_for_foreign_and_absent(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.address) as guest:
        await guest.get("/")
        foreign, missing = await guest.get("/documents/staff/vault.md"), await guest.get("/documents/staff/nothing.md")
        assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text) == (404, missing.text)
        assert SECRET not in foreign.text
    assert SECRET in (await house.owner.get("/documents/staff/vault.md")).text


async def test_a_passage_is_gone_with_the_right_to_its_document(house: House) -> None:
    address = f"/api/passages?turn={house.record.trace_id}&index=1"
    assert SECRET in (await house.owner.get(address)).text
    await house.scripted.stores.documents.remove([STAFF_ONLY.id])
    gone = await house.owner.get(address)
    assert gone.status_code == 404
    assert SECRET not in gone.text


async def test_a_passage_that_changed_says_so(house: House) -> None:
    changed = Document(STAFF_ONLY.id, "Vault", "It has moved.", STAFF_ONLY.audience, "2", "demo")
    await save_documents(house.scripted.stores, [changed])
    passage = (await house.owner.get(f"/api/passages?turn={house.record.trace_id}&index=1")).json()
    assert not passage["found"]


async def test_a_hostile_document_is_text(house: House) -> None:
    page = (await house.owner.get(f"/documents/{HOSTILE.id}?start=0&end=9999")).text
    for live in ("<script>alert", "<img src=x", "<b>", 'javascript:alert(1)"', "<img"):
        assert live not in page.replace('<img src="/public/mark.svg"', "")


@pytest.mark.parametrize("query", ["start=-5&end=10", "start=5&end=1", "start=99999&end=999999", "start=&end="])
async def test_odd_spans_do_no_harm(house: House, query: str) -> None:
    assert (await house.owner.get(f"/documents/{HOSTILE.id}?{query}")).status_code in {200, 422}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/project/thread/share"),
        ("GET", "/project/share/x"),
        ("GET", "/share/x"),
        ("POST", "/mcp"),
        ("DELETE", "/mcp"),
        ("POST", "/project/file?session_id=x"),
        ("GET", "/project/file/x?session_id=x"),
        ("PUT", "/project/element"),
        ("DELETE", "/project/element"),
        ("GET", "/project/thread/x/element/y"),
        ("POST", "/auth/jwt"),
        ("POST", "/auth/header"),
        ("GET", "/auth/oauth/github"),
        ("GET", "/copilot/index.js"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/anything/else"),
    ],
)
async def test_what_we_did_not_name_does_not_exist(house: House, method: str, path: str) -> None:
    response = await house.owner.request(method, path, json={"threadId": house.record.thread_id, "isShared": True})
    assert response.status_code in {404, 405}
    assert "vault" not in response.text


@pytest.mark.parametrize(
    "path", ["/public/../../pyproject.toml", "/public/%2e%2e/.chainlit/config.toml", "/assets/..%2f..%2fx"]
)
async def test_no_path_leads_out_of_the_public_folder(house: House, path: str) -> None:
    response = await house.owner.get(path)
    assert response.status_code in {400, 404}


async def test_a_foreign_origin_writes_nothing(house: House) -> None:
    for origin in ("https://evil.example", "null", house.address.replace("127.0.0.1", "127.0.0.2")):
        response = await house.owner.request(
            "DELETE", "/project/thread", json={"threadId": house.record.thread_id}, headers={"Origin": origin}
        )
        assert response.status_code == 403
    assert await house.scripted.stores.threads.get(house.record.thread_id)


async def test_no_cross_origin_reading_is_granted(house: House) -> None:
    response = await house.owner.get("/user", headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_every_answer_carries_its_security_headers(house: House) -> None:
    for path in ("/", "/login", "/user", "/documents/nothing", "/public/mark.svg", "/healthz", "/nothing"):
        headers = (await house.owner.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "img-src 'self' data:" in policy
        assert "http:" not in policy
        assert "https:" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


async def test_inline_scripts_run_by_hash_only_and_the_page_names_no_other_host(house: House) -> None:
    response = await house.owner.get("/")
    script = response.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert "'unsafe-inline'" not in script
    assert "sha256-" in script
    for host in ("googleapis", "gstatic", "jsdelivr", "amazonaws", "github.com"):
        assert host not in response.text


async def test_guests_keep_their_id_and_cannot_read_what_accounts_wrote(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.address) as guest:
        first = await guest.get("/")
        assert "HttpOnly" in first.headers["set-cookie"]
        assert "SameSite=lax" in first.headers["set-cookie"]
        me = (await guest.get("/user")).json()["id"]
        await guest.get("/")
        assert (await guest.get("/user")).json()["id"] == me
        assert (await guest.get(f"/project/thread/{house.record.thread_id}")).status_code == 404


async def test_the_cookie_is_secure_behind_https() -> None:
    secure = ScriptedAssistant(secure_cookies=True)
    async with serve_chat(secure) as address, httpx.AsyncClient(base_url=address) as guest:
        response = await guest.get("/")
    assert "Secure" in response.headers["set-cookie"]
    assert "strict-transport-security" in response.headers


async def test_without_guests_the_chat_asks_to_sign_in() -> None:
    closed = ScriptedAssistant(guests=False)
    async with serve_chat(closed) as address, httpx.AsyncClient(base_url=address) as visitor:
        response = await visitor.get("/")
        assert (response.status_code, response.headers["location"]) == (303, "/login")
        assert "set-cookie" not in response.headers
        assert "as-guest" not in (await visitor.get("/login")).text


async def test_sign_in_attempts_are_bounded_for_an_account(house: House) -> None:
    codes = []
    for number in range(12):
        form = {"username": "owner@halden.example", "password": f"guess {number}"}
        codes.append((await house.nobody.post("/login", data=form)).status_code)
    assert codes[0] == 401
    assert codes[-1] == 429


async def test_a_wrong_password_and_an_unknown_address_read_the_same(house: House) -> None:
    known = await house.nobody.post("/login", data={"username": "owner@halden.example", "password": "no"})
    unknown = await house.nobody.post("/login", data={"username": "nobody@halden.example", "password": "no"})
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("owner@", "") == unknown.text.replace("nobody@", "")


async def test_signing_in_again_as_a_guest_subject_is_not_possible(house: House) -> None:
    response = await house.nobody.post("/login", data={"username": "guest:1234", "password": "x"})
    assert response.status_code == 401


async def test_signing_out_takes_the_cookie_back(house: House) -> None:
    await house.other.post("/logout")
    assert (await house.other.get("/user")).status_code == 401


async def test_an_action_of_another_session_is_not_found(house: House) -> None:
    asked = {"sessionId": str(uuid.uuid4()), "action": {"name": "request_person"}}
    assert (await house.other.post("/project/action", json=asked)).status_code == 404


async def test_health_names_parts_and_no_places(house: House) -> None:
    async def health() -> list[Part]:
        return [Part("database", "postgresql://user:hunter2@db/x", "16", False, "refused: hunter2")]

    house.scripted.health = health  # type: ignore[method-assign]
    response = await house.nobody.get("/healthz")
    assert response.json() == {"well": False, "parts": [{"name": "database", "version": "16", "well": False}]}


async def test_nothing_is_written_into_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    monkeypatch.chdir(tmp_path)
    await house.owner.get("/")
    await house.owner.get("/project/settings")
    assert list(tmp_path.iterdir()) == []
