"""The web chat in Welsh and in Arabic: whole in each, mirrored where lines run from right to left, and read aloud."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import accessibility_problems
from tests.support.shipped import PACK
from tests.support.town import Town, a_town

NOON = datetime(2018, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Where Herefordshire's own consultation runs, as it is shipped."""
    shutil.copytree(PACK, tmp_path / "packs" / PACK.name)
    async with a_town(sqlite_url, tmp_path / "packs", now=NOON) as town:
        yield town


async def open_in(page: Page, town: Town, language: str) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(f"{town.url}/chat/{PACK.name}?lang={language}")


async def answer(page: Page, said: str) -> None:
    """Picks the option of that code, or writes; sends; and waits for the reply."""
    before = await page.locator(".bubble").count()
    option = page.locator(f"#form input[value='{said}']")
    await (option.check() if await option.count() else page.locator("#form textarea").fill(said))
    await page.locator("#form button.first").click()
    await expect(page.locator(".bubble")).not_to_have_count(before)


async def press(page: Page, command: str) -> None:
    before = await page.locator(".bubble").count()
    await page.locator(f"#form button[value='{command}']").click()
    await expect(page.locator(".bubble")).not_to_have_count(before)


async def wrong_with(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*await accessibility_problems(page), *([f"{sideways} pixels too wide"] if sideways else [])]


async def left_of(page: Page, selector: str) -> float:
    box = await page.locator(selector).last.bounding_box()
    assert box is not None
    return box["x"]


WAY = "(item) => getComputedStyle(item).direction"
VOICES = """
(voices) => {
  window.told = [];
  const speech = new EventTarget();
  speech.getVoices = () => voices;
  speech.speak = (said) => window.told.push(said);
  speech.cancel = () => window.told.push("silence");
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}
"""
HERE = [{"lang": f"{language}-XX", "localService": True, "default": False} for language in ("cy", "en")]
ELSEWHERE = [{**voice, "localService": False} for voice in HERE]


async def with_voices(page: Page, voices: list[dict[str, object]]) -> None:
    await page.add_init_script(f"({VOICES})({str(voices).replace('True', 'true').replace('False', 'false')})")


async def told(page: Page) -> list[str]:
    """What the device was asked to say, with the language, since this was last asked."""
    return list(
        await page.evaluate("window.told.splice(0).map((said) => said.text ? `${said.voice.lang} ${said.text}` : said)")
    )


# --- from right to left ---


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
async def test_axe_finds_nothing_in_arabic(page: Page, town: Town, width: int, scheme: str) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await open_in(page, town, "ar")
    assert await wrong_with(page) == []
    await answer(page, "parent-carer")
    await press(page, "help")
    await answer(page, "قوائم الانتظار")
    assert await wrong_with(page) == []
    await answer(page, "My son waited for a year.")
    await press(page, "show")
    assert await wrong_with(page) == []


async def test_an_arabic_page_is_mirrored_and_the_keyboard_goes_through_it_as_it_is_read(
    page: Page, town: Town
) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await open_in(page, town, "ar")
    await answer(page, "parent-carer")
    assert await page.locator("html").get_attribute("dir") == "rtl"
    assert await left_of(page, ".mine") < await left_of(page, ".ours")
    field = page.locator("#form textarea")
    await expect(field).to_be_focused()
    assert await field.evaluate(WAY) == "rtl"
    buttons, places = [], []
    for _ in range(4):
        await page.keyboard.press("Tab")
        buttons.append(await page.evaluate("document.activeElement.textContent"))
        places.append(await left_of(page, ":focus"))
    assert buttons == ["إرسال", "تخطي", "رجوع", "توقف"]
    assert places == sorted(places, reverse=True)
    await field.fill("Waiting lists")
    assert await field.evaluate(WAY) == "ltr"


