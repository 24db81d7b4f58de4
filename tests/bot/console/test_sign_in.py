"""Signing in, step by step: what lets somebody in, and everything that does not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from bot.clock import Clock
from bot.console.rights import Duty
from storage.audit import Deed
from storage.officers import Person
from storage.signed_in import IDLE
from tests.support.officers import PASSWORD, Browser, ConsoleTown, Shown, a_console, a_person, cheap_passwords
from tests.support.packs import write_pack
from tests.support.town import NOON

START = "/console/sign-in"
STEP = timedelta(seconds=30)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs"), clock=clock) as town:
        yield town


@pytest.fixture
async def ann(town: ConsoleTown) -> Person:
    return await town.person(Duty.ANALYST, name="Ann")


@pytest.fixture
async def browser(town: ConsoleTown) -> Browser:
    browser = town.stranger()
    await browser.get(START)
    return browser


async def _password(browser: Browser, email: str, password: str = PASSWORD, **more: str) -> Shown:
    return await browser.post(START, {"email": email, "password": password, **more})


async def _set_up(town: ConsoleTown, browser: Browser, email: str) -> str:
    """Signs in for the first time; gives the app's secret."""
    assert (await _password(browser, email)).location == f"{START}/app"
    shown = await browser.get(f"{START}/app")
    found = re.search(r'class="key">([^<]+)<', shown.html)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert (await browser.post(f"{START}/app", {"code": _code(town, secret)})).status == 200
    return secret


def _code(town: ConsoleTown, secret: str, after: timedelta = timedelta(0)) -> str:
    return pyotp.TOTP(secret).at(town.service.clock.now() + after)


async def _acts(town: ConsoleTown, email: str) -> list[tuple[str, str]]:
    return [(line.deed.act, line.deed.why) for line in reversed(await town.record(officer=email))]


# --- the way in ---


async def test_the_first_time_an_app_is_set_up_and_recovery_codes_are_shown_once(
    town: ConsoleTown, ann: Person, browser: Browser
) -> None:
    assert (await _password(browser, ann.email)).location == f"{START}/app"
    page = await browser.get(f"{START}/app")
    assert "<svg" in page.html
    assert "otpauth://totp/" in page.html
    secret = re.findall(r'class="key">([^<]+)<', page.html)[0].replace(" ", "")
    assert (await browser.get("/console")).location.startswith(START)
    done = await browser.post(f"{START}/app", {"code": _code(town, secret)})
    assert len(re.findall(r"<code>[2-9A-Z]{5}-[2-9A-Z]{5}</code>", done.html)) == 10
    assert (await browser.get("/console")).heading == "Consultations"
    assert await _acts(town, ann.email) == [("officer.app-set-up", ""), ("officer.signed-in", "app set up")]


async def test_later_it_takes_the_password_and_a_code(town: ConsoleTown, ann: Person, browser: Browser) -> None:
    secret = await _set_up(town, browser, ann.email)
    assert (await browser.post("/console/sign-out")).location == START
    assert browser.token == ""
    await browser.get(START)
    assert (await _password(browser, ann.email)).location == f"{START}/code"
    assert (await browser.get("/console")).status == 303
    assert (await browser.get(f"{START}/code")).heading == "Check it is you"
    assert (await browser.post(f"{START}/code", {"code": _code(town, secret, STEP)})).location == "/console"
    assert (await browser.get("/console")).status == 200
    assert (await _acts(town, ann.email))[-2:] == [("officer.signed-out", ""), ("officer.signed-in", "app")]


async def test_a_code_lets_in_once(town: ConsoleTown, ann: Person, browser: Browser) -> None:
    secret = await _set_up(town, browser, ann.email)
    code = _code(town, secret, STEP)
    for number, heading in enumerate(("", "Check it is you")):
        again = town.stranger()
        await again.get(START)
        await _password(again, ann.email)
        shown = await again.post(f"{START}/code", {"code": code})
        assert (shown.status, shown.heading) == ((303, "") if number == 0 else (422, heading))


async def test_a_recovery_code_stands_in_for_the_phone_once(town: ConsoleTown, ann: Person, browser: Browser) -> None:
    await _set_up(town, browser, ann.email)
    codes = ["7K4M9-Q2CDF", "X3WRT-GHJKM"]
    officers = town.service.database.officers
    await officers.set_codes(ann.officer_id, codes, Deed(NOON, "command", "officer.recovery-codes-made"))
    statuses = []
    for typed in (" 7k4m9 q2cdf", "7K4M9-Q2CDF", "X3WRTGHJKM"):
        again = town.stranger()
        await again.get(START)
        await _password(again, ann.email)
        statuses.append((await again.post(f"{START}/code", {"code": typed})).status)
    assert statuses == [303, 422, 303]
    assert ("officer.recovery-code-used", "") in await _acts(town, ann.email)


