"""An editor answers back in a browser: writes, looks, publishes; people read it in their own words and language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.answering import Answering
from bot.console.rights import Duty
from bot.said import encode
from flows.messages import Channel
from tests.support.answered import a_deed, an_answer, answers_all, write_asking_pack
from tests.support.browser import accessibility_problems
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG
from tests.support.shipped import ROOT


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_asking_pack(tmp_path / "packs")) as town:
        yield town


async def fits(page: Page) -> None:
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index] # it was set


async def sign_in(page: Page, town: ConsoleTown) -> None:
    editor = await town.officer(Duty.EDITOR)
    await page.context.add_cookies([{"name": editor.cookie_name, "value": editor.token, "url": town.url}])


async def write(page: Page, heading: str, said: str) -> None:
    await page.get_by_label("Heading").fill(heading)
    await page.get_by_label("What people said").fill(said)
    await page.get_by_label("What was decided").fill("We will build four.")
    await page.get_by_label("Why, or why not").fill("There is money for four.")
    await page.get_by_role("button", name="Save the draft").click()


async def test_an_editor_answers_back_and_people_read_it_in_their_words(page: Page, town: ConsoleTown) -> None:
    await answers_all(town.desk, 1)
    await answers_all(town.desk, 2, channel=Channel.WEB, who="1")
    await sign_in(page, town)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.goto(f"{town.url}/console/{SLUG}/answered")
    await fits(page)
    await page.get_by_role("link", name="Change who decided").click()
    await page.get_by_role("button", name="Save the draft").click()
    await expect(page.get_by_role("alert")).to_contain_text("Write who decided")
    await fits(page)
    await page.get_by_label("The body that decided").fill("The council's Cabinet")
    for name, value in (("Day", "1"), ("Month", "7"), ("Year", "2030")):
        await page.get_by_label(name, exact=True).fill(value)
    await page.get_by_role("button", name="Save the draft").click()
    await page.get_by_role("link", name="Write what is said about More swings").click()
    await page.get_by_label("Yes").check()
    await write(page, "Swings", "Many of you asked for more swings.")
    await page.get_by_role("link", name="Change what is said about More swings").click()
    await page.get_by_text("Write for another age or language").click()
    await page.get_by_role("link", name="English, 8 to 11 years").click()
    await fits(page)
    await write(page, "Swings", "You want more swings.")
    await page.get_by_role("link", name="See it as people would").click()
    await fits(page)
    await page.goto(f"{town.url}/console/{SLUG}/answered/publish")
    await expect(page.get_by_role("row", name="Text message fewer than 5 fewer than 5")).to_be_visible()
    await fits(page)
    await page.get_by_label("I have read it for every age").check()
    await page.get_by_role("button", name="Publish now").click()
    await expect(page.get_by_role("alert")).to_contain_text("It is published")
    await read_by_everybody(page, town)
    service = town.service
    assert await Answering(service.database, service.library, service.clock, town.url).send() == 2


async def read_by_everybody(page: Page, town: ConsoleTown) -> None:
    for width, language, says in ((1280, "en", "What came of it"), (400, "cy", "Beth ddaeth o hyn")):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.goto(f"{town.url}/said/{SLUG}?lang={language}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(says)
        await expect(page.get_by_text("Many of you asked")).to_be_visible()
        await fits(page)
        await page.locator(".said-choices a", has_text="8").first.click()
        await expect(page.get_by_text("You want more swings.")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("cy", 400), ("pl", 400), ("ar", 1280)])
async def test_the_public_page_of_a_shipped_consultation_has_no_fault_in_any_language(
    page: Page, sqlite_url: str, language: str, width: int
) -> None:
    slug = "herefordshire-2018"
    async with a_console(sqlite_url, ROOT / "consultations", now=datetime(2018, 6, 1, 12, tzinfo=UTC)) as town:
        feedback = town.service.database.feedback
        await feedback.save(slug, encode(an_answer()), after=0, deed=a_deed(town.service.clock.now()))
        await feedback.publish(slug, 1, sends=False, deed=a_deed(town.service.clock.now()))
        await page.set_viewport_size({"width": width, "height": 900})
        for path in (f"/said/{slug}?lang={language}&age=8-11", f"/?lang={language}"):
            await page.goto(town.url + path)
            await fits(page)
        await page.locator(f'a[href^="/said/{slug}"]').click()
        await expect(page.get_by_text("Many of you asked")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 400])
async def test_posters_and_previews_fit_and_axe_finds_nothing(page: Page, town: ConsoleTown, width: int) -> None:
    await sign_in(page, town)
    await page.set_viewport_size({"width": width, "height": 900})
    for path in ("posters", "posters/print?lang=cy&for=under-12", "preview?question=swings"):
        await page.goto(f"{town.url}/console/{SLUG}/{path}")
        await fits(page)
