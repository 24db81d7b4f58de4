"""The web chat in a real browser: with JavaScript and without, by keyboard, at 320 pixels, and under axe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.chat_pages import ELSEWHERE
from flows.values import Choice, Text
from tests.support.browser import accessibility_problems
from tests.support.hands import choose, open_chat, press, send, write
from tests.support.packs import SLUG, write_pack
from tests.support.town import Town, a_town


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    packs = write_pack(tmp_path / "packs")
    async with a_town(sqlite_url, packs) as town:
        yield town


@pytest.fixture
async def plain_page(browser: Browser) -> AsyncIterator[Page]:
    """A browser that runs no script."""
    context = await browser.new_context(java_script_enabled=False)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def leaving_page(browser: Browser) -> AsyncIterator[Page]:
    """A browser whose visitor may go to another site, where the page `Weather` stands; the others may not."""
    context = await browser.new_context()
    await context.route(f"{ELSEWHERE}*", lambda route: route.fulfill(body="<title>Weather</title>"))
    yield await context.new_page()
    await context.close()


# --- a conversation ---


async def a_child_answers(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    await write(page, "theres allways a queue")
    await expect(page.locator(".bubble").last).to_contain_text("Thank you")
    [row] = await town.answers()
    assert row.status == "complete"
    assert row.answers["swings"].value == Choice("more")
    assert row.answers["why"].value == Text("theres allways a queue")


async def test_a_child_answers_with_javascript_and_the_page_is_never_loaded_anew(page: Page, town: Town) -> None:
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    await a_child_answers(page, town)
    assert len(loads) == 1


async def test_a_child_answers_without_javascript(plain_page: Page, town: Town) -> None:
    await a_child_answers(plain_page, town)
    assert plain_page.url.endswith("#latest")


async def test_a_child_answers_though_the_script_never_arrives(page: Page, town: Town) -> None:
    await page.route("**/chat.js*", lambda route: route.abort())
    await a_child_answers(page, town)


async def test_a_child_answers_though_the_script_breaks_after_loading(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await page.evaluate("() => { DOMParser.prototype.parseFromString = () => { throw new Error('broken'); }; }")
    await choose(page, "I am 8 to 11")
    await expect(page.get_by_label("More swings")).to_be_visible()
    assert len(await town.answers()) == 1


async def test_everything_can_be_done_with_the_keyboard_alone(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Go to the question")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("More swings")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea")).to_be_focused()
    await page.keyboard.type("It is fine")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble").last).to_contain_text("Thank you")


async def test_words_may_look_like_markup_and_stay_words(page: Page, town: Town) -> None:
    hostile = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>&lt;b&gt;"
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    await write(page, hostile)
    await expect(page.locator(".mine").last).to_contain_text(hostile)
    await page.reload()
    await expect(page.locator(".mine").last).to_contain_text(hostile)
    assert await page.title() != "x"
    assert await page.locator("#log :is(img, script, b)").count() == 0


# --- sent twice, sent late, sent from an old page ---


async def test_a_double_click_counts_once(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await page.get_by_label("I am 8 to 11").check()
    await page.get_by_role("button", name="Send", exact=True).dblclick()
    await expect(page.get_by_label("More swings")).to_be_visible()
    assert [entry.direction for entry in await town.transcript()].count("in") == 1


async def test_a_form_from_an_old_tab_is_a_change_of_that_answer(browser: Browser, town: Town) -> None:
    context = await browser.new_context()
    page, old = await context.new_page(), await context.new_page()
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await open_chat(old, town)
    await choose(page, "More swings")
    await old.get_by_label("Fewer swings").check()
    await old.get_by_role("button", name="Send", exact=True).click()
    await expect(old.locator("textarea")).to_be_visible()
    await context.close()
    [row] = await town.answers()
    assert row.answers["swings"].value == Choice("fewer")


async def test_going_back_shows_the_conversation_as_it_is_now(plain_page: Page, town: Town) -> None:
    await open_chat(plain_page, town)
    await choose(plain_page, "I am 8 to 11")
    await choose(plain_page, "More swings")
    await plain_page.go_back()
    await expect(plain_page.locator("textarea")).to_be_visible()


async def test_nothing_is_lost_while_the_connection_is(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    await page.locator("textarea").fill("A long thought")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".notice")).to_be_focused()
    await expect(page.locator("textarea")).to_have_value("A long thought")
    assert await accessibility_problems(page) == []
    await page.context.set_offline(False)
    await send(page)
    [row] = await town.answers()
    assert row.answers["why"].value == Text("A long thought")


async def test_a_lost_cookie_loses_no_words(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    await page.context.clear_cookies()
    await page.locator("textarea").fill("A long thought")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#notice")).to_be_focused()
    await expect(page.get_by_label("Your words")).to_have_value("A long thought")
    assert await accessibility_problems(page) == []


# --- where one is ---


async def test_the_focus_goes_on_to_the_next_field(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await expect(page.get_by_label("More swings")).to_be_focused()
    await choose(page, "More swings")
    await expect(page.locator("textarea")).to_be_focused()


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_what_was_not_understood_brings_the_focus_to_its_field(
    browser: Browser, town: Town, *, scripted: bool
) -> None:
    context = await browser.new_context(java_script_enabled=scripted)
    page = await context.new_page()
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await send(page)
    field = page.get_by_label("More swings")
    await expect(field).to_be_focused()
    again = page.get_by_role("radiogroup")
    await expect(again).to_have_attribute("aria-invalid", "true")
    described = (await again.get_attribute("aria-describedby") or "").split()
    assert "asked-again" in described
    assert (await page.title()).startswith("Please look again: ")
    await context.close()


async def test_what_we_say_unasked_leaves_the_field_and_its_words_alone(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    field = page.locator("textarea")
    await field.press_sequentially("Half a tho")
    town.service.clock.advance(timedelta(days=18))
    said = await page.locator(".bubble").count()
    async with asyncio.timeout(10):
        while await page.locator(".bubble").count() == said:
            await page.evaluate("document.dispatchEvent(new Event('sayso:refresh'))")
    await expect(page.locator(".bubble").last).to_contain_text("closed")
    await expect(field).to_be_focused()
    await field.press_sequentially("ught")
    await expect(field).to_have_value("Half a thought")


async def test_there_is_one_live_region_and_every_bubble_names_its_sender(page: Page, town: Town) -> None:
    await a_child_answers(page, town)
    assert await page.locator("[aria-live], [role=log], [role=status], [role=alert]").count() == 1
    assert await page.locator("#log[role=log][aria-label]").count() == 1
    senders = await page.locator(".bubble > .hidden").all_inner_texts()
    assert set(senders) == {"Sayso", "You"}
    assert len(senders) == await page.locator(".bubble").count()
    assert await page.locator(".bubble[tabindex]").count() == 0


async def test_the_log_is_only_added_to(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await page.evaluate("document.querySelector('.bubble').dataset.mark = 'first'")
    await choose(page, "I am 8 to 11")
    await choose(page, "More swings")
    await expect(page.locator(".bubble").first).to_have_attribute("data-mark", "first")


# --- privacy ---


async def test_no_other_host_is_asked_for_anything_and_one_cookie_is_kept_and_nothing_else(
    page: Page, town: Town
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    await a_child_answers(page, town)
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith(f"{town.url}/")] == []
    [cookie] = await page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("sayso", True, "Lax")
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert await page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    assert await page.evaluate("caches.keys().then((found) => found.length)") == 0
    assert await page.evaluate("navigator.serviceWorker.getRegistrations().then((found) => found.length)") == 0


async def test_a_shared_screen_can_be_cleared(page: Page, town: Town) -> None:
    await a_child_answers(page, town)
    before = await page.context.cookies()
    await press(page, "Finish and clear this screen")
    await expect(page.locator(".mine")).to_have_count(0)
    assert [cookie["value"] for cookie in await page.context.cookies()] != [cookie["value"] for cookie in before]
    await page.reload()
    await expect(page.locator(".mine")).to_have_count(0)
    await page.go_back()
    await expect(page.locator(".mine")).to_have_count(0)
    assert len(await town.answers()) == 1


async def leave_at_once(page: Page, how: str) -> None:
    if how == "the button":
        await page.locator("#exit").click()
        return
    for _ in range(3):
        await page.keyboard.press("Shift")


@pytest.mark.parametrize("how", ["the button", "Shift three times"])
async def test_who_has_to_leave_at_once_is_elsewhere_and_back_shows_nothing_of_it(
    leaving_page: Page, town: Town, how: str
) -> None:
    page = leaving_page
    await a_child_answers(page, town)
    await leave_at_once(page, how)
    await expect(page).to_have_title("Weather")
    await page.goto(f"{town.url}/chat/{SLUG}")
    await expect(page.locator(".bubble")).to_have_count(2)
    assert len(await town.answers()) == 1


async def test_who_has_to_leave_at_once_needs_no_javascript(plain_page: Page, town: Town) -> None:
    await plain_page.route(f"{ELSEWHERE}*", lambda route: route.fulfill(body="<title>Weather</title>"))
    await a_child_answers(plain_page, town)
    await plain_page.get_by_role("link", name="Exit this page").click()
    await expect(plain_page).to_have_title("Weather")
    await plain_page.go_back()
    await expect(plain_page.locator(".mine")).to_have_count(0)


async def test_deleting_everything_ends_on_a_page_that_says_so(page: Page, town: Town) -> None:
    await a_child_answers(page, town)
    await press(page, "Erase my answers")
    await page.get_by_label("Yes, erase everything").check()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("main")).to_contain_text("I erased everything you said.")
    assert await accessibility_problems(page) == []
    assert await town.answers() == []
