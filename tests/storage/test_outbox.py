"""The queue as senders see it: in order, paced, leased, and only ever forward."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.messages import Button, Channel, Status, StatusUpdate
from storage.database import Database
from storage.outbox import Outbox
from storage.records import QueuedMessage
from tests.support import storing
from tests.support.storing import NOW, SLUG, begin, chat, load, met, phone, queue, reply, rows

LEASE = timedelta(seconds=60)
FAST = 1_000.0
SECOND = timedelta(seconds=1)


async def claim(
    outbox: Outbox,
    now: datetime = NOW,
    limit: int = 100,
    *,
    channel: Channel = Channel.SMS,
    per_second: float = FAST,
    per_address_seconds: float = 1.0,
) -> list[QueuedMessage]:
    return await outbox.claim(
        channel, now=now, limit=limit, lease=LEASE, per_second=per_second, per_address_seconds=per_address_seconds
    )


async def texts(outbox: Outbox, now: datetime = NOW) -> list[str]:
    return [message.text for message in await claim(outbox, now)]


async def statuses(url: str) -> list[str]:
    return [status for (status,) in await rows(url, "SELECT status FROM message WHERE direction = 'out' ORDER BY seq")]


async def test_a_claimed_message_says_everything_a_sender_needs(database: Database) -> None:
    person = await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(replace(reply(person, "More swings?"), request="r-1"))
        await work.commit()
    [message] = await claim(database.outbox)
    assert message.address == phone().address
    assert message.text == "More swings?"
    assert message.buttons == (Button("More", "swings", "more"),)
    assert (message.channel, message.attempt, message.queued_at, message.request) == (Channel.SMS, 1, NOW, "r-1")
    assert message.reference == person.conversations[SLUG].reference


async def test_the_oldest_go_first_and_each_address_has_one_on_its_way(database: Database) -> None:
    for number, minutes in [(1, 2), (2, 0), (3, 1)]:
        async with database.unit_of_work() as work:
            [person] = await load(work, phone(number))
            for part in "ab":
                work.queue(replace(reply(person, f"{number}{part}"), queued_at=NOW + timedelta(minutes=minutes)))
            await work.commit()
    later = NOW + timedelta(hours=1)
    assert await texts(database.outbox, later) == ["2a", "3a", "1a"]
    assert await texts(database.outbox, later) == []


async def test_what_is_said_to_one_person_goes_out_in_the_order_it_was_said(database: Database) -> None:
    await queue(database, phone(), *"abc")
    seen = []
    for turn in range(3):
        [message] = await claim(database.outbox, NOW + turn * SECOND)
        await database.outbox.sent([(message, f"SM{turn}", NOW + turn * SECOND)])
        seen.append(message.text)
    assert seen == ["a", "b", "c"]


async def test_the_next_to_an_address_waits_for_its_pace(database: Database) -> None:
    await queue(database, phone(), "a", "b")
    [first] = await claim(database.outbox)
    await database.outbox.sent([(first, "SM1", NOW)])
    assert await texts(database.outbox, NOW + timedelta(milliseconds=999)) == []
    assert await texts(database.outbox, NOW + SECOND) == ["b"]


async def test_a_channel_is_never_claimed_faster_than_its_pace(database: Database, other: Database) -> None:
    """In any second no more than the rate, and a tenth of a second's worth that was saved up before."""
    for number in range(60):
        await queue(database, phone(number), "a")
    claimed: list[datetime] = []
    for tick in range(40):
        now = NOW + tick * timedelta(milliseconds=50)
        for outbox in (database.outbox, other.outbox):
            claimed += [now for _ in await claim(outbox, now, per_second=20)]
    assert len(claimed) in range(38, 44)
    for start in claimed:
        assert sum(start <= at < start + SECOND for at in claimed) <= 22


async def test_a_slow_channel_still_sends(database: Database) -> None:
    await queue(database, phone(1), "a")
    await queue(database, phone(2), "b")
    count = [len(await claim(database.outbox, NOW + turn * SECOND, per_second=0.5)) for turn in range(4)]
    assert count == [1, 0, 1, 0]


