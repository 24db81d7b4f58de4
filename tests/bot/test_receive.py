"""Taking in: together, once each, in order, and each on its own when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import pytest

from bot.handling import Handler, Taken
from bot.receive import Receiver
from bot.sitting import Sitting
from flows.messages import Channel, InboundMessage, Status, Tapped, Typed
from storage.database import Database, upgrade
from storage.errors import ConflictError, UnavailableError
from storage.unit_of_work import UnitOfWork
from tests.support.desk import Desk, a_desk
from tests.support.packs import write_pack
from tests.support.postgres import PostgresServer, StopMode
from tests.support.town import until


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def desk(database_url: str, packs: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, packs) as desk:
        yield desk


class Stumbling(Handler):
    """A handler with a bug that only one word brings out, after it has begun its work."""

    async def hear(self, sitting: Sitting, message: InboundMessage) -> Taken:
        taken = await super().hear(sitting, message)
        if isinstance(message.content, Typed) and message.content.text == "stumble":
            raise ZeroDivisionError("somebody's own words")
        return taken


class Acknowledging:
    """A channel that remembers what it was asked to acknowledge, and whether that was committed by then."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.acknowledged: list[tuple[str, int]] = []

    async def acknowledge(self, callback_id: str) -> None:
        self.acknowledged.append((callback_id, len(await self._desk.transcript())))


def stumbling(desk: Desk) -> Receiver:
    service = desk.service
    handler = Stumbling(**{field.name: getattr(desk.service.handler, field.name) for field in fields(Handler)})
    return Receiver(service.database, handler, service.clock, service.metrics)


def an_sms(desk: Desk, text: str, *, sender: str = "+447700900123", number: str = "1") -> InboundMessage:
    now = desk.service.clock.now()
    return InboundMessage(Channel.SMS, sender, number, Typed(text), received_at=now)


def counted(desk: Desk, name: str) -> float:
    return sum(
        sample.value
        for family in desk.service.metrics.registry.collect()
        for sample in family.samples
        if sample.name == name
    )


async def test_the_same_delivery_a_hundred_times_at_once_is_one_message_and_one_reply(desk: Desk) -> None:
    receipts = await asyncio.gather(*(desk.service.receiver.take(an_sms(desk, "play")) for _ in range(100)))
    assert sum(not receipt.duplicate for receipt in receipts) == 1
    assert [entry.direction for entry in await desk.transcript()] == ["in", "out"]
    assert counted(desk, "sayso_duplicates_total") == 99


async def test_a_delivery_that_came_before_changes_nothing_however_much_later_it_comes(desk: Desk) -> None:
    parent = desk.person()
    await parent.sends(Typed("play"), number="first")
    await parent.says("3")
    before = await desk.transcript()
    assert (await parent.sends(Typed("play"), number="first")).duplicate
    assert await desk.transcript() == before


async def test_what_arrives_while_a_commit_is_running_is_committed_together(desk: Desk) -> None:
    messages = [an_sms(desk, "play", sender=f"+4477009001{place:02}", number=str(place)) for place in range(1, 100)]
    await asyncio.gather(*(desk.service.receiver.take(message) for message in messages))
    assert counted(desk, "sayso_received_total") == 99
    assert counted(desk, "sayso_batches_total") <= 3


async def test_one_persons_messages_in_one_batch_are_heard_in_the_order_they_came(desk: Desk) -> None:
    said = ("play", "3", "more", "There is always a queue")
    messages = [an_sms(desk, text, number=str(place)) for place, text in enumerate(said)]
    await asyncio.gather(*(desk.service.receiver.take(message) for message in messages))
    [row] = await desk.answers()
    assert row.status == "complete"
    assert [entry.text for entry in await desk.transcript() if entry.direction == "in"] == list(said)
    assert [entry.seq for entry in await desk.transcript()] == list(range(1, 9))


async def test_a_bug_in_a_step_fails_its_own_message_and_nobody_elses(desk: Desk) -> None:
    receiver = stumbling(desk)
    others = [an_sms(desk, "play", sender=f"+4477009002{place:02}", number=f"o{place}") for place in range(20)]
    bad = an_sms(desk, "stumble", sender="+447700900299", number="bad")
    receipts = await asyncio.gather(*(receiver.take(message) for message in (*others[:10], bad, *others[10:])))
    assert not any(receipt.duplicate for receipt in receipts)
    entries = await desk.transcript()
    assert len([entry for entry in entries if entry.direction == "out"]) == 20
    assert await desk.service.database.failed_steps() == 1
    assert counted(desk, "sayso_failed_steps_total") == 1


