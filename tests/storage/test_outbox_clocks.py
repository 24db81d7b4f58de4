"""The queue under clocks that disagree, or that were set back: order holds, and nobody waits for the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flows.messages import Channel
from storage.database import Database
from storage.records import QueuedMessage
from tests.support.storing import NOW, chat, load, phone, queue, reply

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=60)


async def claim(database: Database, now: datetime, channel: Channel = Channel.SMS) -> list[QueuedMessage]:
    return await database.outbox.claim(
        channel, now=now, limit=100, lease=LEASE, per_second=1_000, per_address_seconds=1
    )


async def texts(database: Database, now: datetime, channel: Channel = Channel.SMS) -> list[str]:
    return [message.text for message in await claim(database, now, channel)]


async def notices(database: Database, back: datetime, channel: Channel = Channel.SMS) -> None:
    """The clock shows `back`, and again a moment later: so it was set back. Nothing goes out meanwhile."""
    for at in (back, back + timedelta(milliseconds=1)):
        assert await texts(database, at, channel) == []


async def queue_at(database: Database, at: datetime, text: str, *, after_stop: bool = False) -> None:
    """A reply queued by a machine whose clock shows `at`."""
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(replace(reply(person, text), queued_at=at, after_stop=after_stop))
        await work.commit()


@pytest.mark.parametrize("apart", [timedelta(milliseconds=1), 20 * SECOND, 59 * SECOND])
async def test_machines_whose_clocks_disagree_do_not_turn_replies_round(database: Database, apart: timedelta) -> None:
    await queue_at(database, NOW + apart, "first, by the machine ahead")
    await queue_at(database, NOW, "second, by the machine behind")
    assert await texts(database, NOW) == []
    [first] = await claim(database, NOW + apart)
    assert first.text == "first, by the machine ahead"
    await database.outbox.sent([(first, "SM1", NOW + apart)])
    assert await texts(database, NOW + apart + SECOND) == ["second, by the machine behind"]


async def test_a_confirmation_of_stop_does_not_wait_for_what_will_never_go_out(database: Database) -> None:
    await queue_at(database, NOW + SECOND, "a question")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        person.stopped_at = NOW
        work.save_person(person)
        await work.commit()
    await queue_at(database, NOW, "you will get nothing more", after_stop=True)
    assert await texts(database, NOW) == ["you will get nothing more"]


async def test_whoever_was_just_written_to_is_answered_although_the_clock_was_set_back(database: Database) -> None:
    await queue(database, phone(), "before")
    [before] = await claim(database, NOW)
    await database.outbox.sent([(before, "SM1", NOW)])
    await queue_at(database, NOW - HOUR, "after")
    await notices(database, NOW - HOUR)
    assert await texts(database, NOW - HOUR + 2 * SECOND) == ["after"]


async def test_what_waited_in_the_queue_goes_out_although_the_clock_was_set_back(database: Database) -> None:
    await queue(database, phone(1), "taken")
    await claim(database, NOW)
    await queue(database, phone(2), "waiting")
    await notices(database, NOW - HOUR)
    assert await texts(database, NOW - HOUR + 2 * SECOND) == ["waiting"]


async def test_a_lease_is_still_a_lease_when_the_clock_was_set_back(database: Database) -> None:
    await queue(database, phone(), "on its way")
    await claim(database, NOW)
    back = NOW - HOUR
    await notices(database, back)
    assert await texts(database, back + LEASE - SECOND) == []
    assert await texts(database, back + LEASE + 2 * SECOND) == ["on its way"]


async def test_one_look_at_a_clock_from_before_a_long_sleep_shortens_no_lease(database: Database) -> None:
    await queue(database, phone(), "on its way")
    await claim(database, NOW)
    assert await texts(database, NOW - 17 * timedelta(days=1)) == []
    assert await texts(database, NOW + SECOND) == []
    assert await texts(database, NOW - 17 * timedelta(days=1) + SECOND) == []
    assert await texts(database, NOW + LEASE - SECOND) == []
    assert await texts(database, NOW + LEASE) == ["on its way"]


async def test_a_retry_and_a_pause_keep_their_distance_when_the_clock_was_set_back(database: Database) -> None:
    await queue(database, phone(), "to be tried again", "to come after it")
    [message] = await claim(database, NOW)
    await database.outbox.retry(message, NOW + timedelta(minutes=5), "a phone that was off")
    await database.outbox.pause(Channel.SMS, NOW + timedelta(minutes=2))
    back = NOW - HOUR
    await queue_at(database, back, "to somebody else")
    await notices(database, back)
    [again] = await claim(database, back + timedelta(minutes=6))
    assert again.text == "to be tried again"
    await database.outbox.sent([(again, "SM1", back + timedelta(minutes=6))])
    assert await texts(database, back + timedelta(minutes=7)) == ["to come after it"]


async def test_what_was_put_off_on_purpose_stays_where_it_was_put_when_the_clock_was_set_back(
    database: Database,
) -> None:
    tomorrow = NOW + timedelta(days=1)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
        work.queue(replace(reply(person, "tomorrow"), not_before=tomorrow))
        await work.commit()
    await queue(database, phone(2), "now")
    await claim(database, NOW)
    await notices(database, NOW - HOUR)
    assert await texts(database, tomorrow - SECOND) == ["now"]
    assert "tomorrow" in await texts(database, tomorrow)


async def test_a_clock_set_back_on_one_channel_leaves_the_others_alone(database: Database) -> None:
    await queue(database, phone(), "by text")
    await queue(database, chat(), "by chat")
    await claim(database, NOW)
    await notices(database, NOW - HOUR)
    assert await texts(database, NOW, Channel.TELEGRAM) == ["by chat"]
