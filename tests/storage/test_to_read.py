"""The read-list: everything in own words waits until a person has read it, in an order that rules only suggest."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.concern_rules import Concern, Harm, Tier
from flows.messages import Channel
from storage.audit import Deed, Filters
from storage.database import Database
from storage.records import ConcernRecord, ToRead
from storage.to_read import PAGE
from tests.support.storing import NOW, SLUG, load, met, page, phone, said

MINUTE = timedelta(minutes=1)


async def says(database: Database, number: int, rank: int = 2, at: datetime = NOW, words: str = "more swings") -> str:
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        message = said(person, words)
        await work.keep([message])
        work.add_to_read(ToRead(person.participant_id, message.seq, SLUG, "why", rank, at))
        await work.commit()
    return person.conversations[SLUG].reference


def a_deed() -> Deed:
    return Deed(NOW, "ana@council.example", "answers.read", SLUG)


async def test_concerns_come_first_then_what_has_waited_longest(database: Database) -> None:
    late, early = await says(database, 1, at=NOW + MINUTE), await says(database, 2)
    concern, urgent = await says(database, 3, rank=1, at=NOW + MINUTE), await says(database, 4, rank=0, at=NOW + MINUTE)
    assert [one.reference for one in await database.read_list.next(SLUG)] == [urgent, concern, early, late]
    waiting = (await database.read_list.waiting())[SLUG]
    assert (waiting.messages, waiting.oldest) == (4, NOW)


async def test_what_was_read_is_off_the_list_and_who_read_it_is_on_record(database: Database) -> None:
    first, second = await says(database, 1), await says(database, 2, at=NOW + MINUTE)
    [one, _] = await database.read_list.next(SLUG)
    assert await database.read_list.read(SLUG, [(first, one.message_seq)], a_deed()) == 1
    assert await database.read_list.read(SLUG, [(first, one.message_seq), ("HPL-0", 1)], a_deed()) == 0
    assert [left.reference for left in await database.read_list.next(SLUG)] == [second]
    assert len(await database.officers.deeds(Filters(thing="answers"), limit=9)) == 1


async def test_a_page_is_some_of_it_and_the_count_is_all(database: Database) -> None:
    for number in range(PAGE + 2):
        await says(database, number, at=NOW + number * MINUTE)
    shown = await database.read_list.next(SLUG)
    assert (len(shown), (await database.read_list.waiting())[SLUG].messages) == (PAGE, PAGE + 2)
    await database.read_list.read(SLUG, [(one.reference, one.message_seq) for one in shown], a_deed())
    assert len(await database.read_list.next(SLUG)) == 2
    assert await database.read_list.next("another") == []


# --- who it was ---


async def test_who_it_was_is_opened_once_that_is_on_record(database: Database) -> None:
    reference = await says(database, 1)
    deed = Deed(NOW, "lead@council.example", "identity.opened", SLUG, reference, "said that they are hurt")
    [found] = await database.identities.open(SLUG, reference, deed) or []
    assert (found.channel, found.address) == (Channel.SMS, phone(1).address)
    assert phone(1).address not in repr(found)
    [line] = await database.officers.deeds(Filters(thing="identity"), limit=9)
    assert (line.deed.subject, line.deed.why) == (reference, "said that they are hurt")
    assert await database.identities.open(SLUG, "HPL-0", deed) is None
    assert len(await database.officers.deeds(Filters(thing="identity"), limit=9)) == 1


async def test_of_somebody_erased_there_is_what_was_kept_for_their_safety(database: Database) -> None:
    reference = await says(database, 1)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
        concern = Concern(Tier.URGENT, ("en/a-rule",), (Harm.UNCLEAR,))
        conversation = person.conversations[SLUG].conversation_id
        seq = person.next_seq - 1
        work.add_concern(ConcernRecord(person.participant_id, seq, conversation, SLUG, "why", concern, NOW))
        await work.commit()
    async with database.unit_of_work() as work:
        await work.erase(person.participant_id, now=NOW)
        await work.commit()
    deed = Deed(NOW, "lead@council.example", "identity.opened", SLUG, reference, "said that they are hurt")
    assert await database.identities.known(SLUG, reference)
    [found] = await database.identities.open(SLUG, reference, deed) or []
    assert found.address == phone(1).address


async def test_a_visitor_of_the_page_has_no_address_to_be_found_by(database: Database) -> None:
    await met(database, page())
    async with database.unit_of_work() as work:
        [person] = await load(work, page())
    reference = person.conversations[SLUG].reference
    deed = Deed(NOW, "lead@council.example", "identity.opened", SLUG, reference, "said that they are hurt")
    assert await database.identities.open(SLUG, reference, deed) == []
