"""Previews in a browser: axe finds nothing, everything fits, and one file can be narrowed down without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.pages import Pages
from bot.preview import previews, wanted
from bot.preview_pages import document
from tests.support.browser import accessibility_problems
from tests.support.shipped import herefordshire


@pytest.fixture
def file(tmp_path: Path) -> str:
    """One question of Herefordshire, for everybody, as a file."""
    pack = herefordshire()
    path = tmp_path / "looks.html"
    path.write_text(document(pack, previews(pack, wanted(pack, question="issue")), Pages()), "utf-8")
    return path.as_uri()


@pytest.mark.parametrize(("language", "band", "width"), [("en", "4-7", 320), ("ar", "adult", 1280)])
async def test_axe_finds_nothing_and_everything_fits(
    page: Page, file: str, language: str, band: str, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(file)
    await page.locator("#language").select_option(language)
    await page.locator("#band").select_option(band)
    await expect(page.locator(".card:visible")).to_have_count(3)
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    way = await page.locator(".web .screen:visible").evaluate("(item) => getComputedStyle(item).direction")
    assert way == ("rtl" if language == "ar" else "ltr")
