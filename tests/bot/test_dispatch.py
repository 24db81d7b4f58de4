"""Sending: in order, once as far as anybody can tell, and never into a wall for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Pace, Parsed, ProviderError, RawRequest
from bot.dispatch import LEASE, Dispatcher
from flows.messages import (
    Channel,
    Gone,
    InboundMessage,
    OurFault,
    OutboundMessage,
    RetryAt,
    SendOutcome,
    Sent,
    Shows,
    Status,
)
from storage.errors import UnavailableError
from storage.outbox import Outbox
from storage.records import QueuedMessage
from tests.support.desk import Desk, a_desk
from tests.support.packs import write_pack
from tests.support.town import until

Answer = Callable[[OutboundMessage, datetime], SendOutcome]


def taken(message: OutboundMessage, _now: datetime) -> SendOutcome:
    return Sent(f"{message.key}-{message.attempt}")


@dataclass
class Provider:
    """A provider that gives the answers it is told to, in turn, and then takes everything."""

    answers: list[Answer] = field(default_factory=list[Answer])
    name: Channel = Channel.SMS
    shows: Shows = field(default_factory=lambda: Shows(buttons=False))
    pace: Pace = field(default_factory=lambda: Pace(per_second=10_000, per_address_seconds=0))
    heard: list[OutboundMessage] = field(default_factory=list[OutboundMessage])

    def parse(self, request: RawRequest) -> Parsed:
        raise NotImplementedError

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        self.heard.append(message)
        return (self.answers.pop(0) if self.answers else taken)(message, now)

    async def close(self) -> None:
        return


@dataclass
class Remembering(Provider):
    """A provider that can be asked what it took."""

    took: dict[str, str] = field(default_factory=dict[str, str])
    silent: bool = False
    others: list[str] = field(default_factory=list[str])
    """What has the same words, and is another message."""

    async def already_sent(self, message: OutboundMessage) -> Sequence[str]:
        if self.silent:
            raise ProviderError("Twilio could not be asked.", passing=True)
        return self.others + ([self.took[message.key]] if message.key in self.took else [])

    async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:  # noqa: ARG002 - the protocol's
        return ()


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, write_pack(tmp_path / "packs")) as desk:
        yield desk


@asynccontextmanager
async def sending(desk: Desk, provider: Provider, outbox: Outbox | None = None) -> AsyncIterator[Dispatcher]:
    service = desk.service
    dispatcher = Dispatcher(outbox or service.database.outbox, [provider], service.clock, service.metrics)
    dispatcher.start()
    yield dispatcher
    await dispatcher.stop()


async def statuses(desk: Desk) -> list[Status]:
    return [entry.status for entry in await desk.transcript() if entry.direction == "out"]


async def settled(desk: Desk, *expected: Status) -> None:
    async with asyncio.timeout(10):
        while await statuses(desk) != list(expected):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.02)


async def test_what_is_queued_is_sent_and_marked_with_its_time(desk: Desk) -> None:
    provider = Provider()
    async with sending(desk, provider):
        await desk.person().says("play")
        await settled(desk, Status.SENT)
    [message] = provider.heard
    assert (message.address, message.attempt) == ("+447700900123", 1)


async def test_what_this_process_queues_is_sent_without_waiting_for_the_next_look(desk: Desk) -> None:
    provider = Provider()
    async with sending(desk, provider) as dispatcher:
        await asyncio.sleep(0.1)
        await desk.person().says("play")
        before = asyncio.get_running_loop().time()
        dispatcher.nudge({Channel.SMS, Channel.TELEGRAM})
        await until(lambda: bool(provider.heard))
        assert asyncio.get_running_loop().time() - before < 0.5


async def test_one_persons_messages_go_out_in_the_order_they_were_written(desk: Desk) -> None:
    provider = Provider()
    await desk.person().says("play", "3", "more", "Because")
    async with sending(desk, provider):
        await settled(desk, *[Status.SENT] * 4)
    assert [message.text for message in provider.heard] == await desk.said()


async def test_a_message_put_off_is_sent_again_at_its_time_as_the_same_message(desk: Desk) -> None:
    provider = Provider([lambda _, now: RetryAt(now + timedelta(minutes=5), "busy")])
    await desk.person().says("play")
    async with sending(desk, provider):
        await until(lambda: len(provider.heard) == 1)
        await asyncio.sleep(0.2)
        assert len(provider.heard) == 1
        desk.service.clock.advance(timedelta(minutes=5))
        await settled(desk, Status.SENT)
    first, second = provider.heard
    assert (first.key, first.attempt, second.attempt) == (second.key, 1, 2)


async def test_a_provider_that_wants_quiet_hears_nothing_on_the_whole_channel(desk: Desk) -> None:
    provider = Provider([lambda _, now: RetryAt(now + timedelta(minutes=1), "flood", pause_channel=True)])
    await desk.person().says("play")
    async with sending(desk, provider) as dispatcher:
        await until(lambda: len(provider.heard) == 1)
        await asyncio.sleep(0.1)
        await desk.person(address="+447700900124").says("play")
        dispatcher.nudge([Channel.SMS])
        await asyncio.sleep(0.2)
        assert len(provider.heard) == 1
        desk.service.clock.advance(timedelta(minutes=1))
        await settled(desk, Status.SENT, Status.SENT)


async def test_who_has_left_is_sent_nothing_more(desk: Desk) -> None:
    provider = Provider([lambda *_: Gone("21610", opted_out=True)])
    await desk.person().says("play", "3", "more")
    async with sending(desk, provider):
        await settled(desk, Status.FAILED, Status.CANCELLED, Status.CANCELLED)
    assert len(provider.heard) == 1


async def test_a_message_that_cannot_be_sent_does_not_hold_up_the_next(desk: Desk) -> None:
    provider = Provider([lambda *_: Gone("21617")])
    await desk.person().says("play", "3")
    async with sending(desk, provider):
        await settled(desk, Status.FAILED, Status.SENT)


async def test_a_refusal_that_is_our_fault_stops_the_channel_until_one_message_gets_through(desk: Desk) -> None:
    provider = Provider([lambda *_: OurFault("20003")] * 2)
    await desk.person().says("play")
    async with sending(desk, provider) as dispatcher:
        await until(lambda: bool(dispatcher.refused))
        assert dispatcher.refused == {Channel.SMS: "20003"}
        assert await desk.service.database.outbox.stopped() == {Channel.SMS: "20003"}
        await desk.person(address="+447700900124").says("play")
        await asyncio.sleep(0.2)
        assert len(provider.heard) == 1
        desk.service.clock.advance(timedelta(minutes=1))
        await until(lambda: len(provider.heard) == 2)
        await asyncio.sleep(0.2)
        assert dispatcher.refused
        assert len(provider.heard) == 2
        desk.service.clock.advance(timedelta(minutes=2))
        await settled(desk, Status.SENT, Status.SENT)
        assert dispatcher.refused == {}
        assert await desk.service.database.outbox.stopped() == {}


async def test_a_channel_that_a_dead_worker_left_stopped_is_tried_again(desk: Desk) -> None:
    provider = Provider()
    await desk.service.database.outbox.stop(Channel.SMS, "20003")
    await desk.person().says("play")
    async with sending(desk, provider) as dispatcher:
        await settled(desk, Status.SENT)
        assert dispatcher.refused == {}


async def test_a_stop_that_another_worker_met_is_seen_and_taken_over_after_a_while(desk: Desk) -> None:
    provider = Provider()
    async with sending(desk, provider) as dispatcher:
        await asyncio.sleep(0.1)
        await desk.service.database.outbox.stop(Channel.SMS, "20003")
        desk.service.clock.advance(timedelta(minutes=1))
        dispatcher.nudge([Channel.SMS])
        await until(lambda: bool(dispatcher.refused))
        await desk.person().says("play")
        desk.service.clock.advance(timedelta(minutes=1))
        await settled(desk, Status.SENT)


async def test_content_that_the_provider_filters_fails_alone(desk: Desk) -> None:
    provider = Provider([lambda *_: OurFault("30007", stop_channel=False)])
    await desk.person().says("play", "3")
    async with sending(desk, provider) as dispatcher:
        await settled(desk, Status.FAILED, Status.SENT)
        assert dispatcher.refused == {}


async def test_a_channel_that_breaks_does_not_lose_the_message_nor_stop_the_others(desk: Desk) -> None:
    def breaks(_message: OutboundMessage, _now: datetime) -> SendOutcome:
        raise ZeroDivisionError

    provider = Provider([breaks])
    await desk.person().says("play")
    async with sending(desk, provider):
        await until(lambda: len(provider.heard) == 1)
        await asyncio.sleep(0.1)
        desk.service.clock.advance(timedelta(minutes=1))
        await settled(desk, Status.SENT)


async def test_a_reply_to_yesterday_is_given_up(desk: Desk) -> None:
    provider = Provider([lambda _, now: RetryAt(now + timedelta(seconds=1), "down")])
    await desk.person().says("play")
    desk.service.clock.advance(timedelta(hours=25))
    async with sending(desk, provider):
        await settled(desk, Status.FAILED)


async def test_before_a_text_goes_out_again_the_provider_is_asked_whether_it_has_it(desk: Desk) -> None:
    provider = Remembering()
    await desk.person().says("play")
    [claimed] = await claim(desk)
    provider.took[claimed.key] = "SM1"
    desk.service.clock.advance(timedelta(minutes=2))
    async with sending(desk, provider):
        await settled(desk, Status.SENT)
    assert provider.heard == []


async def test_the_same_words_that_went_out_as_another_message_are_not_taken_for_this_one(desk: Desk) -> None:
    provider = Remembering([lambda _message, _now: Sent("SM1")])
    await desk.person().says("play")
    async with sending(desk, provider):
        await settled(desk, Status.SENT)
    await desk.person().says("HELP")
    await claim(desk)
    provider.others = ["SM1"]
    desk.service.clock.advance(timedelta(minutes=2))
    async with sending(desk, provider):
        await settled(desk, Status.SENT, Status.SENT)
    assert len(provider.heard) == 2


async def test_an_id_that_a_provider_gives_twice_stops_nobody(desk: Desk) -> None:
    def same(_message: OutboundMessage, _now: datetime) -> SendOutcome:
        return Sent("SM1")

    provider = Provider([same, same])
    await desk.person().says("play", "3")
    async with sending(desk, provider):
        await until(lambda: len(provider.heard) == 2)
        await asyncio.sleep(0.2)
        desk.service.clock.advance(timedelta(minutes=1))
        await settled(desk, Status.SENT, Status.SENT)
    assert len(provider.heard) == 3


async def test_while_nobody_can_say_whether_a_text_went_out_it_is_not_sent_again(desk: Desk) -> None:
    provider = Remembering(silent=True)
    await desk.person().says("play")
    await claim(desk)
    desk.service.clock.advance(timedelta(minutes=2))
    async with sending(desk, provider):
        await asyncio.sleep(0.3)
        assert provider.heard == []
        provider.silent = False
        desk.service.clock.advance(timedelta(minutes=20))
        await settled(desk, Status.SENT)
    assert len(provider.heard) == 1


async def test_an_outcome_that_could_not_be_written_down_is_written_later_and_not_sent_again(desk: Desk) -> None:
    class Forgetful(Outbox):
        faults = 2

        async def sent(self, results: Sequence[tuple[QueuedMessage, str, datetime]]) -> None:
            if self.faults:
                self.faults -= 1
                raise UnavailableError
            await super().sent(results)

    provider = Provider()
    outbox = desk.service.database.outbox
    forgetful = Forgetful(outbox._connections, outbox._keyring)  # noqa: SLF001 - the same outbox, failing twice
    await desk.person().says("play")
    async with sending(desk, provider, forgetful):
        await settled(desk, Status.SENT)
    assert len(provider.heard) == 1


async def test_what_was_sent_is_written_down_before_its_ended_lease_lets_it_be_sent_again(desk: Desk) -> None:
    class Away(Outbox):
        refused = False

        async def sent(self, results: Sequence[tuple[QueuedMessage, str, datetime]]) -> None:
            if not self.refused:
                self.refused = True
                desk.service.clock.advance(2 * LEASE)
                raise UnavailableError
            await super().sent(results)

    provider = Provider()
    outbox = desk.service.database.outbox
    away = Away(outbox._connections, outbox._keyring)  # noqa: SLF001 - the same outbox, away for longer than a lease
    await desk.person().says("play")
    async with sending(desk, provider, away):
        await settled(desk, Status.SENT)
        await asyncio.sleep(0.2)
    assert len(provider.heard) == 1


async def test_while_the_pace_is_used_up_the_database_is_left_in_peace(desk: Desk) -> None:
    class Counting(Outbox):
        asked = 0

        async def claim(self, channel: Channel, **more: Any) -> list[QueuedMessage]:  # noqa: ANN401 - whatever it takes
            self.asked += 1
            return await super().claim(channel, **more)

    provider = Provider(pace=Pace(per_second=2, per_address_seconds=0))
    outbox = desk.service.database.outbox
    counting = Counting(outbox._connections, outbox._keyring)  # noqa: SLF001 - the same outbox, counting
    await desk.person().says("play")
    await desk.person(address="+447700900124").says("play")
    async with sending(desk, provider, counting) as dispatcher:
        await until(lambda: len(provider.heard) == 1)
        asked = counting.asked
        for _ in range(20):
            dispatcher.nudge([Channel.SMS])
            await asyncio.sleep(0.01)
        assert (counting.asked, len(provider.heard)) == (asked, 1)
        await settled(desk, Status.SENT, Status.SENT)


async def test_stopping_waits_for_what_is_on_its_way(desk: Desk) -> None:
    class Slow(Provider):
        async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
            self.heard.append(message)
            await asyncio.sleep(0.3)
            return taken(message, now)

    provider = Slow()
    await desk.person().says("play")
    async with sending(desk, provider):
        await until(lambda: bool(provider.heard))
    assert await statuses(desk) == [Status.SENT]


async def claim(desk: Desk) -> list[QueuedMessage]:
    """As a worker does that dies before it can say what became of it."""
    return await desk.service.database.outbox.claim(
        Channel.SMS,
        now=desk.service.clock.now(),
        limit=10,
        lease=timedelta(seconds=60),
        per_second=10_000,
        per_address_seconds=0,
    )
