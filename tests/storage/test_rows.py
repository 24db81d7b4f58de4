"""Many rows in one statement, alike on both databases, however many there are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.connections import connect
from storage.rows import Shape, fetch_with, insert, plain, returning, run_with, update, whole
from storage.sessions import Connections
from storage.tables import EarlyStatus, LinkCode

PLACE = Shape(EarlyStatus, "channel", "provider_key")
STATUS = Shape(EarlyStatus, "status", "error")


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[Connections]:
    opened = connect(database_url)
    yield opened
    await opened.close()


def _row(number: int) -> tuple[object, ...]:
    return "sms", number.to_bytes(4, "big"), "sent", None, number


@pytest.mark.parametrize("count", [0, 1, 2, 20_000])
async def test_any_number_of_rows_is_inserted_found_changed_and_deleted(connections: Connections, count: int) -> None:
    many = [_row(number) for number in range(count)]
    places = [row[:2] for row in many]
    async with connections.writing() as session:
        if many:
            await session.run([insert(session.dialect, whole(EarlyStatus), many)])
            await session.run([update(session.dialect, PLACE, STATUS, [("read", "x", *place) for place in places])])
        found = await fetch_with(
            session,
            PLACE,
            """SELECT e.status, e.error, e.at FROM k JOIN early_status AS e
               ON e.channel = k.channel AND e.provider_key = k.provider_key WHERE e.at >= {} AND e.status = {}""",
            places,
            0,
            "read",
        )
        assert sorted(tuple(row) for row in found) == [("read", "x", number) for number in range(count)]
        await run_with(session, PLACE, "DELETE FROM early_status WHERE channel IN (SELECT k.channel FROM k)", places)
        [(left,)] = await session.fetch(plain(session.dialect, "SELECT count(*) FROM early_status"))
        assert left == 0


async def test_several_changes_go_together_and_each_that_gives_rows_says_how_many(connections: Connections) -> None:
    early, keep = whole(EarlyStatus), "ON CONFLICT (channel, provider_key) DO NOTHING RETURNING provider_key"
    added = f"INSERT INTO early_status ({early.listed}) SELECT {early.listed} FROM k WHERE true {keep}"  # noqa: S608 - columns of ours
    async with connections.writing() as session:
        await session.run([insert(session.dialect, early, [_row(1), _row(2)])])
        counts = await session.together(
            [
                *returning(session.dialect, early, added, [_row(2), _row(3), _row(4)]),
                update(session.dialect, PLACE, STATUS, [("read", "x", *_row(1)[:2])]),
                insert(session.dialect, early, [_row(5)]),
                *returning(session.dialect, early, added, [_row(6)]),
            ]
        )
        assert list(counts) == [2, 1]
        rows = await session.fetch(plain(session.dialect, "SELECT at, status FROM early_status ORDER BY at"))
        statuses = [(1, "read"), (2, "sent"), (3, "sent"), (4, "sent"), (5, "sent"), (6, "sent")]
        assert [tuple(row) for row in rows] == statuses


async def test_nothing_at_all_can_be_inserted_or_changed(connections: Connections) -> None:
    async with connections.writing() as session:
        await session.run([insert(session.dialect, whole(EarlyStatus), [])])
        await session.run([update(session.dialect, PLACE, STATUS, [])])


async def test_a_row_that_is_there_already_may_be_left_alone(connections: Connections) -> None:
    async with connections.writing() as session:
        for _ in range(2):
            statement = insert(
                session.dialect, whole(EarlyStatus), [_row(1)], "ON CONFLICT (channel, provider_key) DO NOTHING"
            )
            await session.run([statement])
        assert len(await session.fetch(plain(session.dialect, "SELECT * FROM early_status"))) == 1


def test_a_shape_knows_the_types_of_its_table() -> None:
    shape = Shape(LinkCode, "code_hash", "expires_at", rank="INTEGER")
    assert shape.columns == ("code_hash", "expires_at", "rank")
    assert shape.casts == ("BYTEA", "BIGINT", "INTEGER")


def test_a_column_that_is_not_there_is_noticed_at_once() -> None:
    with pytest.raises(KeyError):
        Shape(LinkCode, "no_such_column")
