"""The demo as somebody from a council sees it: three devices on one page, a clock to move, and the rows it comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.config import Settings
from bot.demo import running
from tests.support.browser import accessibility_problems

PACKS = Path(__file__).parents[2] / "consultations"
SHIPPED = "herefordshire-2018"
WIDTHS = (320, 768, 1280)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """The demo as `make demo` starts it, about what is shipped, on a port of its own."""
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/demo.db", consultations=PACKS)
    async with running(settings, port=0, now=None) as url:
        yield url


async def say(device: Locator, text: str) -> None:
    """Types on a phone, and waits for what comes back."""
    before = await device.locator(".text:not(.theirs)").count()
    await device.locator("textarea").fill(text)
    await device.locator("textarea").press("Enter")
    await expect(device.locator(".text:not(.theirs)").nth(before)).to_be_visible()


async def test_three_people_answer_in_three_ways_and_make_three_rows(page: Page, demo: str) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(demo)
    sms, telegram, web = page.locator("#sms"), page.locator("#telegram"), page.frame_locator("iframe")
    await say(sms, "plan")
    await say(sms, "parent")
    await say(sms, "Somewhere safe to cross the road by the school")
    await telegram.get_by_role("button", name="Start").click()
    await telegram.get_by_role("button", name="I am 16 to 25").click()
    await expect(telegram.locator(".theirs").last).to_contain_text("/start")
    await expect(telegram.locator(".talk")).to_contain_text("one thing for young people")
    await say(telegram, "Buses that run after six")
    await web.get_by_role("radio", name="I am 8 to 11").check()
    await web.get_by_role("button", name="Send").click()
    await web.locator("textarea").fill("My bus is always late")
    await web.get_by_role("button", name="Send").click()
    rows = page.locator("#rows tr")
    await expect(rows).to_have_count(3)
    for role, band, channel in (
        ("parent-carer", "adult", "sms"),
        ("young-person", "16-25", "telegram"),
        ("child", "8-11", "web"),
    ):
        row = rows.filter(has_text=channel)
        await expect(row).to_contain_text(role)
        await expect(row).to_contain_text(band)
    await expect(rows.filter(has_text="web")).to_contain_text("My bus is always late")
    assert await accessibility_problems(page) == []


async def test_the_cutoff_can_be_watched(page: Page, demo: str) -> None:
    await page.goto(demo)
    await expect(page.locator("#now")).to_have_text("4:05pm on Thursday 8 March 2018")
    await page.get_by_role("button", name="To a minute before the deadline").click()
    await expect(page.locator("#now")).to_have_text("11:59pm on Friday 9 March 2018")
    web = page.frame_locator("iframe")
    await web.get_by_role("radio", name="I am 8 to 11").check()
    await web.get_by_role("button", name="Send").click()
    await expect(web.locator("textarea")).to_be_visible()
    await page.get_by_role("button", name="To the deadline").click()
    await expect(web.locator(".bubble").last).to_contain_text("closed")
    await expect(page.get_by_role("button", name="To the deadline")).to_be_disabled()
    await web.locator("textarea").fill("My bus is always late")
    await web.get_by_role("button", name="Send").click()
    await expect(page.locator("#rows tr")).to_contain_text("issue")


async def test_another_phone_and_another_visitor_begin_anew(page: Page, demo: str) -> None:
    await page.goto(demo)
    sms = page.locator("#sms")
    await say(sms, "plan")
    await sms.get_by_role("button", name="New phone").click()
    await expect(sms.locator("option")).to_have_count(2)
    await expect(sms.locator(".text")).to_have_count(0)
    await sms.locator("select").select_option(index=0)
    await expect(sms.locator(".text")).to_have_count(2)
    web = page.frame_locator("iframe")
    await web.get_by_role("radio", name="I am 8 to 11").check()
    await web.get_by_role("button", name="Send").click()
    await expect(web.locator(".mine")).to_have_count(1)
    await page.get_by_role("button", name="New visitor").click()
    await expect(web.locator(".mine")).to_have_count(0)
    await expect(web.locator(".bubble")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(
    page: Page, demo: str, width: int, scheme: str
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await page.goto(demo)
    await expect(page.locator("#sms option")).to_have_count(1)
    assert await accessibility_problems(page) == []
    await say(page.locator("#sms"), "plan")
    await page.locator("#telegram").get_by_role("button", name="Start").click()
    await expect(page.locator("#telegram .keys button").first).to_be_visible()
    await expect(page.locator("#rows tr")).to_have_count(2)
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate("document.body.scrollHeight") <= await page.evaluate("document.body.offsetHeight") + 1


async def test_without_a_running_demo_the_page_says_so(page: Page, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/demo.db", consultations=PACKS)
    async with running(settings, port=0, now=datetime.fromisoformat("2018-03-08T16:05+00:00")) as url:
        await page.goto(url)
        await expect(page.locator("#sms option")).to_have_count(1)
    await expect(page.locator("#problem")).to_contain_text("has stopped")
