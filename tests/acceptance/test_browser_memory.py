"""What is remembered, as its user sees it in a real browser: the gauge, the line in the transcript, the sheet.

Leaves screenshots in tests/acceptance/screenshots/ in light, dark and at 390 px.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from assistant.bootstrap import open_assistant
from assistant.memory.view import MemoryItem, MemoryView
from assistant.settings import load_settings
from assistant.testing.assistants import ITEM_TOKENS, Reply, ScriptedAssistant, save_documents
from assistant.testing.serving import serve_chat
from assistant.values import PUBLIC, Document, Record
from tests.servers.browser import LOOKS, open_browser, photograph
from tests.servers.parts import chosen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
RETURNS = Document("returns.md", "Returns and refunds", "30 days.", frozenset({"public"}), "1", "demo")
CUT = "Your message was too long for me, so I left out its middle."
LONG = "anna.bergstroem+returns.and.refunds@a-rather-long-domain-name-that-never-ends.example"
WINDOW = 2
PATIENCE_MS = 30_000
SAID = (
    "My order is SV-2024-118230. How long do I have to return an order in the UK?",
    "Sorry, my order number is SV-2024-118203, not SV-2024-118230. How long does a refund take?",
    "What does the warranty cover?",
    "What if my parcel is lost?",
    "Can I change the delivery address after ordering?",
    "Do I get the shipping cost back?",
)
WATCH_METER = """
    window.seen = new Set()
    new MutationObserver(() => {
      const meter = document.querySelector('#memory-gauge [role=meter]')
      if (meter) window.seen.add(meter.getAttribute('aria-valuenow'))
    }).observe(document.body, { childList: true, subtree: true, attributes: true })
