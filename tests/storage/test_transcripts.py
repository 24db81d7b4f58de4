"""What is read back for officers and exports: everything, in order, streamed, and of one instant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from flows.definition import AgeBand
from flows.messages import Button, Channel, Direction, Status
from flows.state import Phase, State
from flows.values import Choice, Choices, Text
from storage import streams
from storage.database import Database
from storage.records import ParticipantAnswers
from tests.support import storing
from tests.support.storing import ASKING, NOW, SLUG, VERSION, answered, begin, load, met, phone, queue, reply, said


async def _answers(stream: AsyncIterator[ParticipantAnswers]) -> list[ParticipantAnswers]:
    return [row async for row in stream]


async def test_a_transcript_shows_both_sides_with_all_that_belongs_to_them(database: Database) -> None:
    await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.keep([said(person, "moar swings")])
        work.queue(reply(person, "What makes you say that?"))
        await work.commit()
    record = person.conversations[SLUG]
    heard, told = await database.transcript(record.conversation_id)
    assert (heard.reference, heard.direction, heard.channel) == (record.reference, "in", Channel.SMS)
    assert (heard.question, heard.language, heard.text) == ("swings", "en", "moar swings")
    assert (told.direction, told.status, told.text) == ("out", Status.QUEUED, "What makes you say that?")
    assert told.buttons == (Button("More", "swings", "more"),)


async def test_the_latest_revision_that_counts_is_the_answer(database: Database) -> None:
    await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.add_answer(answered(person, Choice("same")))
        work.add_answer(replace(answered(person, Choice("more"), revision=2), role="parent-carer", band=AgeBand.ADULT))
        work.add_answer(replace(answered(person, Choice("fewer"), revision=3), counts=False, late=True))
        work.add_answer(replace(answered(person, Text("refused"), "why"), counts=False, late=True))
        await work.commit()
    [row] = await _answers(database.answers(SLUG))
    assert set(row.answers) == {"swings"}
    swings = row.answers["swings"]
    assert (swings.value, swings.late) == (Choice("more"), False)
    assert (swings.role, swings.band) == ("parent-carer", AgeBand.ADULT)


async def test_a_row_says_what_is_true_of_the_participant(database: Database) -> None:
    state = State(
        phase=Phase.FINISHED,
        language="cy",
        role="child",
        band=AgeBand.FOUR_TO_SEVEN,
        helped_by="together",
        started_at=NOW,
        completed_at=NOW,
    )
    person = await met(database, phone(), state=state)
    [row] = await _answers(database.answers(SLUG))
    assert row == ParticipantAnswers(
        reference=person.conversations[SLUG].reference,
        version=VERSION,
        role="child",
        band=AgeBand.FOUR_TO_SEVEN,
        helped_by="together",
        channel=Channel.SMS,
        language="cy",
        status="complete",
        started_at=NOW,
        completed_at=NOW,
        answers={},
        phase=Phase.FINISHED,
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ASKING, "partial"),
        (replace(ASKING, stopped=True), "stopped"),
        (replace(ASKING, completed_at=NOW), "complete"),
        (replace(ASKING, completed_at=NOW, stopped=True), "complete"),
        (State(phase=Phase.REFUSED), "partial"),
    ],
)
async def test_the_status_of_a_participant(database: Database, state: State, status: str) -> None:
    await met(database, phone(), state=state)
    [row] = await _answers(database.answers(SLUG))
    assert row.status == status
    assert (await database.counts(SLUG)).conversations == {status: 1}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PEOPLE", 3)
    monkeypatch.setattr(streams, "TALKERS", 3)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("people", [0, 1, 2, 3, 4, 6, 7])
async def test_every_participant_is_read_once_whatever_the_pages(database: Database, people: int) -> None:
    for number in range(people):
        await met(database, phone(number))
        await met(database, phone(number), slug="harbour-bins-2030")
        async with database.unit_of_work() as work:
            [person] = await load(work, phone(number))
            person.conversations = {SLUG: person.conversations[SLUG]}
            await work.keep([said(person, f"first of {number}"), said(person, f"second of {number}")])
            work.add_answer(answered(person, Choices((f"{number}",))))
            await work.commit()
    rows = await _answers(database.answers(SLUG))
    assert sorted(row.answers["swings"].value.codes[0] for row in rows) == [  # type: ignore[union-attr] # all are Choices
        str(number) for number in range(people)
    ]
    entries = [entry async for entry in database.transcripts(SLUG)]
    assert len(entries) == 2 * people
    texts = [entry.text for entry in entries]
    pairs = list(zip(texts[::2], texts[1::2], strict=True))
    assert sorted(pairs) == sorted((f"first of {one}", f"second of {one}") for one in range(people))
    assert [entry.reference for entry in entries[::2]] == [row.reference for row in rows]


async def test_a_snapshot_sees_one_instant(database: Database) -> None:
    await met(database, phone(1))
    async with database.snapshot() as reader:
        before = await reader.counts(SLUG)
        await met(database, phone(2))
        assert await reader.counts(SLUG) == before
        assert len(await _answers(reader.answers(SLUG))) == 1
    assert (await database.counts(SLUG)).participants == 2


async def test_counts_say_what_was_received_and_kept(database: Database) -> None:
    await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.keep([said(person), said(person)])
        work.queue(reply(person))
        work.add_answer(answered(person))
        work.add_answer(answered(person, revision=2))
        work.add_answer(replace(answered(person, revision=3), counts=False, late=True))
        await work.commit()
    counts = await database.counts(SLUG)
    assert (counts.revisions, counts.counted, counts.late, counts.participants) == (3, 2, 1, 1)
    assert counts.messages == {(Direction.IN, Status.RECEIVED): 2, (Direction.OUT, Status.QUEUED): 1}
    nothing = await database.counts("nobody-asked")
    assert (nothing.revisions, nothing.participants, nothing.messages) == (0, 0, {})


async def test_a_page_finds_the_conversation_of_its_token(database: Database) -> None:
    met_person = await met(database, storing.page())
    found = await database.find(storing.page(), SLUG)
    assert found == met_person.conversations[SLUG]
    assert await database.find(storing.page(), "harbour-bins-2030") is None
    assert await database.find(storing.page(2), SLUG) is None


async def test_the_versions_that_were_answered_are_known(database: Database) -> None:
    await met(database, phone())
    async with database.snapshot() as reader:
        assert await reader.versions(SLUG) == (VERSION,)


async def test_the_newest_message_of_a_channel_says_where_to_look_for_missed_ones(database: Database) -> None:
    assert await database.last_received(Channel.SMS) is None
    await storing.hear(database, phone())
    await queue(database, phone(), "a")
    assert await database.last_received(Channel.SMS) == NOW
    assert await database.last_received(Channel.TELEGRAM) is None


async def test_what_was_said_before_any_conversation_is_in_no_transcript(database: Database) -> None:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.keep([said(person, "hello?")])
        begin(work, person)
        await work.commit()
    assert [entry async for entry in database.transcripts(SLUG)] == []
