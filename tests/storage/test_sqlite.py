"""SQLite as it is run here: durable, one writer, readers beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage import sqlite
from storage.connections import connect
from storage.errors import ConflictError, FaultyStatementError, SchemaBehindError, UnavailableError
from storage.rows import plain
from storage.sessions import Connections, Dialect, Statement

SLOW = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT count(*) FROM n"
KEEP = "INSERT INTO version (version, slug, files, first_kept_at) VALUES ({}, 'a', '{{}}', 0)"


@pytest.fixture
async def connections(sqlite_url: str) -> AsyncIterator[Connections]:
    opened = connect(sqlite_url)
    yield opened
    await opened.close()


def _file(url: str) -> str:
    return str(make_url(url).database)


def _keep(version: str) -> Statement:
    return plain(Dialect.SQLITE, KEEP, version)


async def _count(connections: Connections) -> int:
    async with connections.reading() as session:
        [(count,)] = await session.fetch(Statement("SELECT count(*) FROM version"))
        return int(count)


@pytest.mark.parametrize(
    ("pragma", "held"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("query_only", 0)]
)
async def test_what_is_committed_is_on_the_disk(connections: Connections, pragma: str, held: object) -> None:
    async with connections.writing() as session:
        assert await session.fetch(Statement(f"PRAGMA {pragma}")) == [(held,)]


async def test_a_reader_cannot_write(connections: Connections) -> None:
    async with connections.reading() as session:
        with pytest.raises(UnavailableError):
            await session.run([_keep("v1")])


async def test_readers_neither_wait_for_the_writer_nor_see_what_is_not_committed(connections: Connections) -> None:
    async with connections.writing() as session:
        await session.run([_keep("v1")])
        assert await _count(connections) == 0
        await session.commit()
    assert await _count(connections) == 1


async def test_writers_of_one_process_take_turns(connections: Connections) -> None:
    async def write(number: int) -> None:
        async with connections.writing() as session:
            await session.fetch(Statement("SELECT count(*) FROM version"))
            await asyncio.sleep(0)
            await session.run([_keep(f"v{number}")])
            await session.commit()

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await _count(connections) == 20


async def test_a_commit_after_nothing_is_nothing(connections: Connections) -> None:
    async with connections.writing() as session:
        await session.commit()


async def test_a_writer_elsewhere_that_never_ends_makes_us_unavailable(
    connections: Connections, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(_file(sqlite_url), isolation_level=None)) as elsewhere:
        elsewhere.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="SQLITE_BUSY"):
            async with connections.writing() as session:
                await session.run([_keep("v1")])
    async with connections.writing() as session:
        await session.run([_keep("v1")])
        await session.commit()


async def test_a_unit_that_was_cancelled_while_it_began_leaves_nothing_begun(
    connections: Connections, sqlite_url: str
) -> None:
    async def write(version: str) -> None:
        async with connections.writing() as session:
            await session.run([_keep(version)])
            await session.commit()

    await write("v1")
    with closing(sqlite3.connect(_file(sqlite_url), isolation_level=None)) as elsewhere:
        elsewhere.execute("BEGIN IMMEDIATE")
        hasty = asyncio.create_task(write("v2"))
        await asyncio.sleep(0.1)
        hasty.cancel()
        await asyncio.sleep(0.1)
        elsewhere.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await hasty
    await write("v3")
    assert await _count(connections) == 2


async def test_a_reader_that_was_cancelled_twice_is_used_again(connections: Connections) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        async with connections.reading() as session:
            begun.set()
            await session.fetch(Statement(SLOW))

    before = set(threading.enumerate())
    for _ in range(3):
        hasty = asyncio.create_task(read())
        await begun.wait()
        begun.clear()
        await asyncio.sleep(0.05)
        for _ in range(2):
            hasty.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await hasty
    assert await _count(connections) == 0
    assert len(set(threading.enumerate()) - before) == 1


async def test_a_file_in_another_journal_mode_is_changed_once_nobody_is_in_the_way(sqlite_url: str) -> None:
    with closing(sqlite3.connect(_file(sqlite_url), isolation_level=None)) as elsewhere:
        elsewhere.execute("PRAGMA journal_mode = DELETE")
        elsewhere.execute("BEGIN IMMEDIATE")
        opened = connect(sqlite_url)
        counting = asyncio.create_task(_count(opened))
        await asyncio.sleep(0.1)
        assert not counting.done()
        elsewhere.execute("ROLLBACK")
        assert await counting == 0
        await opened.close()


async def test_a_file_that_never_comes_free_is_unavailable(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(_file(sqlite_url), isolation_level=None)) as elsewhere:
        elsewhere.execute("PRAGMA journal_mode = DELETE")
        elsewhere.execute("BEGIN IMMEDIATE")
        opened = connect(sqlite_url)
        with pytest.raises(UnavailableError):
            await _count(opened)
        await opened.close()


async def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "sayso.db"
    path.write_bytes(b"not a database at all" * 100)
    opened = connect(f"sqlite:///{path}")
    with pytest.raises(UnavailableError, match="restore it from a backup"):
        await _count(opened)
    await opened.close()


async def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    opened = connect(f"sqlite:///{tmp_path}/nowhere/sayso.db")
    with pytest.raises(UnavailableError, match="SQLITE_CANTOPEN"):
        await _count(opened)
    await opened.close()


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT * FROM no_such_table", SchemaBehindError),
        ("SELECT no_such_column FROM version", SchemaBehindError),
        ("INSERT INTO version (no_such_column) VALUES (1)", SchemaBehindError),
        ("SELEC", FaultyStatementError),
        ("INSERT INTO version (version) VALUES ('secret words')", ConflictError),
    ],
)
async def test_an_error_of_sqlites_becomes_one_of_ours(
    connections: Connections, sql: str, error: type[Exception]
) -> None:
    async with connections.writing() as session:
        with pytest.raises(error) as raised:
            await session.run([Statement(sql)])
    assert "secret words" not in str(raised.value)
    assert raised.value.__cause__ is None
