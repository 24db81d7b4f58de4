"""Whoever wants to be erased leaves nothing that leads back to them, and stays erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from flows.concern_rules import Concern, Harm, Tier
from flows.consents import Consent
from flows.integrity import Flag, Sign
from flows.messages import Channel
from flows.redaction import Span
from flows.values import Text
from storage.alerts import By, Told
from storage.audit import Deed
from storage.codebook import Book
from storage.coding import Choice
from storage.database import Database
from storage.entered import Typing
from storage.reading import Wanted
from storage.records import ConcernRecord, ConsentRecord, FlagRecord, Person, QueuedMessage, ToRead, Unheard
from storage.tables import PERSONAL, SAFEGUARDING, ErasedMessage
from tests.support import storing
from tests.support.storing import NOW, SLUG, answered, everything, load, met, phone, queue, reply, rows, said

LEASE = timedelta(seconds=60)
LATER = NOW + timedelta(seconds=10)


async def _suspected(database: Database, person: Person) -> None:
    """The same person is flagged, their long answer compared, and an officer excludes them."""
    record, long = person.conversations[SLUG], "there is allways a queue at the swings"
    async with database.unit_of_work() as work:
        flag = Flag(Sign.BURST, "ab12")
        work.add_flag(FlagRecord(person.participant_id, record.conversation_id, SLUG, flag, NOW))
        await work.commit()
    said_so = Unheard(person.participant_id, record.conversation_id, "why", 1, "en", SLUG, record.version, long)
    await database.integrity.compare([said_so], NOW)
    deed = Deed(NOW, "officer@council.example", "answers.excluded", why="a script")
    await database.integrity.exclude(SLUG, "a script", deed, sign=Sign.BURST, reference=record.reference)


async def _talk(database: Database, number: int = 1) -> int:
    """A conversation with something in every table; returns whose."""
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        message = replace(said(person, "there is allways a queue", f"SM{number}"), message_ref=f"ref{number}")
        await work.keep([message])
        work.add_answer(answered(person, Text("there is allways a queue"), "why"))
        work.add_answer(replace(answered(person, question="needs"), equality=True))
        work.add_consent(
            ConsentRecord(
                person.participant_id,
                person.conversations[SLUG].conversation_id,
                SLUG,
                Consent.NEXT_ROUND,
                given=True,
                at=NOW,
            )
        )
        conversation = person.conversations[SLUG].conversation_id
        concern = Concern(Tier.URGENT, ("en/self-harm",), (Harm.SELF_HARM,))
        work.add_to_read(ToRead(person.participant_id, message.seq, SLUG, "why", 0, NOW))
        work.add_concern(
            ConcernRecord(person.participant_id, message.seq, conversation, SLUG, "why", concern, NOW, alert=True)
        )
        work.queue(reply(person, "What else?"))
        await work.issue_code(person, SLUG, f"CODE{number}", NOW + timedelta(minutes=30))
        await work.ask_parent(person, SLUG, f"PARENT{number}", NOW)
        await work.commit()
    await _worked_on(database, person, number)
    return person.participant_id


async def _worked_on(database: Database, person: Person, number: int) -> None:
    """What officers do with a conversation, and what is done because of it."""
    await database.alerts.raise_due(NOW, lambda _: Told(1, (By.SMS,), NOW + timedelta(hours=1)))
    typed = Typing(2, Channel.PAPER, NOW, NOW, "officer@council.example", f"form {number}")
    deed = Deed(NOW, "officer@council.example", "entry.corrected")
    await database.entered.add(person.conversations[SLUG], typed, (), (), deed)
    feedback = database.feedback
    [invited] = await feedback.unfinished() or [await feedback.invite(SLUG, "next-round", deed=deed)]
    await feedback.send(invited, lambda _: (), now=NOW, limit=10)
    answer = await database.redactions.find(SLUG, person.conversations[SLUG].reference, "why", 1)
    assert answer is not None
    deed = Deed(NOW, "officer@council.example", "answer.redacted", why="names a place")
    await database.redactions.remove(SLUG, answer, [Span(0, 5)], deed)
    found = await database.reading.page(SLUG, Wanted("why"))
    [given] = [each for each in found.answers if each.participant_id == person.participant_id]
    book, coded = Book(SLUG, "why"), Deed(NOW, "officer@council.example", "answer.coded")
    await database.coding.suggest(book, [(given.reference, "queue", 0.5)], coded)
    await database.coding.save(SLUG, given, Choice(frozenset({"queue"}), note="said twice"), coded)
    await database.tags.put(SLUG, given.reference, "board", Deed(NOW, "officer@council.example", "tag.added"))
    await _suspected(database, person)


async def _erase(database: Database, number: int = 1, *, confirm: bool = True) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        if confirm:
            work.queue(replace(reply(person, "It is gone."), after_stop=True))
        await work.erase(person.participant_id, now=NOW)
        await work.commit()


async def _claim(database: Database) -> list[QueuedMessage]:
    return await database.outbox.claim(
        Channel.SMS, now=LATER, limit=10, lease=LEASE, per_second=100, per_address_seconds=1
    )


async def _send_confirmation(database: Database) -> None:
    claimed = await _claim(database)
    assert [message.text for message in claimed] == ["It is gone."]
    assert claimed[0].address == phone().address
    await database.outbox.sent([(claimed[0], "SM-out", NOW)])


async def test_nothing_of_an_erased_person_is_left(database: Database, database_url: str) -> None:
    await _talk(database)
    await _erase(database)
    await _send_confirmation(database)
    left = await everything(database_url, PERSONAL)
    assert left == {name: [] for name in PERSONAL}


async def test_somebody_who_is_not_erased_has_something_in_every_table(database: Database, database_url: str) -> None:
    """Without it the test above would prove nothing."""
    await _talk(database)
    left = await everything(database_url, PERSONAL)
    assert [name for name, found in left.items() if not found] == []


async def test_every_table_that_names_a_participant_counts_as_personal() -> None:
    named = {name for name, table in SQLModel.metadata.tables.items() if "participant_id" in table.c}
    assert named <= {*PERSONAL, *SAFEGUARDING}
    assert ErasedMessage.__tablename__ not in named


async def test_until_the_confirmation_is_sent_only_what_it_needs_is_left(database: Database, database_url: str) -> None:
    await _talk(database)
    await _erase(database)
    assert await rows(database_url, "SELECT conversation_id, question, status FROM message") == [(None, None, "queued")]
    assert await rows(database_url, "SELECT address_hash, current FROM address") == [(None, None)]
    assert await rows(database_url, "SELECT language, stopped_at FROM participant") == [(None, None)]
    for table in ("answer", "equality_answer", "conversation", "link_code", "permission_code"):
        assert await everything(database_url, [table]) == {table: []}


@pytest.mark.parametrize("failing", [True, False])
async def test_a_confirmation_that_cannot_be_sent_leaves_nothing_either(
    database: Database, database_url: str, *, failing: bool
) -> None:
    await _talk(database)
    await _erase(database, confirm=failing)
    if failing:
        [message] = await database.outbox.claim(
            Channel.SMS, now=NOW, limit=10, lease=LEASE, per_second=100, per_address_seconds=1
        )
        await database.outbox.failed(message, "30005 unknown handset")
    assert await everything(database_url, ["participant", "address", "message"]) == {
        "participant": [],
        "address": [],
        "message": [],
    }


async def test_a_confirmation_queued_after_the_erasure_goes_out_too(database: Database, database_url: str) -> None:
    await _talk(database)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.erase(person.participant_id, now=NOW)
        work.queue(reply(person, "not this"))
        work.queue(replace(reply(person, "It is gone."), after_stop=True))
        work.save_person(person)
        work.save_conversation(person.conversations[SLUG])
        work.add_answer(answered(person))
        work.add_answer(replace(answered(person, question="needs"), equality=True))
        await work.commit()
    await _send_confirmation(database)
    assert await everything(database_url, ["participant", "message", "answer", "equality_answer"]) == {
        "participant": [],
        "message": [],
        "answer": [],
        "equality_answer": [],
    }


async def test_a_second_delivery_of_what_an_erased_person_said_changes_nothing(
    database: Database, database_url: str
) -> None:
    await _talk(database)
    await _erase(database, confirm=False)
    before = await everything(database_url)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        assert await work.already(Channel.SMS, ["SM1", "SM-new"]) == {"SM1"}
        assert await work.keep([said(person, provider_id="SM1")]) == frozenset()
    assert await everything(database_url) == before


async def test_what_went_out_to_an_erased_person_is_not_taken_for_what_goes_to_whoever_is_there_next(
    database: Database,
) -> None:
    await queue(database, phone(), "Hello!")
    [before] = await _claim(database)
    await database.outbox.sent([(before, "SM-before", NOW)])
    await _erase(database)
    await _send_confirmation(database)
    await queue(database, phone(), "Hello!")
    [after] = await _claim(database)
    known = await database.outbox.had_by_others(after, ["SM-before", "SM-out", "SM-after"])
    assert known == {"SM-before", "SM-out"}


async def test_what_was_on_its_way_to_somebody_erased_meanwhile_is_not_taken_for_it_either(database: Database) -> None:
    await queue(database, phone(), "Hello!")
    [before] = await _claim(database)
    await _erase(database)
    await database.outbox.sent([(before, "SM-before", NOW)])
    await _send_confirmation(database)
    await queue(database, phone(), "Hello!")
    [after] = await _claim(database)
    assert "SM-before" in await database.outbox.had_by_others(after, ["SM-before", "SM-after"])


async def test_the_message_that_asked_for_it_stays_dead_as_well(database: Database) -> None:
    """It is kept in the same unit of work as the erasure, after it."""
    await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        asking = said(person, "delete", "SM-delete")
        await work.erase(person.participant_id, now=NOW)
        assert await work.keep([asking]) == {"SM-delete"}
        assert await work.keep([asking]) == frozenset()
        await work.commit()
    assert not await storing.hear(database, phone(), provider_id="SM-delete")


async def test_who_writes_again_is_somebody_new(database: Database) -> None:
    before = await _talk(database)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.erase(person.participant_id, now=NOW)
        [at_once] = await load(work, phone())
        assert (at_once.is_new, at_once.conversations, at_once.next_seq) == (True, {}, 1)
        assert at_once.participant_id != before
        await work.commit()
    assert await storing.hear(database, phone(), "hello again")


async def test_others_lose_nothing_when_somebody_is_erased(database: Database, database_url: str) -> None:
    await _talk(database, 2)
    before = await everything(database_url)
    await _talk(database, 1)
    await _erase(database, 1, confirm=False)
    after = await everything(database_url)
    for name in ("erased_message", "tombstone"):
        assert after.pop(name) != before.pop(name)
    # What officers did stays in the record, and says nothing of anybody. What a child may depend on: test_safeguarding.
    for name in ("deed", "deed_head", *SAFEGUARDING):
        del after[name], before[name]
    assert after == before


async def test_what_remains_of_a_message_says_nothing_of_whose_it_was(database: Database, database_url: str) -> None:
    await _talk(database)
    await _erase(database, confirm=False)
    assert {len(row) for row in await rows(database_url, "SELECT * FROM erased_message")} == {2}


async def test_erasing_rolls_back_with_its_unit(database: Database, database_url: str) -> None:
    await _talk(database)
    before = await everything(database_url)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.erase(person.participant_id, now=NOW)
    assert await everything(database_url) == before


async def test_who_one_was_before_using_a_code_is_erased_too(database: Database, database_url: str) -> None:
    await _talk(database, 1)
    await _talk(database, 2)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(2))
        assert await work.claim_code(person, "CODE1", NOW) == SLUG
        await work.commit()
    await _erase(database, 2, confirm=False)
    left = await everything(database_url, PERSONAL)
    assert left == {name: [] for name in PERSONAL}
