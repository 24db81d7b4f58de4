"""Once a consultation's time is over the service forgets who answered it, by itself; figures stay as they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.forgetting import Forgetting
from flows.messages import Channel, Typed
from flows.values import Text, Value
from tests.support.desk import Desk, a_desk
from tests.support.packs import SLUG, write_pack
from tests.support.storing import everything, rows

PHONE = "+447700900123"
WORDS = "a marker phrase about swings"
# The pack closes at the end of 31 May 2030 in London, and says nothing of how long it is kept: twelve months.
OVER = datetime(2031, 5, 31, 23, tzinfo=UTC)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, write_pack(tmp_path / "packs")) as desk:
        yield desk


async def _forget(desk: Desk, at: datetime) -> int:
    clock = desk.service.clock
    clock.advance(at - clock.now())
    return await Forgetting(desk.service.database, desk.service.library, clock).forget()


async def _figures(desk: Desk) -> tuple[object, ...]:
    database = desk.service.database
    async with database.snapshot() as reader:
        counts = await reader.counts(SLUG)
    heard = [entry for entry in await desk.transcript() if entry.direction == "in"]
    return counts.conversations, counts.revisions, counts.counted, counts.late, await desk.answers(), heard


async def _told(desk: Desk) -> list[Value]:
    return [one.answers["why"].value for one in await desk.answers() if "why" in one.answers]


async def test_nobody_is_forgotten_a_moment_before_the_time_is_over_and_everybody_at_it(
    desk: Desk, database_url: str
) -> None:
    await desk.person(address=PHONE).says("PLAY", "1", "1", WORDS)
    assert await _forget(desk, OVER - timedelta(seconds=1)) == 0
    assert await _forget(desk, OVER) == 1
    assert await rows(database_url, "SELECT id FROM address") == []
    assert await _forget(desk, OVER + timedelta(days=1)) == 0


async def test_figures_and_answers_are_those_from_before(desk: Desk) -> None:
    await desk.person(address=PHONE).says("PLAY", "1", "1", WORDS)
    before = await _figures(desk)
    await _forget(desk, OVER)
    assert await _figures(desk) == before
    assert await _told(desk) == [Text(WORDS)]


async def test_show_and_delete_from_the_old_phone_find_nothing_and_leave_the_answers(desk: Desk) -> None:
    await desk.person(address=PHONE).says("PLAY", "1", "1", WORDS)
    await _forget(desk, OVER)
    before = len(await desk.said())
    for word in ("SHOW", "DELETE", "DELETE"):
        await desk.person(address=PHONE).says(word)
    assert WORDS not in str((await desk.said())[before:])
    assert Text(WORDS) in await _told(desk)


async def test_a_message_that_is_delivered_again_brings_nobody_back(desk: Desk, database_url: str) -> None:
    person = desk.person(address=PHONE)
    await person.says("PLAY", "1", "1")
    receipt = await person.sends(Typed(WORDS), number="SM-again")
    assert not receipt.duplicate
    await _forget(desk, OVER)
    before = await everything(database_url)
    assert (await person.sends(Typed(WORDS), number="SM-again")).duplicate
    assert await everything(database_url) == before


async def test_what_was_said_in_the_same_moment_as_delete_is_kept_for_the_lead(desk: Desk) -> None:
    person = desk.person(address=PHONE)
    await person.says("PLAY", "1", "1")
    disclosed = "i want to kill myself"
    await asyncio.gather(*(person.sends(Typed(text)) for text in (disclosed, "DELETE", "DELETE")))
    assert await desk.answers() == []
    [raised] = await desk.service.database.concerns.waiting()
    assert raised.text == disclosed
    assert "stays with people who protect children" in (await desk.waiting(Channel.SMS))[-1]
