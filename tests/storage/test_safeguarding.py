"""What is kept of somebody who may not be safe when everything else of theirs goes, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flows.concern_rules import Concern, Harm, Tier
from flows.messages import Channel
from storage import safeguarding
from storage.audit import Deed
from storage.concerns import Raised
from storage.connections import connect
from storage.crypto import Keyring
from storage.database import Database
from storage.records import AddressKey, ConcernRecord
from storage.tables import PERSONAL, SAFEGUARDING
from tests.support.storing import NOW, SECRET, SLUG, chat, everything, load, met, page, phone, rows, said

WORDS = "my dad hits me most days"
SOON = NOW + timedelta(hours=1)
YEARS = timedelta(days=7 * 366)


async def _told(database: Database, key: AddressKey, tier: Tier = Tier.URGENT, text: str = WORDS) -> str:
    """Somebody tells something; returns their reference."""
    await met(database, key)
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        message = replace(said(person, text), question="why")
        await work.keep([message])
        conversation = person.conversations[SLUG]
        concern = Concern(tier, ("en/hits-me",), (Harm.PHYSICAL,))
        record = ConcernRecord(
            person.participant_id, message.seq, conversation.conversation_id, SLUG, "why", concern, NOW
        )
        work.add_concern(record)
        await work.commit()
    return conversation.reference


async def _erase(database: Database, key: AddressKey) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        await work.erase(person.participant_id, now=SOON)
        await work.commit()


async def _acknowledge(database: Database, one: Raised) -> None:
    deed = Deed(SOON, "lead@council.example", "concern.acknowledged")
    assert await database.concerns.acknowledge(one.slug, one.reference, one.message_seq, "told the school", deed)


async def _addresses(database_url: str, reference: str) -> list[tuple[Channel, str]]:
    connections = connect(database_url)
    async with connections.reading() as session:
        found = await safeguarding.addresses(session, Keyring([SECRET]), SLUG, reference)
    await connections.close()
    return [(one.channel, one.address) for one in found]


async def test_who_deletes_takes_a_concern_off_no_list(database: Database, database_url: str) -> None:
    reference = await _told(database, phone())
    [before] = await database.concerns.waiting()
    await _erase(database, phone())
    assert await database.concerns.waiting() == [before]
    assert (before.text, before.reference) == (WORDS, reference)
    assert await _addresses(database_url, reference) == [(Channel.SMS, phone().address)]
    left = await everything(database_url, PERSONAL)
    assert {name for name, found in left.items() if found} <= {"message", "address", "participant"}


async def test_what_was_done_about_it_is_written_down_after_an_erasure_too(database: Database) -> None:
    await _told(database, phone())
    await _erase(database, phone())
    [waiting] = await database.concerns.waiting()
    await _acknowledge(database, waiting)
    [read] = await database.concerns.acknowledged()
    assert (read.text, read.outcome, await database.concerns.waiting()) == (WORDS, "told the school", [])


async def test_nothing_is_kept_of_somebody_without_a_concern(database: Database, database_url: str) -> None:
    await met(database, phone())
    await _erase(database, phone())
    assert await everything(database_url, SAFEGUARDING) == {name: [] for name in SAFEGUARDING}


@pytest.mark.parametrize(
    ("tier", "read", "kept"),
    [(Tier.URGENT, False, True), (Tier.URGENT, True, True), (Tier.CONCERN, False, True), (Tier.CONCERN, True, False)],
)
async def test_an_address_is_kept_for_an_urgent_one_and_until_a_lead_has_said_what_was_done(
    database: Database, database_url: str, *, tier: Tier, read: bool, kept: bool
) -> None:
    reference = await _told(database, chat(), tier)
    if read:
        await _acknowledge(database, (await database.concerns.waiting())[0])
    await _erase(database, chat())
    assert bool(await _addresses(database_url, reference)) is kept


async def test_the_address_of_a_milder_one_goes_once_it_was_read_after_the_erasure(
    database: Database, database_url: str
) -> None:
    reference = await _told(database, phone(), Tier.CONCERN)
    await _erase(database, phone())
    await _acknowledge(database, (await database.concerns.waiting())[0])
    await database.safeguarding.forget({})
    assert await _addresses(database_url, reference) == []
    assert [one.text for one in await database.concerns.acknowledged()] == [WORDS]


async def test_a_web_page_leaves_no_address(database: Database, database_url: str) -> None:
    reference = await _told(database, page())
    await _erase(database, page())
    assert await _addresses(database_url, reference) == []
    assert [one.text for one in await database.concerns.waiting()] == [WORDS]


async def test_who_one_was_before_using_a_code_is_reached_where_one_is_now(
    database: Database, database_url: str
) -> None:
    reference = await _told(database, phone(1))
    await met(database, chat(2))
    async with database.unit_of_work() as work:
        [person] = await load(work, chat(2))
        await work.issue_code(person, SLUG, "CODE", SOON)
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
        assert await work.claim_code(person, "CODE", NOW) == SLUG
        await work.commit()
    await _erase(database, chat(2))
    assert set(await _addresses(database_url, reference)) == {
        (Channel.SMS, phone(1).address),
        (Channel.TELEGRAM, chat(2).address),
    }


@pytest.mark.parametrize(
    ("read", "later", "kept"),
    [(True, YEARS, False), (True, timedelta(), True), (False, 10 * YEARS, True)],
    ids=["read and old", "read and not old", "old, and nobody has read it"],
)
async def test_a_concern_goes_when_its_time_is_over_but_never_before_somebody_has_read_it(
    database: Database, database_url: str, *, read: bool, later: timedelta, kept: bool
) -> None:
    await _told(database, phone())
    await _erase(database, phone())
    if read:
        await _acknowledge(database, (await database.concerns.waiting())[0])
    await database.safeguarding.forget({SLUG: NOW + later})
    left = await everything(database_url, SAFEGUARDING)
    del left["alert"]  # nobody was told of this one
    assert {bool(found) for found in left.values()} == {kept}


async def test_concerns_of_a_consultation_that_nobody_named_stay(database: Database) -> None:
    await _told(database, phone())
    await _acknowledge(database, (await database.concerns.waiting())[0])
    await database.safeguarding.forget({"another": datetime.max.replace(tzinfo=NOW.tzinfo)})
    assert await database.concerns.acknowledged()


async def test_what_is_kept_is_sealed(database: Database, database_url: str) -> None:
    await _told(database, phone())
    await _erase(database, phone())
    [(words, address)] = await rows(
        database_url,
        "SELECT q.text_enc, a.address_enc FROM kept_concern AS q JOIN kept_address AS a ON a.person = q.person",
    )
    assert WORDS.encode() not in bytes(words)
    assert phone().address.encode() not in bytes(address)