"""
STOPS = "#memory-panel :is(button, a, summary)"
FOCUSED_STOP = f"[...document.querySelectorAll('{STOPS}')].indexOf(document.activeElement)"


def line(name: str, section: Any, text: str, turn: str, said_by: Any = "") -> MemoryItem:
    return MemoryItem(
        name, "line", section, "", text, said_by, (turn,), (RETURNS.id,) if said_by == "assistant" else ()
    )


def pin(name: str, kind: Any, label: str, text: str, turn: str, *, superseded: bool = False) -> MemoryItem:
    said_by: Any = "assistant" if kind == "promise" else "user"
    return MemoryItem(name, "pin", kind, label, text, said_by, (turn,), (), superseded)


def remembers(records: Sequence[Record]) -> MemoryView:
    """The last two turns stay in the window; before there are three, nothing is folded and nothing kept."""
    turns = [record.trace_id for record in records]
    if len(turns) <= WINDOW:
        return MemoryView(tokens=1_240 * len(turns), budget=8_000, sections={"window": 1_240 * len(turns)})
    first, second = turns[:2]
    items = (
        line("purpose", "purpose", "Returning a damaged desk lamp.", first),
        line("facts", "facts", "Damaged goods go back free of charge.", second, "assistant"),
        line("tried", "tried", "The return form rejected the order number.", second),
        line("open", "open", "Whether express delivery is refunded.", second),
        line("commitments", "commitments", "The refund follows within 5 days.", second),
        pin("new", "identifier", "order number", "HH-118203", second),
        pin("old", "identifier", "order number", "HH-118230", first, superseded=True),
        pin("mail", "email", "", LONG, second),
        pin("url", "url", "", "https://halden.example/returns", second),
        pin("promise", "promise", "", "I'll send the label today.", second),
    )
    sections = {"window": 770, "summary": 420, "pins": 190}
    return MemoryView(items, len(turns) - WINDOW, turns[-WINDOW], 1_380, 8_000, sections)


@dataclass
class House:
    """A served chat, a browser, and what the browser complained of."""

    scripted: ScriptedAssistant
    address: str
    browser: Browser
    complaints: list[str]

    async def visit(self, look: str = "light") -> Page:
        page = await (await self.browser.new_context(**LOOKS[look])).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Security Policy" in said.text else None)
        await page.goto(self.address)
        await ready(page)
        return page

    async def returning(self, look: str = "light", *, turns: int = 4) -> Page:
        """A page with a conversation of so many turns, come back to."""
        page = await self.visit(look)
        thread_id, now = str(uuid.uuid4()), datetime.now(UTC)
        person = (await (await page.request.get(f"{self.address}/user")).json())["id"]
        await self.scripted.stores.threads.ensure(thread_id, person, "My desk lamp", now)
        for number in range(turns):
            at = now - timedelta(minutes=turns - number)
            record = Record(
                trace_id=f"{number:032x}",
                thread_id=thread_id,
                message_id=str(uuid.uuid4()),
                answer_id=str(uuid.uuid4()),
                user_id=person,
                question=f"Question {number:03} about my lamp?",
                status="running",
                created_at=at,
            )
            await self.scripted.stores.records.begin(record)
            answered = replace(record, status="delivered", answer=f"Answer {number:03}. " * 12, finished_at=at)
            await self.scripted.stores.records.finish(answered)
        await page.goto(f"{self.address}/thread/{thread_id}")
        await expect(page.locator("#memory-gauge")).to_be_visible()
        return page


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as opened:
        yield opened
        assert opened.complaints == []


@asynccontextmanager
async def open_house() -> AsyncIterator[House]:
    replies = {"slow": Reply("one two three", pause_after=1), "": Reply("Thank you, noted.")}
    scripted = ScriptedAssistant(replies=replies, remembers=remembers)
    await save_documents(scripted.stores, [RETURNS])
    async with serve_chat(scripted) as address, open_browser() as browser:
        yield House(scripted, address, browser, [])


async def ready(page: Page) -> None:
    await page.wait_for_selector("[id^='command-']")  # comes over the socket
    await expect(page.locator("#starters button").first).to_be_enabled()


async def begin_anew(page: Page) -> None:
    await page.click("#new-chat-button")
    await ready(page)


async def ask(page: Page, text: str) -> None:
    answers = page.locator("[data-step-type='assistant_message']")
    before = await answers.count()
    await page.click("#chat-input")
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(answers).to_have_count(before + 1, timeout=PATIENCE_MS)
    await expect(page.locator("#stop-button")).to_have_count(0, timeout=PATIENCE_MS)


async def open_panel(page: Page) -> Locator:
    await page.click("#memory-gauge button")
    panel = page.get_by_role("dialog", name="What I remember")
    await expect(panel).to_be_visible()
    return panel


def meter(page: Page) -> Locator:
    return page.get_by_role("meter", name="Memory in use")


async def marked_question(page: Page) -> str:
    """The question right below the line in the transcript."""
    await expect(page.locator("#memory-marker")).to_have_count(1)
    row = page.locator("[data-step-type]").filter(has=page.locator("#memory-marker"))
    return await row.locator(".message-content").inner_text()


async def test_the_gauge_shows_what_is_in_use_and_follows_each_turn(house: House) -> None:
    page = await house.visit()
    await expect(page.locator("#memory-gauge")).to_have_count(0)
    await ask(page, "hello")
    await expect(meter(page)).to_have_attribute("aria-valuenow", "1240")
    await expect(meter(page)).to_have_attribute("aria-valuemax", "8000")
    await ask(page, "and again")
    await expect(meter(page)).to_have_attribute("aria-valuenow", "2480")
    tip = page.get_by_role("tooltip")
    await expect(tip).to_be_hidden()
    await page.hover("#memory-gauge")
    await expect(tip).to_be_visible()
    await expect(tip).to_have_text("Memory: 2,480 of 8,000 tokens")


async def test_the_gauge_opens_the_sheet_by_keyboard_and_has_the_focus_again_after_escape(house: House) -> None:
    page = await house.returning()
    button = page.get_by_role("button", name="What I remember").last
    await button.focus()
    await expect(page.get_by_role("tooltip")).to_be_visible()
    await page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="What I remember")
    await expect(panel).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()


async def test_the_sheet_keeps_the_focus(house: House) -> None:
    page = await house.returning()
    await open_panel(page)
    stops = await page.locator(STOPS).count()
    for key in ("Tab", "Shift+Tab"):
        seen = set()
        for _ in range(stops + 3):
            await page.keyboard.press(key)
            seen.add(await page.evaluate(FOCUSED_STOP))
        assert seen == set(range(stops))


async def test_a_line_stands_where_the_summary_ends_and_opens_the_sheet(house: House) -> None:
    page = await house.visit()
    for number in range(4):
        await ask(page, f"Question {number}")
        if number < WINDOW:
            await expect(page.locator("#memory-marker")).to_have_count(0)
        else:
            await expect(page.locator("#memory-marker")).to_be_visible()
            await expect(page.locator(f"[data-step-type]:has(#memory-marker):has-text('{number - 1}')")).to_have_count(
                1
            )
    assert "Question 2" in await marked_question(page)
    await page.reload()
    assert "Question 2" in await marked_question(page)
    await page.click("#memory-marker button")
    await expect(page.get_by_role("dialog", name="What I remember")).to_be_visible()


async def test_in_a_long_conversation_the_line_stands_once_and_right(house: House) -> None:
    page = await house.returning(turns=120)
    assert "Question 118" in await marked_question(page)
    await ask(page, "One more")
    await expect(page.locator("[data-step-type]:has(#memory-marker)")).to_contain_text("Question 119")
    assert "Question 119" in await marked_question(page)


async def test_every_line_and_pin_is_there_with_who_said_it(house: House) -> None:
    page = await house.returning()
    panel = await open_panel(page)
    for heading in ("What it's about", "Facts and decisions", "What was tried", "Open questions", "Commitments"):
        await expect(panel.get_by_role("heading", name=heading)).to_be_visible()
    for item in remembers(await any_thread(house)).items:
        row = panel.locator(f"[data-item='{item.id}']")
        await expect(row).to_contain_text(item.text)
        await expect(row.locator(".memory-turn")).to_have_count(1)
        said = {"user": "You said", "assistant": "I said", "": "From"}[item.said_by]
        await expect(row).to_contain_text(said)
    await expect(panel.locator("[data-item='facts'] a")).to_have_text(RETURNS.title)


async def any_thread(house: House) -> list[Record]:
    [record] = [record for record in [await house.scripted.stores.records.get(f"{0:032x}")] if record]
    return await house.scripted.stores.records.of_thread(record.thread_id)


async def test_a_corrected_value_is_struck_through_and_marked(house: House) -> None:
    page = await house.returning()
    panel = await open_panel(page)
    await expect(panel.locator("[data-item='old'] del")).to_have_text("HH-118230")
    await expect(panel.locator("[data-item='old']")).to_contain_text("corrected")
    await expect(panel.locator("[data-item='new'] del")).to_have_count(0)


async def test_a_turns_link_brings_it_into_sight_and_lights_it_up(house: House) -> None:
    page = await house.returning(turns=20)
    panel = await open_panel(page)
    question = page.locator("[data-step-type='user_message']", has_text="Question 001")
    await expect(question).not_to_be_in_viewport()
    await panel.locator("[data-item='mail'] .memory-turn").click()
    await expect(question.locator(".memory-flash")).to_have_count(1)
    await expect(question).to_be_in_viewport()
    await expect(panel).to_be_visible()  # there is room for both
    await expect(page.locator(".memory-flash")).to_have_count(0)
    await panel.locator("[data-item='promise'] .memory-turn").focus()
    await page.keyboard.press("Enter")
    await expect(panel).to_be_hidden()
    answer = page.locator("[data-step-type='assistant_message']", has_text="Answer 001")
    await expect(answer.locator(":focus")).to_have_count(1)


async def test_on_a_phone_the_link_closes_the_sheet(house: House) -> None:
    page = await house.returning("phone", turns=20)
    panel = await open_panel(page)
    await panel.locator("[data-item='mail'] .memory-turn").click()
    await expect(panel).to_be_hidden()
    await expect(page.locator("[data-step-type='user_message']", has_text="Question 001")).to_be_in_viewport()


async def test_each_line_and_pin_can_be_forgotten_and_stays_so(house: House) -> None:
    page = await house.returning()
    panel = await open_panel(page)
    buttons = panel.get_by_role("button", name=re.compile("^Forget (?!this conversation)"))
    whole = await buttons.count()
    assert whole == 10
    await panel.get_by_role("button", name="Forget order number: HH-118203").click()
    await expect(panel.locator("[data-item='new']")).to_have_count(0)
    await expect(panel.get_by_role("status")).to_have_text("Forgotten.")
    assert await page.evaluate("document.activeElement.classList.contains('memory-forget')")
    await page.reload()
    await open_panel(page)
    await expect(buttons).to_have_count(whole - 1)
    for left in reversed(range(whole - 1)):
        await buttons.first.click()
        await expect(buttons).to_have_count(left)
        await expect(meter(page)).to_have_attribute("aria-valuenow", str(1_380 - ITEM_TOKENS * (whole - left)))
    await expect(panel.locator(".memory-empty")).to_contain_text("All of it is forgotten")
    await expect(panel.get_by_role("status")).to_have_text("Forgotten. Nothing is left.")
    await expect(panel.get_by_role("heading", name="What I remember")).to_be_focused()


async def test_while_a_turn_runs_nothing_is_forgotten_and_that_is_said(house: House) -> None:
    page = await house.returning()
    await page.click("#chat-input")
    await page.keyboard.type("slow")
    await page.keyboard.press("Enter")
    await expect(page.locator("#stop-button")).to_be_visible()
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Forget order number: HH-118203").click()
    await expect(panel.get_by_role("alert").filter(has_text="still working")).to_be_visible()
    await expect(panel.locator("[data-item='new']")).to_have_count(1)
    house.scripted.gate.set()


async def test_other_conversations_are_recalled_only_once_switched_on(house: House) -> None:
    page = await house.returning()
    panel = await open_panel(page)
    switch = panel.get_by_role("switch", name="Remember my other conversations")
    await expect(switch).not_to_be_checked()
    await expect(panel.locator("#memory-across-about")).to_have_text(re.compile(r"^When this is on, [^.]+\.$"))
    await switch.click()
    await expect(switch).to_be_checked()
    await page.reload()
    await open_panel(page)
    await expect(switch).to_be_checked()
    await switch.press("Space")
    await expect(switch).not_to_be_checked()


async def test_forgetting_the_conversation_names_what_goes_and_says_when_it_is_gone(house: House) -> None:
    page = await house.returning()
    thread = page.url.rpartition("/")[2]
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Forget this conversation").click()
    question = page.get_by_role("alertdialog", name="Forget this conversation?")
    for part in ("its messages", "what I remember of it", "its search vectors", "its traces"):
        await expect(question).to_contain_text(part)
    await expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(panel).to_be_visible()
    assert await house.scripted.stores.threads.get(thread)

    await panel.get_by_role("button", name="Forget this conversation").click()
    await question.get_by_role("button", name="Forget it").click()
    said = page.get_by_role("status").filter(has_text="This conversation has been forgotten:")
    await expect(said).to_contain_text("its messages, what I remembered of it, its search vectors and its traces")
    await ready(page)
    assert page.url == f"{house.address}/"
    await expect(page.locator(f"#thread-{thread}")).to_have_count(0)
    await expect(page.locator("#memory-gauge")).to_have_count(0)
    assert await house.scripted.stores.threads.get(thread) is None
    await ask(page, "A new beginning")
    await expect(said).to_have_count(0)


async def test_a_new_chat_shows_nothing_of_the_last_one(house: House) -> None:
    page = await house.returning()
    await begin_anew(page)
    await expect(page.locator("#memory-gauge, #memory-marker")).to_have_count(0)
    await page.evaluate(WATCH_METER)
    await ask(page, "hello")
    await expect(meter(page)).to_have_attribute("aria-valuenow", "1240")
    assert await page.evaluate("[...window.seen]") == ["1240"]


async def test_another_chat_of_the_sidebar_shows_its_own(house: House) -> None:
    page = await house.returning()
    await begin_anew(page)
    await ask(page, "hello")
    await expect(meter(page)).to_have_attribute("aria-valuenow", "1240")
    await page.locator("#thread-history a", has_text="My desk lamp").click()
    await expect(meter(page)).to_have_attribute("aria-valuenow", "1380")
    await expect(page.locator("#memory-marker")).to_be_visible()


async def test_a_message_that_was_cut_is_said_so_now_and_later(house: House) -> None:
    house.scripted.replies = {"pasted": Reply("Here is what I found.", notice=CUT)}
    page = await house.visit()
    await ask(page, "pasted")
    await expect(page.locator(".ai-message", has_text=CUT)).to_be_visible()
    await page.wait_for_url(re.compile("/thread/"))
    await page.reload()
    await expect(page.locator(".ai-message", has_text=CUT)).to_be_visible()


@pytest.mark.parametrize("look", list(LOOKS))
async def test_it_fits_in_every_look(house: House, look: str) -> None:
    page = await house.returning(look, turns=6)
    await page.locator("#memory-marker").scroll_into_view_if_needed()
    await photograph(page, f"{look}-memory-1-line")
    panel = await open_panel(page)
    await photograph(page, f"{look}-memory-2-sheet")
    box, size = await panel.bounding_box(), page.viewport_size
    assert box
    assert size
    assert (box["x"] + box["width"], box["height"]) == (size["width"], size["height"])
    assert (box["x"] == 0) == (look == "phone")
    await page.locator(".memory-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    await photograph(page, f"{look}-memory-3-end")
    wide = (
        "[...document.querySelectorAll('html, .memory-body, .memory-said')].filter(e => e.scrollWidth > e.clientWidth)"
    )
    assert await page.evaluate(f"{wide}.map(e => e.className)") == []
    await panel.get_by_role("button", name="Forget this conversation").click()
    await photograph(page, f"{look}-memory-4-forget")


async def test_a_real_conversation_is_folded_seen_and_forgotten(tmp_path: Path) -> None:
    """With everything behind it: documents, index, graph, records, at a budget that is soon full."""
    folder = tmp_path / "data"
    async with (
        chosen(folder) as parts,
        open_assistant(load_settings(**parts, perimeter=ROOT / "perimeter.yaml", prompt_budget_tokens=2_000)) as real,
        serve_chat(real) as address,
        open_browser() as browser,
    ):
        await real.ingest([ROOT / "knowledge"], audience=frozenset({PUBLIC}))
        page = await (await browser.new_context(**LOOKS["light"])).new_page()
        await page.goto(address)
        await ready(page)
        for question in SAID:
            await ask(page, question)
        await expect(page.locator("#memory-marker")).to_be_visible(timeout=15_000)
        panel = await open_panel(page)
        await expect(panel.locator("li", has=page.get_by_text("SV-2024-118203", exact=True))).to_contain_text(
            "You said"
        )
        await expect(panel.locator("del", has_text="SV-2024-118230")).to_have_count(1)
        await photograph(page, "light-memory-5-real")
        await panel.get_by_role("button", name=re.compile("^Forget .*: SV-2024-118230$")).click()
        await expect(panel.locator("del", has_text="SV-2024-118230")).to_have_count(0)
        await page.reload()
        await expect(page.locator("#memory-gauge")).to_be_visible()
        await open_panel(page)
        await expect(panel).not_to_contain_text("SV-2024-118230")
        thread_id = page.url.rpartition("/")[2]
        await panel.get_by_role("button", name="Forget this conversation").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Forget it").click()
        await expect(page.get_by_role("status").filter(has_text="has been forgotten")).to_be_visible(timeout=15_000)
        assert await real.stores.threads.get(thread_id) is None
        assert await real.stores.records.of_thread(thread_id) == []
