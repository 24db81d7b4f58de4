"""A message is kept byte for byte, and an edit finds the answer that it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.messages import Status
from storage.database import Database
from storage.errors import UnreadableValueError
from storage.records import Person
from storage.unit_of_work import UnitOfWork
from tests.support import storing
from tests.support.storing import NOW, SLUG, answered, chat, load, met, new_id, phone, reply, said

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
async def test_whatever_was_said_either_way_is_read_back_as_it_was(
    database: Database, texts: list[tuple[str, str]]
) -> None:
    key = phone(new_id())
    person = await met(database, key)
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        for heard, told in texts:
            await work.keep([said(person, heard)])
            work.queue(reply(person, told))
        await work.commit()
    transcript = await database.transcript(person.conversations[SLUG].conversation_id)
    assert [entry.text for entry in transcript] == [text for pair in texts for text in pair]


async def test_what_has_no_words_is_kept_as_the_fact_that_it_came(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        await work.keep([replace(said(person, None), kind="sticker")])
        await work.commit()
    [entry] = await database.transcript(person.conversations[SLUG].conversation_id)
    assert (entry.kind, entry.text, entry.status) == ("sticker", "", Status.RECEIVED)


async def test_the_providers_time_stands_in_the_transcript_where_there_is_one(database: Database) -> None:
    await met(database, chat())
    sent = NOW - timedelta(hours=3)
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        await work.keep([replace(said(person), sent_at=sent), said(person)])
        await work.commit()
    transcript = await database.transcript(person.conversations[SLUG].conversation_id)
    assert [entry.at for entry in transcript] == [sent, NOW]


async def _keep(work: UnitOfWork, person: Person, ref: str) -> int:
    message = replace(said(person), message_ref=ref)
    await work.keep([message])
    return message.seq


async def test_an_edit_finds_the_question_that_its_original_answered(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        first = await _keep(work, person, "chat:12")
        work.add_answer(replace(answered(person, question="swings"), message_seq=first))
        second = await _keep(work, person, "chat:13")
        work.add_answer(replace(answered(person, question="why"), message_seq=second))
        assert await work.question_of(person, "chat:12") == (SLUG, "swings")
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        assert await work.question_of(person, "chat:12") == (SLUG, "swings")
        assert await work.question_of(person, "chat:13") == (SLUG, "why")
        assert await work.question_of(person, "chat:14") is None


async def test_a_second_edit_of_a_message_finds_the_same_question(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        first = await _keep(work, person, "chat:12")
        work.add_answer(replace(answered(person), message_seq=first))
        edit = await _keep(work, person, "chat:12")
        work.add_answer(replace(answered(person, revision=2), message_seq=edit))
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        assert await work.question_of(person, "chat:12") == (SLUG, "swings")


async def test_an_edit_of_what_was_no_answer_finds_no_question(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        await _keep(work, person, "chat:12")
        assert await work.question_of(person, "chat:12") is None


async def test_one_persons_edit_never_finds_anothers_message(database: Database) -> None:
    await met(database, chat(1))
    await met(database, chat(2))
    async with database.unit_of_work() as work:
        one, two = await load(work, chat(1), chat(2))
        seq = await _keep(work, one, "12")
        work.add_answer(replace(answered(one), message_seq=seq))
        assert await work.question_of(two, "12") is None


async def test_a_text_moved_to_another_person_is_not_read(database: Database, database_url: str) -> None:
    for number in (1, 2):
        await met(database, phone(number))
        await storing.hear(database, phone(number), f"said by {number}")
    found = await database.find(phone(1), SLUG)
    assert found is not None
    await storing.change(
        database_url,
        f"""UPDATE message SET text_enc = (SELECT text_enc FROM message WHERE participant_id <> {found.participant_id})
            WHERE participant_id = {found.participant_id}""",  # noqa: S608 (our own number)
    )
    with pytest.raises(UnreadableValueError, match=r"message\.text"):
        await database.transcript(found.conversation_id)
