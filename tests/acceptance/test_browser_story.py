"""The first conversation, in a real browser with everything behind it: documents, index, graph, records, desk.

Leaves screenshots in tests/acceptance/screenshots/ in light, dark and at 390 px.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from assistant.bootstrap import Assistant, open_assistant
from assistant.settings import load_settings
from assistant.testing.serving import serve_chat
from assistant.values import PUBLIC
from tests.servers.parts import chosen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PERIMETER = ROOT / "perimeter.yaml"
SHOTS = Path(__file__).parent / "screenshots"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[tuple[str, Assistant]]:
    async with chosen(folder) as parts, open_assistant(load_settings(**parts, perimeter=PERIMETER)) as assistant:
        await assistant.ingest([ROOT / "knowledge"], audience=frozenset({PUBLIC}))
        async with serve_chat(assistant) as address:
            yield address, assistant


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGS)
        try:
            yield browser
        finally:
            await browser.close()


class Visitor:
    """Somebody at a browser of a certain look, who photographs what they see."""

    def __init__(self, page: Page, address: str, look: str) -> None:
        self.page = page
        self.address = address
        self.look = look
        self.foreign: list[str] = []
        self.errors: list[str] = []
        ours = (address, address.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(ours) else self.foreign.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def arrive(self) -> None:
        await self.page.goto(self.address)
        await self.page.wait_for_selector("[id^='command-']")
        await expect(self.page.locator("#starters button").first).to_be_enabled()
        await self.photograph("1-welcome")

    async def ask(self, text: str) -> str:
        """Type a question, wait for the whole answer, return its text."""
        answers = self.page.locator("[data-step-type='assistant_message']")
        before = await answers.count()
        await self.page.click("#chat-input")
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")
        await expect(answers).to_have_count(before + 1, timeout=30_000)
        await expect(self.page.locator("#stop-button")).to_have_count(0, timeout=30_000)
        return await answers.last.inner_text()

    async def photograph(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        await self.page.wait_for_timeout(600)  # the interface's own transitions
        await self.page.screenshot(path=SHOTS / f"{self.look}-{name}.png", animations="disabled")


async def tell_the_story(visitor: Visitor, assistant: Assistant) -> None:
    page = visitor.page
    await visitor.arrive()
    assert assistant.policy.organisation in await page.locator("#welcome-screen").inner_text()
    assert "quotes" in await page.locator("#welcome-screen").inner_text()

    answer = await visitor.ask("How long do I have to return an order in the UK?")
    assert "30 days" in answer
    sources = page.locator(".assistant-sources").last
    await expect(sources.locator("button").first).to_be_visible()
    await visitor.photograph("2-answer")

    await sources.locator("button").first.click()
    marked = page.locator(".assistant-passage mark")
    await expect(marked.first).to_be_visible()
    await visitor.photograph("3-source")
    link = await page.locator(".assistant-open").get_attribute("href")
    await close_panel(page)

    answer = await visitor.ask("and in the EU?")
    assert "14 days" in answer
    await visitor.photograph("4-follow-up")

    answer = await visitor.ask("Who won the football world cup in 1998?")
    assert "France" not in answer
    offer = page.locator(".ai-message button", has_text="Talk to a person").last
    await expect(offer).to_be_visible()
    await visitor.photograph("5-out-of-scope")

    before = await page.locator("[data-step-type='assistant_message']").count()
    await offer.dispatch_event("click")
    await expect(page.locator("[data-step-type='assistant_message']")).to_have_count(before + 1, timeout=30_000)
    await expect(page.locator("#stop-button")).to_have_count(0, timeout=30_000)
    told = await page.locator("[data-step-type='assistant_message']").last.inner_text()
    number = re.search(r"T-\d+", told)
    assert number, told
    assert await assistant.stores.tickets.get(number.group()) is not None
    await visitor.photograph("6-ticket")

    await page.wait_for_url(re.compile("/thread/"))
    await page.reload()
    await expect(page.locator(".assistant-sources").first).to_be_visible()
    assert number.group() in await page.locator("[data-step-type='assistant_message']").last.inner_text()
    await visitor.photograph("7-resumed")

    await page.goto(f"{visitor.address}{link}")
    await expect(page.locator("mark").first).to_be_visible()
    await visitor.photograph("8-document")
    await page.goto(f"{visitor.address}/signin")
    await visitor.photograph("9-sign-in")


async def close_panel(page: Page) -> None:
    back = page.locator("#side-view-title button")
    if await back.count():
        await back.click()
    else:
        await page.keyboard.press("Escape")
    await expect(page.locator(".assistant-passage")).to_have_count(0)


async def test_the_first_conversation(tmp_path: Path) -> None:
    """Ask, see the sources, follow up, ask out of scope, ask for a person, come back; in three looks."""
    async with open_house(tmp_path / "data") as (address, assistant), open_browser() as browser:
        for look, form in LOOKS.items():
            context = await browser.new_context(**form)
            visitor = Visitor(await context.new_page(), address, look)
            await tell_the_story(visitor, assistant)
            assert visitor.foreign == []
            assert visitor.errors == []
            await context.close()


async def test_an_account_signs_in_and_sees_what_guests_do_not(tmp_path: Path) -> None:
    async with open_house(tmp_path / "data") as (address, assistant), open_browser() as browser:
        await assistant.stores.users.add("mara@solvane.example", "correct horse battery", "staff", frozenset())
        page = await (await browser.new_context()).new_page()
        await page.goto(address)
        await page.click("a[href='/signin']")
        await page.fill("#email", "mara@solvane.example")
        await page.fill("#password", "correct horse battery")
        await page.click("button[type=submit]")
        await page.wait_for_selector("[id^='command-']")
        await expect(page.locator("a[href='/signin']")).to_have_count(0)
        await page.click("#user-nav-button")
        await expect(page.get_by_text("mara@solvane.example")).to_be_visible()
