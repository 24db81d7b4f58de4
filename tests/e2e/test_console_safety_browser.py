"""A lead in a browser: reads what may mean that somebody is not safe, finds out who it was, says what was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import accessibility_problems
from tests.support.officers import Browser, ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

BASE = f"/console/{SLUG}"
PHONE = "+447700900302"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        await town.desk.person(address="+447700900301").says("PLAY", "1", "1", "There is always a queue")
        await town.desk.person(address=PHONE).says("PLAY", "1", "1", "i want to kill myself")
        yield town


async def opened(page: Page, town: ConsoleTown, who: Browser, path: str) -> None:
    await page.context.clear_cookies()
    cookie = {"name": town.cookie_name, "value": who.token, "url": town.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dictionary is one
    await page.goto(town.url + path)


async def fits(page: Page, width: int) -> None:
    """Nothing for axe to find, and nothing to scroll sideways for."""
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [400, 1280])
async def test_from_the_rota_to_what_was_done_everything_fits_and_axe_finds_nothing(
    page: Page, town: ConsoleTown, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await opened(page, town, town.administrator, "/console/rota")
    await page.get_by_role("button", name="Put them on the rota").click()
    await fits(page, width)
    await page.get_by_label("Name of the person or team").fill("Duty team")
    await page.get_by_label("Mobile number").fill("07700 900801")
    await page.get_by_label("At any time").check()
    await page.get_by_role("button", name="Put them on the rota").click()
    await fits(page, width)
    await page.get_by_role("link", name="Take off Duty team").click()
    await fits(page, width)
    await opened(page, town, town.lead, f"{BASE}/read")
    await fits(page, width)
    await page.get_by_role("button", name="I have read these 2").click()
    await expect(page.get_by_text("Everything has been read.")).to_be_visible()
    await page.goto(f"{town.url}/console/concerns")
    await fits(page, width)
    await page.get_by_role("link", name="Find out who it was").click()
    await page.get_by_role("button", name="Show me who it was").click()
    await fits(page, width)
    await page.get_by_label("Why do you need to know?").fill("They say that they may die.")
    await page.get_by_label("I need to know who it was").check()
    await page.get_by_role("button", name="Show me who it was").click()
    await expect(page.get_by_text(PHONE)).to_be_visible()
    await fits(page, width)
    await page.goto(f"{town.url}/console/concerns")
    await page.get_by_label("What was done").fill("Rang the duty social worker.")
    await page.get_by_role("button", name="I have read this").click()
    await expect(page.get_by_text("Rang the duty social worker.")).to_be_visible()
    await fits(page, width)


@pytest.mark.parametrize("width", [400, 1280])
async def test_what_analysts_do_for_people_and_about_robots_fits_too(page: Page, town: ConsoleTown, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    [given, *_] = await town.desk.answers()
    await opened(page, town, town.analyst, f"{BASE}/integrity")
    await fits(page, width)
    await page.goto(f"{town.url}{BASE}/people/{given.reference}")
    await page.get_by_label("Add a tag").fill("board")
    await page.get_by_role("button", name="Add this tag").click()
    await fits(page, width)
    await page.goto(f"{town.url}{BASE}/people/{given.reference}/request")
    await fits(page, width)
