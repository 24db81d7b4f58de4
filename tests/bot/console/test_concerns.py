"""Whoever says that they are not safe is read by a safeguarding lead, who says what was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from flows.messages import Channel
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

SAID: Final = "i want to kill myself"
LIST: Final = "/console/concerns"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def test_an_urgent_text_waits_on_the_list_until_a_lead_says_what_was_done(town: ConsoleTown) -> None:
    lead = town.lead
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", SAID)
    [raised] = await town.service.database.concerns.waiting()
    shown = await lead.get(LIST)
    assert "Urgent" in shown.words
    assert SAID in shown.words
    key = f"{SLUG}:{raised.reference}:{raised.message_seq}"
    refused = await lead.post(LIST, {"concern": key, "outcome": " "})
    assert (refused.status, "Say what was done." in refused.words) == (400, True)
    done = await lead.post(LIST, {"concern": key, "outcome": "rang the duty social worker"})
    assert (done.status, done.location) == (303, f"{LIST}?done=acknowledged")
    after = await lead.get(LIST)
    assert "Nothing is waiting." in after.words
    assert "rang the duty social worker" in after.words
    [line] = await town.record(thing="concern")
    assert (line.deed.act, line.deed.slug, line.deed.subject) == ("concern.acknowledged", SLUG, raised.reference)
    again = await lead.post(LIST, {"concern": key, "outcome": "again"})
    assert again.status == 409
