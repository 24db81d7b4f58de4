"""`python -m benchmarks.inserts DATABASE SECONDS` inserts rows, one durable commit for each; prints how many a second.

DATABASE is a file for SQLite (one connection, WAL, synchronous FULL) or a postgresql:// address (16 connections).
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from time import perf_counter
from typing import Final

import asyncpg

CONNECTIONS: Final = 16
SENDER: Final = "+447700900000"
BODY: Final = "Waiting lists. My son has waited for a year and nobody tells us anything."
_TABLE: Final = "CREATE TABLE IF NOT EXISTS alone (id TEXT PRIMARY KEY, sender TEXT NOT NULL, body TEXT NOT NULL)"


def _sqlite(path: str, seconds: float) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _TABLE):
            connection.execute(statement)
        (before,) = connection.execute("SELECT count(*) FROM alone").fetchone()
        began, count = perf_counter(), 0
        while (passed := perf_counter() - began) < seconds:
            connection.execute("INSERT INTO alone VALUES (?, ?, ?)", (f"{before + count:032x}", SENDER, BODY))
            count += 1
    return count / passed


async def _postgresql(url: str, seconds: float) -> float:
    async with asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        await pool.execute(_TABLE)
        before: int = await pool.fetchval("SELECT count(*) FROM alone")
        began, count = perf_counter(), 0

        async def insert() -> None:
            nonlocal count
            async with pool.acquire() as connection:
                while perf_counter() - began < seconds:
                    count += 1
                    number = f"{before + count:032x}"
                    await connection.execute("INSERT INTO alone VALUES ($1, $2, $3)", number, SENDER, BODY)

        await asyncio.gather(*(insert() for _ in range(CONNECTIONS)))
        return count / (perf_counter() - began)


if __name__ == "__main__":
    place, lasting = sys.argv[1], float(sys.argv[2])
    print(asyncio.run(_postgresql(place, lasting)) if place.startswith("postgresql:") else _sqlite(place, lasting))
