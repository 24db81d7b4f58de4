"""Who is woken, when, at which address, and by whom."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.messages import Channel
from flows.state import Phase, State
from storage import participants
from storage.database import Database
from storage.errors import ConflictError
from storage.records import AddressKey, Person
from tests.support.storing import ASKING, NOW, SECRET, SLUG, begin, load, met, page, phone, rows

SLEEPS = replace(ASKING, wake_at=NOW)
MINUTE = timedelta(minutes=1)


async def test_a_conversation_is_due_from_its_instant_on(database: Database) -> None:
    await met(database, phone(), state=SLEEPS)
    async with database.unit_of_work() as work:
        assert await work.due(NOW - timedelta(microseconds=1), 10) == []
        [person] = await work.due(NOW, 10)
    assert person.key == phone()
    assert person.current == SLUG
    assert person.conversations[SLUG].state == SLEEPS


async def test_the_soonest_are_woken_first(database: Database) -> None:
    for number in range(5):
        await met(database, phone(number), state=replace(ASKING, wake_at=NOW + number * MINUTE))
    async with database.unit_of_work() as work:
        due = await work.due(NOW + 10 * MINUTE, 2)
    assert {person.key for person in due} == {phone(0), phone(1)}


async def test_who_was_woken_sleeps_until_their_next_instant(database: Database) -> None:
    await met(database, phone(), state=SLEEPS)
    async with database.unit_of_work() as work:
        [person] = await work.due(NOW, 10)
        record = person.conversations[SLUG]
        record.state = replace(record.state, wake_at=None, reminded=True)
        work.save_conversation(record)
        await work.commit()
    async with database.unit_of_work() as work:
        assert await work.due(NOW + MINUTE, 10) == []


async def test_waking_moves_nobody_to_another_address(database: Database) -> None:
    """Of a person with two conversations both are in hand; each keeps the address that it used last."""
    await met(database, phone(), state=SLEEPS)
    await met(database, phone(), slug="harbour-bins-2030", state=SLEEPS)
    async with database.unit_of_work() as work:
        [person] = await work.due(NOW, 10)
        for record in person.conversations.values():
            record.state = replace(record.state, wake_at=None)
            work.save_conversation(record)
        await work.commit()
    found = await database.find(phone(), SLUG)
    assert found is not None
    assert found.address_id == person.address_id


async def test_the_address_used_last_is_the_one_that_is_written_to(database: Database) -> None:
    await met(database, phone(), state=SLEEPS)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.issue_code(person, SLUG, "7K2M9Q", NOW + MINUTE)
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, page())
        await work.claim_code(person, "7K2M9Q", NOW)
        record = person.conversations[SLUG]
        record.channel = Channel.WEB
        work.save_conversation(record)
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await work.due(NOW, 10)
    assert person.key == AddressKey(Channel.WEB, "")


async def test_two_workers_never_wake_the_same_person(database: Database, other: Database) -> None:
    for number in range(20):
        await met(database, phone(number), state=SLEEPS)
    woken: list[int] = []

    async def wake(who: Database) -> None:
        async with who.unit_of_work() as work:
            for person in await work.due(NOW, 8):
                woken.append(person.participant_id)
                record = person.conversations[SLUG]
                record.state = replace(record.state, wake_at=None)
                work.save_conversation(record)
            await asyncio.sleep(0.02)
            await work.commit()

    await asyncio.gather(*(wake(who) for who in (database, other) for _ in range(4)))
    assert len(woken) == len(set(woken)) == 20


async def test_a_new_timetable_wakes_everybody_under_way_and_nobody_else(database: Database) -> None:
    states = {
        1: ASKING,
        2: replace(ASKING, wake_at=NOW - MINUTE),
        3: replace(ASKING, wake_at=NOW + MINUTE),
        4: replace(ASKING, phase=Phase.FINISHED, completed_at=NOW),
        5: replace(ASKING, stopped=True),
        6: State(phase=Phase.REFUSED),
    }
    for number, state in states.items():
        await met(database, phone(number), state=state)
    await met(database, phone(7), slug="harbour-bins-2030")
    async with database.unit_of_work() as work:
        assert await work.wake_all(SLUG, NOW) == 2
        await work.commit()
    async with database.unit_of_work() as work:
        due = await work.due(NOW, 10)
    assert {person.key for person in due} == {phone(1), phone(2), phone(3)}


async def test_an_address_is_stored_where_it_is_written_to_and_never_in_clear(
    database: Database, database_url: str
) -> None:
    async with database.unit_of_work() as work:
        for person in await load(work, phone(), page()):
            begin(work, person)
        await work.commit()
    stored = dict(await rows(database_url, "SELECT channel, address_enc FROM address"))
    assert stored["web"] is None
    assert phone().address.encode() not in stored["sms"]


async def test_people_whom_others_keep_making_end_the_unit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(*_: object) -> dict[AddressKey, Person]:
        return {}

    monkeypatch.setattr(participants, "_make", lose)
    async with database.unit_of_work() as work:
        with pytest.raises(ConflictError):
            await load(work, phone())


async def test_a_person_who_moves_between_lock_and_look_is_looked_for_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(postgres_url, secret=SECRET)
    await met(database, phone())
    real, looks = participants.load, []

    async def load_another_first(*told: object) -> dict[AddressKey, Person]:
        looks.append(1)
        found = await real(*told)  # type: ignore[arg-type] # passed on as it came
        for person in found.values():
            person.participant_id += len(looks) == 1
        return found

    monkeypatch.setattr(participants, "load", load_another_first)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
    assert len(looks) == 2
    assert SLUG in person.conversations
    await database.close()
