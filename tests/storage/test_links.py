"""A carry-over code moves a person to another channel: once, in time, and whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flows.messages import Channel
from storage.database import Database
from storage.errors import ConflictError
from storage.records import AddressKey
from tests.support import storing
from tests.support.storing import NOW, SLUG, change, chat, load, met, page, phone, queue, rows, said

CODE = "7K2M9Q"
UNTIL = NOW + timedelta(minutes=30)


async def _issue(database: Database, key: AddressKey, code: str = CODE) -> int:
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        await work.issue_code(person, SLUG, code, UNTIL)
        await work.commit()
    return person.participant_id


async def _claim(database: Database, key: AddressKey, code: str = CODE, now: datetime = NOW) -> str | None:
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        slug = await work.claim_code(person, code, now)
        await work.commit()
    return slug


async def test_a_code_makes_two_addresses_one_participant(database: Database) -> None:
    await met(database, chat())
    participant_id = await _issue(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, page())
        assert await work.claim_code(person, CODE, NOW) == SLUG
        assert person.participant_id == participant_id
        assert SLUG in person.conversations
        await work.keep([said(person, "here I am")])
        await work.commit()
    async with database.unit_of_work() as work:
        [by_chat] = await load(work, chat())
        assert by_chat.participant_id == participant_id
        assert by_chat.next_seq == 2
    found = await database.find(page(), SLUG)
    assert found is not None
    assert [entry.text for entry in await database.transcript(found.conversation_id)] == ["here I am"]


async def test_a_code_works_once(database: Database) -> None:
    await met(database, chat())
    await _issue(database, chat())
    assert await _claim(database, page(1)) == SLUG
    assert await _claim(database, page(2)) is None


async def test_of_many_who_use_a_code_at_once_one_has_it(database: Database, other: Database) -> None:
    await met(database, chat())
    await _issue(database, chat())
    outcomes = await asyncio.gather(
        *(_claim(who, page(number)) for number, who in enumerate([database, other] * 4)), return_exceptions=True
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [SLUG]


@pytest.mark.parametrize(("late", "slug"), [(timedelta(0), None), (timedelta(microseconds=-1), SLUG)])
async def test_a_code_ends_at_its_instant(database: Database, late: timedelta, slug: str | None) -> None:
    await met(database, chat())
    await _issue(database, chat())
    assert await _claim(database, page(), now=UNTIL + late) == slug


async def test_an_unknown_code_changes_nothing(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, page())
        before = person.participant_id
        assert await work.claim_code(person, "NOT-IT", NOW) is None
        assert person.participant_id == before


async def test_a_code_is_stored_as_a_hash_alone(database: Database, database_url: str) -> None:
    await met(database, chat())
    await _issue(database, chat())
    [row] = await rows(database_url, "SELECT * FROM link_code")
    assert CODE.encode() not in repr(row).encode()


async def test_the_same_code_twice_is_refused(database: Database) -> None:
    await met(database, chat())
    await _issue(database, chat())
    with pytest.raises(ConflictError):
        await _issue(database, chat())


async def test_ones_own_code_on_ones_own_channel_changes_nothing(database: Database) -> None:
    await met(database, chat())
    participant_id = await _issue(database, chat())
    assert await _claim(database, chat()) == SLUG
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
    assert person.participant_id == participant_id


async def test_all_addresses_of_who_uses_a_code_come_along(database: Database) -> None:
    await met(database, chat(1))
    await met(database, phone(1))
    await _issue(database, phone(1), "TO-PHONE")
    assert await _claim(database, page(), "TO-PHONE") == SLUG
    participant_id = await _issue(database, chat(1), "TO-CHAT")
    assert await _claim(database, page(), "TO-CHAT") == SLUG
    for key in (phone(1), page()):
        async with database.unit_of_work() as work:
            [person] = await load(work, key)
            assert person.participant_id == participant_id


async def test_what_was_queued_before_a_code_was_used_still_goes_out(database: Database) -> None:
    await met(database, chat())
    await _issue(database, chat())
    await queue(database, phone(), "Send us your code.")
    assert await _claim(database, phone()) == SLUG
    [message] = await database.outbox.claim(
        Channel.SMS, now=NOW, limit=9, lease=timedelta(minutes=1), per_second=9, per_address_seconds=1
    )
    assert (message.address, message.text) == (phone().address, "Send us your code.")


async def test_who_one_was_before_is_not_woken_any_more(database: Database) -> None:
    sleepy = replace(storing.ASKING, wake_at=NOW)
    await met(database, chat())
    await met(database, phone(), state=sleepy)
    await _issue(database, chat())
    assert await _claim(database, phone()) == SLUG
    async with database.unit_of_work() as work:
        assert await work.due(NOW, 10) == []


async def _joined(database: Database) -> None:
    """Two with a conversation each, who turn out to be one."""
    await met(database, chat())
    await met(database, phone())
    await _issue(database, chat())
    assert await _claim(database, phone()) == SLUG


async def test_who_one_was_before_is_not_woken_by_another_timetable_either(
    database: Database, database_url: str
) -> None:
    await _joined(database)
    async with database.unit_of_work() as work:
        assert await work.wake_all(SLUG, NOW) == 1
        await work.commit()
    [[merged]] = await rows(database_url, "SELECT id FROM participant WHERE merged_into IS NOT NULL")
    woken = await rows(database_url, "SELECT participant_id FROM conversation WHERE wake_at IS NOT NULL")
    assert merged not in {row[0] for row in woken}


async def test_a_conversation_that_nobody_can_be_told_of_keeps_nobody_else_waiting(
    database: Database, database_url: str
) -> None:
    await _joined(database)
    await change(
        database_url,
        "UPDATE conversation SET wake_at = 1 WHERE participant_id IN"
        " (SELECT id FROM participant WHERE merged_into IS NOT NULL)",
    )
    await met(database, phone(2), state=replace(storing.ASKING, wake_at=NOW))
    async with database.unit_of_work() as work:
        [person] = await work.due(NOW, 1)
    assert person.key == phone(2)
    assert await database.oldest_wake() == NOW


async def test_two_who_are_one_are_not_joined_while_both_are_being_heard(database: Database) -> None:
    await met(database, chat())
    await _issue(database, chat())
    async with database.unit_of_work() as work:
        _, person = await load(work, chat(), page())
        with pytest.raises(ConflictError):
            await work.claim_code(person, CODE, NOW)
    assert await _claim(database, page()) == SLUG
