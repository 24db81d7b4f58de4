"""The record: a line for each deed, in the deed's own transaction; and whatever was done to it later is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.audit import Deed, Filters, append
from storage.connections import connect
from storage.database import Database
from storage.errors import UnreadableValueError
from tests.support.storing import NOW, change, rows


def _deed(number: int = 1, **more: str) -> Deed:
    fields = {"officer": "ann@council.example", "act": "export.made", "slug": "harbour-play", **more}
    return Deed(at=NOW + timedelta(seconds=number), **fields)


async def _fill(database: Database, count: int) -> None:
    for number in range(1, count + 1):
        await database.officers.record(_deed(number, subject=f"HBR-{number}"))


async def test_an_empty_record_is_whole(database: Database) -> None:
    verdict = await database.officers.verify()
    assert (verdict.whole, verdict.lines) == (True, 0)


async def test_lines_come_back_as_they_were_written_newest_first(database: Database) -> None:
    deeds = [_deed(number, why=why) for number, why in enumerate(("", "Ein Grund: «ąę»", '"]\n', "😀"), 1)]
    for deed in deeds:
        await database.officers.record(deed)
    lines = await database.officers.deeds(Filters())
    assert [line.deed for line in lines] == deeds[::-1]
    assert [line.number for line in lines] == [4, 3, 2, 1]
    assert (await database.officers.verify()).chain == lines[0].chain


async def test_pages_go_on_where_the_page_before_ended(database: Database) -> None:
    await _fill(database, 7)
    first = await database.officers.deeds(Filters(), limit=3)
    second = await database.officers.deeds(Filters(), before=first[-1].number, limit=3)
    assert [line.number for line in (*first, *second)] == [7, 6, 5, 4, 3, 2]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [5, 4, 3, 2, 1]),
        (Filters(officer="bob@council.example"), [2]),
        (Filters(thing="export"), [5, 4, 2, 1]),
        (Filters(slug=""), [5, 4, 3, 2, 1]),
        (Filters(slug="other"), [4]),
        (Filters(subject="HBR-7K2M-9Q"), [5]),
        (Filters(since=NOW + timedelta(seconds=2), until=NOW + timedelta(seconds=4)), [3, 2]),
        (Filters(thing="export", officer="ann@council.example", slug="other"), [4]),
    ],
)
async def test_filters_leave_only_what_they_name(database: Database, filters: Filters, numbers: list[int]) -> None:
    for number, more in enumerate(
        (
            {},
            {"officer": "bob@council.example"},
            {"act": "exports.seen"},
            {"slug": "other"},
            {"subject": "HBR-7K2M-9Q"},
        ),
        1,
    ):
        await database.officers.record(_deed(number, **more))
    assert [line.number for line in await database.officers.deeds(filters)] == numbers


ALTERATIONS = [
    ("UPDATE deed SET why = 'another' WHERE number = 3", 2, "Line 3"),
    ("UPDATE deed SET at = at + 1 WHERE number = 1", 0, "Line 1"),
    ("UPDATE deed SET officer = 'bob@council.example' WHERE number = 5", 4, "Line 5"),
    ("DELETE FROM deed WHERE number = 2", 1, "Line 2 is missing"),
    ("DELETE FROM deed WHERE number = 1", 0, "Line 1 is missing"),
    ("DELETE FROM deed WHERE number > 3", 3, "cut off"),
    ("DELETE FROM deed", 0, "cut off"),
    ("UPDATE deed SET number = 9 WHERE number = 5", 4, "Line 5 is missing"),
    ("UPDATE deed SET subject = act, act = subject WHERE number = 4", 3, "Line 4"),
    ("DELETE FROM deed_head", 0, "lost its last line"),
    ("UPDATE deed_head SET lines = 4", 5, "cut off"),
]


@pytest.mark.parametrize(("sql", "fitting", "told"), ALTERATIONS)
async def test_the_first_line_that_does_not_fit_is_named(
    database: Database, database_url: str, sql: str, fitting: int, told: str
) -> None:
    await _fill(database, 5)
    await change(database_url, sql)
    verdict = await database.officers.verify()
    assert (verdict.whole, verdict.lines) == (False, fitting)
    assert told in verdict.fault


async def test_a_record_that_was_written_anew_lacks_the_hash_of_an_earlier_check(
    database: Database, database_url: str
) -> None:
    await _fill(database, 3)
    noted = (await database.officers.verify()).chain
    await _fill(database, 1)
    assert (await database.officers.verify(holds=noted)).whole
    await change(database_url, "DELETE FROM deed")
    nothing = "zeroblob(32)" if database_url.startswith("sqlite") else "decode(repeat('00', 32), 'hex')"
    await change(database_url, f"UPDATE deed_head SET lines = 0, chain = {nothing}")  # noqa: S608 - one of two words
    for number in range(4):
        await database.officers.record(_deed(number, why="written anew"))
    assert "rewritten" in (await database.officers.verify(holds=noted)).fault


async def test_a_deed_whose_transaction_is_left_was_never_done(database: Database, database_url: str) -> None:
    connections = connect(database_url)
    async with connections.writing() as session:
        await append(session, _deed())
    await connections.close()
    assert await database.officers.deeds(Filters()) == []
    await _fill(database, 1)
    assert (await database.officers.verify()).lines == 1


async def test_many_workers_at_once_add_lines_one_after_another(database: Database, other: Database) -> None:
    at_once = [one.officers.record(_deed(number)) for number in range(10) for one in (database, other)]
    await asyncio.gather(*at_once)
    verdict = await database.officers.verify()
    assert (verdict.whole, verdict.lines) == (True, 20)


async def test_without_its_head_nothing_is_added_to_the_record(database: Database, database_url: str) -> None:
    await change(database_url, "DELETE FROM deed_head")
    with pytest.raises(UnreadableValueError, match="backup"):
        await database.officers.record(_deed())
    assert await rows(database_url, "SELECT number FROM deed") == []


async def test_a_long_record_is_read_in_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.audit._AT_ONCE", 3)
    await _fill(database, 7)
    verdict = await database.officers.verify()
    assert (verdict.whole, verdict.lines) == (True, 7)
