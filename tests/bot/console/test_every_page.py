"""Every page of the console, for every duty: what is theirs, what is not, and what nobody has who is not signed in.

Later pages are held to it by being there: nothing is to be added here for them but examples of what their paths name.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.console.app import Console
from bot.console.door import SIGN_IN
from bot.console.rights import RIGHTS, Duty, Right
from bot.console.section import NAVIGATION, SERVICE_NAVIGATION, Page
from bot.pages import Pages
from bot.web import application
from tests.support.desk import a_desk
from tests.support.officers import Browser, ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack

EXAMPLES = {"slug": SLUG, "question": "why", "reference": "HBR-7K2M-9Q"}
"""What stands in a path. What is not here is 1, and may well not exist: that answers 404 to whoever may open it."""
_HOLE = re.compile(r"{(\w+)(?::[^}]*)?}")


def _filled(path: str) -> str:
    return _HOLE.sub(lambda hole: EXAMPLES.get(hole[1], "1"), path)


async def _sent(browser: Browser, page: Page, *, csrf: str | None = None) -> Shown:
    path = _filled(page.path)
    return await browser.get(path) if page.method == "GET" else await browser.post(path, csrf=csrf)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def town(sqlite_url: str, packs: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, packs) as town:
        yield town


def _pages(town: ConsoleTown) -> list[Page]:
    return list(Console(town.service, Pages()).pages())


async def test_nothing_is_served_under_console_that_is_not_declared_with_its_right(
    sqlite_url: str, packs: Path
) -> None:
    async with a_desk(sqlite_url, packs) as desk:
        app = application(desk.service)
        declared = {(page.method, page.path) for page in Console(desk.service, Pages()).pages()}
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/console")
    }
    assert served
    # For each page that can be opened the framework adds the request that asks for its headers alone.
    assert {(method, path) for method, path in served if method != "HEAD"} == declared
    assert {path for method, path in served if method == "HEAD"} <= {p for method, p in declared if method == "GET"}


async def test_no_two_pages_have_the_same_address(town: ConsoleTown) -> None:
    declared = [(page.method, page.path) for page in _pages(town)]
    assert len(declared) == len(set(declared))


async def test_only_pages_before_anybody_is_known_are_open_to_everybody(town: ConsoleTown) -> None:
    assert {page.path for page in _pages(town) if page.right is Right.SIGN_IN} <= {
        SIGN_IN,
        f"{SIGN_IN}/code",
        f"{SIGN_IN}/password",
        f"{SIGN_IN}/app",
        f"{SIGN_IN}/provider",
        f"{SIGN_IN}/provider/back",
    }


@pytest.mark.parametrize("duty", Duty)
async def test_a_page_is_open_to_those_who_have_its_right_and_to_nobody_else(town: ConsoleTown, duty: Duty) -> None:
    wrong: list[str] = []
    person = await town.person(duty)
    for page in _pages(town):
        browser = town.stranger()
        await town.sign_in(browser, person)  # anew: one of the pages signs out
        shown = await _sent(browser, page)
        may = page.right in RIGHTS[duty]
        leads_out = page.right is Right.SIGN_IN or page.path.endswith("sign-out")
        to_sign_in = shown.location.startswith(SIGN_IN) and not leads_out
        if may and (shown.status == 403 or shown.status >= 500 or to_sign_in):
            wrong.append(f"{page.method} {page.path} must let in, and answered {shown.status}: {shown.words[:200]}")
        elif not may and shown.status != 403:
            wrong.append(f"{page.method} {page.path} must refuse, and answered {shown.status}")
    assert not wrong, "\n".join(wrong)


async def test_whoever_is_not_signed_in_is_asked_to_do_so(town: ConsoleTown) -> None:
    for page in _pages(town):
        shown = await _sent(town.stranger(), page, csrf="")
        if page.right is not Right.SIGN_IN:
            assert (shown.status, shown.location.partition("?")[0]) == (303, SIGN_IN), page.path


async def test_a_form_without_the_token_of_its_session_changes_nothing(town: ConsoleTown) -> None:
    everything = await town.officer(*Duty)
    for page in _pages(town):
        if page.method == "POST":
            for csrf in ("", "0" * 64, town.stranger().csrf):
                assert (await _sent(everything, page, csrf=csrf)).status == 403, page.path


@pytest.mark.parametrize("part", [b'Content-Disposition: form-data; name="\xc2\xbe\x04"', b"no header", b"\xff\xfe: x"])
async def test_a_form_in_parts_that_cannot_be_read_is_refused_in_one_sentence(town: ConsoleTown, part: bytes) -> None:
    body = b"--b\r\n" + part + b"\r\n\r\nx\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with town.http.post(f"{town.url}{SIGN_IN}", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "This form could not be read." in await answer.text()


async def test_an_officer_of_other_consultations_gets_into_no_page_of_this_one(town: ConsoleTown) -> None:
    elsewhere = await town.officer(*Duty, slugs=["another-one"])
    for page in _pages(town):
        if "{slug}" in page.path:
            assert (await _sent(elsewhere, page)).status == 403, page.path


async def test_a_consultation_that_there_is_not_answers_that_it_is_not_there(town: ConsoleTown) -> None:
    everything = await town.officer(*Duty)
    for page in _pages(town):
        if page.method == "GET" and "{slug}" in page.path:
            path = _filled(page.path.replace("{slug}", "nowhere"))
            assert (await everything.get(path)).status == 404, page.path


async def test_no_page_may_be_kept_by_a_cache_or_shown_in_a_frame(town: ConsoleTown) -> None:
    everything = await town.officer(*Duty)
    for page in _pages(town):
        if page.method == "GET":
            shown = await _sent(everything, page)
            assert shown.headers["Cache-Control"] == "no-store", page.path
            policy = shown.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, page.path
            assert "unsafe" not in policy, page.path


async def test_the_navigation_leads_only_to_pages_that_are_there(town: ConsoleTown) -> None:
    for duty, browser in town.officers.items():
        shown = await browser.get("/console")
        for path, words in (*NAVIGATION, *SERVICE_NAVIGATION):
            address = _filled(path)
            if f'href="{address}"' in shown.html:
                assert (await browser.get(address)).status == 200, (duty, words)
