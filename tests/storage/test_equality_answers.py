"""Answers to equality questions are in a table of their own, sealed, and come out for whoever asks for just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from flows.definition import AgeBand
from flows.messages import Channel
from flows.values import Choice, Choices
from storage.database import Database
from storage.errors import ConflictError
from storage.instants import micros
from storage.records import AnswerRecord, ParticipantAnswers, Person
from tests.support.storing import CUTOFF, NOW, SLUG, answered, chat, load, met, phone, rows, said


def apart(person: Person, *codes: str, revision: int = 1, counts: bool = True) -> AnswerRecord:
    value = Choice(codes[0]) if len(codes) == 1 else Choices(codes)
    return replace(answered(person, value, "needs", revision), equality=True, counts=counts)


async def _add(database: Database, number: int, *codes: str) -> Person:
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        work.add_answer(answered(person))
        work.add_answer(apart(person, *codes))
        await work.commit()
    return person


async def _read(database: Database, *, equality: bool) -> Sequence[ParticipantAnswers]:
    async with database.snapshot() as reader:
        return [row async for row in reader.answers(SLUG, equality=equality)]


async def test_it_is_in_its_own_table_and_in_no_other(database: Database, database_url: str) -> None:
    await _add(database, 1, "yes")
    assert await rows(database_url, "SELECT question FROM answer") == [("swings",)]
    assert await rows(database_url, "SELECT question FROM equality_answer") == [("needs",)]


async def test_without_being_asked_for_it_does_not_come_out(database: Database) -> None:
    await _add(database, 1, "yes")
    [row] = await _read(database, equality=False)
    assert set(row.answers) == {"swings"}
    [row] = [row async for row in database.answers(SLUG)]
    assert set(row.answers) == {"swings"}


async def test_asked_for_it_stands_beside_what_the_same_person_said_besides(database: Database) -> None:
    await _add(database, 1, "yes")
    await _add(database, 2, "in-care", "with-family")
    found = {str(row.answers["needs"].value): row for row in await _read(database, equality=True)}
    assert set(found) == {str(Choice("yes")), str(Choices(("in-care", "with-family")))}
    for row in found.values():
        assert row.answers["swings"].value == Choice("more")
        assert (row.answers["needs"].role, row.answers["needs"].band) == ("child", AgeBand.EIGHT_TO_ELEVEN)


async def test_who_answered_nothing_else_is_there_all_the_same(database: Database) -> None:
    await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.add_answer(apart(person, "yes"))
        await work.commit()
    [row] = await _read(database, equality=True)
    assert set(row.answers) == {"needs"}
    [row] = await _read(database, equality=False)
    assert row.answers == {}


async def test_the_latest_revision_that_counts_stands_and_none_is_written_over(database: Database) -> None:
    await _add(database, 1, "yes")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.add_answer(apart(person, "no", revision=2))
        work.add_answer(apart(person, "yes", revision=3, counts=False))
        await work.commit()
    [row] = await _read(database, equality=True)
    assert row.answers["needs"].value == Choice("no")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.add_answer(apart(person, "yes", revision=2))
        with pytest.raises(ConflictError):
            await work.commit()


async def test_what_it_says_of_somebody_is_sealed_and_all_that_was_true_stands_beside_it(
    database: Database, database_url: str
) -> None:
    await _add(database, 1, "in-care")
    [(sealed, *told)] = await rows(
        database_url,
        "SELECT value_enc, kind, role, band, language, wording, channel, counts_at, cutoff, late, late_by_seconds"
        " FROM equality_answer",
    )
    assert b"in-care" not in sealed
    assert told == [
        *("choice", "child", "8-11", "en", "Should the park have more swings?", "sms"),
        *(micros(NOW), micros(CUTOFF), False, 0),
    ]


async def test_counts_are_of_ordinary_answers_alone(database: Database) -> None:
    await _add(database, 1, "yes")
    counts = await database.counts(SLUG)
    assert (counts.participants, counts.revisions, counts.counted) == (1, 1, 1)


async def test_an_edited_message_is_known_by_the_answer_that_it_had_given(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        for ref, record in (("11", answered(person)), ("12", apart(person, "yes"))):
            message = replace(said(person), message_ref=ref, question="needs")
            await work.keep([message])
            work.add_answer(replace(record, message_seq=message.seq))
        await work.commit()
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        assert await work.question_of(person, "11") == (SLUG, "swings")
        assert await work.question_of(person, "12") == (SLUG, "needs")
        assert await work.question_of(person, "13") is None


async def test_a_message_that_gave_no_answer_is_known_by_the_question_that_was_open(database: Database) -> None:
    await met(database, chat())
    async with database.unit_of_work() as work:
        [person] = await load(work, chat())
        await work.keep([replace(said(person, "eh?"), message_ref="11", question="needs")])
        await work.keep([replace(said(person, "yes?"), message_ref="11", question="swings")])
        assert await work.heard_at(person, "11") == "needs"
        assert await work.heard_at(person, "12") is None
        await work.commit()
    async with database.unit_of_work() as work:
        [person, other] = await load(work, chat(), chat(2))
        assert person.key.channel is Channel.TELEGRAM
        assert await work.heard_at(other, "11") is None
