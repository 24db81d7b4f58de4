"""An officer watches a consultation: everything fits, axe finds nothing, and figures come by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.clock import Clock
from bot.console.rights import Duty
from flows.messages import Channel
from tests.support.browser import accessibility_problems
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON


@pytest.fixture
async def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[ConsoleTown]:
    packs = write_pack(tmp_path / "packs", more="[targets.roles]\nchild = 40\n")
    async with a_console(sqlite_url, packs, clock=clock) as town:
        yield town


async def come(town: ConsoleTown, first: int, number: int) -> None:
    for each in range(first, first + number):
        await town.desk.person(Channel.SMS, f"+44770090{each:04}").says("PLAY", "1", "1", "Swings are fun")


async def look(page: Page, town: ConsoleTown) -> None:
    viewer = await town.officer(Duty.VIEWER)
    await page.context.add_cookies([{"name": viewer.cookie_name, "value": viewer.token, "url": town.url}])
    await page.goto(f"{town.url}/console/{SLUG}")


async def cookies(page: Page) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in await page.context.cookies())


async def test_an_officer_watches_with_every_width_and_without_a_fault(
    page: Page, town: ConsoleTown, clock: Clock
) -> None:
    await come(town, 1, 12)
    clock.advance(timedelta(hours=1))
    for width in (1280, 400):
        await page.set_viewport_size({"width": width, "height": 900})
        await look(page, town)
        await expect(page.get_by_role("img", name="By role: bar chart")).to_be_visible()
        await expect(page.get_by_role("row", name="Child 10 100%")).to_be_visible()
        await page.get_by_text("What is counted").click()
        await expect(page.get_by_text("We count people, not answers")).to_be_visible()
        assert await accessibility_problems(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_an_officer_looks_up_what_there_is_to_show_for_the_participation_standards(
    page: Page, town: ConsoleTown, clock: Clock
) -> None:
    await come(town, 1, 12)
    clock.advance(timedelta(hours=1))
    for width in (1280, 400):
        await page.set_viewport_size({"width": width, "height": 900})
        await look(page, town)
        await page.get_by_role("link", name="participation standards").click()
        await expect(page.get_by_role("heading", level=2)).to_have_count(7)
        await expect(page.get_by_text("By role, at least: Child, 10.")).to_be_visible()
        assert await accessibility_problems(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_figures_come_by_themselves_unless_somebody_stops_them(
    page: Page, town: ConsoleTown, clock: Clock
) -> None:
    await come(town, 1, 6)
    clock.advance(timedelta(minutes=50))
    await page.clock.install()
    await look(page, town)
    await expect(page.get_by_text("Too few to show", exact=True)).to_have_count(2)
    clock.advance(timedelta(minutes=15))
    await page.clock.fast_forward(61_000)
    await expect(page.get_by_role("status")).to_have_text("The figures were updated.")
    await expect(page.get_by_role("row", name="Child 5 100%")).to_be_visible()
    await page.get_by_role("button", name="Stop updating by itself").click()
    await expect(page.get_by_role("status")).to_have_text("The figures stay as they are.")
    await come(town, 7, 6)
    for _ in range(2):  # by half an hour somebody who does nothing is signed out
        clock.advance(timedelta(minutes=28))
        await town.http.get(page.url, headers={"Cookie": await cookies(page)})
    await page.clock.fast_forward(61_000)
    await expect(page.get_by_role("row", name="Child 5 100%")).to_be_visible()
    await page.get_by_role("link", name="Refresh the figures").click()
    await expect(page.get_by_role("row", name="Child 10 100%")).to_be_visible()
