"""Once the time to keep them is over, nothing leads to those who answered; what they said, and every figure, stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.values import Text
from storage.audit import SYSTEM, Filters
from storage.database import Database
from storage.reading import Wanted
from storage.records import AddressKey, Person
from tests.support import storing
from tests.support.storing import (
    NOW,
    SLUG,
    answered,
    begin,
    chat,
    everything,
    load,
    met,
    page,
    phone,
    queue,
    rows,
    said,
)

WORDS = "more swings please"
LATER = NOW + timedelta(days=400)
OTHER = "another-2030"


async def _talk(database: Database, key: AddressKey) -> Person:
    await met(database, key)
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        await work.keep([replace(said(person, WORDS, f"id of {key.address}"), message_ref="ref")])
        work.add_answer(answered(person, Text(WORDS), "why"))
        await work.issue_code(person, SLUG, f"CODE {key.address}", LATER)
        await work.commit()
    return person


async def _over(database: Database, *slugs: str, limit: int = 100, after: int = -1) -> list[int]:
    return list(await database.retention.anonymise(slugs or (SLUG,), now=LATER, limit=limit, after=after))


@pytest.mark.parametrize("key", [phone(), chat(), page()], ids=["a phone", "a chat", "a web token"])
async def test_what_leads_to_somebody_is_destroyed(database: Database, database_url: str, key: AddressKey) -> None:
    person = await _talk(database, key)
    assert await _over(database) == [person.participant_id]
    assert await everything(database_url, ["address", "link_code"]) == {"address": [], "link_code": []}
    assert await rows(database_url, "SELECT ref_key FROM message") == [(None,)]


async def test_what_they_said_is_read_as_an_anonymous_answer(database: Database) -> None:
    await _talk(database, phone())
    before = await database.reading.page(SLUG, Wanted("why"))
    await _over(database)
    after = await database.reading.page(SLUG, Wanted("why"))
    assert [answer.value for answer in after.answers] == [Text(WORDS)]
    assert after == before


async def test_a_message_that_is_delivered_again_afterwards_changes_nothing(
    database: Database, database_url: str
) -> None:
    await _talk(database, phone())
    await _over(database)
    before = await everything(database_url)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        assert await work.already(phone().channel, [f"id of {phone().address}"])
        assert not await work.keep([said(person, WORDS, f"id of {phone().address}")])
    assert await everything(database_url) == before


async def test_who_writes_again_afterwards_is_somebody_new(database: Database) -> None:
    before = await _talk(database, phone())
    await _over(database)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(), now=LATER)
        assert (person.is_new, person.conversations) == (True, {})
        assert person.participant_id != before.participant_id


async def test_whoever_is_in_another_consultation_whose_time_is_not_over_keeps_everything(
    database: Database, database_url: str
) -> None:
    await _talk(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        begin(work, person, OTHER)
        await work.commit()
    before = await everything(database_url)
    assert await _over(database) == []
    assert await everything(database_url) == before
    assert len(await _over(database, SLUG, OTHER)) == 1


async def test_nobody_is_woken_or_written_to_afterwards(database: Database, database_url: str) -> None:
    await _talk(database, phone())
    await queue(database, phone(), "Still there?")
    await storing.change(database_url, "UPDATE conversation SET wake_at = 1")
    await _over(database)
    assert await rows(database_url, "SELECT status FROM message WHERE direction = 'out'") == [("cancelled",)]
    assert await rows(database_url, "SELECT wake_at FROM conversation") == [(None,)]
    async with database.unit_of_work() as work:
        assert await work.due(LATER, 10) == []


async def test_what_was_just_said_to_somebody_still_goes_out(database: Database) -> None:
    await _talk(database, phone())
    await queue(database, phone(), "This closed long ago.")
    found = await database.retention.anonymise([SLUG], now=NOW, limit=10)
    assert list(found) == []


async def test_it_goes_in_batches_and_each_is_in_the_record(database: Database) -> None:
    people = sorted([(await _talk(database, phone(number))).participant_id for number in range(1, 4)])
    assert await _over(database, limit=2) == people[:2]
    assert await _over(database, limit=2, after=people[1]) == people[2:]
    assert await _over(database) == []
    lines = await database.officers.deeds(Filters())
    assert [(line.deed.officer, line.deed.act) for line in lines] == [(SYSTEM, "identifiers.destroyed")] * 2
    assert "2 of those who answered" in lines[1].deed.why


async def test_whoever_wrote_and_never_began_is_erased(database: Database, database_url: str) -> None:
    await storing.hear(database, phone(1), "hello")
    await _talk(database, phone(2))
    assert await database.retention.forget_passers_by(NOW, now=LATER, limit=10) == 0
    assert await database.retention.forget_passers_by(NOW + timedelta(seconds=1), now=LATER, limit=10) == 1
    assert len(await rows(database_url, "SELECT id FROM participant")) == 1


async def test_consultations_are_named_by_those_who_answered_them(database: Database) -> None:
    await met(database, phone())
    assert await database.retention.slugs() == [SLUG]
    assert await database.retention.newest_version(SLUG) is None
    async with database.unit_of_work() as work:
        await work.keep_version(SLUG, "v1", {}, NOW)
        await work.keep_version(SLUG, "v2", {}, LATER)
        await work.commit()
    assert await database.retention.newest_version(SLUG) == "v2"
