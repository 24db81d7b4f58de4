"""PostgreSQL as it is run here: a pool whose connections are given back whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage import postgres
from storage.connections import connect
from storage.database import upgrade
from storage.errors import ConflictError, FaultyStatementError, SchemaBehindError, UnavailableError
from storage.rows import plain
from storage.sessions import Connections, Dialect, Session, Statement
from tests.support.postgres import PostgresServer, StopMode
from tests.support.storing import change, rows

KEEP = "INSERT INTO version (version, slug, files, first_kept_at) VALUES ({}, 'a', '{{}}', 0)"


@pytest.fixture
async def connections(postgres_url: str) -> AsyncIterator[Connections]:
    opened = connect(postgres_url)
    yield opened
    await opened.close()


def _keep(version: str) -> Statement:
    return plain(Dialect.POSTGRESQL, KEEP, version)


async def _one(session: Session, sql: str) -> object:
    [(held,)] = await session.fetch(Statement(sql))
    return held


async def test_a_connection_is_used_again_after_commit_and_after_rollback(connections: Connections) -> None:
    seen = set()
    for committing in (True, False, True):
        async with connections.writing() as session:
            seen.add(await _one(session, "SELECT pg_backend_pid()"))
            if committing:
                await session.commit()
    assert len(seen) == 1


async def test_a_reader_sees_one_instant_and_cannot_write(connections: Connections) -> None:
    async with connections.reading() as session:
        assert await _one(session, "SELECT count(*) FROM version") == 0
        async with connections.writing() as writer:
            await writer.run([_keep("v1")])
            await writer.commit()
        assert await _one(session, "SELECT count(*) FROM version") == 0
        with pytest.raises(UnavailableError, match="primary"):
            await session.run([_keep("v2")])


async def test_a_unit_that_was_cancelled_in_a_statement_gives_back_no_broken_connection(
    connections: Connections, postgres_url: str
) -> None:
    async def hang() -> None:
        async with connections.writing() as session:
            await session.run([_keep("v1")])
            await session.fetch(Statement("SELECT pg_sleep(60)"))

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with connections.writing() as session:
        assert await _one(session, "SELECT count(*) FROM version") == 0
    assert await rows(postgres_url, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'") == [(0,)]


async def test_more_units_than_connections_wait_for_their_turn(connections: Connections) -> None:
    async def write(number: int) -> None:
        async with connections.writing() as session:
            await session.run([_keep(f"v{number}")])
            await session.commit()

    await asyncio.gather(*(write(number) for number in range(60)))
    async with connections.reading() as session:
        assert await _one(session, "SELECT count(*) FROM version") == 60


async def test_when_no_connection_comes_free_the_database_is_unavailable(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_POOL", 1)
    monkeypatch.setattr(postgres, "BUSY_SECONDS", 0.2)
    opened = connect(postgres_url)
    async with opened.writing() as session:
        await session.commit()
        with pytest.raises(UnavailableError):
            async with opened.reading():
                pass
    await opened.close()


async def test_two_that_wait_for_each_other_are_told_to_do_it_again(connections: Connections) -> None:
    async with connections.writing() as session:
        await session.run([_keep("v1"), _keep("v2")])
        await session.commit()
    touch = "UPDATE version SET slug = 'b' WHERE version = {}"
    both_have_one = asyncio.Barrier(2)

    async def cross(first: str, second: str) -> None:
        async with connections.writing() as session:
            await session.run([plain(Dialect.POSTGRESQL, touch, first)])
            await both_have_one.wait()
            await session.run([plain(Dialect.POSTGRESQL, touch, second)])
            await session.commit()

    outcomes = await asyncio.gather(cross("v1", "v2"), cross("v2", "v1"), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ConflictError", "NoneType"]


@pytest.mark.parametrize("mode", [StopMode.FAST, StopMode.KILL])
async def test_connections_that_died_in_the_pool_are_replaced(postgres_server: PostgresServer, mode: StopMode) -> None:
    url = postgres_server.create_database("sayso")
    await upgrade(url)
    opened = connect(url)

    async def hold(barrier: asyncio.Barrier) -> None:
        async with opened.writing() as session:
            await session.run([Statement("SELECT 1")])
            await barrier.wait()

    barrier = asyncio.Barrier(4)
    await asyncio.gather(*(hold(barrier) for _ in range(4)))
    postgres_server.stop(mode)
    postgres_server.start()
    for _ in range(4):
        async with opened.writing() as session:
            assert await _one(session, "SELECT 1") == 1
    await opened.close()


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT * FROM no_such_table", SchemaBehindError),
        ("SELECT no_such_column FROM version", SchemaBehindError),
        ("SELEC", FaultyStatementError),
        ("SELECT 'secret words'::integer", FaultyStatementError),
        ("INSERT INTO version (version) VALUES ('secret words')", ConflictError),
    ],
)
async def test_an_error_of_postgresqls_becomes_one_of_ours(
    connections: Connections, sql: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        async with connections.writing() as session:
            await session.run([Statement(sql)])
    assert "secret words" not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_database_that_was_made_read_only_is_unavailable(connections: Connections, postgres_url: str) -> None:
    name = postgres_url.rpartition("/")[2]
    await change(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(UnavailableError, match="primary"):
        async with connections.writing() as session:
            await session.run([_keep("v1")])


async def test_an_error_at_the_beginning_that_no_other_connection_would_mend_is_told_at_once(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.create_database("sayso")
    opened = connect(url)
    async with opened.writing() as session:
        await session.run([Statement("SELECT 1")])
    postgres_server.stop()
    postgres_server.start()
    monkeypatch.setattr(postgres, "_DEAD", ())
    with pytest.raises(UnavailableError):
        async with opened.writing():
            pass
    await opened.close()


async def test_what_reads_whole_tables_is_planned_freely_and_all_else_by_index(connections: Connections) -> None:
    async with connections.reading() as session:
        for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            show = Statement(f"SHOW {name}")
            assert await session.fetch(show) == [("off",)]
            assert await session.scan(show) == [("on",)]
            assert await session.fetch(show) == [("off",)]
