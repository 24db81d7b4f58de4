"""Whoever writes to us before they have begun, and may not be safe: read by a person, told where help is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.safety import UNPLACED
from flows.concern_rules import Tier
from flows.concerns import LONE_HELP, YOUNGEST
from flows.messages import Channel
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import write_pack

CONCERNS = "/console/concerns"
PHONE = "+447700900101"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        yield town


@pytest.mark.parametrize(
    ("said", "tier", "rule"),
    [
        ("i want to kill myself", Tier.URGENT, ""),
        ("HELP", Tier.CONCERN, LONE_HELP),
        ("it hurts", Tier.CONCERN, YOUNGEST),
        ("can you come to us", Tier.CONCERN, UNPLACED),
    ],
)
async def test_what_they_say_waits_for_a_person(town: ConsoleTown, said: str, tier: Tier, rule: str) -> None:
    await town.desk.person(Channel.SMS, PHONE).says(said)
    [raised] = await town.service.database.concerns.waiting()
    assert (raised.tier, raised.slug, raised.text) == (tier, "", said)
    assert raised.reference.startswith("SAY-")
    assert not rule or raised.rules == (rule,)


@pytest.mark.parametrize("said", ["PLAY", "Play please", "STOP", "12", "\N{GRINNING FACE} \N{GRINNING FACE}"])
async def test_a_keyword_or_a_slip_does_not(town: ConsoleTown, said: str) -> None:
    await town.desk.person(Channel.SMS, PHONE).says(said)
    assert await town.service.database.concerns.waiting() == []


async def test_they_are_told_at_once_where_help_is(town: ConsoleTown) -> None:
    await town.desk.person(Channel.SMS, PHONE).says("i want to kill myself")
    first = (await town.desk.waiting(Channel.SMS))[0]
    assert "0800 1111" in first
    assert "999" in first


async def test_a_lead_reads_it_says_what_was_done_and_can_find_out_who_it_was(town: ConsoleTown) -> None:
    await town.desk.person(Channel.SMS, PHONE).says("i want to kill myself")
    shown = await town.lead.get(CONCERNS)
    assert "They have not begun a consultation" in shown.words
    [raised] = await town.service.database.concerns.waiting()
    identity = f"/console/identity/{raised.reference}"
    assert f'href="{identity}"' in shown.html
    assert PHONE not in (await town.lead.get(identity)).words
    opened = await town.lead.post(identity, {"why": "They say that they may die.", "sure": "yes"})
    assert PHONE in opened.words
    [line] = await town.record(thing="identity")
    assert line.deed.subject == raised.reference
    key = f":{raised.reference}:{raised.message_seq}"
    done = await town.lead.post(CONCERNS, {"concern": key, "outcome": "rang the duty social worker"})
    assert done.status == 303
    assert "rang the duty social worker" in (await town.lead.get(CONCERNS)).words


async def test_it_outlives_their_delete_with_where_they_can_be_reached(town: ConsoleTown) -> None:
    person = town.desk.person(Channel.SMS, PHONE)
    await person.says("i want to kill myself", "DELETE")
    [raised] = await town.service.database.concerns.waiting()
    assert raised.text == "i want to kill myself"
    opened = await town.lead.post(
        f"/console/identity/{raised.reference}", {"why": "They say that they may die.", "sure": "yes"}
    )
    assert PHONE in opened.words
