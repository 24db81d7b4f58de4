"""The web chat for everybody: under axe in every state that it has, at 320 pixels, in the dark, and by its sizes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support.browser import accessibility_problems
from tests.support.every_kind import SLUG as EVERY_KIND
from tests.support.every_kind import write_every_kind
from tests.support.hands import choose, open_chat, press, send, write
from tests.support.packs import write_pack
from tests.support.town import Town, a_town

LEAST_TARGET = 44
WIDTHS = (320, 1280)


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    packs = write_every_kind(write_pack(tmp_path / "packs"))
    async with a_town(sqlite_url, packs) as town:
        yield town


async def through_every_state(page: Page, town: Town, look: Callable[[str], Awaitable[None]]) -> None:
    """From the first page to the last, by way of every field that there is."""
    await open_chat(page, town, EVERY_KIND)
    await look("start")
    await choose(page, "I am 4 to 7")
    await look("who is typing")
    await choose(page, "A grown-up helps me")
    await look("pictures")
    await send(page)
    await look("a choice again")
    await choose(page, "Swings")
    await look("several choices")
    await choose(page, "Parks")
    await look("scale")
    await choose(page, "4")
    await look("number")
    await page.locator("#form input[type=text]").fill("a few")
    await send(page)
    await look("a number again")
    await page.locator("#form input[type=text]").fill("4")
    await send(page)
    await look("ranking")
    for place, option in enumerate(("safe", "well", "learn")):
        await page.locator("select").nth(place).select_option(option)
    await send(page)
    await look("text")
    await to_the_end_and_after(page, town, look)


async def to_the_end_and_after(page: Page, town: Town, look: Callable[[str], Awaitable[None]]) -> None:
    await press(page, "Help")
    await look("help")
    await press(page, "Stop")
    await look("stopped")
    await press(page, "Go on")
    await write(page, "A zip wire")
    await look("thanks")
    await press(page, "Change an answer")
    await look("change")
    await press(page, "Back")
    await press(page, "Erase my answers")
    await look("delete")
    await choose(page, "Keep it")
    await page.context.clear_cookies()
    town.service.clock.advance(timedelta(days=30))
    await open_chat(page, town, EVERY_KIND)
    await look("closed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_in_any_state(page: Page, town: Town, width: int, scheme: str) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found: dict[str, list[str]] = {}
    seen: list[str] = []

    async def look(state: str) -> None:
        seen.append(state)
        found[state] = await accessibility_problems(page)

    await through_every_state(page, town, look)
    assert {state: problems for state, problems in found.items() if problems} == {}
    assert len(seen) > len(WIDTHS) * 5


SMALL = f"""() => [...document.querySelectorAll("button, .option, select, textarea, input[type=text], a")]
  .filter((item) => !item.closest("p, [aria-hidden=true]") && !item.matches(".skip-link"))
  .filter((item) => item.getBoundingClientRect().width > 1)
  .map((item) => [item.textContent.trim() || item.name, item.getBoundingClientRect()])
  .filter(([, box]) => box.height < {LEAST_TARGET} || box.width < {LEAST_TARGET})
  .map(([name, box]) => `${{name}}: ${{box.width}} x ${{box.height}}`)"""


@pytest.mark.parametrize("width", WIDTHS)
async def test_everything_fits_and_can_be_hit_in_any_state(page: Page, town: Town, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    wrong: dict[str, object] = {}

    async def look(state: str) -> None:
        sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        small = await page.evaluate(SMALL)
        if sideways > 0 or small:
            wrong[state] = (sideways, small)

    await through_every_state(page, town, look)
    assert wrong == {}


async def test_answering_passing_and_stopping_are_buttons_of_one_size(page: Page, town: Town) -> None:
    await open_chat(page, town)
    await choose(page, "I am 8 to 11")
    sizes = set()
    for name in ("Send", "Skip", "Back", "Stop"):
        box = await page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        sizes.add((round(box["width"]), round(box["height"])))
    assert len(sizes) == 1


async def test_the_youngest_read_bigger_words(page: Page, town: Town) -> None:
    async def size() -> float:
        return float(await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)"))

    await open_chat(page, town, EVERY_KIND)
    before = await size()
    await choose(page, "I am 4 to 7")
    assert await size() > before


@pytest.mark.parametrize("path", ["/", "/privacy", "/accessibility", "/chat/every-kind?code=", "/chat/nothing"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_on_the_other_pages(page: Page, town: Town, path: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(town.url + path)
    assert await accessibility_problems(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