async def test_a_clock_that_was_set_back_does_not_silence_a_channel(database: Database) -> None:
    await queue(database, phone(1), "a")
    await queue(database, phone(2), "b")
    tomorrow = NOW + timedelta(days=1)
    assert len(await claim(database.outbox, tomorrow, 1)) == 1
    assert len(await claim(database.outbox, NOW, 1)) == 0
    assert len(await claim(database.outbox, NOW + timedelta(milliseconds=1), 1)) == 1


async def test_what_is_down_as_sent_twice_takes_no_address_from_who_has_it_meanwhile(database: Database) -> None:
    await queue(database, phone(), "first", "second")
    [first] = await claim(database.outbox, NOW, 1)
    await database.outbox.sent([(first, "SM1", NOW)])
    later = NOW + timedelta(seconds=5)
    [second] = await claim(database.outbox, later, 1)
    assert second.text == "second"
    # A worker that did not hear of its own commit says once more what has become of the first.
    await database.outbox.sent([(first, "SM1", NOW)])
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(replace(reply(person, "you will get nothing more"), after_stop=True))
        await work.commit()
    assert await claim(database.outbox, later + timedelta(seconds=5), 1) == []


async def test_channels_do_not_wait_for_each_other(database: Database) -> None:
    await queue(database, phone(), "by text")
    await queue(database, chat(), "by chat")
    [message] = await claim(database.outbox, channel=Channel.TELEGRAM)
    assert message.text == "by chat"
    assert await texts(database.outbox) == ["by text"]


async def test_several_senders_share_the_queue_without_sending_twice(database: Database, other: Database) -> None:
    for number in range(40):
        await queue(database, phone(number), "a")
    found = await asyncio.gather(*(claim(outbox, limit=5) for outbox in (database.outbox, other.outbox) * 4))
    places = [(message.participant_id, message.seq) for batch in found for message in batch]
    assert len(places) == len(set(places)) == 40


