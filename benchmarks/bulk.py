"""Many rows into a database as fast as its driver takes them: COPY for PostgreSQL, one prepared INSERT for SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg
from sqlmodel import SQLModel

from benchmarks import stage

Rows = dict[str, list[tuple[Any, ...]]]
"""By table, with every column in the order of its definition."""
Write = Callable[[Rows], Awaitable[object]]
"""Adds rows to several tables in one transaction."""


@asynccontextmanager
async def writer(url: str) -> AsyncIterator[Write]:
    """What writes into the database at that address, which has its tables."""
    place = stage.without_driver(url)
    if place.startswith("postgresql:"):
        connection = await asyncpg.connect(place)
        try:
            yield _Copy(connection)
        finally:
            await connection.close()
    else:
        with closing(sqlite3.connect(place, isolation_level=None)) as file:
            yield _Insert(file)


async def settle(url: str) -> None:
    """What PostgreSQL does by itself some minutes after so many rows: it counts them and tidies their pages."""
    connection = await asyncpg.connect(stage.without_driver(url))
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


class _Copy:
    """PostgreSQL."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    async def __call__(self, rows: Rows) -> None:
        async with self._connection.transaction():
            for table, records in rows.items():
                await self._connection.copy_records_to_table(table, records=records, columns=_names(table))


class _Insert:
    """SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def __call__(self, rows: Rows) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for table, records in rows.items():
            names = _names(table)
            listed, marks = ", ".join(names), ", ".join("?" * len(names))
            self._connection.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", records)  # noqa: S608
        self._connection.execute("COMMIT")


def _names(table: str) -> list[str]:
    return list(SQLModel.metadata.tables[table].c.keys())
