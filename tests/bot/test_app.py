"""The whole service over real sockets: what people send, what they hear, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.values import Choice, Text
from tests.support.packs import write_pack
from tests.support.town import a_town


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


async def test_a_parent_answers_by_text_from_the_first_word_to_the_thanks(database_url: str, packs: Path) -> None:
    async with a_town(database_url, packs) as town:
        phone = town.twilio.phone("+447700900123")
        await phone.text("play")
        [asked] = await phone.hears(1)
        assert "Hello! I am a computer." in asked.text
        await phone.text("3")
        await phone.hears(2)
        await phone.text("moar swings")
        await phone.hears(3)
        await phone.text("There is always a queue")
        await phone.hears(4)
        [row] = await town.answers()
        assert (row.role, row.status) == ("parent-carer", "complete")
        assert {code: answer.value for code, answer in row.answers.items() if code != "who"} == {
            "swings": Choice("more"),
            "why": Text("There is always a queue"),
        }


async def test_a_parent_taps_through_on_telegram(database_url: str, packs: Path) -> None:
    async with a_town(database_url, packs) as town:
        chat = town.telegram.chat(700900123)
        await chat.start("harbour-play")
        await chat.tap((await chat.hears(2))[-1], "Parent or carer")
        await chat.tap((await chat.hears(3))[-1], "Fewer swings")
        await chat.hears(4)
        await chat.say("They squeak")
        await chat.hears(5)
        [row] = await town.answers()
        assert row.status == "complete"
        assert row.answers["swings"].value == Choice("fewer")
