"""The rota in the console: who is told that somebody may not be safe, and what pages say while nobody has read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

ROTA = "/console/rota"
DUTY = {"name": "Duty team", "sms": "07700 900801", "email": "duty@council.example", "hours": "always", "which": "all"}


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def test_an_administrator_puts_people_on_it_orders_them_and_takes_them_off(town: ConsoleTown) -> None:
    admin = town.administrator
    assert "Nobody is on the rota yet." in (await admin.get(ROTA)).words
    assert (await admin.post(ROTA, DUTY)).location == f"{ROTA}?done=added"
    night = {
        **DUTY,
        "name": "Night team",
        "email": "",
        "hours": "outside-working-hours",
        "which": "some",
        "slugs": SLUG,
    }
    assert (await admin.post(ROTA, night)).status == 303
    rota = town.service.database.rota
    first, second = await rota.everybody()
    assert (first.sms, first.email, second.sms, second.member.slugs) == (
        "+447700900801",
        "duty@council.example",
        "+447700900801",
        frozenset({SLUG}),
    )
    await admin.post(f"{ROTA}/{second.member.rota_id}/first")
    assert [one.name for one in await rota.everybody()] == ["Night team", "Duty team"]
    asked = await admin.get(f"{ROTA}/{first.member.rota_id}/remove")
    assert "Take Duty team off the rota?" in asked.words
    await admin.post(f"{ROTA}/{first.member.rota_id}/remove")
    assert [one.name for one in await rota.everybody()] == ["Night team"]
    assert (await admin.post(f"{ROTA}/{first.member.rota_id}/remove")).status == 404
    acts = [line.deed.act for line in await town.record(thing="rota")]
    assert acts == ["rota.removed", "rota.reordered", "rota.added", "rota.added"]


async def test_no_line_of_the_record_holds_a_number_or_an_address(town: ConsoleTown) -> None:
    await town.administrator.post(ROTA, DUTY)
    assert "9008" not in str(await town.record())
    assert "duty@" not in str(await town.record())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "Write who it is"),
        ({"sms": "my number"}, "Write a mobile number, such as 07700 900123"),
        ({"sms": "01632 960123"}, "Write a mobile number, such as 07700 900123"),
        ({"sms": "", "email": ""}, "Write a mobile number, an e-mail address, or both"),
        ({"email": "nobody"}, "Write an e-mail address"),
        ({"hours": "never"}, "Choose when they are told"),
        ({"which": "some"}, "Choose at least one consultation"),
    ],
)
async def test_what_cannot_be_reached_is_said_at_its_field(town: ConsoleTown, wrong: dict[str, str], says: str) -> None:
    shown = await town.administrator.post(ROTA, {**DUTY, **wrong})
    assert (shown.status, shown.words.count(says)) == (422, 2)
    assert await town.service.database.rota.everybody() == []


async def test_every_page_says_that_concerns_wait_to_who_reads_them(town: ConsoleTown) -> None:
    await town.administrator.post(ROTA, DUTY)
    await town.desk.person().says("PLAY", "1", "1", "i want to kill myself")
    for path in ("/console", f"/console/{SLUG}", "/console/account"):
        assert "1 urgent concern waits ." in (await town.lead.get(path)).words
    assert "concern waits" not in (await town.analyst.get("/console")).words
    assert "concern waits" not in (await town.administrator.get("/console")).words


async def test_administrators_and_leads_are_told_on_every_page_that_nobody_is_on_the_rota(town: ConsoleTown) -> None:
    assert "Nobody is on the rota." in (await town.administrator.get("/console")).words
    assert "Ask an administrator to put somebody on it." in (await town.lead.get("/console")).words
    assert "rota" not in (await town.analyst.get("/console")).words
    await town.administrator.post(ROTA, DUTY)
    assert "Nobody is on the rota." not in (await town.lead.get("/console")).words
