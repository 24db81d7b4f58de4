"""Running a consultation and typing in answers, in a browser, with the keyboard alone: axe finds nothing on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support import every_kind
from tests.support.browser import accessibility_problems
from tests.support.officers import ConsoleTown, a_console

BASE = f"/console/{every_kind.SLUG}"


def with_key(packs: Path) -> Path:
    structure = packs / every_kind.SLUG / "consultation.toml"
    structure.write_text(structure.read_text().replace("late_policy", 'approval = "required"\nlate_policy', 1))
    return packs


async def signed_in(page: Page, town: ConsoleTown) -> None:
    cookie = {"name": town.cookie_name, "value": town.editor.token, "url": town.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dictionary is one


async def fits(page: Page, width: int) -> None:
    """Nothing for axe to find, and nothing to scroll sideways for."""
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def press(button: Locator) -> None:
    await button.focus()
    await button.press("Enter")


@pytest.mark.parametrize("width", [400, 1280])
async def test_an_officer_opens_it_keeps_it_open_longer_and_types_in_a_sheet(
    page: Page, sqlite_url: str, tmp_path: Path, width: int
) -> None:
    packs = with_key(every_kind.write_every_kind(tmp_path / "packs"))
    async with a_console(sqlite_url, packs) as town:
        await page.set_viewport_size({"width": width, "height": 900})
        await signed_in(page, town)
        await _opens(page, town, width)
        await _keeps_open_longer(page, town, width)
        await _types_in(page, town, width)


async def _opens(page: Page, town: ConsoleTown, width: int) -> None:
    await page.goto(f"{town.url}{BASE}/running")
    await fits(page, width)
    await press(page.get_by_role("link", name="A checklist"))
    await expect(page.get_by_role("heading", level=2)).to_have_text(["Space", "Voice", "Audience", "Influence"])
    await fits(page, width)
    await press(page.get_by_role("link", name="Back to"))
    await press(page.get_by_role("link", name="Fill in the gate and record the approval"))
    await press(page.get_by_role("button", name="Record the approval"))
    await fits(page, width)
    await press(page.get_by_role("alert").get_by_role("link").first)
    await expect(page.get_by_label("Why are you consulting?")).to_be_focused()
    await page.get_by_label("Why are you consulting?").fill("The plan is not decided yet.")
    await page.get_by_label("What else did you consider?").fill("To change nothing.")
    await page.get_by_label("Who decides in the end?").fill("The Cabinet")
    await page.get_by_label("When do they decide?").fill("30/9/2030")
    await page.get_by_label("Whom can people ask about their data?").fill("dpo@harbour.example")
    await page.get_by_label("Impact assessment reference").fill("EIA 2030/7")
    await page.get_by_label("Who approved it?").fill("The Cabinet")
    await page.get_by_label("On which day?").fill("14/5/2030")
    await press(page.get_by_role("button", name="Record the approval"))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Open")
    await fits(page, width)


async def _keeps_open_longer(page: Page, town: ConsoleTown, width: int) -> None:
    await page.goto(f"{town.url}{BASE}/running/extend")
    await fits(page, width)
    await page.get_by_label("Last day for answers").fill("7/6/2030")
    await page.get_by_label("Reason in English").fill("Snow closed the schools.")
    await press(page.get_by_role("button", name="See what people will be told"))
    await expect(page.get_by_role("table")).to_contain_text("Snow closed the schools.")
    await fits(page, width)
    await press(page.get_by_role("button", name="Keep it open longer"))
    await expect(page.get_by_role("heading", name="What was decided")).to_be_visible()
    await fits(page, width)
    await page.goto(f"{town.url}{BASE}/running/close")
    await fits(page, width)


async def _types_in(page: Page, town: ConsoleTown, width: int) -> None:
    await page.goto(f"{town.url}{BASE}/enter")
    await fits(page, width)
    await page.get_by_label("On paper").check()
    await page.get_by_label("Who gave them?").select_option("child-4-7")
    await press(page.get_by_role("button", name="Show the questions"))
    await fits(page, width)
    await page.get_by_label("Day", exact=True).fill("14/5/2030")
    await page.get_by_label("Swings").check()
    await page.get_by_label("What else would you like to tell us?").fill("A pond")
    await press(page.get_by_role("button", name="Type these answers in"))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("EVK-")
    await fits(page, width)
    await press(page.get_by_role("link", name="Correct it"))
    await fits(page, width)
    await page.go_back()
    await press(page.get_by_role("link", name="Erase this entry"))
    await fits(page, width)
