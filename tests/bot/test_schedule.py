"""Time: who is woken when, what a changed timetable does, and what an outage made us miss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.base import ProviderError
from bot.handling import Handler
from bot.schedule import OVERLAP, Scheduler
from bot.sitting import Sitting
from flows.messages import Channel, InboundMessage, Typed
from flows.segments import is_full_segment
from flows.values import Text
from storage.errors import UnavailableError
from storage.records import Person
from tests.support.desk import Desk, a_desk
from tests.support.packs import write_pack
from tests.support.town import until

CLOSES = datetime.fromisoformat("2030-05-31T23:00:00+00:00")
FULL = ("There is always a queue at the swings when school is out and the little ones wait. " * 3)[:153]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def desk(database_url: str, packs: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, packs) as desk:
        yield desk


def move_to(desk: Desk, at: datetime) -> None:
    desk.service.clock.advance(at - desk.service.clock.now())


@dataclass
class Listing:
    """A provider's list of what it received for us."""

    held: list[InboundMessage] = field(default_factory=list[InboundMessage])
    asked: list[datetime] = field(default_factory=list[datetime])
    away: bool = False

    async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:
        self.asked.append(since)
        if self.away:
            raise ProviderError("The list could not be read.", passing=True)
        return [message for message in self.held if message.sent_at is not None and since <= message.sent_at <= now]

    async def already_sent(self, message: object) -> Sequence[str]:
        raise NotImplementedError


def scheduler_with(desk: Desk, listing: Listing) -> Scheduler:
    service = desk.service
    parts = service.database, service.handler, service.library, service.receiver, service.clock, service.metrics
    return Scheduler(*parts, recovering={Channel.SMS: listing})


async def test_a_long_answer_is_joined_and_the_next_question_comes_some_seconds_later(desk: Desk) -> None:
    assert is_full_segment(FULL)
    person = desk.person()
    await person.says("play", "3", "more")
    before = len(await desk.said())
    await person.sends(Typed(FULL, may_continue=True))
    assert await desk.service.scheduler.wake() == 0
    await person.says(" and then it rains")
    desk.service.clock.advance(timedelta(seconds=30))
    await desk.service.scheduler.wake()
    assert len(await desk.said()) == before + 1
    [row] = await desk.answers()
    assert row.status == "complete"
    assert row.answers["why"].value == Text(FULL + " and then it rains")


async def test_who_has_not_finished_is_reminded_once_and_told_when_it_closes(desk: Desk) -> None:
    await desk.person().says("play", "3")
    spoken = len(await desk.said())
    for day in range(20):
        move_to(desk, desk.service.clock.now() + timedelta(days=1))
        await desk.service.scheduler.wake()
        await desk.service.scheduler.wake()
        assert len(await desk.said()) <= spoken + 2, f"on day {day}"
    assert len(await desk.said()) == spoken + 2


async def test_who_has_finished_or_stopped_is_never_written_to_first(desk: Desk) -> None:
    await desk.person().says("play", "3", "more", "Because")
    await desk.person(address="+447700900124").says("play", "stop")
    spoken = len(await desk.said())
    move_to(desk, CLOSES + timedelta(days=2))
    assert await desk.service.scheduler.wake() == 0
    assert len(await desk.said()) == spoken


async def test_more_people_than_one_batch_holds_are_all_woken(desk: Desk) -> None:
    people = [desk.person(address=f"+4477009010{place:02}") for place in range(99)]
    await asyncio.gather(*(person.says("play") for person in people))
    move_to(desk, CLOSES + timedelta(hours=12))
    assert await desk.service.scheduler.wake() == 99
    assert await desk.service.scheduler.wake() == 0


async def test_a_conversation_that_cannot_be_woken_keeps_nobody_else_asleep(desk: Desk) -> None:
    class Stumbling(Handler):
        async def wake(self, sitting: Sitting, person: Person) -> int:
            if person.key.address.endswith("5"):
                raise ZeroDivisionError
            return await super().wake(sitting, person)

    service = desk.service
    people = [desk.person(address=f"+4477009010{place:02}") for place in range(10)]
    await asyncio.gather(*(person.says("play") for person in people))
    handler = Stumbling(**{each.name: getattr(service.handler, each.name) for each in fields(Handler)})
    clumsy = Scheduler(service.database, handler, service.library, service.receiver, service.clock, service.metrics)
    move_to(desk, CLOSES + timedelta(hours=12))
    assert await clumsy.wake() == 9
    assert await clumsy.wake() == 0
    desk.service.clock.advance(timedelta(hours=2))
    assert await service.scheduler.wake() == 1


async def test_an_extension_reaches_everybody_under_way_at_once(desk: Desk, packs: Path) -> None:
    await desk.person().says("play", "3")
    spoken = len(await desk.said())
    later = '[[extensions]]\ncloses_at = 2030-06-08T00:00:00\nreason = "the fair was rained off"\n'
    write_pack(packs, more=later)
    await desk.service.scheduler.refresh()
    await desk.service.scheduler.wake()
    told = (await desk.said())[spoken:]
    assert len(told) == 1
    assert "the fair was rained off" in told[0]


