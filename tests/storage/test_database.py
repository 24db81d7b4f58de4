"""Opening a database, and what it holds when somebody looks into its files."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from flows.messages import Button
from flows.state import Given
from flows.values import Text
from storage.database import Database, upgrade
from storage.errors import SchemaBehindError, UnavailableError, WrongSecretError
from tests.support import storing
from tests.support.postgres import PostgresServer
from tests.support.storing import (
    ASKING,
    NOW,
    SECRET,
    SLUG,
    answered,
    begin,
    change,
    everything,
    load,
    phone,
    reply,
    said,
)

WORDS = "there is allways a queue at the slide"


async def test_a_database_opens_only_with_the_secret_it_was_written_with(database: Database, database_url: str) -> None:
    with pytest.raises(WrongSecretError, match="SAYSO_SECRET_KEY"):
        await Database.open(database_url, secret=b"another secret, long enough all the same")
    await (await Database.open(database_url, secret=SECRET)).close()
    assert await database.ready()


def test_a_short_secret_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(WrongSecretError):
        asyncio.run(Database.open(f"sqlite:///{tmp_path}/sayso.db", secret=b"short"))
    assert list(tmp_path.iterdir()) == []


async def test_a_table_that_went_missing_names_the_command_that_helps(database: Database, database_url: str) -> None:
    await change(database_url, "DROP TABLE answer")
    with pytest.raises(SchemaBehindError, match="sayso db upgrade"):
        await database.counts(SLUG)


async def _say_everything(database: Database) -> None:
    state = replace(ASKING, given={"why": Given(Text(WORDS), 1, late=False, counts=True)})
    for key in (phone(), storing.page(), storing.chat()):
        async with database.unit_of_work() as work:
            [person] = await load(work, key)
            begin(work, person, state=state)
            await work.keep([replace(said(person, WORDS, "provider-id-1"), message_ref="message-ref-1")])
            work.add_answer(answered(person, Text(WORDS), "why"))
            work.queue(replace(reply(person, f"You said: {WORDS}"), buttons=(Button(WORDS, "why", "yes"),)))
            await work.issue_code(person, SLUG, f"code-in-clear-{key.channel}", NOW)
            await work.commit()


PLANTED = (
    WORDS,
    "allways",
    phone().address,
    phone().address[3:],
    storing.chat().address,
    storing.page().address,
    "provider-id-1",
    "message-ref-1",
    "code-in-clear",
)


async def test_no_row_holds_anything_personal_in_clear(database: Database, database_url: str) -> None:
    await _say_everything(database)
    stored = repr(await everything(database_url)).encode()
    assert b"Should the park have more swings?" in stored, "the wording is no secret: without it nothing was seen"
    assert [text for text in PLANTED if text.encode() in stored] == []


async def test_the_files_of_sqlite_hold_nothing_personal_in_clear(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url, secret=SECRET)
    await _say_everything(database)
    path = Path(str(make_url(sqlite_url).database))
    stored = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert b"Should the park have more swings?" in stored
    assert [text for text in PLANTED if text.encode() in stored] == []
    await database.close()


async def test_a_database_says_whether_it_can_be_read_and_written(database: Database, database_url: str) -> None:
    before = await everything(database_url)
    assert await database.ready()
    assert await everything(database_url) == before


async def test_a_database_without_its_tables_is_not_ready(database: Database, database_url: str) -> None:
    await change(database_url, "DROP TABLE version")
    assert not await database.ready()


async def test_a_server_that_went_away_is_unavailable_and_then_available_again(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("sayso")
    await upgrade(url)
    database = await Database.open(url, secret=SECRET)
    await storing.met(database, phone())
    postgres_server.stop()
    assert not await database.ready()
    with pytest.raises(UnavailableError):
        await storing.hear(database, phone())
    with pytest.raises(UnavailableError):
        await database.find(phone(), SLUG)
    postgres_server.start()
    assert await database.ready()
    assert await storing.hear(database, phone())
    await database.close()


async def test_a_server_lost_between_statements_loses_the_unit_and_nothing_else(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("sayso")
    await upgrade(url)
    database = await Database.open(url, secret=SECRET)
    await storing.hear(database, phone(), provider_id="SM1")

    async def interrupted() -> None:
        async with database.unit_of_work() as work:
            [person] = await load(work, phone())
            await work.keep([said(person, provider_id="SM2")])
            postgres_server.stop()
            await work.commit()

    with pytest.raises(UnavailableError):
        await interrupted()
    postgres_server.start()
    assert not await storing.hear(database, phone(), provider_id="SM1")
    assert await storing.hear(database, phone(), provider_id="SM2")
    await database.close()