async def test_a_message_that_failed_is_kept_as_it_was_and_not_tried_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = stumbling(desk)
    await receiver.take(an_sms(desk, "play"))
    await receiver.take(an_sms(desk, "stumble", number="2"))
    [failed] = [entry for entry in await desk.transcript() if entry.status is Status.FAILED_STEP]
    assert (failed.text, failed.seq) == ("stumble", 3)
    assert (await receiver.take(an_sms(desk, "stumble", number="2"))).duplicate
    assert (await receiver.take(an_sms(desk, "3", number="3"))).duplicate is False
    assert "own words" not in caplog.text.split("Traceback")[0]


class Flaky(Database):
    """A database that meets these errors first, one for each unit of work."""

    def __init__(self, sound: Database, *errors: Exception) -> None:
        super().__init__(sound._connections, sound._keyring, worker=0)  # noqa: SLF001 - the same one, failing at first
        self._errors = list(errors)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        if self._errors:
            raise self._errors.pop(0)
        async with super().unit_of_work() as work:
            yield work


def receiver_on(desk: Desk, *errors: Exception) -> Receiver:
    service = desk.service
    return Receiver(Flaky(service.database, *errors), service.handler, service.clock, service.metrics)


async def test_after_a_second_delivery_the_rest_of_its_batch_still_goes_together(desk: Desk) -> None:
    await desk.service.receiver.take(an_sms(desk, "play"))
    again = [an_sms(desk, "play")]
    fresh = [an_sms(desk, "play", sender=f"+4477009005{place:02}", number=f"f{place}") for place in range(9)]
    receipts = await asyncio.gather(*(desk.service.receiver.take(message) for message in (*again, *fresh)))
    assert [receipt.duplicate for receipt in receipts] == [True, *(False for _ in fresh)]
    assert counted(desk, "sayso_batches_total") == 2


async def test_nobodys_messages_are_in_two_batches_at_once(desk: Desk) -> None:
    """However many batches run side by side, each of many people is heard in order."""
    said = ("play", "3", "more", "There is always a queue")
    people = [f"+4477009006{place:02}" for place in range(40)]
    receiver = Receiver(
        desk.service.database, desk.service.handler, desk.service.clock, desk.service.metrics, most_together=7
    )
    takes = [
        receiver.take(an_sms(desk, text, sender=person, number=f"{person}-{turn}"))
        for turn, text in enumerate(said)
        for person in people
    ]
    await asyncio.gather(*takes)
    assert [row.status for row in await desk.answers()] == ["complete"] * len(people)


async def test_what_others_got_in_the_way_of_is_done_again(desk: Desk) -> None:
    receiver = receiver_on(desk, ConflictError(), ConflictError(), ConflictError())
    assert not (await receiver.take(an_sms(desk, "play"))).duplicate
    assert len(await desk.answers()) == 1


async def test_who_is_always_got_in_the_way_of_is_told_to_try_again(desk: Desk) -> None:
    receiver = receiver_on(desk, *[ConflictError() for _ in range(7)])
    with pytest.raises(UnavailableError):
        await receiver.take(an_sms(desk, "play"))
    assert not (await receiver.take(an_sms(desk, "play"))).duplicate


async def test_a_database_that_goes_away_half_way_refuses_only_what_is_not_kept_yet(desk: Desk) -> None:
    receiver = receiver_on(desk, ConflictError(), ConflictError(), UnavailableError())
    messages = [an_sms(desk, "play", sender=f"+4477009004{place:02}", number=str(place)) for place in range(3)]
    outcomes = await asyncio.gather(*(receiver.take(message) for message in messages), return_exceptions=True)
    assert [isinstance(outcome, UnavailableError) for outcome in outcomes] == [True, False, False]
    assert len(await desk.answers()) == 2


async def test_a_failed_message_that_cannot_even_be_kept_is_not_acknowledged(desk: Desk) -> None:
    receiver = receiver_on(desk, ZeroDivisionError(), ZeroDivisionError(), UnavailableError())
    with pytest.raises(UnavailableError):
        await receiver.take(an_sms(desk, "play"))
    assert await desk.service.database.failed_steps() == 0


