"""One conversation on two channels: a code carries it over, once, and for half an hour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.definition import Command
from flows.messages import (
    Began,
    Channel,
)
from flows.state import Phase
from flows.values import Choice, Text
from storage.records import AddressKey
from tests.support.desk import Correspondent, Desk, a_desk
from tests.support.packs import SLUG, write_pack

TELEGRAM = (Channel.TELEGRAM, "700900123")
WEB = (Channel.WEB, "a-visitors-token-of-22")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def desk(database_url: str, packs: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, packs) as desk:
        yield desk


async def phase_of(desk: Desk, person: Correspondent) -> Phase | None:
    record = await desk.service.database.find(AddressKey(person.channel, person.address), SLUG)
    return record.state.phase if record else None


def the_code(texts: list[str]) -> str:
    """The carry-over code in the last text that has one."""
    words = [word.strip(".") for text in texts for word in text.split()]
    return next(word for word in reversed(words) if len(word) == 6 and word.isupper() and not word.isalpha())


async def test_a_code_carries_the_conversation_to_another_channel_and_works_once(desk: Desk) -> None:
    phone, visitor = desk.person(), desk.person(*WEB)
    await phone.says("play", "3", "code")
    code = the_code(await desk.said())
    await visitor.sends(Began(code.lower()))
    await visitor.submits("swings", "more")
    [row] = await desk.answers()
    assert (row.channel, row.role, row.answers["swings"].value) == (Channel.WEB, "parent-carer", Choice("more"))
    stranger = desk.person(Channel.SMS, "+447700900999")
    await stranger.says(code)
    assert len(await desk.answers()) == 1


async def test_a_code_typed_as_a_text_moves_the_conversation_to_the_phone(desk: Desk) -> None:
    visitor, phone = desk.person(*WEB), desk.person()
    await visitor.submits("who", "parent-carer")
    await visitor.presses(Command.CODE)
    await phone.says(the_code(await desk.said()), "fewer", "They squeak")
    [row] = await desk.answers()
    assert (row.channel, row.status) == (Channel.SMS, "complete")


async def test_a_code_is_out_of_date_after_half_an_hour(desk: Desk) -> None:
    phone, visitor = desk.person(), desk.person(*WEB)
    await phone.says("play", "3", "code")
    desk.service.clock.advance(timedelta(minutes=31))
    await visitor.sends(Began(the_code(await desk.said())))
    assert await phase_of(desk, visitor) is None


async def test_an_answer_that_looks_like_a_code_is_an_answer(desk: Desk) -> None:
    await desk.person().says("play", "3", "more", "K4M9QX")
    [row] = await desk.answers()
    assert row.answers["why"].value == Text("K4M9QX")


async def test_a_code_that_nobody_has_is_said_to_be_unknown(desk: Desk) -> None:
    await desk.person().says("K4M9QX")
    [said] = await desk.waiting(Channel.SMS)
    words = desk.service.library.lobby_words("en")
    assert said.split()[:3] == words.say["code_unknown"].split()[:3]


async def test_a_child_on_telegram_is_handed_to_the_page_and_carries_on_there(desk: Desk) -> None:
    child, visitor = desk.person(*TELEGRAM), desk.person(*WEB)
    await child.sends(Began(SLUG))
    await child.taps("who", "child-8-11")
    assert await phase_of(desk, child) is Phase.ELSEWHERE
    handed = (await desk.said())[-1]
    assert "Should the park" not in handed
    await visitor.sends(Began(the_code([handed])))
    assert await phase_of(desk, visitor) is Phase.ASKING
    [row] = await desk.answers()
    assert row.answers["who"].value == Choice("child-8-11")
