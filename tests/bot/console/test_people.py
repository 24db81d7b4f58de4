"""Officers looked after by an administrator, and the record that all of it leaves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.console.rights import Duty
from storage.officers import Person
from tests.support.officers import Browser, ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.storing import change

OFFICERS = "/console/officers"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


@pytest.fixture
def boss(town: ConsoleTown) -> Browser:
    return town.administrator


async def _found(town: ConsoleTown, email: str) -> Person:
    found = await town.service.database.officers.by_email(email)
    assert found is not None
    return found


async def test_an_officer_who_was_added_signs_in_with_the_password_that_was_shown(
    town: ConsoleTown, boss: Browser
) -> None:
    fields = [("email", "Bob@council.example"), ("name", "Bob"), ("duties", "analyst"), ("duties", "viewer")]
    shown = await boss.post(f"{OFFICERS}/add", [*fields, ("which", "some"), ("slugs", SLUG)])
    password = re.findall(r'class="key">([^<]+)<', shown.html)[0]
    bob = await _found(town, "bob@council.example")
    assert (bob.duties, bob.slugs, bob.must_change) == (frozenset({"analyst", "viewer"}), frozenset({SLUG}), True)
    browser = town.stranger()
    await browser.get("/console/sign-in")
    led = await browser.post("/console/sign-in", {"email": bob.email, "password": password})
    assert led.location == "/console/sign-in/password"
    assert (await town.record(subject=bob.email))[-1].deed.act == "officer.added"
    assert "Bob" in (await boss.get(OFFICERS)).words


@pytest.mark.parametrize(
    ("change_of", "told"),
    [
        ({"email": "nonsense"}, "Write an e-mail address"),
        ({"name": " "}, "Give their name"),
        ({"name": "x" * 201}, "Give their name"),
        ({"duties": "emperor"}, "Choose at least one duty"),
        ({"which": "some"}, "Choose at least one consultation"),
        ({"which": "some", "slugs": "nowhere"}, "Choose at least one consultation"),
        ({"email": "TAKEN@council.example"}, "is an officer already"),
    ],
)
async def test_what_cannot_be_is_said_on_top_and_at_the_field(
    boss: Browser, change_of: dict[str, str], told: str
) -> None:
    fields = {"email": "taken@council.example", "name": "<b>Bob</b>", "duties": "viewer", "which": "all"}
    await boss.post(f"{OFFICERS}/add", fields)
    shown = await boss.post(f"{OFFICERS}/add", {**fields, "email": "new@council.example", **change_of})
    assert shown.status == 422
    assert shown.words.count(told) == 2
    assert "<b>Bob" not in shown.html


async def test_duties_and_consultations_change_at_once(town: ConsoleTown, boss: Browser) -> None:
    browser = await town.officer(Duty.VIEWER)
    person = await _found(town, browser.email)
    page = f"{OFFICERS}/{person.officer_id}"
    assert person.name in (await boss.get(page)).words
    done = await boss.post(page, {"name": "New", "duties": "administrator", "which": "all"})
    assert "saved" in (await boss.get(done.location)).words
    assert (await browser.get(OFFICERS)).status == 200
    line = (await town.record(subject=person.email))[0]
    assert (line.deed.act, line.deed.why) == ("officer.changed", "viewer in all -> administrator in all")
    assert (await boss.post(page, {"name": "", "duties": "viewer", "which": "all"})).status == 422


async def test_whoever_is_disabled_is_out_and_may_be_let_in_again(town: ConsoleTown, boss: Browser) -> None:
    browser = await town.officer(Duty.VIEWER)
    person = await _found(town, browser.email)
    page = f"{OFFICERS}/{person.officer_id}"
    await boss.post(f"{page}/disable")
    assert (await browser.get("/console")).status == 303
    assert "Disabled" in (await boss.get(OFFICERS)).words
    await boss.post(f"{page}/enable")
    assert (await _found(town, browser.email)).disabled_at is None
    shown = await boss.post(f"{page}/password")
    assert len(re.findall(r'class="key">[2-9A-Z-]{17}<', shown.html)) == 1
    done = await boss.post(f"{page}/factor")
    assert "anew" in (await boss.get(done.location)).words
    acts = [line.deed.act for line in await town.record(subject=person.email)]
    assert acts[:4] == ["officer.app-reset", "officer.password-reset", "officer.enabled", "officer.disabled"]


async def test_an_administrator_cannot_lock_themselves_out(town: ConsoleTown, boss: Browser) -> None:
    me = await _found(town, boss.email)
    page = f"{OFFICERS}/{me.officer_id}"
    assert (await boss.post(page, {"name": "Me", "duties": "viewer", "which": "all"})).status == 422
    for act in ("disable", "password", "factor"):
        assert (await boss.post(f"{page}/{act}")).status == 409
    assert (await boss.get(OFFICERS)).status == 200


@pytest.mark.parametrize("number", ["0", "nobody", "-1", "9" * 30, "١"])
async def test_an_officer_who_is_not_there_is_not_found(boss: Browser, number: str) -> None:
    assert (await boss.get(f"{OFFICERS}/{number}")).status == 404


async def test_the_record_is_read_newest_first_page_by_page_and_by_what_one_looks_for(
    town: ConsoleTown, boss: Browser
) -> None:
    for number in range(60):
        await town.viewer.post("/console/account/sessions")
        del number
    shown = await boss.get("/console/record")
    assert shown.html.count("<tr>") == 51
    older = re.findall(r'href="([^"]*before=\d+)"', shown.html)[0].replace("&amp;", "&")
    assert (await boss.get(older)).html.count("<tr>") == 16
    one = await boss.get(f"/console/record?officer={town.administrator.email}")
    assert "There is no such line" in one.words
    assert (await boss.get("/console/record?thing=officer&since=2030-05-15&until=2030-05-15")).html.count("<tr>") == 51
    assert "no such line" in (await boss.get("/console/record?until=2030-05-14")).words
    assert (await boss.get("/console/record?since=yesterday")).status == 422
    assert (await boss.get("/console/record?before=x&slug=nowhere&subject=%27")).status == 200
    assert (await boss.get("/console/record?subject=%00")).status == 400


async def test_the_record_is_checked_when_asked_and_says_what_does_not_fit(
    town: ConsoleTown, boss: Browser, sqlite_url: str
) -> None:
    shown = await boss.post("/console/record/check")
    assert shown.heading == "The record is whole"
    assert (await town.record())[0].deed.act == "record.checked"
    await change(sqlite_url, "UPDATE deed SET why = 'other' WHERE number = 2")
    shown = await boss.post("/console/record/check")
    assert shown.heading == "The record does not fit"
    assert "Line 2" in shown.words
