"""One unit of work: everything of a batch, or nothing of it; and nobody handled by two at once."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.messages import Channel, Direction
from flows.state import Phase, State
from flows.values import Text
from storage.database import Database
from storage.errors import ConflictError
from storage.records import AddressKey
from tests.support import storing
from tests.support.storing import (
    ASKING,
    NOW,
    SLUG,
    answered,
    begin,
    everything,
    hear,
    load,
    met,
    new_id,
    phone,
    reply,
    said,
)


async def test_leaving_without_commit_leaves_nothing(database: Database, database_url: str) -> None:
    before = await everything(database_url)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        begin(work, person)
        await work.keep([said(person)])
        work.add_answer(answered(person))
        work.queue(reply(person))
        await work.flush()
    assert await everything(database_url) == before


async def test_an_exception_rolls_back_and_the_next_unit_works(database: Database) -> None:
    async def stumble() -> None:
        async with database.unit_of_work() as work:
            [person] = await load(work, phone())
            await work.keep([said(person, provider_id="SM1")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stumble()
    assert await storing.hear(database, phone(), provider_id="SM1")


async def test_a_cancelled_unit_rolls_back_and_the_next_unit_works(database: Database) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.unit_of_work() as work:
            [person] = await load(work, phone())
            await work.keep([said(person, provider_id="SM1")])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await storing.hear(database, phone(), provider_id="SM1")


async def test_a_whole_turn_is_there_after_commit(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        record = begin(work, person)
        await work.keep([said(person, "More swings, please")])
        work.add_answer(answered(person, Text("More swings, please"), "why"))
        record.state = replace(record.state, phase=Phase.FINISHED, completed_at=NOW)
        work.save_conversation(record)
        work.queue(reply(person, "Thank you."))
        await work.commit()
    assert [entry.text for entry in await database.transcript(record.conversation_id)] == [
        "More swings, please",
        "Thank you.",
    ]
    [row] = [one async for one in database.answers(SLUG)]
    assert row.answers["why"].value == Text("More swings, please")
    assert (row.status, row.completed_at) == ("complete", NOW)


async def test_a_batch_holds_many_people(database: Database) -> None:
    keys = [phone(number) for number in range(70)]
    async with database.unit_of_work() as work:
        people = await load(work, *keys)
        for person in people:
            begin(work, person)
        new = await work.keep([said(person) for person in people])
        for person in people:
            work.queue(reply(person))
        await work.commit()
    assert len(new) == 70
    assert (await database.queue_depth())[Channel.SMS].waiting == 70
    async with database.unit_of_work() as work:
        assert {person.next_seq for person in await load(work, *keys)} == {3}


async def test_a_person_comes_back_as_they_were(database: Database) -> None:
    met_before = await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        person.stopped_at, person.away_since, person.language, person.told_nothing_open = NOW, NOW, "cy", True
        work.save_person(person)
        await work.commit()
    async with database.unit_of_work() as work:
        [again] = await load(work, phone())
    assert again == person
    assert again.participant_id == met_before.participant_id
    assert met_before.is_new
    assert not again.is_new


async def test_one_number_is_somebody_else_on_another_channel(database: Database) -> None:
    async with database.unit_of_work() as work:
        one, two = await load(work, AddressKey(Channel.TELEGRAM, "700900123"), AddressKey(Channel.WEB, "700900123"))
    assert one.participant_id != two.participant_id


async def test_the_same_address_twice_in_a_batch_is_one_person(database: Database) -> None:
    async with database.unit_of_work() as work:
        one, two = await load(work, phone(), phone())
    assert one is two


async def test_messages_are_numbered_without_a_gap_over_units(database: Database) -> None:
    person = await met(database, phone())
    for _ in range(3):
        async with database.unit_of_work() as work:
            [person] = await load(work, phone())
            await work.keep([said(person)])
            work.queue(reply(person))
            await work.commit()
    record = person.conversations[SLUG]
    assert [entry.seq for entry in await database.transcript(record.conversation_id)] == [1, 2, 3, 4, 5, 6]


async def test_two_workers_with_one_person_take_turns(database: Database, other: Database) -> None:
    await met(database, phone())
    order: list[str] = []

    async def turn(who: Database, name: str) -> None:
        async with who.unit_of_work() as work:
            [person] = await load(work, phone())
            record = person.conversations[SLUG]
            order.append(f"{name} reads {record.state.attempt}")
            await asyncio.sleep(0.05)
            record.state = replace(record.state, attempt=record.state.attempt + 1)
            work.save_conversation(record)
            await work.keep([said(person)])
            await work.commit()

    await asyncio.gather(*(turn(who, name) for who, name in [(database, "one"), (other, "two")] for _ in range(3)))
    assert [line.split()[-1] for line in order] == ["0", "1", "2", "3", "4", "5"]


async def test_workers_with_the_same_people_in_any_order_never_block_each_other(
    database: Database, other: Database
) -> None:
    keys = [phone(number) for number in range(20)]

    async def turn(who: Database, mine: list[AddressKey]) -> None:
        async with who.unit_of_work() as work:
            people = await load(work, *mine)
            await work.keep([said(person) for person in people])
            await work.commit()

    await asyncio.gather(*(turn(database, keys) for _ in range(5)), *(turn(other, keys[::-1]) for _ in range(5)))
    async with database.unit_of_work() as work:
        assert {person.next_seq for person in await load(work, *keys)} == {11}


async def test_many_workers_meeting_somebody_new_make_one_participant(
    database: Database, other: Database, database_url: str
) -> None:
    new = await asyncio.gather(
        *(storing.hear(who, phone(), provider_id=f"SM{number}") for number, who in enumerate([database, other] * 8))
    )
    assert all(new)
    assert len(await storing.rows(database_url, "SELECT id FROM participant")) == 1
    assert len(await storing.rows(database_url, "SELECT id FROM address")) == 1


async def test_one_delivery_a_hundred_times_at_once_is_one_message(database: Database, other: Database) -> None:
    await met(database, phone())
    new = await asyncio.gather(
        *(storing.hear(who, phone(), provider_id="SM1") for who in (database, other) for _ in range(50))
    )
    assert sum(new) == 1


async def test_one_delivery_twice_in_a_batch_is_one_message(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        new = await work.keep([said(person, provider_id="SM1"), said(person, provider_id="SM1")])
        await work.commit()
    assert new == {"SM1"}


async def test_what_came_before_is_known_before_it_is_numbered(database: Database) -> None:
    await storing.hear(database, phone(), provider_id="SM1")
    async with database.unit_of_work() as work:
        await load(work, phone())
        assert await work.already(Channel.SMS, ["SM1", "SM2"]) == {"SM1"}
        assert await work.already(Channel.WEB, ["SM1"]) == frozenset()


async def test_a_person_at_two_addresses_is_not_handled_twice_in_one_batch(database: Database) -> None:
    await met(database, phone())
    await _carry_over(database, phone(), storing.page())
    with pytest.raises(ConflictError):
        async with database.unit_of_work() as work:
            await load(work, phone(), storing.page())
    async with database.unit_of_work() as work:
        [alone] = await load(work, storing.page())
    assert SLUG in alone.conversations


async def _carry_over(database: Database, old: AddressKey, new: AddressKey) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, old)
        await work.issue_code(person, SLUG, "7K2M9Q", NOW + timedelta(minutes=30))
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, new)
        assert await work.claim_code(person, "7K2M9Q", NOW) == SLUG
        await work.commit()


async def test_two_conversations_never_have_one_reference(database: Database) -> None:
    async with database.unit_of_work() as work:
        for person in await load(work, phone(1), phone(2)):
            work.begin(
                person,
                slug=SLUG,
                version="f00d",
                conversation_id=new_id(),
                reference="HPL-1",
                at=NOW,
                channel=Channel.SMS,
                state=ASKING,
            )
        with pytest.raises(ConflictError):
            await work.commit()


async def test_messages_are_committed_with_what_they_caused(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        record = begin(work, person)
        heard = said(person, "More swings, please")
        work.queue(reply(person, "Thank you"))
        await work.commit([heard])
    transcript = await database.transcript(record.conversation_id)
    assert [(entry.direction, entry.text) for entry in transcript] == [
        (Direction.IN, "More swings, please"),
        (Direction.OUT, "Thank you"),
    ]


async def test_a_message_that_had_come_before_lets_nothing_of_its_batch_be_committed(database: Database) -> None:
    await hear(database, phone(1), provider_id="SM1")
    async with database.unit_of_work() as work:
        first, second = await load(work, phone(1), phone(2))
        with pytest.raises(ConflictError):
            await work.commit([said(first, provider_id="SM1"), said(second, provider_id="SM2")])
    async with database.unit_of_work() as work:
        assert await work.already(Channel.SMS, ["SM1", "SM2"]) == {"SM1"}


async def test_a_state_saved_after_it_began_is_the_one_that_stays(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        record = begin(work, person, state=State())
        record.state = ASKING
        work.save_conversation(record)
        await work.commit()
    found = await database.find(phone(), SLUG)
    assert found is not None
    assert found.state == ASKING


async def test_a_person_may_be_in_two_consultations(database: Database) -> None:
    await met(database, phone())
    await met(database, phone(), slug="harbour-bins-2030")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
    assert set(person.conversations) == {SLUG, "harbour-bins-2030"}
    assert person.current == "harbour-bins-2030"


async def test_a_version_once_kept_stays_as_it_was(database: Database) -> None:
    for files in ({"consultation.toml": "first"}, {"consultation.toml": "second"}):
        async with database.unit_of_work() as work:
            await work.keep_version(SLUG, "f00d", files, NOW)
            await work.commit()
    assert await database.version_files("f00d") == {"consultation.toml": "first"}
    assert await database.version_files("beef") is None


async def test_two_processes_can_write_one_file(sqlite_url: str) -> None:
    """Each opens the file for itself, and none is told that it is locked."""
    script = f"""
import asyncio, itertools, os
from storage.database import Database
from tests.support import storing
storing._numbers = itertools.count(os.getpid() * 1_000_000)
async def main():
    database = await Database.open({sqlite_url!r}, secret=storing.SECRET)
    for number in range(40):
        await storing.hear(database, storing.phone(number % 7), provider_id=f"SM{{os.getpid()}}-{{number}}")
    await database.close()
asyncio.run(main())
"""
    await asyncio.gather(*(_python(script) for _ in range(3)))
    assert await storing.rows(sqlite_url, "SELECT count(*) FROM message") == [(120,)]


async def _python(script: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stderr=asyncio.subprocess.PIPE)
    _, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
