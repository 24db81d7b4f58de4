"""An officer takes answers out as a file, in a real browser: axe finds nothing, on any width."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import accessibility_problems
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        await town.desk.person().says("PLAY", "1", "1", "=1+1 <b>more</b>")
        yield town


async def looked_at(page: Page, name: str, folder: Path) -> None:
    """What axe says, and whether it fits, at both widths."""
    for width in (400, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await accessibility_problems(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


async def test_an_officer_asks_for_a_file_with_the_keyboard_and_fetches_it(
    page: Page, town: ConsoleTown, tmp_path: Path
) -> None:
    await page.context.add_cookies([{"name": town.cookie_name, "value": town.analyst.token, "url": town.url}])
    await page.goto(f"{town.url}/console/{SLUG}/exports")
    await looked_at(page, "form", tmp_path)
    await page.get_by_role("button", name="Make the export").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Say what you need it for")
    await looked_at(page, "errors", tmp_path)
    await page.get_by_label("Answers as CSV").press("Space")
    await page.get_by_label("What do you need it for?").fill("to write the report")
    await page.get_by_role("button", name="Make the export").press("Enter")
    await page.wait_for_url(re.compile(r"/exports/\d+$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Answers as CSV")
    while await page.get_by_text("Being made").count():
        await page.reload()
    await looked_at(page, "ready", tmp_path)
    async with page.expect_download() as coming:
        await page.get_by_role("link", name=f"{SLUG}-answers.csv", exact=True).press("Enter")
    file = await (await coming.value).path()
    assert "'=1+1 <b>more</b>" in await asyncio.to_thread(Path(file).read_text, "utf-8-sig")
    await page.get_by_role("navigation", name="This consultation").get_by_role("link", name="Exports").press("Enter")
    await expect(page.get_by_role("row", name=re.compile("Answers as CSV.*Ready"))).to_be_visible()
    await looked_at(page, "list", tmp_path)
