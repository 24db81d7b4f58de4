"""What a parent said no to after a backup was made is asked no more when it is restored."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import pytest

from flows.messages import Channel
from flows.state import changed
from storage.archive import read_lines
from storage.backup import Kind
from storage.database import Database
from storage.instants import micros
from tests.support.backups import KEY, backup_of, erase, take_in
from tests.support.storing import NOW, SECRET, SLUG, load, phone, rows

CODE, OTHER = "7K4M9QXR", "QX7R4M9K"
LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
DECIDED = "SELECT allowed, decided_at, channel FROM permission_code WHERE decided_at IS NOT NULL ORDER BY decided_at"


async def decide(database: Database, at: datetime, *, allowed: bool, code: str = CODE) -> None:
    """What the parent of the first who texts says, and what their child's conversation then remembers."""
    async with database.unit_of_work() as work:
        [child] = await load(work, phone(1))
        await work.decide(code, allowed=allowed, channel=Channel.SMS, now=at)
        record = child.conversations[SLUG]
        record.state = changed(record.state, allowed=allowed)
        work.save_conversation(record)
        await work.commit()


async def ask(database: Database, code: str) -> None:
    async with database.unit_of_work() as work:
        [child] = await load(work, phone(1))
        await work.ask_parent(child, SLUG, code, NOW)
        await work.commit()


async def may_answer(url: str) -> bool:
    database = await Database.open(url, secret=SECRET)
    async with database.unit_of_work() as work:
        [child] = await load(work, phone(1))
    await database.close()
    return child.conversations[SLUG].state.allowed


@pytest.fixture
async def allowed(lived_in: Database) -> Database:
    """A parent has said yes."""
    await ask(lived_in, CODE)
    await decide(lived_in, NOW, allowed=True)
    return lived_in


async def test_a_yes_that_was_taken_back_after_the_backup_stays_taken_back(
    allowed: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await decide(allowed, LATER, allowed=False)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert (done.refused, await may_answer(empty_other)) == (1, False)
    assert await rows(empty_other, DECIDED) == [(False, micros(LATER), "sms")]
    done = await take_in(database_url, held, replace=True)
    assert (done.refused, await may_answer(database_url)) == (1, False)


async def test_a_no_with_a_code_that_the_backup_does_not_know_holds_too(
    allowed: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await ask(allowed, OTHER)
    await decide(allowed, LATER, allowed=False, code=OTHER)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert (done.refused, await may_answer(empty_other)) == (1, False)
    assert await rows(empty_other, DECIDED) == [(True, micros(NOW), "sms"), (False, micros(LATER), "sms")]


async def test_a_no_after_which_the_parent_said_yes_again_takes_nothing_back(
    allowed: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await ask(allowed, OTHER)
    await decide(allowed, LATER, allowed=False, code=OTHER)
    await decide(allowed, LATEST, allowed=True)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert (done.refused, await may_answer(empty_other)) == (0, True)


async def test_a_no_that_the_backup_knows_of_is_not_counted_again(
    allowed: Database, database_url: str, empty_other: str
) -> None:
    await decide(allowed, LATER, allowed=False)
    held = await backup_of(database_url)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert (done.refused, await may_answer(empty_other)) == (0, False)


async def test_a_no_about_a_child_who_was_deleted_since_brings_nobody_back(
    allowed: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await decide(allowed, LATER, allowed=False)
    listed = await backup_of(database_url, Kind.TOMBSTONES)
    gone = await erase(allowed, 1)
    await take_in(database_url, held, replace=True)
    await take_in(empty_other, held, tombstones=listed)
    assert gone not in {row[0] for row in await rows(database_url, "SELECT id FROM participant")}
    assert await rows(database_url, DECIDED) == []


async def test_the_small_file_says_of_a_no_whose_to_what_when_and_where(allowed: Database, database_url: str) -> None:
    await decide(allowed, LATER, allowed=False)
    told = [json.loads(line) for line in read_lines(io.BytesIO(await backup_of(database_url, Kind.TOMBSTONES)), KEY)]
    place = next(
        at for at, line in enumerate(told) if isinstance(line, dict) and line.get("table") == "permission_code"
    )
    [[_, child, *said]] = told[place + 1]
    assert said == [SLUG, micros(NOW), micros(LATER), False, "sms"]
    assert [(child,)] == await rows(database_url, "SELECT participant_id FROM permission_code")
