"""The database alone: how many rows a second it makes durable, one commit for each, with nothing else to do.

`python -m benchmarks.database_alone DATABASE SECONDS` inserts rows as `floor` does and prints how many a second: SQLite
by the standard library's driver on one connection (WAL, synchronous FULL); PostgreSQL by asyncpg on 16 connections.
Where pgbench is installed beside the PostgreSQL, it does the same in C, which tells what the drivers take.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import asyncpg

from benchmarks import processes, stage
from benchmarks.effort import Effort
from tests.support.postgres import SUPERUSER, PostgresServer, find_binaries

_CONNECTIONS: Final = 16
_TABLE: Final = "CREATE TABLE IF NOT EXISTS alone (id TEXT PRIMARY KEY, sender TEXT NOT NULL, body TEXT NOT NULL)"
_SENDER: Final = "+447700900000"
_BODY: Final = "Waiting lists. My son has waited for a year and nobody tells us anything."
_PGBENCH: Final = f"INSERT INTO alone VALUES (gen_random_uuid()::text, '{_SENDER}', '{_BODY}');\n"  # noqa: S608 - our own words
_PER_SECOND: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Alone:
    """Rows a second; medians."""

    database: str
    per_second: float
    pgbench: float | None
    """None where there is no pgbench, and for SQLite."""


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Alone:
    url = kind.make("alone")
    database = stage.without_driver(url)
    rounds = [
        float(processes.output_of("benchmarks.database_alone", database, str(effort.seconds)))
        for _ in range(effort.rounds)
    ]
    pgbench = None if kind.server is None else _pgbench(kind.server, "alone", folder, effort)
    return Alone(kind.kind, median(rounds), pgbench)


def _pgbench(server: PostgresServer, name: str, folder: Path, effort: Effort) -> float | None:
    program = find_binaries() / "pgbench"
    if not program.exists():
        return None
    script = folder / "insert.sql"
    script.write_text(_PGBENCH, encoding="utf-8")
    command = [str(program), "--no-vacuum", "--protocol=prepared", f"--file={script}", f"--client={_CONNECTIONS}"]
    command += ["--jobs=2", f"--time={max(1, round(effort.seconds))}", "--host=127.0.0.1", f"--port={server.port}"]
    command += [f"--username={SUPERUSER}", name]
    return median(_told(command) for _ in range(effort.rounds))


def _told(command: list[str]) -> float:
    """What pgbench says.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _PER_SECOND.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")
    return float(found[1])


def _sqlite(path: str, seconds: float) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _TABLE):
            connection.execute(statement)
        (before,) = connection.execute("SELECT count(*) FROM alone").fetchone()
        began, count = perf_counter(), 0
        while (passed := perf_counter() - began) < seconds:
            connection.execute("INSERT INTO alone VALUES (?, ?, ?)", (f"{before + count:032x}", _SENDER, _BODY))
            count += 1
    return count / passed


async def _postgresql(url: str, seconds: float) -> float:
    async with asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=_CONNECTIONS) as pool:
        await pool.execute(_TABLE)
        before: int = await pool.fetchval("SELECT count(*) FROM alone")
        began, count = perf_counter(), 0

        async def insert() -> None:
            nonlocal count
            async with pool.acquire() as connection:
                while perf_counter() - began < seconds:
                    count += 1
                    number = f"{before + count:032x}"
                    await connection.execute("INSERT INTO alone VALUES ($1, $2, $3)", number, _SENDER, _BODY)

        await asyncio.gather(*(insert() for _ in range(_CONNECTIONS)))
        return count / (perf_counter() - began)


if __name__ == "__main__":
    place, lasting = sys.argv[1], float(sys.argv[2])
    print(asyncio.run(_postgresql(place, lasting)) if place.startswith("postgresql:") else _sqlite(place, lasting))
