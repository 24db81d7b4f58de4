"""A child waits at a school's computer, and a parent says yes on a telephone: both as they see it, in two browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.support.browser import accessibility_problems
from tests.support.hands import choose, open_chat
from tests.support.packs import PARENTS_ASKED, write_pack
from tests.support.town import Town, a_town

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TELEPHONE, DESK = 320, 1280


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, write_pack(tmp_path / "packs", more=PARENTS_ASKED)) as town:
        yield town


async def sound(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the window."""
    assert await accessibility_problems(page) == []
    assert await page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_a_child_waits_and_goes_on_once_a_parent_has_said_yes(
    page: Page, browser: Browser, town: Town, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await sound(page)
    link = await page.locator("a[href*='/allow/']").first.get_attribute("href")
    assert link is not None

    await page.goto(link)
    assert await page.get_by_text("This page is for a parent or carer").is_visible()
    assert await page.get_by_role("button").count() == 0
    await sound(page)

    telephone = await browser.new_context(viewport={"width": width, "height": 640}, java_script_enabled=True)
    parent = await telephone.new_page()
    await parent.goto(link)
    await sound(parent)
    await parent.get_by_role("button", name="Yes, I allow it").click()
    await parent.get_by_text("You said yes on").wait_for()
    await sound(parent)
    cookies = await telephone.cookies()
    assert len(cookies) == 1

    await open_chat(page, town)
    assert await page.get_by_text("Your parent or carer said yes.").is_visible()
    assert await page.get_by_label("More swings").is_visible()

    await parent.get_by_role("button", name="Take it back").click()
    await parent.get_by_text("You said no on").wait_for()
    await sound(parent)
    await telephone.close()
