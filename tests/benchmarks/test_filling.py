"""A database that was filled is one that the service could have written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import processes, stage
from benchmarks.filling import TEMPLATES, Filler, address_of, converse, said_by
from bot.config import instant
from flows.messages import CONVERSING, Channel, InboundMessage, Typed
from flows.state import Phase, State
from flows.values import Text
from storage.database import Database
from tests.support.desk import a_desk
from tests.support.town import KEY

PACKS = processes.ROOT / "consultations"
FIRST, COUNT = TEMPLATES - 10, 25
"""Across the end of the templates, so that some people are made from one that was taken in for another."""
NUMBERS = range(FIRST, FIRST + COUNT)
ONE_OF_EACH = {Channel.TELEGRAM: TEMPLATES, Channel.SMS: TEMPLATES + 1, Channel.WEB: TEMPLATES + 4}


@pytest.fixture(scope="module")
def filler() -> Filler:
    return asyncio.run(Filler.prepared())


@pytest.fixture
async def database(filler: Filler, database_url: str) -> AsyncIterator[Database]:
    await filler.fill(database_url, FIRST, COUNT)
    opened = await Database.open(database_url, secret=KEY.encode())
    yield opened
    await opened.close()


async def kept(database: Database, number: int) -> tuple[list[tuple[object, ...]], State]:
    """Everything said in a person's conversation, apart from when and under which name, and where it has got to."""
    record = await database.find(address_of(number), stage.SLUG)
    assert record is not None
    said: list[tuple[object, ...]] = [
        (one.seq, one.direction, one.channel, one.question, one.language, one.text, one.buttons, one.kind)
        for one in await database.transcript(record.conversation_id)
    ]
    return said, record.state


async def test_everybody_in_a_filled_database_has_their_own_answers(database: Database) -> None:
    rows = [row async for row in database.answers(stage.SLUG)]
    given = [
        tuple(answer.value.text for answer in row.answers.values() if isinstance(answer.value, Text)) for row in rows
    ]
    assert len({row.reference for row in rows}) == COUNT
    assert not [row.reference for row in rows if row.reference.startswith("HFD-")], "the service may make such a one"
    assert {row.status for row in rows} == {"complete"}
    assert sorted(sorted(one) for one in given) == sorted(sorted(said_by(number)) for number in NUMBERS)


@pytest.mark.parametrize("channel", CONVERSING)
async def test_a_filled_conversation_is_word_for_word_what_the_service_writes(
    database: Database, channel: Channel, tmp_path: Path
) -> None:
    number = ONE_OF_EACH[channel]
    async with a_desk(f"sqlite+aiosqlite:///{tmp_path / 'own.db'}", PACKS, now=instant(stage.NOON)) as desk:
        await converse(desk, number)
        said, state = await kept(desk.service.database, number)
    filled, filled_state = await kept(database, number)
    assert filled == said
    assert filled_state.given == state.given
    assert filled_state.phase is state.phase is Phase.FINISHED


async def test_nothing_in_a_filled_database_waits_to_be_sent_or_to_be_woken(database: Database) -> None:
    assert await database.queue_depth() == {}
    assert await database.oldest_wake() is None


async def test_somebody_who_writes_again_is_known(database: Database, database_url: str) -> None:
    number = ONE_OF_EACH[Channel.SMS]
    before, _ = await kept(database, number)
    async with a_desk(database_url, PACKS, now=instant(stage.NOON) + timedelta(hours=1)) as desk:
        at = desk.service.clock.now()
        message = InboundMessage(Channel.SMS, address_of(number).address, "another one", Typed("show"), at)
        await desk.service.receiver.take(message)
    after, _ = await kept(database, number)
    assert after[: len(before)] == before
    assert [direction for _, direction, *_ in after[len(before) :]] == ["in", "out"]
    assert said_by(number)[0] in str(after[-1])


async def test_people_of_a_second_fill_join_those_of_the_first(
    filler: Filler, database: Database, database_url: str
) -> None:
    await filler.fill(database_url, FIRST + COUNT, 5)
    assert (await database.counts(stage.SLUG)).participants == COUNT + 5
