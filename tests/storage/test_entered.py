"""What officers typed in: in everybody's tables, under nobody's address, once, and never written over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.definition import AgeBand
from flows.messages import Channel, Status
from flows.state import Given, Phase, State
from flows.values import Choice
from storage.audit import Deed
from storage.database import Database
from storage.entered import Typing
from storage.errors import ConflictError
from storage.records import AddressKey, AnswerRecord, ConversationRecord, InboundRecord, Person
from storage.tables import PERSONAL
from tests.support.storing import NOW, SLUG, VERSION, answered, everything, met, new_id, phone, rows

SAM = "sam@council.example"
GIVEN = NOW - timedelta(days=2)
DONE = State(
    phase=Phase.FINISHED,
    role="child",
    band=AgeBand.EIGHT_TO_ELEVEN,
    given={"swings": Given(Choice("more"), 1, late=False, counts=True)},
    started_at=GIVEN,
    completed_at=GIVEN,
)


def a_record(reference: str = "HPL-1") -> ConversationRecord:
    return ConversationRecord(new_id(), new_id(), SLUG, VERSION, reference, Channel.PAPER, DONE)


def a_typing(number: int = 1, form: str = "form-1") -> Typing:
    return Typing(number, Channel.PAPER, GIVEN, NOW, SAM, form)


def said(record: ConversationRecord, seq: int = 1, form: str = "form-1") -> InboundRecord:
    return InboundRecord(
        participant_id=record.participant_id,
        seq=seq,
        conversation_id=record.conversation_id,
        channel=Channel.PAPER,
        address_id=0,
        provider_id=f"{form}/swings",
        message_ref=None,
        sent_at=GIVEN,
        received_at=NOW,
        recorded_at=NOW,
        question="swings",
        language="en",
        status=Status.RECEIVED,
        text="More swings",
        kind="entered",
    )


def given(record: ConversationRecord, revision: int = 1, seq: int = 1, choice: str = "more") -> AnswerRecord:
    person = Person(record.participant_id, 0, AddressKey(Channel.PAPER, ""), SLUG, None, 2, None, None)
    person.conversations[SLUG] = record
    made = answered(person, Choice(choice), revision=revision)
    return replace(made, message_seq=seq, counts_at=GIVEN, sent_at=GIVEN, clock="stated")


def a_deed(act: str = "entry.added") -> Deed:
    return Deed(NOW, SAM, act, SLUG, "HPL-1")


async def add(database: Database, record: ConversationRecord | None = None, form: str = "form-1") -> ConversationRecord:
    record = record or a_record()
    files = {"consultation.toml": ""}
    await database.entered.add(
        record, a_typing(form=form), [said(record, form=form)], [given(record)], a_deed(), files=files
    )
    return record


async def test_it_stands_among_everybody_s_answers(database: Database) -> None:
    await met(database, phone())
    await add(database)
    found = [one async for one in database.answers(SLUG)]
    assert [(one.channel, one.status) for one in found if one.reference == "HPL-1"] == [(Channel.PAPER, "complete")]
    assert len(found) == 2
    [entry] = [entry async for entry in database.transcripts(SLUG)]
    assert (entry.text, entry.kind, entry.at, entry.channel) == ("More swings", "entered", GIVEN, Channel.PAPER)


async def test_nobody_can_be_reached_and_nobody_is_woken(database: Database, database_url: str) -> None:
    await add(database)
    assert await rows(database_url, "SELECT id FROM address") == []
    async with database.unit_of_work() as work:
        await work.wake_all(SLUG, NOW)
        assert await work.due(NOW + timedelta(days=900), 10) == []


async def test_the_same_form_counts_once(database: Database, database_url: str) -> None:
    await add(database)
    before = await everything(database_url)
    with pytest.raises(ConflictError):
        await add(database, a_record("HPL-2"))
    assert await everything(database_url) == before
    assert await database.entered.by_form("form-1") == "HPL-1"
    assert await database.entered.by_form("form-2") is None


async def test_a_reference_that_is_taken_is_not_taken_again(database: Database) -> None:
    await add(database)
    with pytest.raises(ConflictError):
        await add(database, a_record(), form="form-2")
    assert len([one async for one in database.answers(SLUG)]) == 1


async def _correct(database: Database, record: ConversationRecord, form: str, number: int = 2) -> None:
    again = given(record, revision=2, seq=2, choice="fewer")
    await database.entered.add(
        record, a_typing(number, form), [said(record, 2, form)], [again], a_deed("entry.corrected")
    )


async def test_a_correction_is_added_and_what_was_there_stays(database: Database, database_url: str) -> None:
    record = await add(database)
    await _correct(database, record, "form-2")
    assert await rows(database_url, "SELECT revision, codes FROM answer ORDER BY revision") == [
        (1, '"more"'),
        (2, '"fewer"'),
    ]
    found = await database.entered.find(SLUG, "HPL-1")
    assert found is not None
    assert [one.number for one in found.typings] == [1, 2]
    assert found.next_seq == 3
    assert found.conversation.state == DONE


async def test_two_officers_who_correct_the_same_do_not_write_over_each_other(
    database: Database, other: Database, database_url: str
) -> None:
    record = await add(database)
    await _correct(database, record, "form-2")
    before = await everything(database_url)
    with pytest.raises(ConflictError):
        await _correct(other, record, "form-3")
    assert await everything(database_url) == before


async def test_only_what_was_typed_in_is_found(database: Database) -> None:
    person = await met(database, phone())
    assert await database.entered.find(SLUG, person.conversations[SLUG].reference) is None
    await add(database)
    assert await database.entered.find("another", "HPL-1") is None
    [listed] = await database.entered.recent(SLUG, 5)
    assert (listed.reference, listed.typing) == ("HPL-1", replace(a_typing(), form=""))


async def test_an_erased_entry_leaves_nothing_but_the_record(database: Database, database_url: str) -> None:
    await add(database)
    found = await database.entered.find(SLUG, "HPL-1")
    assert found is not None
    await database.entered.erase(found, a_deed("entry.erased"), now=NOW)
    assert await everything(database_url, PERSONAL) == {name: [] for name in PERSONAL}
    assert [row[0] for row in await rows(database_url, "SELECT act FROM deed ORDER BY number")] == [
        "entry.added",
        "entry.erased",
    ]
    with pytest.raises(ConflictError):
        await add(database, a_record("HPL-2"))