async def test_nothing_goes_out_before_its_time(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(replace(reply(person, "tomorrow"), not_before=NOW + timedelta(days=1)))
        work.queue(reply(person, "now"))
        await work.commit()
    assert await texts(database.outbox) == ["now"]
    assert await texts(database.outbox, NOW + timedelta(days=1)) == ["tomorrow"]


async def test_a_lease_that_ended_lets_another_try_with_the_same_key(database: Database, other: Database) -> None:
    await queue(database, phone(), "a", "b")
    [first] = await claim(database.outbox)
    assert await texts(other.outbox, NOW + LEASE - SECOND) == []
    [again] = await claim(other.outbox, NOW + LEASE)
    assert (again.text, again.attempt, again.key) == ("a", 2, first.key)


async def test_what_is_told_of_an_attempt_when_another_has_begun_changes_nothing(database: Database) -> None:
    await met(database, phone())
    await queue(database, phone(), "one")
    [first] = await claim(database.outbox)
    [second] = await claim(database.outbox, NOW + LEASE)
    await database.outbox.retry(first, NOW + SECOND, "not reached")
    assert await texts(database.outbox, NOW + LEASE + SECOND) == []
    await database.outbox.retry(second, NOW + LEASE + SECOND, "not reached")
    assert await texts(database.outbox, NOW + LEASE + SECOND) == ["one"]


async def test_a_message_to_be_tried_again_holds_back_what_comes_after_it(database: Database) -> None:
    await queue(database, phone(), "a", "b")
    [first] = await claim(database.outbox)
    await database.outbox.retry(first, NOW + timedelta(minutes=5), "phone switched off")
    assert await texts(database.outbox, NOW + timedelta(minutes=4)) == []
    [again] = await claim(database.outbox, NOW + timedelta(minutes=5))
    assert (again.text, again.attempt) == ("a", 2)


async def test_a_message_that_cannot_be_sent_lets_the_next_one_go(database: Database, database_url: str) -> None:
    await queue(database, phone(), "a", "b")
    [first] = await claim(database.outbox)
    await database.outbox.failed(first, "21614 not a mobile")
    assert await texts(database.outbox) == ["b"]
    assert await rows(database_url, "SELECT status, error FROM message ORDER BY seq") == [
        ("failed", "21614 not a mobile"),
        ("queued", None),
    ]


async def test_whoever_stopped_gets_the_confirmation_and_nothing_else(database: Database, database_url: str) -> None:
    await queue(database, phone(), "question")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(reply(person, "queued just before"))
        await work.cancel_queued(person.participant_id)
        person.stopped_at = NOW
        work.save_person(person)
        work.queue(replace(reply(person, "You will hear no more."), after_stop=True))
        await work.commit()
    assert await texts(database.outbox) == ["You will hear no more."]
    assert await statuses(database_url) == ["cancelled", "cancelled", "queued"]


async def test_what_is_queued_after_a_cancelling_goes_out(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.queue(reply(person, "stale"))
        await work.cancel_queued(person.participant_id)
        work.queue(reply(person, "fresh"))
        await work.commit()
    assert await texts(database.outbox) == ["fresh"]


async def test_whoever_went_away_is_sent_nothing_until_they_come_back(database: Database, database_url: str) -> None:
    person = await queue(database, phone(), "a")
    await database.outbox.away(person.address_id, NOW)
    await queue(database, phone(), "b")
    assert await texts(database.outbox) == []
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        assert person.away_since == NOW
        person.away_since = None
        work.save_person(person)
        await work.commit()
    await queue(database, phone(), "c")
    assert await texts(database.outbox, NOW + SECOND) in (["b"], ["c"])
    assert (await statuses(database_url))[0] == "cancelled"


async def test_a_queue_full_of_what_may_not_go_does_not_hide_what_may(database: Database, database_url: str) -> None:
    for number in range(30):
        await queue(database, phone(number), *"abc")
    await storing.change(database_url, "UPDATE participant SET stopped_at = 0")
    await queue(database, phone(99), "alive")
    later = NOW + timedelta(minutes=1)
    assert [message.text for message in await claim(database.outbox, later, 1)] == ["alive"]
    assert set(await statuses(database_url)) == {"cancelled", "queued"}


async def test_a_paused_channel_sends_nothing_until_then(database: Database) -> None:
    await queue(database, phone(), "a")
    await database.outbox.pause(Channel.SMS, NOW + timedelta(seconds=12))
    assert await texts(database.outbox, NOW + timedelta(seconds=11)) == []
    assert await texts(database.outbox, NOW + timedelta(seconds=12)) == ["a"]


async def test_a_stopped_channel_sends_nothing_until_somebody_has_seen_to_it(
    database: Database, other: Database
) -> None:
    await queue(database, phone(), "a")
    await database.outbox.stop(Channel.SMS, "20003 authentication")
    assert await other.outbox.stopped() == {Channel.SMS: "20003 authentication"}
    assert await texts(other.outbox, NOW + timedelta(days=1)) == []
    await other.outbox.resume(Channel.SMS)
    assert await database.outbox.stopped() == {}
    assert await texts(other.outbox) == ["a"]


FORWARD = [Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED]


async def _sent(database: Database, number: int, provider_id: str) -> None:
    await queue(database, phone(number), "a")
    [message] = await claim(database.outbox, NOW + number * SECOND)
    await database.outbox.sent([(message, provider_id, NOW)])


@pytest.mark.parametrize("order", list(itertools.permutations([Status.SENT, Status.DELIVERED, Status.READ])))
async def test_shuffled_callbacks_end_at_the_furthest(
    database: Database, database_url: str, order: tuple[Status, ...]
) -> None:
    await _sent(database, 1, "SM1")
    for status in order:
        await database.outbox.status([StatusUpdate(Channel.SMS, "SM1", status)], NOW)
    assert await statuses(database_url) == ["read"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_callbacks_in_any_order_and_number_around_our_own_record_end_the_same(
    database: Database, database_url: str, data: st.DataObject
) -> None:
    number = storing.new_id()
    updates = data.draw(st.lists(st.sampled_from(FORWARD), min_size=1, max_size=5))
    before = data.draw(st.integers(0, len(updates)))
    together = data.draw(st.booleans())
    provider_id = f"SM{number}"
    steps = [StatusUpdate(Channel.SMS, provider_id, status) for status in updates]
    await queue(database, phone(number), "a")
    [message] = [one for one in await claim(database.outbox, NOW + number * SECOND) if one.text == "a"]
    for batch in [steps[:before]] if together else [[one] for one in steps[:before]]:
        await database.outbox.status(batch, NOW)
    await database.outbox.sent([(message, provider_id, NOW)])
    for batch in [steps[before:]] if together else [[one] for one in steps[before:]]:
        await database.outbox.status(batch, NOW)
    place = f"participant_id = {message.participant_id}"
    [(status,)] = await rows(database_url, f"SELECT status FROM message WHERE {place}")  # noqa: S608 (our own number)
    assert status == max(updates, key=FORWARD.index).value


async def test_a_status_for_a_message_that_is_nobodys_changes_nothing(database: Database, database_url: str) -> None:
    await _sent(database, 1, "SM1")
    await database.outbox.status([StatusUpdate(Channel.SMS, "SM2", Status.FAILED, "30003", gone=True)], NOW)
    assert await statuses(database_url) == ["sent"]
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
    assert person.away_since is None


async def test_a_status_never_changes_what_came_in(database: Database, database_url: str) -> None:
    await storing.hear(database, phone(), provider_id="SM1")
    await database.outbox.status([StatusUpdate(Channel.SMS, "SM1", Status.DELIVERED)], NOW)
    assert await rows(database_url, "SELECT status FROM message") == [("received",)]


async def test_a_status_that_came_too_early_is_forgotten_in_the_end(database: Database, database_url: str) -> None:
    await database.outbox.status([StatusUpdate(Channel.SMS, "SM1", Status.SENT)], NOW)
    await database.outbox.status([StatusUpdate(Channel.SMS, "SM2", Status.SENT)], NOW + timedelta(hours=2))
    assert len(await rows(database_url, "SELECT * FROM early_status")) == 1


async def test_a_provider_that_says_somebody_is_gone_ends_all_sending_to_them(
    database: Database, database_url: str
) -> None:
    await _sent(database, 1, "SM1")
    await queue(database, phone(1), "b")
    await database.outbox.status([StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "21610", gone=True)], NOW)
    assert await statuses(database_url) == ["failed", "cancelled"]
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
    assert person.away_since == NOW


async def test_a_message_cancelled_while_on_its_way_is_still_told_truly(database: Database, database_url: str) -> None:
    person = await queue(database, phone(), "a")
    [message] = await claim(database.outbox)
    async with database.unit_of_work() as work:
        await load(work, phone())
        await work.cancel_queued(person.participant_id)
        await work.commit()
    await database.outbox.sent([(message, "SM1", NOW)])
    assert await statuses(database_url) == ["sent"]


async def test_the_web_page_shows_its_messages_without_any_sending(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, storing.page())
        record = begin(work, person)
        work.queue(replace(reply(person, "Hello."), status=Status.DELIVERED))
        await work.commit()
    assert await claim(database.outbox, channel=Channel.WEB) == []
    [entry] = await database.transcript(record.conversation_id)
    assert (entry.status, entry.at, entry.text) == (Status.DELIVERED, NOW, "Hello.")


async def test_the_queue_says_how_long_it_is(database: Database) -> None:
    assert await database.queue_depth() == {}
    await queue(database, phone(), "a", "b")
    depth = (await database.queue_depth())[Channel.SMS]
    assert (depth.waiting, depth.oldest_due) == (2, NOW)


async def test_sending_nothing_asks_nothing_of_the_database(database: Database) -> None:
    await database.close()
    await database.outbox.sent([])
    await database.outbox.status([], NOW)