async def test_a_password_that_was_given_is_changed_before_anything_else(town: ConsoleTown, browser: Browser) -> None:
    hashed = await cheap_passwords().hash(PASSWORD)
    person = a_person(Duty.EDITOR, email="eve.editor@council.example")
    given = replace(person, must_change=True, password_hash=hashed)
    await town.service.database.officers.add(given, Deed(NOON, "command", "officer.added"))
    assert (await _password(browser, given.email)).location == f"{START}/password"
    assert (await browser.get(f"{START}/app")).location == f"{START}/password"
    for password, again, told in (
        ("short", "short", "at least 12"),
        ("a" * 257, "a" * 257, "no more than 256"),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", "more different"),
        ("my name eve.editor", "my name eve.editor", "e-mail address"),
        ("four words of mine", "four words of yours", "twice"),
        (PASSWORD, PASSWORD, "another one"),
    ):
        shown = await browser.post(f"{START}/password", {"password": password, "again": again})
        assert shown.status == 422
        assert told in shown.words
    fields = {"password": "four words of mine", "again": "four words of mine"}
    assert (await browser.post(f"{START}/password", fields)).location == f"{START}/app"
    assert (await browser.get("/console")).status == 303


async def _fresh(town: ConsoleTown) -> Browser:
    browser = town.stranger()
    await browser.get(START)
    return browser


async def test_after_signing_in_one_is_where_one_wanted_to_be(town: ConsoleTown, ann: Person) -> None:
    browser = town.stranger()
    wanted = await browser.get("/console/account?done=sessions")
    assert wanted.location == f"{START}?next=%2Fconsole%2Faccount%3Fdone%3Dsessions"
    shown = await browser.get(wanted.location)
    assert 'value="/console/account?done=sessions"' in shown.html
    led = await _password(browser, ann.email, next="/console/account?done=sessions")
    assert led.location == f"{START}/app?next=%2Fconsole%2Faccount%3Fdone%3Dsessions"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/console",
        "//evil.example",
        "/console//evil.example",
        "/console\\evil",
        "/console/../chat/harbour-play",
        "/consolex",
        "/console/sign-out",
        "javascript:alert(1)",
        "/console\r\nSet-Cookie: a=b",
        "/console/" + "a" * 2000,
    ],
)
async def test_signing_in_leads_nowhere_but_into_the_console(town: ConsoleTown, elsewhere: str) -> None:
    shown = await town.viewer.get("/console/sign-in")
    assert shown.location == "/console"
    async with town.http.get(
        town.url + START,
        params={"next": elsewhere},
        headers={"Cookie": f"{town.cookie_name}={town.viewer.token}"},
        allow_redirects=False,
    ) as answer:
        assert answer.headers["Location"] == "/console"


# --- what does not let in ---


async def test_wrong_words_and_unknown_addresses_are_told_apart_by_nobody(
    town: ConsoleTown, ann: Person, browser: Browser
) -> None:
    wrong = await _password(browser, ann.email, "not the password at all")
    unknown = await _password(browser, "nobody@council.example", PASSWORD)
    assert (wrong.status, unknown.status) == (422, 422)
    assert wrong.words.replace(ann.email, "") == unknown.words.replace("nobody@council.example", "")
    assert "is wrong" in wrong.words
    assert (await browser.get("/console")).status == 303
    assert await _acts(town, ann.email) == [("officer.refused", "password")]
    assert await _acts(town, "nobody@council.example") == []


async def test_whoever_is_disabled_is_told_no_more_than_a_stranger(
    town: ConsoleTown, ann: Person, browser: Browser
) -> None:
    await town.service.database.officers.disable(ann.officer_id, NOON, Deed(NOON, "command", "officer.disabled"))
    assert (await _password(browser, ann.email)).status == 422


async def test_guessing_passwords_is_slowed_down_and_the_right_one_waits_too(
    ann: Person, browser: Browser, clock: Clock
) -> None:
    statuses = [(await _password(browser, ann.email, f"guess number {number}")).status for number in range(6)]
    assert statuses == [422] * 5 + [429]
    slowed = await _password(browser, ann.email)
    assert slowed.status == 429
    assert "Wait 2 seconds" in slowed.words or "Wait 1 second," in slowed.words
    clock.advance(timedelta(seconds=3))
    assert (await _password(browser, ann.email)).status == 303


