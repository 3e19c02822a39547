"""A headless Chromium for tests of what is seen, and the three looks everything is seen in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

SHOTS = Path(__file__).parents[1] / "acceptance" / "screenshots"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A browser that ends with the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGS)
        try:
            yield browser
        finally:
            await browser.close()


async def photograph(page: Page, name: str) -> None:
    """Keep what is seen, once the interface's own transitions are over."""
    SHOTS.mkdir(exist_ok=True)
    await page.wait_for_timeout(600)
    await page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")
