"""Exports kept for the console: sealed, for their officer alone, for an hour; withdrawn where somebody is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine

from storage.audit import Deed, Filters
from storage.database import Database
from storage.errors import UnreadableValueError
from storage.exports import SILENT, Job, State
from tests.support.storing import NOW, SLUG, met, new_id, phone

OFFICER = "sam@council.example"
HOUR = timedelta(hours=1)


def a_job(**more: str) -> Job:
    asked = Job(new_id(), SLUG, OFFICER, "answers/csv", "to write the report", State.MAKING, 0, 0, "", {}, NOW, NOW)
    return replace(asked, **more)  # type: ignore[arg-type] # words only


async def asked(database: Database, job: Job) -> Job:
    await database.exports.ask(job, Deed(NOW, job.officer, "export.asked", job.slug, job.subject, job.why))
    return job


async def ready(database: Database, *pieces: bytes) -> Job:
    job = await asked(database, a_job())
    for part, piece in enumerate(pieces):
        await database.exports.keep(job.job_id, 0, part, piece)
    assert await database.exports.ready(job.job_id, {"answers.csv": sum(map(len, pieces))}, NOW, NOW + HOUR)
    return job


async def state_of(database: Database, job: Job) -> State | None:
    found = await database.exports.one(job.job_id, job.slug, job.officer)
    return None if found is None else found.state


async def test_what_was_asked_for_is_there_and_on_record(database: Database) -> None:
    job = await asked(database, a_job())
    assert await database.exports.one(job.job_id, SLUG, OFFICER) == job
    [line] = await database.officers.deeds(Filters())
    assert (line.deed.act, line.deed.officer, line.deed.why) == ("export.asked", OFFICER, "to write the report")


async def test_an_export_is_its_officers_alone(database: Database) -> None:
    job = await asked(database, a_job())
    assert await database.exports.one(job.job_id, SLUG, "other@council.example") is None
    assert await database.exports.one(job.job_id, "another", OFFICER) is None
    assert await database.exports.latest(SLUG, "other@council.example") == []


async def test_the_newest_is_shown_first(database: Database) -> None:
    jobs = [await asked(database, replace(a_job(), asked_at=NOW + timedelta(seconds=more))) for more in range(3)]
    assert [job.job_id for job in await database.exports.latest(SLUG, OFFICER, 2)] == [jobs[2].job_id, jobs[1].job_id]


async def test_pieces_come_back_in_order_until_the_hour_is_over(database: Database) -> None:
    job = await ready(database, b"one", b"two")
    pieces = [await database.exports.piece(job.job_id, 0, part, NOW) for part in range(3)]
    assert pieces == [b"one", b"two", None]
    assert await database.exports.piece(job.job_id, 0, 0, NOW + HOUR) is None


async def test_nothing_may_be_fetched_before_all_of_it_is_there(database: Database) -> None:
    job = await asked(database, a_job())
    await database.exports.keep(job.job_id, 0, 0, b"one")
    assert await database.exports.piece(job.job_id, 0, 0, NOW) is None


async def raw(url: str, statement: str) -> list[bytes]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        rows = await connection.execute(sql(statement))
        found = [row[0] for row in rows] if rows.returns_rows else []
    await engine.dispose()
    return found


async def test_files_lie_sealed_in_the_database_and_one_piece_cannot_stand_for_another(
    database: Database, database_url: str
) -> None:
    job = await ready(database, b"I like the swings", b"and the slide")
    held = await raw(database_url, "SELECT held_enc FROM export_part ORDER BY part")
    assert all(b"swings" not in piece and b"slide" not in piece for piece in held)
    await raw(database_url, "UPDATE export_part SET part = part + 10")
    with pytest.raises(UnreadableValueError):
        await database.exports.piece(job.job_id, 0, 10, NOW)


async def test_after_its_hour_a_file_is_deleted_and_the_page_says_so(database: Database, database_url: str) -> None:
    job = await ready(database, b"one")
    await database.exports.forget(NOW + HOUR - timedelta(seconds=1))
    assert await state_of(database, job) is State.READY
    await database.exports.forget(NOW + HOUR)
    assert await state_of(database, job) is State.GONE
    assert await raw(database_url, "SELECT part FROM export_part") == []


async def test_whoever_makes_it_and_is_not_heard_of_has_lost_it(database: Database) -> None:
    lost, heard = await asked(database, a_job()), await asked(database, a_job())
    assert await database.exports.step(heard.job_id, 5, 10, NOW + SILENT)
    await database.exports.forget(NOW + SILENT)
    assert (await state_of(database, lost), await state_of(database, heard)) == (State.LOST, State.MAKING)
    assert not await database.exports.step(lost.job_id, 6, 10, NOW + SILENT)
    assert not await database.exports.ready(lost.job_id, {}, NOW, NOW)


async def test_what_could_not_be_made_says_why_and_leaves_nothing(database: Database, database_url: str) -> None:
    job = await asked(database, a_job())
    await database.exports.keep(job.job_id, 0, 0, b"one")
    await database.exports.fail(job.job_id, "Filter by role.")
    found = await database.exports.one(job.job_id, SLUG, OFFICER)
    assert found is not None
    assert (found.state, found.fault) == (State.FAILED, "Filter by role.")
    assert await raw(database_url, "SELECT part FROM export_part") == []


async def test_an_erasure_withdraws_what_may_hold_the_person(database: Database, database_url: str) -> None:
    person = await met(database, phone())
    there, being_made = await ready(database, b"hers"), await asked(database, a_job())
    elsewhere = await asked(database, a_job(slug="another"))
    async with database.unit_of_work() as work:
        await work.erase(person.participant_id, now=NOW)
        await work.commit()
    assert [await state_of(database, job) for job in (there, being_made, elsewhere)] == [
        State.WITHDRAWN,
        State.WITHDRAWN,
        State.MAKING,
    ]
    assert await raw(database_url, "SELECT part FROM export_part") == []
    assert not await database.exports.ready(being_made.job_id, {}, NOW, NOW + HOUR)