async def test_what_is_not_translated_says_so_runs_its_own_way_and_is_read_aloud_in_its_own_language(
    page: Page, town: Town
) -> None:
    await with_voices(page, HERE)
    await open_in(page, town, "ar")
    await expect(page.locator("#aloud")).to_be_hidden()
    await answer(page, "child-8-11")
    asked = page.locator(".asks")
    await expect(asked).to_contain_text("What is the biggest thing")
    for part in (asked, page.locator(".asked"), page.locator(".buttons"), page.locator(".asks > .hidden")):
        assert (await part.get_attribute("lang"), await part.get_attribute("dir")) == ("en", "ltr")
    assert await page.locator(".bubble.ours").first.get_attribute("lang") is None
    assert await page.locator("html").get_attribute("lang") == "ar"
    await page.locator("#aloud").click()
    assert (await told(page))[1] == "en-XX Grown-ups are writing a plan for children here."
    await answer(page, "المدرسة بعيدة.")
    assert await page.locator(".mine p").last.get_attribute("dir") == "auto"
    assert await page.locator(".mine p").last.evaluate(WAY) == "rtl"
    assert await accessibility_problems(page) == []


async def test_going_over_to_another_language_only_adds_to_the_log(page: Page, town: Town) -> None:
    await open_in(page, town, "en")
    await answer(page, "parent-carer")
    await page.evaluate("document.querySelector('.bubble').dataset.mark = 'first'")
    await press(page, "ar")
    await expect(page.locator(".bubble").last).to_have_attribute("class", "bubble ours asks fresh")
    first = page.locator(".bubble").first
    await expect(first).to_have_attribute("data-mark", "first")
    assert (await first.get_attribute("lang"), await first.get_attribute("dir")) == ("en", "ltr")
    assert await page.locator(".mine > .hidden").first.text_content() == "أنت"


# --- in Welsh ---


async def test_axe_finds_nothing_in_welsh_and_every_picture_has_a_word(page: Page, town: Town) -> None:
    await page.set_viewport_size({"width": 320, "height": 800})
    await open_in(page, town, "cy")
    await answer(page, "child-4-7")
    await answer(page, "together")
    assert await wrong_with(page) == []
    names = [await option.inner_text() for option in await page.locator(".option .label").all()]
    assert names == ["Lleoedd i chwarae", "Teimlo'n iach", "Ysgol", "Cartref", "Ddim yn gwybod"]
    for name in names:
        await expect(page.get_by_role("radio", name=name, exact=True)).to_be_visible()
    assert await page.locator(".picture:not([aria-hidden='true'])").count() == 0
    assert await page.locator("[lang=en]:not(.languages *, .more *)").count() == 0


# --- read aloud ---


async def test_a_question_is_read_aloud_with_its_options_and_a_second_press_stops_it(page: Page, town: Town) -> None:
    await with_voices(page, HERE)
    await open_in(page, town, "cy")
    await answer(page, "child-4-7")
    button = page.get_by_role("button", name="Darllen yn uchel", exact=True)
    await button.click()
    assert await told(page) == [
        "silence",
        "cy-XX Mae rhai plant yn teipio gydag oedolyn.",
        "cy-XX Pwy sy'n teipio?",
        "cy-XX Dewisa un.",
        "cy-XX Fi",
        "cy-XX Mae oedolyn yn fy helpu",
        "cy-XX Oedolyn, ar fy rhan",
    ]
    assert await accessibility_problems(page) == []
    await page.get_by_role("button", name="Peidio â darllen", exact=True).click()
    assert await told(page) == ["silence"]
    await expect(button).to_be_visible()


async def test_reading_ends_by_itself_and_with_the_answer(page: Page, town: Town) -> None:
    await with_voices(page, HERE)
    await open_in(page, town, "en")
    button = page.locator("#aloud")
    await button.click()
    await expect(button).to_contain_text("Stop reading")
    await page.evaluate("window.told.at(-1).onend()")
    await expect(button).to_contain_text("Read this aloud")
    await button.click()
    await told(page)
    await answer(page, "parent-carer")
    assert await told(page) == ["silence"]
    await expect(button).to_contain_text("Read this aloud")


async def test_nothing_is_offered_that_the_device_cannot_read_by_itself(browser: Browser, town: Town) -> None:
    for voices in ([], ELSEWHERE):
        page = await browser.new_page()
        await with_voices(page, voices)
        await open_in(page, town, "en")
        await expect(page.locator("#form")).to_be_visible()
        await expect(page.locator("#aloud")).to_be_hidden()
        await page.close()
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await open_in(page, town, "en")
    await expect(page.locator("#aloud")).to_be_hidden()
    await context.close()
