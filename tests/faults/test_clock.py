"""The machine's clock jumps under the service: nobody is forgotten, nothing is lost, and cutoffs follow the clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from tests.support.packs import write_pack
from tests.support.town import NOON, a_town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)
MINE = "+447700900123"


class Jumping(Clock):
    """A machine's clock, which somebody sets while it runs."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.jumped = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.jumped


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.mark.parametrize("jumps", [(-HOUR,), (DAY,), (DAY, -DAY), (-HOUR, HOUR)], ids=str)
async def test_people_go_on_talking_across_jumps_of_the_clock(
    database_url: str, packs: Path, jumps: tuple[timedelta, ...]
) -> None:
    clock = Jumping(NOON)
    async with a_town(database_url, packs, clock=clock) as town:
        phone, chat = town.twilio.phone(MINE), town.telegram.chat(700900123)
        await phone.text("play")
        await phone.hears(1)
        await chat.start("harbour-play")
        heard = await chat.hears(2)
        texts = iter(("parent", "more", "There is a queue", "thank you"))
        for times, jump in enumerate(jumps, 2):
            clock.jumped += jump
            text = next(texts)
            await phone.text(text)
            await chat.say(text)
            # Both hear of it at once, and not when the clock has caught up with what it showed before.
            await phone.hears(times, within=8)
            heard = await chat.hears(len(heard) + 1, within=8)
        async with asyncio.timeout(8):
            while any(depth.waiting for depth in (await town.service.database.queue_depth()).values()):  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.05)
        assert len({message.text for message in chat.heard}) == len(chat.heard)
        assert len({message.text for message in phone.heard}) == len(phone.heard)
        entries = await town.transcript()
        said = [entry.text for entry in entries if entry.direction == "in" and entry.channel == "sms"]
        assert said == ["play", "parent", "more", "There is a queue"][: len(jumps) + 1]


async def test_an_answer_counts_by_the_clock_as_it_is_when_the_answer_comes(sqlite_url: str, packs: Path) -> None:
    """A clock that was wrong is wrong no longer than it is: what comes after it was mended is judged rightly."""
    clock = Jumping(CLOSES - HOUR)
    async with a_town(sqlite_url, packs, now=CLOSES - HOUR, clock=clock) as town:
        phone = town.twilio.phone(MINE)
        await phone.text("play")
        await phone.text("parent")
        clock.jumped = 2 * HOUR
        await phone.text("more")
        clock.jumped = timedelta(0)
        await phone.text("There is a queue")
        [person] = await town.answers()
        assert (person.answers["swings"].late, person.answers["why"].late) == (True, False)


async def test_texts_missed_before_a_clock_was_set_back_are_still_fetched(sqlite_url: str, packs: Path) -> None:
    clock = Jumping(NOON + 5 * HOUR)
    async with a_town(sqlite_url, packs, now=NOON, clock=clock) as town:
        phone = town.twilio.phone(MINE)
        await phone.text("play")
        await town.service.scheduler.recover()
        clock.jumped = -5 * HOUR
        town.twilio.arrives("parent", sender=MINE)
        await town.service.scheduler.recover()
        said = [entry.text for entry in await town.transcript() if entry.direction == "in"]
        assert said == ["play", "parent"]


async def test_a_provider_that_refused_us_is_tried_again_although_the_clock_was_set_back(
    sqlite_url: str, packs: Path
) -> None:
    clock = Jumping(NOON)
    async with a_town(sqlite_url, packs, clock=clock) as town:
        chat = town.telegram.chat(700900123)
        right, town.telegram.token = town.telegram.token, "7000000001:changed"
        await chat.start("harbour-play")
        async with asyncio.timeout(8):
            while not await town.service.database.outbox.stopped():  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.05)
        clock.jumped = -HOUR
        town.telegram.token = right
        await asyncio.sleep(1.5)
        clock.advance(timedelta(minutes=2))
        await chat.hears(2, within=8)
