"""The whole service over real sockets: what people send, what they hear, and what is kept."""

from __future__ import annotations

import json
import logging
from io import StringIO
from pathlib import Path

import pytest

from bot import log
from flows.values import Choice, Text
from tests.support.packs import write_pack
from tests.support.town import a_town, until


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


async def test_one_request_can_be_followed_through_the_log_from_the_webhook_to_the_delivery(
    sqlite_url: str, packs: Path
) -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log.JsonLines())
    logger = logging.getLogger(log.OURS)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        async with a_town(sqlite_url, packs) as town:
            phone = town.twilio.phone("+447700900123")
            await phone.text("play")
            await phone.hears(1)
            await until(lambda: '"delivered"' in written.getvalue())
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    [taken] = [line for line in lines if line["text"] == "message taken in"]
    [sent] = [line for line in lines if line["text"] == "message handed over"]
    reported = [line for line in lines if line["text"] == "message reported"]
    assert [line["status"] for line in reported][-1] == "delivered"
    assert {line["request"] for line in (taken, sent, *reported)} == {taken["request"]}
    assert {line["reference"] for line in (taken, sent, *reported)} == {taken["reference"]}
    assert {line["seq"] for line in (sent, *reported)} == {sent["seq"]}
    assert "7700900123" not in written.getvalue()
    assert "play" not in written.getvalue().replace("harbour-play", "")


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
