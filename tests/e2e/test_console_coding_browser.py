"""An officer codes answers in a browser: with number keys or without, and axe finds nothing on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import accessibility_problems
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

PACK = """
[[aims]]
code = "play"
name = "More play for everybody"

[[themes]]
code = "queue"
name = "Waiting"
aim = "play"

[[themes]]
code = "pond"
name = "Ponds"
"""
BASE = f"/console/{SLUG}"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs", more=PACK)) as town:
        for number, words in enumerate(("There is always a queue", "The pond is too deep", "More ducks")):
            await town.desk.person(address=f"+4477009003{number:02}").says("PLAY", "1", "1", words)
        yield town


async def opened(page: Page, town: ConsoleTown, path: str) -> None:
    cookie = {"name": town.cookie_name, "value": town.analyst.token, "url": town.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dictionary is one
    await page.goto(town.url + path)


async def fits(page: Page, width: int) -> None:
    """Nothing for axe to find, and nothing to scroll sideways for."""
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [400, 1280])
async def test_every_page_of_coding_fits_and_axe_finds_nothing(page: Page, town: ConsoleTown, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await opened(page, town, f"{BASE}/themes")
    await page.get_by_role("button", name="Add this theme").click()
    await fits(page, width)
    await page.get_by_label("Name").fill("Broken swings")
    await page.get_by_role("button", name="Add this theme").click()
    await fits(page, width)
    await page.get_by_role("link", name="Change Broken swings").click()
    await fits(page, width)
    await page.get_by_label("Theme that stays").select_option("Ponds")
    await page.get_by_role("button", name="See what that means").click()
    await fits(page, width)
    await page.get_by_role("button", name="Merge them").click()
    await page.get_by_role("link", name="Code answers").click()
    await fits(page, width)
    await page.get_by_label("Waiting").check()
    await page.get_by_role("button", name="Save and go on").click()
    await fits(page, width)
    for path in ("coding/why/suggestions", "aims", "answers?question=why&theme=queue"):
        await page.goto(f"{town.url}{BASE}/{path}")
        await fits(page, width)


async def test_number_keys_tick_themes_in_the_form_alone_and_can_be_switched_off(page: Page, town: ConsoleTown) -> None:
    await opened(page, town, f"{BASE}/coding/why")
    waiting, ponds = page.get_by_label("Waiting"), page.get_by_label("Ponds")
    await page.keyboard.press("1")
    await expect(waiting).not_to_be_checked()
    await ponds.focus()
    await page.keyboard.press("1")
    await expect(waiting).to_be_checked()
    await page.get_by_label("Note").focus()
    await page.keyboard.press("2")
    await expect(page.get_by_label("Note")).to_have_value("2")
    await expect(ponds).not_to_be_checked()
    await page.get_by_label("Number keys tick themes").uncheck()
    await ponds.focus()
    await page.keyboard.press("2")
    await expect(ponds).not_to_be_checked()
    await page.reload()
    await expect(page.get_by_label("Number keys tick themes")).not_to_be_checked()
