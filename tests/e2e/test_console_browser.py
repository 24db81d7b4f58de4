"""An officer in a browser: in for the first time, out and in again; an administrator at their work. axe looks on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from bot.clock import Clock
from bot.console.rights import Duty
from tests.support.browser import accessibility_problems
from tests.support.officers import PASSWORD, Browser, ConsoleTown, a_console
from tests.support.packs import write_pack
from tests.support.town import NOON

SIZES = ((1280, 900), (400, 800))


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs"), clock=clock) as town:
        yield town


async def _is_sound(page: Page) -> None:
    """Axe finds nothing, and nothing is wider than the screen, large or small."""
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        assert await accessibility_problems(page) == [], page.url


async def _opened_as(page: Page, town: ConsoleTown, browser: Browser) -> None:
    await page.context.add_cookies([{"name": town.cookie_name, "value": browser.token, "url": town.url}])


async def test_an_officer_gets_in_for_the_first_time_and_again_by_keyboard_alone(
    page: Page, town: ConsoleTown, clock: Clock
) -> None:
    ann = await town.person(Duty.ANALYST, name="Ann Analyst")
    await page.goto(f"{town.url}/console")
    await expect(page.locator("h1")).to_have_text("Sign in")
    await _is_sound(page)
    await page.get_by_label("E-mail address").fill(ann.email)
    await page.get_by_label("Password").fill("not my password")
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("Error: Sign in – Sayso for officers")
    await _is_sound(page)
    await page.get_by_role("link", name="is wrong").press("Enter")
    await expect(page.get_by_label("E-mail address")).to_be_focused()

    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Set up your phone")
    await page.get_by_text("I cannot scan it").press("Enter")
    await _is_sound(page)
    secret = (await page.locator(".key").inner_text()).replace(" ", "")
    await page.get_by_label("Code from your app").fill(pyotp.TOTP(secret).at(clock.now()))
    await page.keyboard.press("Enter")
    await expect(page.locator(".codes li")).to_have_count(10)
    await _is_sound(page)
    await page.get_by_role("link", name="carry on").press("Enter")
    await expect(page.locator("h1")).to_have_text("Consultations")
    await _is_sound(page)

    await page.get_by_role("button", name="Sign out").press("Enter")
    await page.get_by_label("E-mail address").fill(ann.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Check it is you")
    await _is_sound(page)
    clock.advance(timedelta(seconds=60))
    await page.get_by_label("Code from your app").fill(pyotp.TOTP(secret).at(clock.now()))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Ann Analyst")).to_be_visible()


async def test_an_administrator_looks_after_officers_and_the_record(page: Page, town: ConsoleTown) -> None:
    await _opened_as(page, town, town.administrator)
    await page.goto(f"{town.url}/console")
    await page.get_by_role("link", name="Officers", exact=True).click()
    await _is_sound(page)
    await page.get_by_role("link", name="Add an officer").click()
    await page.get_by_role("button", name="Add officer").click()
    await expect(page.locator("#errors-title")).to_have_text("There is a problem")
    await _is_sound(page)
    await page.get_by_label("E-mail address").fill("bob@council.example")
    await page.get_by_label("Name", exact=True).fill("Bob Brown")
    await page.get_by_label("Viewer").check()
    await page.get_by_role("button", name="Add officer").click()
    await expect(page.locator("h1")).to_have_text("Bob Brown can sign in now")
    await _is_sound(page)
    await page.get_by_role("link", name="Back to the officers").click()
    await page.get_by_role("link", name="Bob Brown").click()
    await _is_sound(page)
    await page.get_by_role("button", name="Disable this officer").click()
    await expect(page.get_by_text("can sign in no longer")).to_be_visible()
    await _is_sound(page)

    await page.get_by_role("link", name="Record", exact=True).click()
    await expect(page.locator("tbody tr").first).to_contain_text("officer: disabled")
    await _is_sound(page)
    await page.get_by_role("button", name="Check the whole record now").click()
    await expect(page.locator("h1")).to_have_text("The record is whole")
    await _is_sound(page)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/console/account", "Your account"),
        ("/console/officers", "You cannot do this"),
        ("/console/x", "Page not found"),
    ],
)
async def test_other_pages_of_the_door_are_sound_too(page: Page, town: ConsoleTown, path: str, heading: str) -> None:
    await _opened_as(page, town, town.viewer)
    await page.goto(town.url + path)
    if path != "/console/x":
        await expect(page.locator("h1")).to_have_text(heading)
    await _is_sound(page)