async def test_an_extension_made_while_nobody_was_running_is_told_at_the_start(database_url: str, packs: Path) -> None:
    async with a_desk(database_url, packs) as before:
        await before.person().says("play", "3")
        spoken = len(await before.said())
    write_pack(packs, more='[[extensions]]\ncloses_at = 2030-06-08T00:00:00\nreason = "the fair was rained off"\n')
    async with a_desk(database_url, packs) as after:
        await after.service.scheduler.catch_up()
        await after.service.scheduler.wake()
        assert len(await after.said()) == spoken + 1
        await after.service.scheduler.catch_up()
        assert await after.service.scheduler.wake() == 0


async def test_texts_that_we_missed_are_fetched_and_count_by_the_providers_time(desk: Desk) -> None:
    await desk.person().says("play", "3", "more")
    at = CLOSES - timedelta(minutes=1)
    text = InboundMessage(
        Channel.SMS, "+447700900123", "SM-missed", Typed("Because"), CLOSES, sent_at=at, recovered=True
    )
    move_to(desk, CLOSES + timedelta(hours=3))
    listing = Listing([text])
    await scheduler_with(desk, listing).recover()
    [row] = await desk.answers()
    assert not row.answers["why"].late
    assert row.completed_at == at


async def test_what_was_fetched_before_changes_nothing_and_each_look_overlaps_the_last(desk: Desk) -> None:
    now = desk.service.clock.now()
    text = InboundMessage(Channel.SMS, "+447700900123", "SM1", Typed("play"), now, sent_at=now, recovered=True)
    listing = Listing([text])
    scheduler = scheduler_with(desk, listing)
    await scheduler.recover()
    desk.service.clock.advance(timedelta(minutes=5))
    await scheduler.recover()
    assert len(await desk.transcript()) == 2
    first, second = listing.asked
    assert first < now - timedelta(days=2)
    assert timedelta(0) <= second - (now - OVERLAP) < timedelta(seconds=10)


async def test_the_first_look_begins_where_the_newest_message_ended(desk: Desk) -> None:
    await desk.person().says("play")
    now = desk.service.clock.now()
    desk.service.clock.advance(timedelta(days=1))
    listing = Listing()
    await scheduler_with(desk, listing).recover()
    assert abs(listing.asked[0] - (now - OVERLAP)) < timedelta(seconds=10)


async def test_a_list_that_cannot_be_read_is_asked_for_again_from_the_same_time(desk: Desk) -> None:
    await desk.person().says("play")
    listing = Listing(away=True)
    scheduler = scheduler_with(desk, listing)
    await scheduler.recover()
    desk.service.clock.advance(timedelta(hours=1))
    await scheduler.recover()
    first, second = listing.asked
    assert first == second


async def test_a_text_that_came_since_does_not_hide_those_before_it_from_who_starts_again(desk: Desk) -> None:
    listing = Listing(away=True)
    await scheduler_with(desk, listing).recover()
    at = desk.service.clock.now()
    lost = InboundMessage(Channel.SMS, "+447700900123", "SM-lost", Typed("play"), at, sent_at=at, recovered=True)
    listing.held.append(lost)
    desk.service.clock.advance(timedelta(hours=1))
    await desk.person(address="+447700900124").says("play")
    listing.away = False
    await scheduler_with(desk, listing).recover()
    assert len(await desk.answers()) == 2


async def test_a_moved_clock_wakes_the_schedule_at_once_and_it_ends_when_told(desk: Desk) -> None:
    scheduler = desk.service.scheduler
    await desk.person().says("play")
    scheduler.start()
    spoken = len(await desk.said())
    move_to(desk, CLOSES + timedelta(hours=12))
    async with asyncio.timeout(5):
        while len(await desk.said()) == spoken:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        await scheduler.stop()


async def test_one_fault_ends_nothing_that_deadlines_depend_on(desk: Desk) -> None:
    class Broken(Listing):
        async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:  # noqa: ARG002 - the protocol's
            self.asked.append(since)
            raise (ZeroDivisionError, UnavailableError)[len(self.asked) % 2]

    listing = Broken()
    scheduler = scheduler_with(desk, listing)
    scheduler.start()
    for count in range(1, 4):
        await until(lambda: len(listing.asked) >= count)  # noqa: B023 - it is waited for before the next
        desk.service.clock.advance(timedelta(minutes=10))
    await scheduler.stop()


async def test_the_length_of_the_queue_is_there_to_be_seen(desk: Desk) -> None:
    await desk.person().says("play", "3")
    await desk.service.scheduler.gauge()
    assert b'sayso_queued{channel="sms"} 2.0' in desk.service.metrics.text()
