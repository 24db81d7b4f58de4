"""A whole consultation in pages: read once, while the next is already looked for, and left without harm."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from flows.messages import Button
from storage import streams
from storage.database import Database
from storage.errors import UnavailableError
from storage.records import ParticipantAnswers
from storage.sessions import Dialect, Row, Session, Statement
from tests.support.postgres import PostgresServer, end_connections
from tests.support.storing import SECRET, SLUG, answered, load, met, phone, reply, said


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PEOPLE", 2)
    monkeypatch.setattr(streams, "TALKERS", 2)


async def talk(database: Database, people: int) -> None:
    """So many people who each said one thing, which was their answer, and were asked another."""
    for number in range(people):
        await met(database, phone(number))
        async with database.unit_of_work() as work:
            [person] = await load(work, phone(number))
            await work.keep([said(person, f"said by {number}")])
            work.queue(reply(person))
            work.add_answer(answered(person))
            await work.commit()


class Slow(Session):
    """Two pages of people; what belongs to them takes until it is let go."""

    dialect = Dialect.SQLITE

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.people = [[(1,), (2,)], [(3,)], []]
        self.let_go = asyncio.Event()

    async def fetch(self, statement: Statement) -> Sequence[Row]:
        self.asked.append("people" if "LIMIT" in statement.sql else f"theirs from {statement.args[1] + 1}")
        if "LIMIT" in statement.sql:
            return self.people.pop(0)
        await self.let_go.wait()
        return []

    async def run(self, statements: Sequence[Statement]) -> None:
        raise NotImplementedError

    async def together(self, statements: Sequence[Statement]) -> Sequence[int]:
        raise NotImplementedError

    async def commit(self) -> None:
        raise NotImplementedError


async def test_the_next_page_is_looked_for_while_one_is_in_hand() -> None:
    session = Slow()
    session.let_go.set()
    async with aclosing(streams.pages(session, SLUG, 2, "theirs {} {} {}")) as pages:
        people, _ = await anext(pages)
        assert people == [(1,), (2,)]
        assert session.asked == ["people", "theirs from 0", "people", "theirs from 3"]
        assert [people async for people, _ in pages] == [[(3,)]]


async def test_a_stream_that_is_cancelled_while_it_waits_ends() -> None:
    session = Slow()
    reading = asyncio.ensure_future(anext(streams.pages(session, SLUG, 2, "theirs {} {} {}")))
    await asyncio.sleep(0.01)
    assert session.asked == ["people", "theirs from 0"]
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_the_database_counts_what_the_pages_hold(database: Database) -> None:
    await talk(database, 5)
    async with database.snapshot() as reader:
        people = [one for page in [page async for page in reader.answer_pages(SLUG)] for one in page]
        talks = [one for page in [page async for page in reader.transcript_pages(SLUG)] for one in page]
        assert await reader.participants(SLUG) == len(people) == len(talks) == 5
        assert await reader.messages(SLUG) == sum(len(one.entries) for one in talks) == 10
        assert await reader.participants("nobody-asked") == await reader.messages("nobody-asked") == 0
    assert [(one.reference, one.role, one.band, one.status) for one in talks] == [
        (one.reference, one.role, one.band, one.status) for one in people
    ]
    assert sorted(one.entries[0].text for one in talks) == [f"said by {number}" for number in range(5)]


async def test_a_conversation_in_which_nothing_was_said_has_an_empty_transcript(database: Database) -> None:
    await met(database, phone())
    async with database.snapshot() as reader:
        [[one]] = [page async for page in reader.transcript_pages(SLUG)]
    assert list(one.entries) == []


async def test_what_stands_on_buttons_is_read_only_where_it_is_asked_for(database: Database) -> None:
    await talk(database, 1)
    async with database.snapshot() as reader:
        [[one]] = [page async for page in reader.transcript_pages(SLUG)]
    assert [entry.buttons for entry in one.entries] == [(), ()]
    entries = [entry async for entry in database.transcripts(SLUG)]
    assert [entry.buttons for entry in entries] == [(), (Button("More", "swings", "more"),)]


async def test_a_stream_that_is_left_early_leaves_the_snapshot_as_it_was(database: Database) -> None:
    await talk(database, 7)
    async with database.snapshot() as reader:
        async with aclosing(reader.answer_pages(SLUG)) as pages:
            assert len(await anext(pages)) == 2
        assert await reader.participants(SLUG) == 7


async def test_a_database_that_goes_away_between_two_pages_is_told(
    postgres_url: str, postgres_cluster: PostgresServer
) -> None:
    database = await Database.open(postgres_url, secret=SECRET)
    await talk(database, 7)
    seen: list[ParticipantAnswers] = []

    async def read() -> None:
        async with database.snapshot() as reader:
            async for page in reader.answer_pages(SLUG):
                seen.extend(page)
                end_connections(postgres_cluster, postgres_url)

    with pytest.raises(UnavailableError, match="see that it runs"):
        await read()
    assert len(seen) < 7
    await database.close()
