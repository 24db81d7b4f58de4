"""What somebody does with a chat in a real browser."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.support.packs import SLUG
from tests.support.town import Town


async def choose(page: Page, name: str) -> None:
    """Picks an option by the name that a screen reader gives it: pictures are no part of that."""
    radio, box = (page.get_by_role(role, name=name, exact=True) for role in ("radio", "checkbox"))
    await radio.or_(box).check()
    await send(page)


async def write(page: Page, words: str) -> None:
    await page.locator("#form textarea").fill(words)
    await send(page)


async def send(page: Page) -> None:
    await press(page, "Send")


async def press(page: Page, button: str) -> None:
    """Presses a button of the form, and waits until there is more in the log, or another page."""
    before = await page.locator(".bubble").count()
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.locator(".bubble")).not_to_have_count(before)


async def open_chat(page: Page, town: Town, slug: str = SLUG) -> None:
    await page.emulate_media(reduced_motion="reduce")  # axe would see a bubble half faded in
    await page.goto(f"{town.url}/chat/{slug}")