async def test_a_right_password_does_not_make_guessing_codes_any_quicker(
    town: ConsoleTown, ann: Person, browser: Browser
) -> None:
    await _set_up(town, browser, ann.email)
    statuses = []
    for _ in range(3):
        again = await _fresh(town)
        statuses.append((await _password(again, ann.email)).status)
        statuses.append((await again.post(f"{START}/code", {"code": "000000"})).status)
    assert statuses[-1] == 429 or statuses[-2] == 429


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800", "7K4M9-Q2CDF"])
async def test_what_is_no_code_is_refused_plainly(ann: Person, browser: Browser, code: str) -> None:
    await _password(browser, ann.email)
    await browser.get(f"{START}/app")
    shown = await browser.post(f"{START}/app", {"code": code.encode("utf-8", "replace").decode()})
    assert (shown.status, shown.heading) == (422, "Set up your phone")


async def test_steps_cannot_be_left_out(ann: Person, browser: Browser) -> None:
    for step in ("code", "password", "app"):
        assert (await browser.get(f"{START}/{step}")).location == START
        assert (await browser.post(f"{START}/{step}")).location == START
    await _password(browser, ann.email)
    assert (await browser.post(f"{START}/app", {"code": "123456"})).location == f"{START}/app"
    assert (await browser.post(f"{START}/code", {"code": "123456"})).location == f"{START}/app"


async def test_a_session_has_another_token_after_every_step(town: ConsoleTown, ann: Person, browser: Browser) -> None:
    tokens = [browser.token]
    await _password(browser, ann.email)
    tokens.append(browser.token)
    await _set_up(town, browser, ann.email)
    tokens.append(browser.token)
    assert len(set(tokens)) == 3
    for old in tokens[:2]:
        thief = town.stranger()
        thief.token = old
        assert (await thief.get("/console")).status == 303


async def test_the_form_that_one_signs_in_with_cannot_be_sent_by_another_site(town: ConsoleTown, ann: Person) -> None:
    stranger = town.stranger()
    shown = await stranger.post(START, {"email": ann.email, "password": PASSWORD}, csrf="0" * 64)
    assert shown.status == 403


async def test_doing_nothing_for_half_an_hour_signs_out(town: ConsoleTown, clock: Clock) -> None:
    assert (await town.viewer.get("/console")).status == 200
    clock.advance(IDLE)
    assert (await town.viewer.get("/console")).location == f"{START}?next=%2Fconsole"


# --- one's own account ---


async def test_a_password_is_changed_by_whoever_knows_it(town: ConsoleTown, ann: Person) -> None:
    browser, elsewhere = town.stranger(), town.stranger()
    for one in (browser, elsewhere):
        await town.sign_in(one, ann)
    new = {"password": "quite another one", "again": "quite another one"}
    shown = await browser.post("/console/account/password", {"current": "wrong", **new})
    assert (shown.status, "not your password" in shown.words) == (422, True)
    shown = await browser.post("/console/account/password", {"current": PASSWORD, **new, "again": "x"})
    assert shown.status == 422
    done = await browser.post("/console/account/password", {"current": PASSWORD, **new})
    assert "is changed" in (await browser.get(done.location)).words
    assert (await elsewhere.get("/console")).status == 303
    assert (await _password(await _fresh(town), ann.email, "quite another one")).status == 303


async def test_new_recovery_codes_and_an_end_elsewhere_are_ones_own_to_have(town: ConsoleTown, ann: Person) -> None:
    browser, elsewhere = town.stranger(), town.stranger()
    for one in (browser, elsewhere):
        await town.sign_in(one, ann)
    assert (await browser.post("/console/account/recovery-codes", {"confirm": "wrong"})).status == 422
    shown = await browser.post("/console/account/recovery-codes", {"confirm": PASSWORD})
    assert shown.html.count("<code>") == 10
    done = await browser.post("/console/account/sessions")
    assert "signed out everywhere else" in (await browser.get(done.location)).words
    assert (await elsewhere.get("/console")).status == 303
    assert [act for act, _ in await _acts(town, ann.email)] == [
        "officer.recovery-codes-made",
        "officer.sessions-ended",
    ]


async def test_guessing_in_a_stolen_session_is_slowed_down_too(town: ConsoleTown, ann: Person) -> None:
    browser = town.stranger()
    await town.sign_in(browser, ann)
    shown = [await browser.post("/console/account/recovery-codes", {"confirm": str(n)}) for n in range(6)]
    assert "too many tries" in shown[-1].words