async def test_whatever_goes_wrong_the_next_message_is_taken_in(desk: Desk) -> None:
    receiver = receiver_on(desk, ZeroDivisionError(), ZeroDivisionError(), ZeroDivisionError())
    with pytest.raises(UnavailableError):
        await receiver.take(an_sms(desk, "play"))
    assert not (await receiver.take(an_sms(desk, "play"))).duplicate


async def test_who_has_gone_before_the_commit_leaves_the_message_behind(desk: Desk) -> None:
    taking = asyncio.create_task(desk.service.receiver.take(an_sms(desk, "play")))
    await asyncio.sleep(0)
    taking.cancel()
    await desk.service.receiver.close()
    assert len(await desk.answers()) == 1


async def test_a_tap_is_acknowledged_only_after_its_commit(desk: Desk) -> None:
    service = desk.service
    port = Acknowledging(desk)
    receiver = Receiver(
        service.database, service.handler, service.clock, service.metrics, acknowledging={Channel.TELEGRAM: port}
    )
    person = InboundMessage(Channel.TELEGRAM, "700900123", "1", Typed("play"), service.clock.now())
    await receiver.take(person)
    tap = InboundMessage(
        Channel.TELEGRAM, "700900123", "2", Tapped("who", "parent-carer", "tap-1"), service.clock.now()
    )
    await receiver.take(tap)
    await until(lambda: bool(port.acknowledged))
    [(callback, committed)] = port.acknowledged
    assert (callback, committed) == ("tap-1", len(await desk.transcript()))
    await receiver.close()


async def test_who_has_something_to_send_is_told_after_the_commit(desk: Desk) -> None:
    told: list[set[Channel]] = []
    service = desk.service
    receiver = Receiver(
        service.database,
        desk.service.handler,
        service.clock,
        service.metrics,
        queued=lambda channels: told.append(set(channels)),
    )
    await receiver.take(an_sms(desk, "play"))
    await receiver.take(an_sms(desk, "play", number="1"))
    assert told == [{Channel.SMS}]


async def test_without_a_database_everybody_is_told_to_try_again_and_can(
    postgres_server: PostgresServer, packs: Path
) -> None:
    url = postgres_server.create_database("away")
    await upgrade(url)
    async with a_desk(url, packs) as desk:
        await desk.person().says("play")
        postgres_server.stop(StopMode.IMMEDIATE)
        messages = [an_sms(desk, "3", number="a"), an_sms(desk, "play", sender="+447700900124", number="b")]
        refused = await asyncio.gather(
            *(desk.service.receiver.take(message) for message in messages), return_exceptions=True
        )
        assert [type(error) for error in refused] == [UnavailableError, UnavailableError]
        assert "+44" not in repr(refused)
        postgres_server.start()
        for message in messages:
            assert not (await desk.service.receiver.take(message)).duplicate
        assert len(await desk.answers()) == 2


async def test_closing_waits_for_what_was_handed_over(desk: Desk) -> None:
    taking = [
        asyncio.create_task(
            desk.service.receiver.take(an_sms(desk, "play", sender=f"+4477009003{place:02}", number=str(place)))
        )
        for place in range(50)
    ]
    await asyncio.sleep(0)
    await desk.service.receiver.close()
    assert all(task.done() for task in taking)
    assert len(await desk.answers()) == 50


async def test_two_workers_take_the_same_delivery_once(postgres_url: str, packs: Path) -> None:
    async with a_desk(postgres_url, packs) as one, a_desk(postgres_url, packs) as other:
        receivers = [one.service.receiver, other.service.receiver] * 20
        receipts = await asyncio.gather(*(receiver.take(an_sms(one, "play")) for receiver in receivers))
        assert sum(not receipt.duplicate for receipt in receipts) == 1
        assert [entry.direction for entry in await one.transcript()] == ["in", "out"]


async def test_a_worker_that_never_knew_a_version_still_finds_it(database_url: str, packs: Path) -> None:
    async with a_desk(database_url, packs) as before:
        await before.person().says("play", "3")
    write_pack(packs, why="Tell us more.")
    async with a_desk(database_url, packs) as after:
        await after.person().says("more")
        assert "What makes you say that?" in (await after.said())[-1]
