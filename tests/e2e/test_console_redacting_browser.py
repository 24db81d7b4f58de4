"""An officer in a browser without JavaScript: reads, takes words out, and a lead sees what was there. axe looks on."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from flows.messages import Channel
from tests.support.browser import accessibility_problems
from tests.support.officers import Browser, ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

SIZES = ((1280, 900), (400, 800))


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def _is_sound(page: Page, name: str) -> None:
    """Axe finds nothing, and nothing is wider than the screen, large or small."""
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        assert await accessibility_problems(page) == [], page.url
        if folder := os.environ.get("SAYSO_PICTURES"):
            await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


async def _opened_as(page: Page, town: ConsoleTown, browser: Browser) -> None:
    await page.context.add_cookies([{"name": town.cookie_name, "value": browser.token, "url": town.url}])


async def test_an_officer_reads_an_answer_and_takes_words_out_of_it(page: Page, town: ConsoleTown) -> None:
    said = "my teacher Mrs Jones <b>shouts</b> at Jayden, ring 07700 900123"
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", said)
    await _opened_as(page, town, town.analyst)
    await page.goto(f"{town.url}/console/{SLUG}/answers?question=why")
    await _is_sound(page, "answers")
    await page.get_by_role("link", name="Remove words").press("Enter")
    await expect(page.locator("h1")).to_have_text("Remove words from an answer")
    await _is_sound(page, "remove")

    await page.get_by_role("button", name="See what it will look like").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    await _is_sound(page, "remove-faults")
    await page.get_by_label("Jones (name)").press("Space")
    await page.get_by_text("Or tick words one by one").press("Enter")
    await page.get_by_label("Jayden,").press("Space")
    await page.get_by_label("What the words are").select_option("name")
    await page.get_by_label("Reason").fill("names a teacher and a child")
    await _is_sound(page, "remove-filled")
    await page.get_by_role("button", name="See what it will look like").press("Enter")
    await expect(page.locator("h1")).to_have_text("Check before you remove")
    await _is_sound(page, "check")
    await page.get_by_role("button", name="Remove these words").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The words are removed")
    await expect(page.locator("main")).not_to_contain_text("Jones")
    await _is_sound(page, "removed")
    await page.get_by_role("link", name="HBR-").press("Enter")
    await expect(page.locator("main")).not_to_contain_text("Jones")
    await expect(page.locator("main")).to_contain_text("my teacher Mrs [removed: name]")
    await _is_sound(page, "person")

    await _looked_at_by_a_lead(page, town, said)


async def _looked_at_by_a_lead(page: Page, town: ConsoleTown, said: str) -> None:
    await _opened_as(page, town, town.lead)
    await page.reload()
    await page.get_by_role("link", name="What was removed").press("Enter")
    await expect(page.locator("main")).not_to_contain_text("Jones")
    await page.get_by_label("Why do you need to see it").fill("a concern is looked into")
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_contain_text(said)
    await _is_sound(page, "original")
    await page.get_by_label("Reason to show these words again").fill("it was no name")
    await page.get_by_role("button", name="Show these words again").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The words are shown again")
