"""Whoever said STOP after a backup was made stays stopped when it is restored."""

from __future__ import annotations

import io
import json
from datetime import timedelta

from storage.archive import read_lines
from storage.backup import Kind
from storage.database import Database
from storage.instants import micros
from tests.support.backups import KEY, backup_of, erase, take_in
from tests.support.storing import NOW, load, phone, rows


async def stop(database: Database, number: int) -> int:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        person.stopped_at = NOW + timedelta(hours=1)
        work.save_person(person)
        await work.commit()
    return person.participant_id


async def stopped(url: str) -> list[tuple[int, int]]:
    return await rows(url, "SELECT id, stopped_at FROM participant WHERE stopped_at IS NOT NULL ORDER BY id")


async def test_whoever_said_stop_after_the_backup_stays_stopped(
    lived_in: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    quiet = await stop(lived_in, 1)
    since = [(quiet, micros(NOW + timedelta(hours=1)))]
    listed = await backup_of(database_url, Kind.TOMBSTONES)
    done = await take_in(empty_other, held, tombstones=listed)
    assert (done.stopped, await stopped(empty_other)) == (1, since)
    done = await take_in(database_url, held, replace=True)
    assert (done.stopped, await stopped(database_url)) == (1, since)


async def test_whoever_said_stop_and_was_deleted_then_is_not_brought_back_by_it(
    lived_in: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await stop(lived_in, 1)
    gone = await erase(lived_in, 1)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert done.erased == 1
    assert gone not in {row[0] for row in await rows(empty_other, "SELECT id FROM participant")}


async def test_whoever_had_said_stop_before_the_backup_keeps_the_time_of_it(
    lived_in: Database, database_url: str, empty_other: str
) -> None:
    await stop(lived_in, 1)
    before = await stopped(database_url)
    held = await backup_of(database_url)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert (done.stopped, await stopped(empty_other)) == (0, before)


async def test_the_small_file_says_of_people_only_who_left_and_who_said_stop(
    lived_in: Database, database_url: str
) -> None:
    quiet = await stop(lived_in, 1)
    listed = await backup_of(database_url, Kind.TOMBSTONES)
    told = [json.loads(line) for line in read_lines(io.BytesIO(listed), KEY)]
    place = next(at for at, line in enumerate(told) if isinstance(line, dict) and line.get("table") == "participant")
    assert told[place]["columns"] == ["id", "stopped_at"]
    assert told[place + 1] == [[quiet, micros(NOW + timedelta(hours=1))]]
